"""The graph: edges from what is read, one deterministic order, closures, the critical path."""

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.errors import ConfigError
from automation.graph import Edge, Graph, Node, break_cycles
from automation.organization import load_project
from tests.projects import SmallBlueprint, graph_of, write_project

NAMES = [f"s{number}" for number in range(9)]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs without cycles: whoever is later in a hidden order may need who is earlier."""
    hidden = draw(st.permutations(NAMES[: draw(st.integers(1, len(NAMES)))]))
    needs = {
        name: tuple(draw(st.sets(st.sampled_from(hidden[:index])))) if index else ()
        for index, name in enumerate(hidden)
    }
    return graph_of({name: needs[name] for name in sorted(needs)})


@pytest.fixture
def small(tmp_path: Path) -> Graph:
    """The graph of the small organisation."""
    return Graph.of(load_project(write_project(tmp_path), blueprint=SmallBlueprint()))


def test_an_edge_names_the_outputs_that_make_it(small: Graph) -> None:
    assert small.edge("shared", "staging") == Edge("shared", "staging", ("net.zone_id",), "reads")
    assert small.edge("management", "backup") == Edge(
        "management", "backup", ("base.ids",), "reads"
    )


def test_an_edge_that_reads_nothing_is_there_because_of_after(small: Graph) -> None:
    assert small.edge("staging", "production") == Edge("staging", "production", (), "after")


def test_nothing_ties_stacks_that_read_nothing_of_each_other(small: Graph) -> None:
    assert small.edge("identity", "shared") is None
    assert small.needs("staging") == {"management", "shared"}
    assert small.dependents("shared") == {"staging", "production"}


def test_edges_are_in_rollout_order_of_their_ends(small: Graph) -> None:
    pairs = [(edge.source, edge.target) for edge in small.edges]
    assert pairs == [
        *(("management", name) for name in ("identity", "shared", "backup", "monitoring")),
        *(("management", name) for name in ("staging", "production")),
        *(("shared", name) for name in ("staging", "production")),
        ("staging", "production"),
    ]


def test_direct_edges_leave_out_what_a_chain_implies(small: Graph) -> None:
    pairs = [(edge.source, edge.target) for edge in small.direct_edges()]
    assert ("shared", "production") not in pairs
    assert ("management", "staging") not in pairs
    assert pairs[-2:] == [("shared", "staging"), ("staging", "production")]


def test_ties_in_the_order_fall_to_the_organisation_and_not_to_the_alphabet() -> None:
    assert graph_of({"z": (), "a": (), "m": ("z",)}).order() == ["z", "a", "m"]


@given(graphs())
def test_every_stack_comes_after_all_it_needs(graph: Graph) -> None:
    order = graph.order()
    assert sorted(order) == sorted(node.stack for node in graph.nodes)
    for edge in graph.edges:
        assert order.index(edge.source) < order.index(edge.target)


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_the_edges(graph: Graph, random: Random) -> None:
    edges = list(graph.edges)
    random.shuffle(edges)
    again = Graph.build(graph.nodes, edges)
    assert (again.order(), again.edges) == (graph.order(), graph.edges)


@given(graphs())
def test_closures_are_each_others_reverse_and_never_hold_the_stack_itself(graph: Graph) -> None:
    names = graph.order()
    for name in names:
        upstream = graph.closure_upstream(name)
        assert name not in upstream
        assert upstream == {other for other in names if name in graph.closure_downstream(other)}
        for other in upstream:
            assert graph.closure_upstream(other) <= upstream


@given(graphs())
def test_direct_edges_reach_exactly_what_all_edges_reach(graph: Graph) -> None:
    reduced = Graph(graph.nodes, graph.direct_edges())
    for name in graph.order():
        assert reduced.closure_downstream(name) == graph.closure_downstream(name)
    for edge in reduced.edges:
        fewer = Graph(graph.nodes, tuple(other for other in reduced.edges if other != edge))
        assert edge.target not in fewer.closure_downstream(edge.source)


@given(graphs(), st.lists(st.integers(1, 9), min_size=9, max_size=9))
def test_no_chain_takes_longer_than_the_critical_path(graph: Graph, seconds: list[int]) -> None:
    durations = dict(zip(NAMES, map(float, seconds), strict=True))
    path = graph.critical_path(durations)
    longest: dict[str, float] = {}
    for name in graph.order():
        before = max((longest[other] for other in graph.needs(name)), default=0.0)
        longest[name] = before + durations[name]
    assert sum(durations[name] for name in path) == max(longest.values())
    assert all(earlier in graph.needs(later) for earlier, later in pairwise(path))


def test_a_stack_without_a_duration_counts_as_the_mean_of_the_others() -> None:
    graph = graph_of({"a": (), "b": (), "c": ("a",), "d": ("b",)})
    assert graph.critical_path({"a": 1.0, "c": 1.0, "b": 1.5}) == ("b", "d")
    assert graph.critical_path() == ("a", "c")


@given(graphs())
def test_a_chain_leads_from_one_stack_to_the_other_or_there_is_none(graph: Graph) -> None:
    for source in graph.order():
        for target in graph.order():
            chain = graph.chain(source, target)
            assert bool(chain) == (target in graph.closure_downstream(source))
            if chain:
                assert (chain[0].source, chain[-1].target) == (source, target)
                assert all(one.target == two.source for one, two in pairwise(chain))


def test_the_chain_is_the_shortest_one(small: Graph) -> None:
    assert [edge.target for edge in small.chain("management", "production")] == ["production"]


def test_a_part_keeps_the_edges_within_it(small: Graph) -> None:
    part = small.only(["production", "shared"])
    assert [node.stack for node in part.nodes] == ["shared", "production"]
    assert [(edge.source, edge.target) for edge in part.edges] == [("shared", "production")]


def test_a_cycle_is_refused_by_name() -> None:
    nodes = [Node(name, "workload") for name in "abc"]
    edges = [Edge("a", "b"), Edge("b", "c"), Edge("c", "a")]
    with pytest.raises(ConfigError) as caught:
        Graph.build(nodes, edges)
    assert caught.value.problems == ["got a cycle a → b → c → a, wanted an order"]


def test_every_cycle_is_found_and_blamed_on_the_after_that_points_back() -> None:
    reads = Edge("shared", "staging", ("dns.zone_id",), "reads")
    edges = [reads, Edge("staging", "production"), Edge("production", "shared"), Edge("x", "x")]
    kept, cycles = break_cycles(["shared", "staging", "production", "x"], edges)
    assert kept == (reads, Edge("staging", "production"))
    assert {(cycle.stacks, cycle.culprit) for cycle in cycles} == {
        (("x", "x"), "x"),
        (("shared", "staging", "production", "shared"), "shared"),
    }


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20))
def test_breaking_cycles_leaves_none(pairs: list[tuple[str, str]]) -> None:
    edges = [Edge(source, target) for source, target in dict.fromkeys(pairs)]
    kept, cycles = break_cycles(NAMES, edges)
    assert len(kept) + len(cycles) == len(edges)
    Graph.build([Node(name, "workload") for name in NAMES], kept)
