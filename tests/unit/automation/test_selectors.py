"""The selector grammar: what is chosen, and what is refused."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.errors import UsageError
from automation.graph import Graph
from automation.organization import Project, load_project
from automation.selectors import parse, select
from tests.projects import STACKS, SmallBlueprint, write_project

ALL = tuple(STACKS)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small organisation."""
    root = tmp_path_factory.mktemp("project")
    return load_project(write_project(root), blueprint=SmallBlueprint())


@pytest.fixture(scope="module")
def graph(project: Project) -> Graph:
    """Its graph."""
    return Graph.of(project)


@pytest.mark.parametrize(
    ("expressions", "chosen"),
    [
        ("", ALL),
        ("staging", ("staging",)),
        ("production staging", ("staging", "production")),
        ("kind:workload", ("staging", "production")),
        ("environment:production", ("production",)),
        ("shared...", ("shared", "staging", "production")),
        ("...staging", ("management", "shared", "staging")),
        ("...staging...", ("management", "shared", "staging", "production")),
        ("kind:shared...", ("shared", "staging", "production")),
        ("!production", ALL[:-1]),
        ("!kind:workload !shared", ("management", "identity", "backup", "monitoring")),
        ("shared... !production", ("shared", "staging")),
        ("!production shared...", ("shared", "staging")),
        ("!shared...", ("management", "identity", "backup", "monitoring")),
        ("!...staging", ("identity", "backup", "monitoring", "production")),
        ("staging staging", ("staging",)),
        ("changed(main)", ("identity",)),
        ("...changed(main)", ("management", "identity")),
        ("failed(last)", ("shared", "staging")),
        ("failed(last) !staging", ("shared",)),
    ],
)
def test_expressions_choose_in_rollout_order(
    graph: Graph, project: Project, expressions: str, chosen: tuple[str, ...]
) -> None:
    asked: list[str] = []

    def changed(reference: str) -> list[str]:
        asked.append(reference)
        return ["identity", "gone"]

    found = select(
        expressions.split(),
        graph,
        project,
        changed=changed,
        failed=lambda _run: ["staging", "shared"],
    )
    assert found == chosen
    assert asked == (["main"] if "changed" in expressions else [])


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "stagin",
            f"got unknown stack 'stagin', wanted one of {', '.join(ALL)} (did you mean staging?)",
        ),
        ("nowhere...", f"got unknown stack 'nowhere', wanted one of {', '.join(ALL)}"),
        (
            "kind:worklod",
            (
                "got unknown kind 'worklod', wanted one of management, identity, shared, backup, "
                "monitoring, workload (did you mean workload?)"
            ),
        ),
        (
            "environment:prod",
            (
                "got unknown environment 'prod', wanted one of staging, production "
                "(did you mean production?)"
            ),
        ),
        (
            "env:production",
            (
                "got unknown selector 'env', wanted one of kind, environment, changed, failed "
                "(did you mean environment?)"
            ),
        ),
        (
            "change(main)",
            (
                "got unknown selector 'change', wanted one of kind, environment, changed, failed "
                "(did you mean changed?)"
            ),
        ),
        *(
            (
                text,
                (
                    f"got selector {text!r}, wanted NAME, kind:K, environment:E, changed(REF) or "
                    "failed(last), with `...` or `!` if need be"
                ),
            )
            for text in ("a,b", "!!a", "....a", "kind:", "", "changed(main", "a b", "..a")
        ),
    ],
)
def test_what_is_not_in_the_grammar_or_not_there_is_refused(
    graph: Graph, project: Project, expression: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        select([expression], graph, project)
    assert str(caught.value) == message
    assert caught.value.hint in {"platform graph", "platform graph --help"}


@pytest.mark.parametrize("text", ["staging !staging", "shared... !kind:shared !kind:workload"])
def test_a_selection_of_nothing_is_an_error(graph: Graph, project: Project, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        select(text.split(), graph, project)
    assert str(caught.value) == f"got no stack from {text}, wanted at least one"


def test_nothing_changed_is_a_selection_of_nothing(graph: Graph, project: Project) -> None:
    with pytest.raises(UsageError, match=r"got no stack from changed\(main\), wanted at least one"):
        select(["changed(main)"], graph, project, changed=lambda _reference: [])


def test_without_a_record_of_runs_none_has_failed(graph: Graph, project: Project) -> None:
    with pytest.raises(UsageError):
        select(["failed(last)"], graph, project)


ATOMS = st.sampled_from([*ALL, "kind:workload", "kind:shared", "environment:staging"])
CLOSED = st.builds(
    "{}{}{}".format, st.sampled_from(["", "..."]), ATOMS, st.sampled_from(["", "..."])
)
POSITIVE = st.lists(CLOSED, min_size=1, max_size=4)
NEGATIVE = st.lists(CLOSED.map("!{}".format), max_size=3)


def chosen_or_none(expressions: list[str], graph: Graph, project: Project) -> set[str]:
    """The selection, or the empty set where there is none."""
    try:
        return set(select(expressions, graph, project))
    except UsageError as error:
        assert str(error).startswith("got no stack")  # noqa: PT017 - any other error is a failure
        return set()


@settings(max_examples=100)
@given(POSITIVE, NEGATIVE, st.randoms(use_true_random=False))
def test_the_order_of_expressions_never_matters(
    graph: Graph, project: Project, plus: list[str], minus: list[str], random: Random
) -> None:
    mixed = [*plus, *minus]
    random.shuffle(mixed)
    assert chosen_or_none(mixed, graph, project) == chosen_or_none([*plus, *minus], graph, project)


@given(POSITIVE, NEGATIVE)
def test_a_selection_is_its_parts_less_what_is_taken_away(
    graph: Graph, project: Project, plus: list[str], minus: list[str]
) -> None:
    parts = set[str]().union(*(select([one], graph, project) for one in plus))
    away = set[str]().union(*(select([one[1:]], graph, project) for one in minus))
    assert chosen_or_none([*plus, *minus], graph, project) == parts - away


@given(CLOSED)
def test_dots_close_a_selection_over_the_graph(
    graph: Graph, project: Project, expression: str
) -> None:
    selector = parse(expression)
    chosen = set(select([expression], graph, project))
    core = set(select([expression.strip(".")], graph, project))
    assert core <= chosen
    for name in core:
        if selector.upstream:
            assert graph.closure_upstream(name) <= chosen
        if selector.downstream:
            assert graph.closure_downstream(name) <= chosen


def test_the_default_of_changed_asks_git(graph: Graph, project: Project) -> None:
    assert not (Path(project.root) / ".git").exists()
    with pytest.raises(UsageError, match="outside a git repository"):
        select(["changed(main)"], graph, project)
