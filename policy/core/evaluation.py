"""Running the rules over a graph: a broken rule is a finding, never a crash."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Finding, Problem, Verdict
from policy.core.rule import Rule
from policy.core.waivers import Waiver, WaiverState


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the gate found in one stack.

    Attributes:
        stack: The stack's name.
        findings: Failures, unknowns and broken rules, waived ones included.
        evaluated: How many (rule, resource or stack) pairs were decided.
        resources: How many resources the graph holds.
        uncovered: Type tokens no rule looks at.
    """

    stack: str
    findings: tuple[Finding, ...]
    evaluated: int
    resources: int
    uncovered: tuple[str, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop a rollout."""
        return tuple(finding for finding in self.findings if finding.blocking)


def problems_of(rule: Rule, subject: Resource | Graph, context: Context) -> Iterator[Problem]:
    """What one rule says of one subject; its own exception becomes a problem.

    An exception in a policy would end the whole `pulumi up` (pulumi-policy reports it as an
    engine failure), so none leaves this function.
    """
    urn = subject.urn
    try:
        if isinstance(subject, Resource):
            yield from rule.resource(subject, context) if rule.resource else ()
        else:
            yield from rule.stack(subject, context) if rule.stack else ()
    except Exception as error:  # noqa: BLE001 - see the docstring
        message = f"the rule itself broke: {type(error).__name__}"
        yield Problem(urn=urn, path="", message=message, verdict=Verdict.ERROR)


def evaluate(
    graph: Graph,
    context: Context,
    rules: Sequence[Rule],
    waivers: Iterable[Waiver] = (),
    today: date | None = None,
) -> Report:
    """Every rule over every subject it applies to, waivers applied afterwards."""
    pairs = [(rule, subject) for rule in rules for subject in _subjects(rule, graph)]
    return Report(
        stack=graph.stack,
        findings=judged(graph, context, pairs, in_force(waivers, today)),
        evaluated=len(pairs),
        resources=len(graph.resources),
        uncovered=_uncovered(graph, rules),
    )


def judged(
    graph: Graph,
    context: Context,
    pairs: Iterable[tuple[Rule, Resource | Graph]],
    waivers: Sequence[Waiver],
) -> tuple[Finding, ...]:
    """What these rules say of these subjects, waivers applied afterwards."""
    return tuple(
        _waived(_finding(rule, problem, graph, context), graph.stack, waivers)
        for rule, subject in pairs
        for problem in problems_of(rule, subject, context)
    )


def in_force(waivers: Iterable[Waiver], today: date | None) -> tuple[Waiver, ...]:
    """The waivers that have not expired on a day; all of them where no day is given."""
    return tuple(w for w in waivers if today is None or w.state(today) is not WaiverState.EXPIRED)


def _subjects(rule: Rule, graph: Graph) -> Iterable[Resource | Graph]:
    if rule.stack is not None:
        return (graph,)
    return graph.of_type(*(token for token in graph.types if rule.applies_to(token)))


def _finding(rule: Rule, problem: Problem, graph: Graph, context: Context) -> Finding:
    resource = graph.by_urn.get(problem.urn)
    return Finding(
        rule=rule.id,
        problem=problem,
        severity=rule.severity,
        enforcement=rule.enforced(problem, context),
        remedy=rule.remedy,
        source=resource.source if resource else None,
    )


def _waived(finding: Finding, stack: str, waivers: Iterable[Waiver]) -> Finding:
    for waiver in waivers:
        if waiver.covers(finding, stack):
            return replace(finding, waiver=waiver.id)
    return finding


def _uncovered(graph: Graph, rules: Sequence[Rule]) -> tuple[str, ...]:
    named = [rule for rule in rules if rule.types != ("aws:*",)]
    tokens = {token for token in graph.types if token.startswith(("aws:", "kubernetes:"))}
    return tuple(sorted(t for t in tokens if not any(rule.applies_to(t) for rule in named)))
