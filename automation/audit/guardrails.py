"""What the policies say of the synth: evaluated here and now, by the core that guards a rollout."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from automation.errors import ConfigError
from automation.organization import Project
from automation.policy_gate import WAIVERS
from automation.synth import Document
from policy.core.context import Context
from policy.core.evaluation import evaluate
from policy.core.graph import Graph
from policy.core.results import Finding, Verdict
from policy.core.waivers import Waiver, WaiverError, load
from policy.rules import RULES

BY_ID = {rule.id: rule for rule in RULES}


@dataclass
class Held:
    """How one policy fares.

    Attributes:
        subjects: Resources, or stacks, that it looked at.
        broken: What it refuses or cannot decide, a line each.
        waived: Findings that a waiver covers.
    """

    subjects: int = 0
    broken: list[str] = field(default_factory=list[str])
    waived: int = 0


Guardrails = Mapping[str, Held]
"""How every policy fares, by id."""


def hold(
    project: Project, documents: Mapping[str, Iterable[Document]], today: date | None = None
) -> Guardrails:
    """Evaluate every policy over documents.

    Args:
        project: The project.
        documents: The documents by what made them: the empty text for what is committed, else
            the name of a variant.
        today: The day that waivers are held against.

    Raises:
        ConfigError: The waiver file is wrong.
    """
    today = today or datetime.now(UTC).date()
    waivers = _waivers(project)
    organization = project.organization.model_dump(mode="json")
    everything = [document for group in documents.values() for document in group]
    ids = {str(it["account"]["name"]): str(it["account"]["id"]) for it in everything}
    fares: defaultdict[str, Held] = defaultdict(Held)
    for variant, group in documents.items():
        for document in group:
            graph = Graph.of_document(document)
            context = Context.of(organization, str(document["stack"]), ids)
            for id_, number in _subjects(graph).items():
                fares[id_].subjects += number
            for finding in evaluate(graph, context, RULES, waivers, today).findings:
                _note(fares[finding.rule], finding, graph.stack, variant)
    return fares


def _waivers(project: Project) -> tuple[Waiver, ...]:
    try:
        return load(project.root / WAIVERS, RULES)
    except WaiverError as error:
        raise ConfigError(error.problems, hint=f"$EDITOR {WAIVERS}") from error


def _subjects(graph: Graph) -> Mapping[str, int]:
    """How much of a graph each policy looks at."""
    types = defaultdict[str, int](int)
    for resource in graph.resources:
        types[resource.type] += 1
    return {
        rule.id: 1
        if rule.stack is not None
        else sum(number for token, number in types.items() if rule.applies_to(token))
        for rule in RULES
    }


def _note(held: Held, finding: Finding, stack: str, variant: str) -> None:
    if finding.waiver is not None:
        held.waived += 1
    elif finding.blocking or finding.problem.verdict is Verdict.UNKNOWN:
        name = finding.problem.urn.rpartition("::")[2]
        place = f"{stack} in variant {variant}" if variant else stack
        held.broken.append(f"{finding.rule}: {place}: {name}: {finding.problem.message}")
