"""How the graph is drawn: each format whole, for the small organisation."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from automation.graph import Edge, Graph, Node
from automation.graph_formats import as_data, critical_path_line, dot, lasting, mermaid, tree
from automation.graph_svg import lay_out, svg
from automation.organization import load_project
from tests.projects import SmallBlueprint, graph_of, write_project

SVG = "{http://www.w3.org/2000/svg}"
DURATIONS = {
    "management": 30.0,
    "identity": 5.0,
    "shared": 61.0,
    "backup": 5.0,
    "monitoring": 8.0,
    "staging": 90.0,
    "production": 100.4,
}


@pytest.fixture
def small(tmp_path: Path) -> Graph:
    """The graph of the small organisation."""
    return Graph.of(load_project(write_project(tmp_path), blueprint=SmallBlueprint()))


def test_the_tree_hangs_each_stack_below_the_last_it_needs(small: Graph) -> None:
    assert (
        tree(small, {})
        == """\
management *              management
├── identity              identity
├── shared *              shared
│   └── staging *         workload, staging
│       └── production *  workload, production · gate
├── backup                backup
└── monitoring            monitoring

* critical path: management → shared → staging → production (4 of 7 stacks)"""
    )


def test_the_tree_shows_how_long_stacks_took_once_there_are_runs(small: Graph) -> None:
    drawn = tree(small, DURATIONS)
    assert "│   └── staging *         workload, staging · 1 min 30 s" in drawn
    assert drawn.endswith("→ production (4 min 41 s in past runs)")


def test_the_tree_says_what_else_a_stack_needs() -> None:
    assert (
        tree(graph_of({"a": (), "b": (), "c": ("a", "b")}), {})
        == """\
a *      workload, a
b        workload, b
└── c *  workload, c · needs a as well

* critical path: a → c (2 of 3 stacks)"""
    )


def test_the_critical_path_is_counted_in_stacks_while_a_duration_is_missing(small: Graph) -> None:
    some = {name: seconds for name, seconds in DURATIONS.items() if name != "shared"}
    assert critical_path_line(small, some).endswith("(4 of 7 stacks)")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (3605, "60 min 05 s")],
)
def test_durations_are_said_in_minutes_and_seconds(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


def test_json_is_the_form_of_the_design(small: Graph) -> None:
    data = as_data(small)
    assert data["nodes"][5] == {"stack": "staging", "kind": "workload", "environment": "staging"}
    assert data["edges"][-2:] == [
        {"from": "shared", "to": "production", "outputs": ["net.zone_id"], "reason": "reads"},
        {"from": "staging", "to": "production", "outputs": [], "reason": "after"},
    ]
    assert (len(data["nodes"]), len(data["edges"])) == (7, 9)


def test_mermaid_uses_names_as_labels_only_because_they_may_be_keywords() -> None:
    graph = Graph.build(
        [Node("end", "shared"), Node("graph", "workload")],
        [Edge("end", "graph", ("dns.zone_id",), "reads")],
    )
    assert mermaid(graph, {}).splitlines() == [
        "flowchart LR",
        '  s0["end"]',
        '  s1["graph"]',
        '  s0 -->|"dns.zone_id"| s1',
        "  classDef critical stroke-width:3px",
        "  class s0,s1 critical",
    ]


def test_mermaid_and_dot_tell_after_from_reads(small: Graph) -> None:
    assert "  s5 -. after .-> s6" in mermaid(small, {}).splitlines()
    lines = dot(small, {}).splitlines()
    assert '  "staging" -> "production" [label="after", style=dashed];' in lines
    assert '  "shared" -> "staging" [label="net.zone_id"];' in lines
    assert '  "shared" [label="shared\\nshared", penwidth=2];' in lines


def test_the_drawing_shows_every_stack_and_every_direct_edge(small: Graph) -> None:
    root = ET.fromstring(svg(small, DURATIONS))  # noqa: S314 - our own drawing
    names = {text.text for text in root.iter(f"{SVG}text") if text.get("class") == "name"}
    assert names == {node.stack for node in small.nodes}
    tips = {tip.text for path in root.iter(f"{SVG}path") for tip in path.iter(f"{SVG}title")}
    assert tips == {
        f"{edge.source} → {edge.target}: "
        + (f"reads {', '.join(edge.outputs)}" if edge.outputs else "after: in Pulumi.yaml")
        for edge in small.direct_edges()
    }
    hot = [path for path in root.iter(f"{SVG}path") if "hot" in (path.get("class") or "").split()]
    assert len(hot) == 3
    assert "prefers-color-scheme: dark" in svg(small, {})


def test_no_two_boxes_of_a_drawing_touch_and_all_lie_on_the_page() -> None:
    names = [f"a-rather-long-name-{index}" for index in range(12)]
    needs = {name: tuple(names[: index // 3]) for index, name in enumerate(names)}
    layout = lay_out(graph_of(needs))
    width, height = layout.size
    boxes = [(*layout.center(spot), spot) for column in layout.columns for spot in column]
    for x, y, _ in boxes:
        assert layout.width / 2 <= x <= width - layout.width / 2
        assert 23 <= y <= height - 23
    for one_x, one_y, one in boxes:
        for two_x, two_y, two in boxes:
            assert one == two or abs(one_x - two_x) > layout.width or abs(one_y - two_y) > 46


def test_an_edge_over_several_columns_bends_around_the_boxes_between() -> None:
    layout = lay_out(graph_of({"a": (), "b": ("a",), "c": ("b",), "x": (), "d": ("c", "x")}))
    route = next(spots for edge, spots in layout.routes.items() if edge.source == "x")
    assert [column for _, column in route] == [0, 1, 2, 3]
    assert all(later == earlier + 1 for (_, earlier), (_, later) in pairwise(route))
    places = [layout.center(spot) for spot in route[1:-1]]
    assert not set(places) & {layout.center((name, index)) for index, name in enumerate("abc")}


def test_edges_that_need_not_cross_do_not() -> None:
    needs = {"a": (), "b": (), "c": (), "x": ("c",), "y": ("b",), "z": ("a",), "end": ("x",)}
    layout = lay_out(graph_of(needs))
    ends = [
        (layout.center(spots[0])[1], layout.center(spots[-1])[1])
        for spots in layout.routes.values()
    ]
    first_column = ends[:3]
    assert sorted(first_column) == sorted(first_column, key=lambda pair: pair[1])


def test_two_drawings_of_one_graph_are_the_same(small: Graph) -> None:
    assert svg(small, DURATIONS) == svg(small, DURATIONS)
    assert re.fullmatch(r"<svg .*</svg>", svg(small, {}), re.DOTALL)


def test_a_graph_of_nothing_is_drawn_as_nothing() -> None:
    assert ET.fromstring(svg(Graph((), ()), {})).tag == f"{SVG}svg"  # noqa: S314 - our own drawing
    assert tree(Graph((), ()), {}).startswith("\n* critical path:")
