"""Which stacks: the one grammar of every command.

    staging              a stack
    kind:workload        every account of a kind
    environment:staging  every account of an environment
    changed(main)        stacks whose files differ from a git commit, untracked files included
    failed(last)         stacks that did not succeed in a run
    X...                 X and what needs it
    ...X                 X and what it needs
    !X                   not X

Expressions add up whatever their order, then those with `!` are taken away; with nothing but `!`
they are taken from all stacks. A selection of nothing is an error, never "all".
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automation.errors import UsageError
from automation.problems import did_you_mean

if TYPE_CHECKING:
    from automation.graph import Graph, Node
    from automation.organization import Project

Finder = Callable[[str], Iterable[str]]
"""What answers `changed(…)` or `failed(…)`: its argument to stack names."""

_SELECTOR = re.compile(
    r"(?P<minus>!?)(?P<up>(?:\.\.\.)?)"
    r"(?:(?P<function>[a-z]+)\((?P<argument>[^()]*)\)|(?P<key>[a-z]+):(?P<value>[^:.]+)|(?P<name>[\w-]+))"
    r"(?P<down>(?:\.\.\.)?)"
)
_KEYS: dict[str, Callable[["Node"], str | None]] = {
    "kind": lambda node: node.kind,
    "environment": lambda node: node.environment,
}
_HINT = "platform graph"


@dataclass(frozen=True)
class Selector:
    """One expression, taken apart.

    Attributes:
        minus: Whether it takes stacks away.
        upstream: Whether what they need belongs to it.
        downstream: Whether what needs them belongs to it.
        function: `changed`, `failed`, a key such as `kind`, or empty for a name.
        argument: What the function or key is asked for, or the name.
    """

    minus: bool
    upstream: bool
    downstream: bool
    function: str
    argument: str


def parse(expression: str) -> Selector:
    """Take one expression apart.

    Raises:
        UsageError: It is not in the grammar.
    """
    match = _SELECTOR.fullmatch(expression)
    if match is None:
        raise UsageError(
            f"got selector {expression!r}, wanted NAME, kind:K, environment:E, changed(REF) or "
            "failed(last), with `...` or `!` if need be",
            hint="platform graph --help",
        )
    return Selector(
        minus=bool(match["minus"]),
        upstream=bool(match["up"]),
        downstream=bool(match["down"]),
        function=match["function"] or match["key"] or "",
        argument=match["argument"] or match["value"] or match["name"] or "",
    )


def select(
    expressions: Sequence[str],
    graph: "Graph",
    project: "Project",
    *,
    changed: Finder | None = None,
    failed: Finder | None = None,
) -> tuple[str, ...]:
    """The selected stacks in rollout order; every stack when there is no expression.

    Args:
        expressions: The selectors.
        graph: The stacks and what they need.
        project: The project, for `changed(…)`.
        changed: Answers `changed(REF)`; by default git does.
        failed: Answers `failed(RUN)`; by default the records of the runs do.

    Raises:
        UsageError: An expression is wrong, names something unknown, or nothing is left.
    """
    resolver = _Resolver(graph, project, changed, failed)
    selectors = [parse(expression) for expression in expressions]
    everything = graph.order()
    wanted = [selector for selector in selectors if not selector.minus]
    plus = set[str]().union(*map(resolver.stacks, wanted)) if wanted else set(everything)
    minus = set[str]().union(*(resolver.stacks(it) for it in selectors if it.minus))
    chosen = tuple(name for name in everything if name in plus - minus)
    if not chosen:
        raise UsageError(
            f"got no stack from {' '.join(expressions) or 'an empty organisation'}, "
            "wanted at least one",
            hint=_HINT,
        )
    return chosen


def check_stack(name: str, graph: "Graph") -> None:
    """Make sure that a stack exists.

    Raises:
        UsageError: It does not.
    """
    _check_known("stack", name, (node.stack for node in graph.nodes))


@dataclass(frozen=True)
class _Resolver:
    graph: "Graph"
    project: "Project"
    changed: Finder | None
    failed: Finder | None

    def stacks(self, selector: Selector) -> set[str]:
        """What a selector means, whether it adds or takes away."""
        seeds = set(self._seeds(selector))
        result = set(seeds)
        for seed in seeds:
            if selector.upstream:
                result |= self.graph.closure_upstream(seed)
            if selector.downstream:
                result |= self.graph.closure_downstream(seed)
        return result

    def _seeds(self, selector: Selector) -> Iterable[str]:
        names = [node.stack for node in self.graph.nodes]
        if not selector.function:
            _check_known("stack", selector.argument, names)
            return [selector.argument]
        if selector.function in _KEYS:
            read = _KEYS[selector.function]
            values = [value for node in self.graph.nodes if (value := read(node)) is not None]
            _check_known(selector.function, selector.argument, values)
            return [node.stack for node in self.graph.nodes if read(node) == selector.argument]
        if selector.function == "changed":
            return set((self.changed or self._changed)(selector.argument)) & set(names)
        if selector.function == "failed":
            return set((self.failed or self._failed)(selector.argument)) & set(names)
        known = [*_KEYS, "changed", "failed"]
        _check_known("selector", selector.function, known)
        raise AssertionError(selector.function)  # pragma: no cover - every known one is above

    def _changed(self, reference: str) -> Iterable[str]:
        from automation.affected import changed_stacks  # noqa: PLC0415 - starts git; seldom used

        return changed_stacks(self.project.root, reference, tuple(self.project.stacks))

    def _failed(self, run: str) -> Iterable[str]:
        from automation.history import history  # noqa: PLC0415 - reads records; seldom used

        return history(self.project.root).failed(run)


def _check_known(what: str, got: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if got not in names:
        wanted = f"one of {', '.join(names)}" if names else "none: there are none"
        raise UsageError(
            f"got unknown {what} {got!r}, wanted {wanted}{did_you_mean(got, names)}", hint=_HINT
        )
