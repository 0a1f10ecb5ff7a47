"""One engine process per stack: started, watched, stopped, and nothing left behind.

Each child leads a session of its own, so a terminal's Ctrl-C reaches this process alone and the
children are stopped one way: SIGINT, on which the engine ends what is in flight, writes its state
and removes its lock. The engine's plugins lead process groups of their own inside that session;
a session, not a group, is what has to be empty at the end.

The child writes to files, never to pipes: when this process dies a pipe would break and kill the
engine in the middle of a write. The guardian then stops it (`automation/guardian.py`).
"""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from automation.events import EventTail, Progress, plain
from automation.guardian import Guardian, kill_session, session_members
from automation.redaction import Redaction

TICK_SECONDS = 0.5
"""How often a child is looked at; short enough to look alive, long enough to cost nothing."""

LISTEN_SECONDS = 20.0
"""How long a stop waits for the engine to listen: it starts its program in 1 to 5 s."""

LINGER_SECONDS = 3.0
"""How long plugins may outlive their engine: it gives them 5 s itself before it ends."""

STALL_SECONDS = 300.0
"""Silence worth a word; a NAT gateway or a cluster is busy for longer and is named by it."""


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
"""`json.dumps` would make an encoder for every event."""


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """A command to run for a stack.

    Attributes:
        arguments: The program and its arguments.
        environment: The whole environment of the process.
        directory: Where it runs.
        events: Where the engine writes its event log.
        log: Where its words go.
        record: Where the plain records of its events are kept.
        niceness: How much it yields to other processes of this machine (nice(1)).
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    events: Path
    log: Path
    record: Path
    niceness: int = 0


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a child ended.

    Attributes:
        code: Its exit code; negative for the signal that killed it.
        seconds: How long it ran.
        interrupted: It was asked to stop before it had finished.
        timed_out: It was asked to stop because its time was up.
        killed: It was killed, or died of a signal: its lock may have stayed.
        tail: The last lines it wrote.
    """

    code: int
    seconds: float
    interrupted: bool
    timed_out: bool
    killed: bool
    tail: str


class Child:
    """One engine process under watch."""

    def __init__(
        self,
        invocation: Invocation,
        guardian: Guardian,
        *,
        timeout: float | None = None,
        grace: float = 60.0,
        on_stall: Callable[[float], None] | None = None,
    ) -> None:
        self.progress = Progress()
        self._invocation = invocation
        self._guardian = guardian
        self._timeout = timeout
        self._grace = grace
        self._on_stall = on_stall
        self.redact = Redaction(invocation.environment)
        self._process: asyncio.subprocess.Process | None = None
        self._tail: EventTail | None = None
        self._stop_asked: float | None = None
        self._stop_sent: float | None = None
        self._timed_out = False
        self._killed = False
        self._stall_told = False

    async def run(self) -> Ended:
        """Run the command to its end, whatever it takes, and leave no process of it behind."""
        started = time.monotonic()
        self._tail = EventTail(self._invocation.events)
        try:
            with _private(self._invocation.log) as log:
                self._process = await self._start(log)
            while (code := await self._wait(self._process)) is None:
                self._read()
                self._look(time.monotonic() - started)
            await self._clear()
            self._read()
        except BaseException:
            self.kill()  # we are about to stop watching: an unwatched engine is worse than a lock
            if self._process is not None:
                await self._process.wait()
            raise
        finally:
            self._tail.close()
        self.redact.rewrite(self._invocation.log)
        return Ended(
            code=code,
            seconds=round(time.monotonic() - started, 1),
            interrupted=self._stop_asked is not None and not self._timed_out,
            timed_out=self._timed_out,
            killed=self._killed or code < 0,
            tail=_last_lines(self._invocation.log),
        )

    def interrupt(self) -> None:
        """Ask the engine to stop after what is in flight; it is told once it can hear it."""
        if self._stop_asked is None:
            self._stop_asked = time.monotonic()

    def kill(self) -> None:
        """Kill the engine and everything it started, now."""
        self._killed = True
        if self._process is not None:
            kill_session(self._process.pid)

    async def _start(self, log: TextIO) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._guardian.guarded(_nice(self._invocation)),
            cwd=self._invocation.directory,
            env=dict(self._invocation.environment),
            stdin=self._guardian.pipe,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    @staticmethod
    async def _wait(process: asyncio.subprocess.Process) -> int | None:
        try:
            return await asyncio.wait_for(process.wait(), TICK_SECONDS)
        except TimeoutError:
            return None

    def _read(self) -> None:
        assert self._tail is not None  # noqa: S101 - set before the process is
        if not (events := list(self._tail.read())):
            return
        for event in events:
            self.progress.add(event)
        lines = [_ENCODE(plain(event)) + "\n" for event in events]
        # A copy for people: a disk that fills up meanwhile must not end the watch.
        with suppress(OSError), _private(self._invocation.record) as record:
            record.write(self.redact("".join(lines)))

    def _look(self, elapsed: float) -> None:
        now = time.monotonic()
        if self._timeout is not None and elapsed > self._timeout and self._stop_asked is None:
            self._timed_out = True
            self._stop_asked = now
        if self._stop_asked is not None:
            self._stop(now)
        silence = now - self.progress.last_event
        if silence > STALL_SECONDS and not self._stall_told and self._on_stall is not None:
            self._stall_told = True
            self._on_stall(silence)

    def _stop(self, now: float) -> None:
        """Send the interrupt when the engine hears it, and kill when it does not end in time.

        The engine takes its lock before it installs its handlers and removes it after it has taken
        them down (pkg/backend/diy/backend.go: Lock, NewScope, Close, Unlock). An interrupt outside
        that span would kill it with the lock held, so we wait for its first event before, and for
        its end after its summary.
        """
        assert self._process is not None  # noqa: S101 - only called while it runs
        assert self._tail is not None  # noqa: S101 - as above
        asked = self._stop_asked or now
        if self._stop_sent is None:
            hears = self._tail.listening and not self.progress.finished
            deaf = not self._tail.listening and now - asked > min(LISTEN_SECONDS, self._grace / 2)
            if hears or deaf:
                self._stop_sent = now
                with suppress(ProcessLookupError):
                    self._process.send_signal(signal.SIGINT)
        if now - asked > self._grace and not self._killed:
            self.kill()

    async def _clear(self) -> None:
        """Wait for what the engine started to end after it, then kill what has not."""
        assert self._process is not None  # noqa: S101 - it has just ended
        deadline = time.monotonic() + (0 if self._killed else LINGER_SECONDS)
        while session_members(self._process.pid):
            if time.monotonic() >= deadline:
                kill_session(self._process.pid)
            await asyncio.sleep(0.1)
        self._guardian.forget(self._process.pid)


def _nice(invocation: Invocation) -> tuple[str, ...]:
    """The command, yielding as it should; its children inherit that."""
    if not invocation.niceness:
        return invocation.arguments
    return ("nice", "-n", str(invocation.niceness), *invocation.arguments)


def _private(path: Path) -> TextIO:
    """A text file to append to that only its owner can read."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="replace")


def _last_lines(log: Path, size: int = 8192) -> str:
    """The end of a log."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size))
        return file.read().decode("utf-8", errors="replace")
