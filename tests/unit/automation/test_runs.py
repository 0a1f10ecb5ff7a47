import itertools
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automation import runs as module
from automation.errors import LockedError, StateError, UsageError
from automation.reports.record import decode, encode, fold
from automation.reports.text import report
from automation.results import Failure, Operation, Reason, Result, StackResult, Violation
from automation.runs import Run, Runs, is_alive, unsettled


def ticking() -> Callable[[], datetime]:
    steps = itertools.count()
    return lambda: datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(seconds=next(steps))


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs", clock=ticking())


def done(stack: str, result: Result = Result.SUCCEEDED, **more: object) -> StackResult:
    return StackResult(stack=stack, result=result, **more)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - any field


def finish(runs: Runs, *results: StackResult, operation: Operation = Operation.UP) -> Run:
    run = runs.create()
    run.begin(operation, [result.stack for result in results], sandbox=False, parallel=2)
    for result in results:
        run.journal.append("stack.started", {"stack": result.stack})
        run.journal.append("stack.finished", encode(result))
    run.journal.append("run.finished", {"seconds": 72.0, "exit_code": 0})
    return run


def test_ids_sort_by_time(runs: Runs) -> None:
    made = [runs.create().id for _ in range(5)]
    assert runs.ids() == made


def test_a_run_is_found_by_id_by_its_beginning_and_as_the_last(runs: Runs) -> None:
    first, second = finish(runs, done("a")), finish(runs, done("b"))
    assert runs.get(first.id).run == first.id
    assert runs.get(first.id[:18]).run == first.id
    assert runs.get().run == second.id


def test_an_unknown_or_ambiguous_run_is_an_error(runs: Runs) -> None:
    with pytest.raises(UsageError, match="got no run on record"):
        runs.get()
    finish(runs, done("a"))
    finish(runs, done("a"))
    with pytest.raises(UsageError, match="got no run for 'x'"):
        runs.get("x")
    with pytest.raises(UsageError, match="got 2 runs for '2026'"):
        runs.get("2026")


def test_durations_are_the_median_of_good_runs_of_the_same_operation(runs: Runs) -> None:
    for seconds in (10.0, 20.0, 90.0):
        finish(runs, done("a", seconds=seconds))
    finish(runs, done("a", Result.FAILED, seconds=1.0))
    finish(runs, done("a", seconds=500.0), operation=Operation.PREVIEW)
    assert runs.durations(Operation.UP) == {"a": 20.0}


def test_failed_last_is_what_the_last_changing_run_left_undone(runs: Runs) -> None:
    run = runs.create()
    run.begin(Operation.UP, ["a", "b", "c", "d"], sandbox=False, parallel=2)
    run.journal.append("stack.finished", encode(done("a")))
    run.journal.append("stack.finished", encode(done("b", Result.FAILED)))
    run.journal.append("stack.finished", encode(done("c", Result.BLOCKED, cause="b")))
    finish(runs, done("a", Result.FAILED), operation=Operation.PREVIEW)
    assert runs.failed() == ("b", "c", "d")


def test_expected_resources_come_from_the_last_good_result(runs: Runs) -> None:
    finish(runs, done("a", resources=7))
    finish(runs, done("a", Result.FAILED, resources=3))
    assert runs.resources() == {"a": 7}


def test_a_second_holder_is_refused_and_told_who_the_first_is(runs: Runs) -> None:
    with (
        runs.lock("20261123-1"),
        pytest.raises(LockedError, match=rf"run 20261123-1 \(pid {os.getpid()}\)"),
        runs.lock("20261123-2"),
    ):
        pass
    with runs.lock("20261123-3"):
        pass


def test_a_disk_that_cannot_be_written_stops_a_run_before_it_is_one(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("in the way")
    with pytest.raises(StateError):
        Runs(tmp_path / "runs").create()
    with pytest.raises(StateError), Runs(tmp_path / "runs").lock():
        pass


def test_only_so_many_runs_are_kept(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEEP", 3)
    made = [runs.create().id for _ in range(5)]
    assert runs.ids() == made[-3:]


def test_a_result_survives_the_journal() -> None:
    result = StackResult(
        stack="a",
        result=Result.FAILED,
        reason=Reason.RESOURCES,
        detail="d",
        cause="c",
        seconds=1.5,
        resources=3,
        changes={"create": 2},
        slowest=("t n", 1.0),
        failures=(Failure(message="m", urn="u", type="t", name="n", source="f.py:1"),),
        violations=(Violation(policy="p", level="mandatory", message="m"),),
        needs_recover=True,
    )
    assert decode(encode(result)) == result


def test_a_replayed_journal_gives_the_same_bytes(runs: Runs) -> None:
    run = finish(runs, done("a", seconds=3.0), done("b", Result.FAILED, detail="why"))
    first, second = run.record(), runs.get(run.id)
    assert report(first) == report(second)
    assert first.to_json() == second.to_json()


def test_a_run_whose_process_is_gone_leaves_its_running_stacks_unsettled(runs: Runs) -> None:
    run = runs.create()
    run.begin(Operation.UP, ["a", "b", "c"], sandbox=False, parallel=2)
    run.journal.append("stack.started", {"stack": "a"})
    run.journal.append("stack.started", {"stack": "b"})
    run.journal.append("stack.finished", encode(done("b", Result.CANCELLED, needs_recover=True)))
    record = run.record()
    assert record.host == socket.gethostname()
    assert record.unfinished == ("a",)
    record.at = "2126-11-23T00:00:00.000Z"
    assert is_alive(record)
    assert unsettled(record) == ("b",)
    record.at = "2016-11-23T00:00:00.000Z"
    assert not is_alive(record), "the number belongs to a younger process"
    assert unsettled(record) == ("a", "b")


def test_a_journal_without_a_start_is_no_run() -> None:
    with pytest.raises(StateError, match="got an empty journal"):
        fold([])
