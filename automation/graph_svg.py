"""The graph of stacks as a drawing: columns by distance from the start, few crossings, no library.

The method is Sugiyama's (IEEE Trans. SMC 11, 1981): layers by longest path, a bend in each layer
that an edge crosses, then barycentre sweeps. Edges that others imply are left out; each edge's
tooltip names its outputs. Colours follow the reader's light or dark preference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from automation.graph import AFTER, Edge, Graph
from automation.graph_formats import Durations, critical_path_line, described, lasting

_SWEEPS = 6
_BOX_HEIGHT = 46
_SLOT = 70
_GAP = 76
_MARGIN = 24
_CHARACTER = 9
"""Width to allow for a character of a name, in pixels at 14 px bold."""

_STYLE = """
  .page { fill: #ffffff } .box { fill: #f6f8fa; stroke: #8c959f }
  .name { fill: #1f2328; font: 600 14px system-ui, 'DejaVu Sans', sans-serif }
  .fact { fill: #59636e; font: 11px system-ui, 'DejaVu Sans', sans-serif }
  .edge { fill: none; stroke: #8c959f; stroke-width: 1.3 } .head { fill: #8c959f }
  .after { stroke-dasharray: 5 4 } .hot { stroke: #0969da; stroke-width: 2.4 }
  .hothead { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .box { fill: #161b22; stroke: #6e7681 }
    .name { fill: #e6edf3 } .fact { fill: #9198a1 } .edge { stroke: #6e7681 }
    .head { fill: #6e7681 } .hot { stroke: #4493f8 } .hothead { fill: #4493f8 }
  }
"""

Spot = tuple[str, int]
"""A place in a column: a stack, or the bend of an edge, with the column's number."""


@dataclass(frozen=True)
class Layout:
    """Where everything is.

    Attributes:
        columns: The spots of each column, top to bottom.
        routes: The spots each drawn edge passes, its ends included.
        width: Of a box.
    """

    columns: tuple[tuple[Spot, ...], ...]
    routes: Mapping[Edge, tuple[Spot, ...]]
    width: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the drawing, without the line below it."""
        columns = len(self.columns)
        tallest = max((len(column) for column in self.columns), default=0)
        across = columns * self.width + max(columns - 1, 0) * _GAP
        return across + 2 * _MARGIN, tallest * _SLOT + 2 * _MARGIN

    def center(self, spot: Spot) -> tuple[float, float]:
        """The middle of a spot."""
        column = self.columns[spot[1]]
        free = self.size[1] - len(column) * _SLOT
        x = _MARGIN + spot[1] * (self.width + _GAP) + self.width / 2
        return x, free / 2 + (column.index(spot) + 0.5) * _SLOT


def lay_out(graph: Graph) -> Layout:
    """Give every stack a column and a row."""
    depth: dict[str, int] = {}
    for name in graph.order():
        depth[name] = max((depth[other] + 1 for other in graph.needs(name)), default=0)
    columns: list[list[Spot]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in graph.order():
        columns[depth[name]].append((name, depth[name]))
    routes: dict[Edge, tuple[Spot, ...]] = {}
    for edge in graph.direct_edges():
        first, last = depth[edge.source], depth[edge.target]
        bends = tuple((f"{edge.source}>{edge.target}", column) for column in range(first + 1, last))
        for bend in bends:
            columns[bend[1]].append(bend)
        routes[edge] = ((edge.source, first), *bends, (edge.target, last))
    longest = max((len(node.stack) for node in graph.nodes), default=0)
    width = max(132, round(longest * _CHARACTER) + 32)
    return Layout(_untangled(columns, routes.values()), routes, width)


def _untangled(
    columns: Sequence[Sequence[Spot]], routes: Iterable[tuple[Spot, ...]]
) -> tuple[tuple[Spot, ...], ...]:
    """The columns in an order with few crossings: each spot near the middle of its neighbours."""
    before: dict[Spot, list[Spot]] = {}
    after: dict[Spot, list[Spot]] = {}
    for left, right in (pair for route in routes for pair in pairwise(route)):
        before.setdefault(right, []).append(left)
        after.setdefault(left, []).append(right)
    ordered = [list(column) for column in columns]
    heights: dict[Spot, float] = {}
    for column in ordered:
        heights |= _heights(column)

    def settle(column: list[Spot], neighbours: Mapping[Spot, Sequence[Spot]]) -> None:
        def barycentre(spot: Spot) -> float:
            near = [heights[other] for other in neighbours.get(spot, ())]
            return sum(near) / len(near) if near else heights[spot]

        column.sort(key=barycentre)
        heights.update(_heights(column))

    for _ in range(_SWEEPS):
        for column in ordered:
            settle(column, before)
        for column in reversed(ordered):
            settle(column, after)
    return tuple(map(tuple, ordered))


def _heights(column: Sequence[Spot]) -> dict[Spot, float]:
    """How far below the middle of its column each spot is."""
    return {spot: index - (len(column) - 1) / 2 for index, spot in enumerate(column)}


def svg(graph: Graph, durations: Durations) -> str:
    """The drawing, complete in itself."""
    layout = lay_out(graph)
    path = graph.critical_path(durations)
    hot = set(pairwise(path))
    caption = critical_path_line(graph, durations)
    width, height = layout.size
    # The caption may be wider than a narrow drawing.
    width = max(width, round(len(caption) * 6.2) + 2 * _MARGIN)
    box = f'width="{width}" height="{height + 26}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 26}" {box}>',
        f"<title>{escape(caption)}</title>",
        f"<style>{_STYLE}</style>",
        *_heads(),
        f'<rect class="page" {box}/>',
    ]
    # Critical edges last, so that none is hidden.
    edges = sorted(layout.routes, key=lambda edge: (edge.source, edge.target) in hot)
    lines += [_edge(layout, edge, hot=(edge.source, edge.target) in hot) for edge in edges]
    for column in layout.columns:
        for spot in column:
            lines += _box(graph, layout, spot, hot=spot[0] in path, durations=durations)
    lines.append(f'<text class="fact" x="{_MARGIN}" y="{height + 8}">{escape(caption)}</text>')
    return "\n".join([*lines, "</svg>"])


def _heads() -> list[str]:
    shape = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
    units = 'markerUnits="userSpaceOnUse" orient="auto"'
    return [
        f'<marker id="{name}" {shape} {units}><path class="{name}" d="M0 0 8 4 0 8z"/></marker>'
        for name in ("head", "hothead")
    ]


def _edge(layout: Layout, edge: Edge, *, hot: bool) -> str:
    points = [layout.center(spot) for spot in layout.routes[edge]]
    half = layout.width / 2
    points[0] = (points[0][0] + half, points[0][1])
    points[-1] = (points[-1][0] - half - 2, points[-1][1])
    line = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x, y), (next_x, next_y) in pairwise(points):
        middle = (x + next_x) / 2
        line += f" C{middle:.1f} {y:.1f} {middle:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}"
    names = ["edge", *(["after"] if edge.reason == AFTER else []), *(["hot"] if hot else [])]
    tip = escape(f"{edge.source} → {edge.target}: {described(edge)}")
    head = "hothead" if hot else "head"
    return (
        f'<path class="{" ".join(names)}" d="{line}" marker-end="url(#{head})">'
        f"<title>{tip}</title></path>"
    )


def _box(graph: Graph, layout: Layout, spot: Spot, *, hot: bool, durations: Durations) -> list[str]:
    node = next((node for node in graph.nodes if node.stack == spot[0]), None)
    if node is None:
        return []  # a bend
    x, y = layout.center(spot)
    facts = [node.kind]
    facts += ["gate"] if node.gate else []
    facts += [lasting(durations[node.stack])] if node.stack in durations else []
    left, top = x - layout.width / 2, y - _BOX_HEIGHT / 2
    size = f'width="{layout.width}" height="{_BOX_HEIGHT}" rx="6"'
    name, fact = escape(node.stack), escape(" · ".join(facts))
    return [
        f'<rect class="box{" hot" if hot else ""}" x="{left:.1f}" y="{top:.1f}" {size}/>',
        f'<text class="name" x="{left + 14:.1f}" y="{y - 2:.1f}">{name}</text>',
        f'<text class="fact" x="{left + 14:.1f}" y="{y + 14:.1f}">{fact}</text>',
    ]
