"""The graph of stacks as text: a tree for people, Mermaid and DOT for pages, JSON for programs."""

from collections.abc import Callable, Mapping
from typing import Any

from automation.graph import AFTER, Edge, Graph

Durations = Mapping[str, float]
"""Seconds that each stack took in past runs; empty when there is none."""


def described(edge: Edge) -> str:
    """Why an edge exists, in one line."""
    return f"reads {', '.join(edge.outputs)}" if edge.outputs else "after: in Pulumi.yaml"


def lasting(seconds: float) -> str:
    """A duration as people say it."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60:02d} s"


def critical_path_line(graph: Graph, durations: Durations) -> str:
    """The critical path, with its length in time where a run measured it, else in stacks."""
    path = graph.critical_path(durations)
    known = [durations[name] for name in path if name in durations]
    length = (
        f"{lasting(sum(known))} in past runs"
        if path and len(known) == len(path)
        else f"{len(path)} of {len(graph.nodes)} stacks"
    )
    return f"critical path: {' → '.join(path)} ({length})"


def tree(graph: Graph, durations: Durations) -> str:
    """Each stack below the last of those it needs; `*` marks the critical path."""
    order = graph.order()
    direct = graph.direct_edges()
    parents = {
        name: sorted((edge.source for edge in direct if edge.target == name), key=order.index)
        for name in order
    }
    children: dict[str, list[str]] = {}
    for name in order:
        children.setdefault(parents[name][-1] if parents[name] else "", []).append(name)
    critical = set(graph.critical_path(durations))
    rows: list[tuple[str, str]] = []

    def walk(name: str, lead: str, branch: str) -> None:
        mark = " *" if name in critical else ""
        rows.append((f"{lead}{branch}{name}{mark}", _facts(graph, name, parents[name], durations)))
        below = children.get(name, [])
        inner = lead + {"": "", "├── ": "│   ", "└── ": "    "}[branch]
        for index, child in enumerate(below):
            walk(child, inner, "└── " if index == len(below) - 1 else "├── ")

    for root in children.get("", []):
        walk(root, "", "")
    size = max((len(label) for label, _ in rows), default=0)
    lines = [f"{label.ljust(size)}  {facts}".rstrip() for label, facts in rows]
    return "\n".join([*lines, "", f"* {critical_path_line(graph, durations)}"])


def _facts(graph: Graph, name: str, parents: list[str], durations: Durations) -> str:
    node = next(node for node in graph.nodes if node.stack == name)
    facts = [node.kind if node.environment is None else f"{node.kind}, {node.environment}"]
    if node.gate:
        facts.append("gate")
    if len(parents) > 1:
        facts.append(f"needs {', '.join(parents[:-1])} as well")
    if name in durations:
        facts.append(lasting(durations[name]))
    return " · ".join(facts)


def mermaid(graph: Graph, durations: Durations) -> str:
    """A Mermaid flowchart; dotted edges are those of `after:`."""
    # Names may be Mermaid keywords ("end"), so they are labels only.
    ids = {node.stack: f"s{index}" for index, node in enumerate(graph.nodes)}
    critical = graph.critical_path(durations)
    lines = ["flowchart LR"]
    lines += [f'  {ids[node.stack]}["{node.stack}"]' for node in graph.nodes]
    for edge in graph.edges:
        arrow = "-. after .->" if edge.reason == AFTER else f'-->|"{"<br/>".join(edge.outputs)}"|'
        lines.append(f"  {ids[edge.source]} {arrow} {ids[edge.target]}")
    if critical:
        lines.append("  classDef critical stroke-width:3px")
        lines.append(f"  class {','.join(ids[name] for name in critical)} critical")
    return "\n".join(lines)


def dot(graph: Graph, durations: Durations) -> str:
    """A Graphviz digraph; dashed edges are those of `after:`."""
    critical = set(graph.critical_path(durations))
    lines = ["digraph stacks {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    for node in graph.nodes:
        label = node.kind if node.environment is None else f"{node.kind}, {node.environment}"
        bold = ", penwidth=2" if node.stack in critical else ""
        lines.append(f'  "{node.stack}" [label="{node.stack}\\n{label}"{bold}];')
    for edge in graph.edges:
        style = ", style=dashed" if edge.reason == AFTER else ""
        label = "\\n".join(edge.outputs) or "after"
        lines.append(f'  "{edge.source}" -> "{edge.target}" [label="{label}"{style}];')
    return "\n".join([*lines, "}"])


def as_data(graph: Graph) -> dict[str, Any]:
    """The graph as design.md §3 defines it; an edge's `from` is rolled out before its `to`."""
    return {
        "nodes": [
            {"stack": node.stack, "kind": node.kind, "environment": node.environment}
            for node in graph.nodes
        ],
        "edges": [edge_data(edge) for edge in graph.edges],
    }


def edge_data(edge: Edge) -> dict[str, Any]:
    """An edge as data."""
    return {
        "from": edge.source,
        "to": edge.target,
        "outputs": list(edge.outputs),
        "reason": edge.reason,
    }


TEXTS: Mapping[str, Callable[[Graph, Durations], str]] = {
    "tree": tree,
    "mermaid": mermaid,
    "dot": dot,
}
"""The textual formats by name."""
