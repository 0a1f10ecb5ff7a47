"""What depends on what: stacks, the outputs that tie them, and the order that follows.

An edge points the way of the rollout: its source is rolled out before its target.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from automation.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from automation.organization import Project
    from components.config import Organization
    from components.contracts import Read

READS = "reads"
"""The target reads outputs of the source (design.md D3)."""

AFTER = "after"
"""The organisation says so with `after:`."""


@dataclass(frozen=True)
class Node:
    """A stack.

    Attributes:
        stack: Its name.
        kind: The kind of its account.
        environment: The environment of a workload account.
        gate: Whether a person opens the way to it.
    """

    stack: str
    kind: str
    environment: str | None = None
    gate: bool = False


@dataclass(frozen=True)
class Edge:
    """One stack before another.

    Attributes:
        source: Rolled out first.
        target: Rolled out later.
        outputs: What the target reads of the source, as `layer.output`, sorted.
        reason: `reads`, or `after` where nothing is read.
    """

    source: str
    target: str
    outputs: tuple[str, ...] = ()
    reason: str = AFTER


@dataclass(frozen=True)
class Cycle:
    """Stacks that wait for each other.

    Attributes:
        stacks: The way round, its first stack again at the end.
        culprit: The stack whose `after:` closes it; empty if only reads do.
    """

    stacks: tuple[str, ...]
    culprit: str


@dataclass(frozen=True)
class Graph:
    """The stacks and their edges; free of cycles.

    Attributes:
        nodes: In the order of the organisation.
        edges: In rollout order of their sources, then of their targets.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @classmethod
    def of(cls, project: Project) -> Graph:
        """The graph of a project.

        Raises:
            ConfigError: Stacks wait for each other.
        """
        nodes = tuple(
            Node(name, str(stack.account.kind), stack.account.environment, stack.account.gate)
            for name, stack in project.stacks.items()
        )
        reads = {name: stack.reads for name, stack in project.stacks.items()}
        return cls.build(nodes, edges_between(project.organization, reads))

    @classmethod
    def build(cls, nodes: Sequence[Node], edges: Iterable[Edge]) -> Graph:
        """A graph from its parts, edges put in order.

        Raises:
            ConfigError: Stacks wait for each other.
        """
        edges = tuple(edges)
        _, cycles = break_cycles([node.stack for node in nodes], edges)
        if cycles:
            raise ConfigError(
                [f"got a cycle {' → '.join(cycle.stacks)}, wanted an order" for cycle in cycles],
                hint="platform validate",
            )
        place = {name: index for index, name in enumerate(cls(tuple(nodes), edges).order())}
        ordered = sorted(edges, key=lambda edge: (place[edge.source], place[edge.target]))
        return cls(tuple(nodes), tuple(ordered))

    @cached_property
    def _needs(self) -> Mapping[str, frozenset[str]]:
        return self._neighbours((edge.target, edge.source) for edge in self.edges)

    @cached_property
    def _dependents(self) -> Mapping[str, frozenset[str]]:
        return self._neighbours((edge.source, edge.target) for edge in self.edges)

    def _neighbours(self, pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {node.stack: set() for node in self.nodes}
        for stack, neighbour in pairs:
            found[stack].add(neighbour)
        return {stack: frozenset(neighbours) for stack, neighbours in found.items()}

    def needs(self, stack: str) -> frozenset[str]:
        """The stacks directly before a stack."""
        return self._needs[stack]

    def dependents(self, stack: str) -> frozenset[str]:
        """The stacks directly after a stack."""
        return self._dependents[stack]

    def closure_upstream(self, stack: str) -> frozenset[str]:
        """Everything a stack needs, directly or not; itself left out."""
        return _closure(stack, self._needs)

    def closure_downstream(self, stack: str) -> frozenset[str]:
        """Everything that needs a stack, directly or not; itself left out."""
        return _closure(stack, self._dependents)

    def edge(self, source: str, target: str) -> Edge | None:
        """The edge between two stacks, if there is one."""
        pair = (source, target)
        return next((edge for edge in self.edges if (edge.source, edge.target) == pair), None)

    def only(self, stacks: Iterable[str]) -> Graph:
        """The part of the graph between some stacks."""
        kept = frozenset(stacks)
        return Graph(
            tuple(node for node in self.nodes if node.stack in kept),
            tuple(edge for edge in self.edges if {edge.source, edge.target} <= kept),
        )

    def chain(self, source: str, target: str) -> tuple[Edge, ...]:
        """The shortest chain of edges from one stack to another; empty when there is none."""
        arrived: dict[str, Edge] = {}
        waiting = [source]
        for name in waiting:  # grows while it is walked: breadth first
            for edge in self.edges:
                if edge.source == name and edge.target not in arrived and edge.target != source:
                    arrived[edge.target] = edge
                    waiting.append(edge.target)
        steps: list[Edge] = []
        while target in arrived:
            steps.append(arrived[target])
            target = steps[-1].source
        return tuple(reversed(steps))

    def order(self) -> list[str]:
        """All stacks, each after what it needs; otherwise in the order of the organisation."""
        place = {node.stack: index for index, node in enumerate(self.nodes)}
        names = [node.stack for node in self.nodes]
        waiting = {name: len(self._needs[name]) for name in names}
        ready = [place[name] for name in names if not waiting[name]]
        done: list[str] = []
        while ready:
            name = names[heapq.heappop(ready)]
            done.append(name)
            for dependent in self._dependents[name]:
                waiting[dependent] -= 1
                if not waiting[dependent]:
                    heapq.heappush(ready, place[dependent])
        return done

    def critical_path(self, durations: Mapping[str, float] | None = None) -> tuple[str, ...]:
        """The chain of stacks that takes longest, first to last.

        Args:
            durations: Seconds per stack; a stack without one counts as the mean of the others,
                and every stack as one when there are none.
        """
        known = {name: value for name, value in (durations or {}).items() if name in self._needs}
        default = sum(known.values()) / len(known) if known else 1.0
        longest: dict[str, float] = {}
        before: dict[str, str] = {}
        for name in self.order():
            needs = [other for other in longest if other in self._needs[name]]
            if needs:
                before[name] = max(needs, key=lambda other: longest[other])
            longest[name] = known.get(name, default) + longest.get(before.get(name, ""), 0.0)
        if not longest:
            return ()
        path = [max(longest, key=lambda name: longest[name])]
        while path[-1] in before:
            path.append(before[path[-1]])
        return tuple(reversed(path))

    def direct_edges(self) -> tuple[Edge, ...]:
        """The edges that no chain of other edges implies: what a drawing needs."""
        above: dict[str, frozenset[str]] = {}
        for name in self.order():
            needs = self._needs[name]
            above[name] = needs.union(*(above[other] for other in needs))
        return tuple(
            edge
            for edge in self.edges
            if not any(edge.source in above[other] for other in self._needs[edge.target])
        )


def edges_between(
    organization: Organization, reads: Mapping[str, Sequence[Read]]
) -> tuple[Edge, ...]:
    """The edges that reads and `after:` make, one per pair of stacks."""
    outputs: dict[tuple[str, str], set[str]] = {}
    for target, account in organization.accounts.items():
        for read in reads.get(target, ()):
            source = organization.account_of_kind(read.kind)
            outputs.setdefault((source, target), set()).add(f"{read.layer}.{read.output}")
        for source in account.after:
            outputs.setdefault((source, target), set())
    return tuple(
        Edge(source, target, tuple(sorted(names)), READS if names else AFTER)
        for (source, target), names in outputs.items()
    )


def break_cycles(
    stacks: Sequence[str], edges: Sequence[Edge]
) -> tuple[tuple[Edge, ...], tuple[Cycle, ...]]:
    """The edges without those that close a cycle, and every cycle met on the way."""
    left = list(edges)
    cycles: list[Cycle] = []
    while (round_trip := _cycle(stacks, left)) is not None:
        pairs = set(pairwise(round_trip))
        closing = [edge for edge in left if (edge.source, edge.target) in pairs]
        culprit = max(
            (edge for edge in closing if edge.reason == AFTER),
            # Whoever wrote it meant the order of the file: what points back is the mistake.
            key=lambda edge: stacks.index(edge.source) - stacks.index(edge.target),
            default=None,
        )
        cycles.append(Cycle(round_trip, culprit.target if culprit else ""))
        left = [edge for edge in left if edge not in ([culprit] if culprit else closing)]
    return tuple(left), tuple(cycles)


def _cycle(stacks: Sequence[str], edges: Sequence[Edge]) -> tuple[str, ...] | None:
    sorter = TopologicalSorter[str](dict.fromkeys(stacks, ()))
    for edge in edges:
        sorter.add(edge.target, edge.source)
    try:
        sorter.prepare()
    except CycleError as error:
        found: list[str] = error.args[1][:-1]
        first = min(range(len(found)), key=lambda index: stacks.index(found[index]))
        return (*found[first:], *found[:first], found[first])
    return None


def _closure(stack: str, neighbours: Mapping[str, frozenset[str]]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = list(neighbours[stack])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(neighbours[name])
    return frozenset(seen)
