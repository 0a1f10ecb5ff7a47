import heapq
import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.scheduler import (
    Blocked,
    Phase,
    Scheduler,
    default_parallel,
    remaining_path,
    reverse,
    within,
)

Needs = dict[str, frozenset[str]]


@st.composite
def dags(draw: st.DrawFn, most: int = 14) -> Needs:
    size = draw(st.integers(min_value=1, max_value=most))
    names = [f"s{index:02}" for index in range(size)]
    return {
        name: frozenset(draw(st.sets(st.sampled_from(names[:index]), max_size=3)))
        if index
        else frozenset()
        for index, name in enumerate(names)
    }


def seconds(draw: st.DrawFn, needs: Needs) -> dict[str, float]:
    return {stack: draw(st.integers(min_value=1, max_value=40)) for stack in needs}


@st.composite
def timed_dags(draw: st.DrawFn) -> tuple[Needs, dict[str, float]]:
    needs = draw(dags())
    return needs, seconds(draw, needs)


def makespan(needs: Needs, times: Mapping[str, float], parallel: int) -> float:
    """Simulate a rollout in which every stack succeeds."""
    queue = Scheduler(needs, parallel=parallel, durations=times)
    running: list[tuple[float, str]] = []
    now = 0.0
    while not queue.done:
        for stack in queue.ready():
            queue.start(stack)
            heapq.heappush(running, (now + times[stack], stack))
        now, stack = heapq.heappop(running)
        queue.finish(stack, good=True)
    return now


def waves(needs: Needs, times: Mapping[str, float], parallel: int) -> float:
    """The same in waves: a level starts when the one before has ended, longest stack first."""
    level: dict[str, int] = {}
    for stack in needs:
        level[stack] = 1 + max((level[need] for need in needs[stack]), default=0)
    total = 0.0
    for wave in range(1, max(level.values()) + 1):
        slots = [0.0] * parallel
        for time in sorted((times[stack] for stack in needs if level[stack] == wave), reverse=True):
            heapq.heapreplace(slots, slots[0] + time)
        total += max(slots)
    return total


@settings(deadline=None)
@given(dags(), st.integers(1, 4), st.data())
def test_a_rollout_ends_and_keeps_order_and_bound_whatever_fails(
    needs: Needs, parallel: int, data: st.DataObject
) -> None:
    gates = data.draw(st.sets(st.sampled_from(sorted(needs))))
    queue = Scheduler(needs, parallel=parallel, gates=gates, fail_fast=data.draw(st.booleans()))
    running: list[str] = []
    left: dict[str, str] = {}

    def leave(blocked: list[Blocked]) -> None:
        for item in blocked:
            assert item.stack not in left, "a stack leaves the queue once"
            left[item.stack] = "blocked"
            assert left[item.cause] in {"bad", "refused"}

    for _ in range(4 * len(needs) + 4):
        if queue.done:
            break
        for gate in queue.gates():
            assert all(left.get(need) == "good" for need in needs[gate])
            if data.draw(st.booleans()):
                queue.approve(gate)
            else:
                left[gate] = "refused"
                leave(queue.refuse(gate))
        for stack in queue.ready():
            assert all(left.get(need) == "good" for need in needs[stack])
            queue.start(stack)
            running.append(stack)
        assert len(running) <= parallel
        if running:
            stack = running.pop(data.draw(st.integers(0, len(running) - 1)))
            good = data.draw(st.booleans())
            left[stack] = "good" if good else "bad"
            leave(queue.finish(stack, good=good))
    assert queue.done
    assert left.keys() == needs.keys()


@settings(deadline=None)
@given(timed_dags(), st.integers(1, 4))
def test_the_makespan_keeps_grahams_bound(
    case: tuple[Needs, dict[str, float]], parallel: int
) -> None:
    needs, times = case
    longest = max(remaining_path(needs, times).values())
    work = sum(times.values())
    bound = work / parallel + longest * (1 - 1 / parallel)
    assert makespan(needs, times, parallel) <= bound + 1e-9


def test_on_a_thousand_graphs_the_makespan_is_near_the_lower_bound_and_beats_waves() -> None:
    source = random.Random(20261123)  # noqa: S311 - the same graphs every time
    ratios: list[float] = []
    gains: list[float] = []
    for _ in range(1000):
        size = source.randint(6, 40)
        names = [f"s{index:02}" for index in range(size)]
        needs: Needs = {
            name: frozenset(source.sample(names[:index], min(index, source.randint(0, 3))))
            for index, name in enumerate(names)
        }
        times = {name: source.uniform(5, 60) for name in names}
        parallel = source.randint(2, 6)
        took = makespan(needs, times, parallel)
        longest = max(remaining_path(needs, times).values())
        ratios.append(took / max(longest, sum(times.values()) / parallel))
        gains.append(took / waves(needs, times, parallel))
    assert sum(ratios) / len(ratios) <= 1.10
    assert sum(gains) / len(gains) < 0.85
    assert max(gains) <= 1.0 + 1e-9


@pytest.mark.parametrize("parallel", [1, 2, 3])
def test_the_head_of_the_longest_path_goes_first(parallel: int) -> None:
    needs: Needs = {
        "a": frozenset(),
        "long": frozenset(),
        "b": frozenset(),
        "end": frozenset({"long"}),
    }
    queue = Scheduler(
        needs, parallel=parallel, durations={"long": 10, "end": 100, "a": 20, "b": 20}
    )
    assert queue.ready() == ["long", "a", "b"][:parallel]


def test_dependents_of_a_failure_are_blocked_and_name_it() -> None:
    needs: Needs = {
        "m": frozenset(),
        "s": frozenset({"m"}),
        "p": frozenset({"s"}),
        "other": frozenset(),
    }
    queue = Scheduler(needs, parallel=4)
    queue.start("m")
    assert queue.finish("m", good=False) == [Blocked("s", "m"), Blocked("p", "m")]
    assert queue.ready() == ["other"]


def test_what_is_behind_a_refused_gate_waits_with_it() -> None:
    queue = Scheduler({"p": frozenset(), "q": frozenset({"p"})}, parallel=1, gates={"p"})
    assert queue.ready() == []
    assert queue.refuse("p") == [Blocked("q", "p")]
    assert queue.phase("q") is Phase.WAITING
    assert queue.done


def test_stopping_names_what_will_not_start_and_lets_the_rest_end() -> None:
    queue = Scheduler({"a": frozenset(), "b": frozenset({"a"})}, parallel=2)
    queue.start("a")
    assert queue.stop() == ["b"]
    assert not queue.done
    assert queue.finish("a", good=False) == []
    assert queue.done


def test_a_stack_cannot_be_started_before_its_time() -> None:
    queue = Scheduler({"a": frozenset(), "b": frozenset({"a"})}, parallel=2)
    with pytest.raises(ValueError, match="b is not ready"):
        queue.start("b")


def test_a_need_outside_the_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown stacks: z"):
        Scheduler({"a": frozenset({"z"})}, parallel=1)


def test_a_stack_left_out_of_the_selection_still_orders_the_others() -> None:
    needs = {"a": set[str](), "b": {"a"}, "c": {"b"}}
    assert within(needs, {"a", "c"}) == {"a": set(), "c": {"a"}}


def test_taking_down_goes_the_other_way_round() -> None:
    assert reverse({"a": set[str](), "b": {"a"}, "c": {"a", "b"}}) == {
        "a": {"b", "c"},
        "b": {"c"},
        "c": set(),
    }


@pytest.mark.parametrize(
    ("cores", "memory", "wanted"),
    [(8, 64_000_000_000, 16), (8, 4_000_000_000, 2), (1, 512_000_000, 1), (2, 24_000_000_000, 4)],
)
def test_parallel_stacks_are_bounded_by_cores_and_memory(
    cores: int, memory: int, wanted: int
) -> None:
    assert default_parallel(cores, memory) == wanted


def test_the_stack_with_the_longest_way_left_is_the_urgent_one() -> None:
    needs = {"a": set[str](), "b": set[str](), "c": {"a"}}
    queue = Scheduler(needs, parallel=2, durations={"a": 1.0, "b": 1.5, "c": 2.0})
    for stack in queue.ready():
        queue.start(stack)
    assert queue.urgent("a")
    assert not queue.urgent("b")
    queue.finish("a", good=True)
    assert queue.urgent("b")


def test_a_cloud_on_the_same_machine_gets_a_stack_a_core() -> None:
    assert default_parallel(2, 24_000_000_000, local=True) == 2
