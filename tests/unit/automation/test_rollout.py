import os
import pty
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from automation import journal
from automation.errors import CredentialsError, LockedError, PlatformError, StateError
from automation.events import Progress
from automation.gates import Gates
from automation.results import Operation, Reason, Result, StackResult
from automation.rollout import EngineCommand, Limits, Rollout, conduct
from automation.runs import Run, Runs
from automation.scheduler import Scheduler


class Watcher:
    """A view that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def opened(self) -> None:
        self.told.append("opened")

    def started(self, stack: str) -> None:
        self.told.append(f"started {stack}")

    def tick(self, running: Mapping[str, Progress]) -> None:
        pass

    def finished(self, result: StackResult) -> None:
        self.told.append(f"{result.result} {result.stack}")

    def say(self, text: str) -> None:
        self.told.append(text)

    def pause(self) -> None:
        self.told.append("paused")

    def resume(self) -> None:
        self.told.append("resumed")

    def closed(self) -> None:
        self.told.append("closed")


class Ground:
    """Stacks whose engine is a shell command."""

    def __init__(self, **commands: str) -> None:
        self.commands = commands
        self.refusals: dict[str, Exception] = {}

    def prepare(self, stack: str, operation: Operation) -> None:
        if stack in self.refusals:
            raise self.refusals[stack]

    def command(self, stack: str, operation: Operation, events: Path) -> EngineCommand:
        return EngineCommand(
            arguments=("sh", "-c", self.commands.get(stack, "true")),
            environment=dict(os.environ),
            directory=events.parent,
        )

    def source_of(self, stack: str, urns: list[str]) -> Mapping[str, str]:
        return {}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Runs(tmp_path / "runs").create()


def roll(
    run: Run,
    ground: Ground,
    needs: Mapping[str, list[str]],
    *,
    view: Watcher | None = None,
    gates: Callable[[Watcher], Gates] | None = None,
    gated: tuple[str, ...] = (),
) -> dict[str, StackResult]:
    view = view or Watcher()
    run.begin(Operation.UP, list(needs), sandbox=False, parallel=4)
    return conduct(
        lambda: Rollout(
            operation=Operation.UP,
            target=ground,
            scheduler=Scheduler(needs, parallel=4, gates=gated),
            run=run,
            view=view,
            gates=gates(view) if gates else Gates(view),
            limits=Limits(grace=5),
        )
    )


def events(run: Run) -> list[str]:
    return [
        f"{record['event']} {record.get('stack', '')}".strip()
        for record in journal.read(run.directory / journal.FILE)
    ]


def test_a_start_is_on_record_before_the_stack_starts(run: Run) -> None:
    copy = f"cp {run.directory / journal.FILE} {run.directory / 'seen'}"
    roll(run, Ground(a=copy), {"a": []})
    assert "stack.started" in (run.directory / "seen").read_text()
    assert events(run) == ["run.started", "stack.started a", "stack.finished a", "run.finished"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CredentialsError("got account 1, wanted 2", hint="log in"), Reason.CREDENTIALS),
        (LockedError("held"), Reason.LOCKED),
        (PlatformError("no key"), Reason.ENGINE),
    ],
)
def test_a_stack_that_is_refused_never_starts_its_engine(
    run: Run, error: PlatformError, reason: Reason
) -> None:
    ground = Ground(a=f"touch {run.directory / 'touched'}")
    ground.refusals["a"] = error
    results = roll(run, ground, {"a": [], "b": ["a"]})
    assert (results["a"].result, results["a"].reason) == (Result.FAILED, reason)
    assert str(error) in results["a"].detail
    assert results["b"].result is Result.BLOCKED
    assert not (run.directory / "touched").exists()


def test_a_journal_that_fails_midway_starts_nothing_more_and_lets_the_rest_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = run.journal.append

    def append(event: str, fields: Mapping[str, object] | None = None) -> None:
        if (fields or {}).get("stack") == "b":
            raise StateError("cannot write the run's journal: no space left on device")
        real(event, fields)

    monkeypatch.setattr(run.journal, "append", append)
    ended = run.directory / "ended"
    ground = Ground(a=f"sleep 1; touch {ended}", b=f"touch {run.directory / 'b'}")
    with pytest.raises(StateError, match="no space left"):
        roll(run, ground, {"a": [], "b": [], "c": ["a"]})
    assert ended.exists()
    assert not (run.directory / "b").exists()
    assert "stack.started c" not in events(run)


def test_a_defect_of_ours_lets_every_engine_end_before_it_is_told(run: Run) -> None:
    ended = run.directory / "ended"
    ground = Ground(a=f"sleep 1; touch {ended}")
    ground.refusals["b"] = ZeroDivisionError("ours")
    with pytest.raises(ZeroDivisionError):
        roll(run, ground, {"a": [], "b": [], "c": ["a"]})
    assert ended.exists()
    assert "stack.started c" not in events(run)


def test_the_view_is_closed_whatever_happens(run: Run) -> None:
    view = Watcher()
    ground = Ground()
    ground.refusals["a"] = ZeroDivisionError("ours")
    with pytest.raises(ZeroDivisionError):
        roll(run, ground, {"a": []}, view=view)
    assert view.told[-1] == "closed"


def test_the_sandbox_opens_gates_by_itself_and_says_so(run: Run) -> None:
    view = Watcher()
    results = roll(
        run,
        Ground(),
        {"a": []},
        view=view,
        gated=("a",),
        gates=lambda view: Gates(view, rehearsal=True),
    )
    assert results["a"].result.good
    assert "gate of a opened: this is the sandbox" in view.told
    assert "gate.opened a" in events(run)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("y\n", Result.UNCHANGED), ("n\n", Result.WAITING), ("\n", Result.WAITING)],
)
def test_a_person_at_the_terminal_opens_a_gate_or_leaves_it(
    run: Run, answer: str, outcome: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    master, slave = pty.openpty()
    view = Watcher()
    with os.fdopen(slave) as terminal:
        typing = threading.Timer(0.3, os.write, (master, answer.encode()))
        typing.start()
        results = roll(
            run,
            Ground(),
            {"a": [], "b": ["a"], "c": ["b"]},
            view=view,
            gated=("b",),
            gates=lambda view: Gates(view, terminal=terminal),
        )
        typing.join()
    os.close(master)
    assert results["b"].result is outcome
    assert results["c"].result is outcome
    assert view.told.index("paused") < view.told.index("resumed")
    assert "roll out b? [y/N]" in capsys.readouterr().err
