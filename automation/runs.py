"""The runs of a project: their directories, their lock, what earlier ones teach the next."""

import json
import os
import secrets
import shutil
import socket
import statistics
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from automation import journal
from automation.errors import LockedError, StateError, UsageError
from automation.journal import Journal
from automation.reports.record import RunRecord, fold
from automation.results import Operation

HISTORY = 20
"""How many runs back durations are taken from."""

KEEP = 200
"""How many runs are kept; the oldest go when a new one is made."""


class Run:
    """A run's own directory and open journal."""

    def __init__(self, directory: Path) -> None:
        """Make the directory and the journal.

        Raises:
            StateError: They cannot be written.
        """
        self.id = directory.name
        self.directory = directory
        self.journal = Journal(directory / journal.FILE)

    def begin(
        self, operation: Operation, stacks: Sequence[str], *, sandbox: bool, parallel: int
    ) -> None:
        """Put the start of the run on record."""
        self.journal.append(
            "run.started",
            {
                "schema": journal.SCHEMA,
                "run": self.id,
                "operation": operation.value,
                "stacks": list(stacks),
                "sandbox": sandbox,
                "parallel": parallel,
                "pid": os.getpid(),
                "host": socket.gethostname(),
            },
        )

    def record(self) -> RunRecord:
        """The run as its journal tells it."""
        return fold(journal.read(self.directory / journal.FILE))

    def file(self, stack: str, kind: str) -> Path:
        """A file of a stack in this run: its ``log``, its ``events.jsonl``."""
        return self.directory / f"{stack}.{kind}"


class Runs:
    """The runs kept in one directory, oldest first by id."""

    def __init__(
        self, directory: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.directory = directory
        self._clock = clock

    def create(self) -> Run:
        """A new run; nothing else is touched when it cannot be made.

        Raises:
            StateError: The disk is full or not ours to write.
        """
        now = self._clock()
        name = f"{now:%Y%m%d-%H%M%S}{now.microsecond // 1000:03}-{secrets.token_hex(2)}"
        run = Run(self.directory / name)
        self._forget()
        return run

    def ids(self) -> list[str]:
        """The ids of all runs on record, oldest first."""
        if not self.directory.is_dir():
            return []
        return sorted(
            entry.name for entry in self.directory.iterdir() if (entry / journal.FILE).is_file()
        )

    def get(self, name: str = "last") -> RunRecord:
        """A run by its id, by an unmistakable beginning of it, or ``last``.

        Raises:
            UsageError: There is none, or more than one.
        """
        known = self.ids()
        found = known[-1:] if name == "last" else [run for run in known if run.startswith(name)]
        if name in found:
            found = [name]
        if len(found) != 1:
            if not known:
                raise UsageError("got no run on record, wanted one", hint="platform up")
            got = f"{len(found)} runs" if found else "no run"
            recent = ", ".join(known[-5:])
            raise UsageError(
                f"got {got} for {name!r}, wanted one, such as {recent}", hint="platform status"
            )
        return self._read(found[0])

    def durations(self, operation: Operation) -> dict[str, float]:
        """Seconds a stack usually takes: the median of its good runs of this kind."""
        seen: dict[str, list[float]] = defaultdict(list)
        for record in self._recent():
            if record.operation is operation:
                for result in record.results.values():
                    if result.result.good:
                        seen[result.stack].append(result.seconds)
        return {stack: statistics.median(seconds) for stack, seconds in seen.items()}

    def resources(self) -> dict[str, int]:
        """How many resources each stack had when it was last gone through whole."""
        known: dict[str, int] = {}
        for record in self._recent():
            for result in record.results.values():
                if result.result.good and record.operation is not Operation.DESTROY:
                    known[result.stack] = result.resources
        return known

    def failed(self, which: str = "last") -> tuple[str, ...]:
        """The stacks that a run left unfinished; `last` is the last one that changes something."""
        if which == "last":
            changing = [record for record in self._recent() if record.operation.changes]
            record = changing[-1] if changing else None
        else:
            record = self.get(which)
        if record is None:
            return ()
        return tuple(
            stack
            for stack in record.stacks
            if stack not in record.results or not record.results[stack].result.good
        )

    @contextmanager
    def lock(self, run: str = "") -> Generator[None]:
        """Hold the target for one changing run.

        Raises:
            LockedError: Another run holds it.
            StateError: The lock cannot be written.
        """
        lock = FileLock(self.directory / "run.lock", timeout=0)
        owner = self.directory / "run.owner.json"
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire()
        except Timeout as error:
            raise _held(owner) from error
        except OSError as error:
            raise StateError(
                f"cannot lock {self.directory}: {(error.strerror or str(error)).lower()}",
                hint=f"df -h {self.directory.parent}",
            ) from error
        try:
            with suppress(OSError):  # only for the words of a refusal
                owner.write_text(json.dumps({"pid": os.getpid(), "run": run}), encoding="utf-8")
            yield
        finally:
            with suppress(OSError):
                owner.unlink(missing_ok=True)
            lock.release()

    def _read(self, name: str) -> RunRecord:
        return fold(journal.read(self.directory / name / journal.FILE))

    def _recent(self) -> Iterator[RunRecord]:
        for name in self.ids()[-HISTORY:]:
            with suppress(StateError):  # a run that died in its first write teaches nothing
                yield self._read(name)

    def _forget(self) -> None:
        for name in self.ids()[:-KEEP]:
            shutil.rmtree(self.directory / name, ignore_errors=True)


def is_alive(record: RunRecord) -> bool:
    """Whether the process of an unfinished run still exists on this machine."""
    if record.finished_at or record.host != socket.gethostname():
        return False
    try:
        began = datetime.fromtimestamp(psutil.Process(record.pid).create_time(), UTC)
    except psutil.Error:
        return False
    return began <= datetime.fromisoformat(record.at)  # a later process has taken over the number


def unsettled(record: RunRecord) -> tuple[str, ...]:
    """Stacks that may hold a lock nobody will release: killed, or left by a dead run."""
    killed = {stack for stack, result in record.results.items() if result.needs_recover}
    lost: set[str] = set() if record.finished_at or is_alive(record) else set(record.unfinished)
    return tuple(stack for stack in record.stacks if stack in killed | lost)


def _held(owner: Path) -> LockedError:
    who: dict[str, object] = {}
    with suppress(OSError, ValueError):
        who = json.loads(owner.read_text(encoding="utf-8"))
    named = f"run {who['run']}" if who.get("run") else "another run"
    holder = f"{named} (pid {who['pid']})" if who else "another run"
    return LockedError(f"{holder} is at work on this target", hint="platform status")
