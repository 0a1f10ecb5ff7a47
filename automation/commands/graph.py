"""`platform graph`: which stack needs which, by what, and the critical path."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from automation.options import JsonOption, SelectorArgument

if TYPE_CHECKING:
    from automation.graph import Graph


class Format(StrEnum):
    """How to draw the graph."""

    TREE = "tree"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"
    SVG = "svg"


def graph(
    selectors: SelectorArgument = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to draw it.")] = Format.TREE,
    why: Annotated[
        tuple[str, str] | None,
        typer.Option("--why", metavar="A B", help="Say by which outputs B needs A instead."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Draw the stacks, the outputs that tie them, and the critical path."""
    from automation.console import emit_json, out
    from automation.graph import Graph
    from automation.graph_formats import TEXTS, as_data
    from automation.graph_svg import svg
    from automation.history import history
    from automation.organization import load_project
    from automation.results import Operation
    from automation.selectors import select

    project = load_project()
    whole = Graph.of(project)
    if why:
        _explain(whole, *why, json=json or form is Format.JSON)
        return
    part = whole.only(select(selectors or (), whole, project))
    if json or form is Format.JSON:
        emit_json(as_data(part))
    else:
        draw = svg if form is Format.SVG else TEXTS[form]
        out(draw(part, history(project.root).durations(Operation.UP)))


def _explain(graph: "Graph", source: str, target: str, *, json: bool) -> None:
    from automation.console import emit_json, out
    from automation.graph_formats import described, edge_data
    from automation.selectors import check_stack

    for name in (source, target):
        check_stack(name, graph)
    chain = graph.chain(source, target)
    if json:
        emit_json({"from": source, "to": target, "edges": [edge_data(edge) for edge in chain]})
    elif chain:
        for edge in chain:
            out(f"{edge.source} → {edge.target}: {described(edge)}")
    else:
        out(f"{target} needs nothing of {source}")
