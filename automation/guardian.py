"""Outlives a run whose process is killed, and then stops its engines: gently, then for good.

Linux could tell a child of its parent's death (PR_SET_PDEATHSIG), but it tells it once for every
thread of the parent that dies before the last, and the engine takes a second signal for "at once":
it then leaves its lock and pending operations behind (seen with pulumi 3.255.0).

So a process that does nothing else reads a pipe whose other end only the run holds. Every engine
writes its number into it before it becomes the engine; the run takes the number out when the engine
has ended. The end of the pipe is the end of the run, whatever ended it.

This file is also the program of that process, which must be small: the standard library alone.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_POLL_SECONDS = 0.2

_REGISTER = 'echo "+$$" >&0; exec "$@" </dev/null'
"""Its standard input is the pipe: redirections beyond file 9 are not portable."""


class Guardian:
    """The run's side: a guardian process while the context lasts."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._pipe = -1
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the process."""
        reading, self._pipe = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__)), str(self._grace)],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let it go; it stops what is still registered."""
        os.close(self._pipe)
        if self._process is not None:
            self._process.wait()

    @property
    def pipe(self) -> int:
        """What a guarded command must have as its standard input."""
        return self._pipe

    @staticmethod
    def guarded(arguments: tuple[str, ...]) -> tuple[str, ...]:
        """The command, registered before it runs, under the same process number."""
        return ("/bin/sh", "-c", _REGISTER, "sh", *arguments)

    def forget(self, pid: int) -> None:
        """The process has ended: its number may soon be another's."""
        with suppress(OSError):
            os.write(self._pipe, f"-{pid}\n".encode())


def session_members(session: int) -> list[int]:
    """The live processes of a session, as far as the system lists them; zombies are none."""
    members: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(entry.name)) == session and not _is_zombie(entry):
                members.append(int(entry.name))
    return members


def kill_session(session: int) -> None:
    """Kill every process of a session."""
    for pid in [*session_members(session), session]:
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session:
                os.kill(pid, signal.SIGKILL)


def _is_zombie(process: Path) -> bool:
    return (process / "stat").read_bytes().rpartition(b")")[2].split()[0] in {b"Z", b"X"}


def _leads(pid: int) -> bool:
    """Whether this is still the session leader that registered, and alive."""
    with suppress(FileNotFoundError):
        if _is_zombie(Path("/proc") / str(pid)):
            return False
    with suppress(ProcessLookupError):
        return os.getsid(pid) == pid
    return False


def main(grace: float) -> None:
    """Guard until the pipe ends, then stop whoever has not been taken out."""
    registered: set[int] = set()
    for line in sys.stdin:
        number = int(line[1:])
        (registered.add if line[0] == "+" else registered.discard)(number)
    for pid in filter(_leads, registered):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(map(_leads, registered)) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    for pid in registered:
        kill_session(pid)


if __name__ == "__main__":
    main(float(sys.argv[1]))
