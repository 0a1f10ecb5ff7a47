"""Background processes that outlive the command which started them, and how to find them again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_ROOT = Path(__file__).resolve().parents[1]
_POLL_SECONDS = 0.02
_TERM_SECONDS = 3.0
_CLOCK_SECONDS = 0.05
"""Start times of one process read twice differ by rounding; two processes with one pid differ by
at least the time it takes to go through all pids."""


@dataclass(frozen=True, kw_only=True)
class Background:
    """A process by pid and start time: a pid alone may belong to somebody else by now."""

    pid: int
    started_at: float

    @classmethod
    def start(
        cls, module: str, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str]
    ) -> Self:
        """Start `python -m module` in a session of its own, its output going to `log`."""
        return cls.launch(
            # -P: the folders of this package would shadow `random` of the standard library.
            [sys.executable, "-P", "-m", module, *arguments],
            log=log,
            environment={**os.environ, **environment, "PYTHONPATH": str(_ROOT)},
        )

    @classmethod
    def launch(cls, command: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> Self:
        """Start a command in a session of its own with exactly this environment."""
        with log.open("ab") as stream:
            process = subprocess.Popen(
                command,
                # Not the caller's folder: it must stay free to be moved or unmounted.
                cwd=log.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        # Left running on purpose; without this, Popen would warn about it when collected.
        process.returncode = 0
        return cls(pid=process.pid, started_at=psutil.Process(process.pid).create_time())

    def alive(self) -> bool:
        """Whether this very process runs."""
        try:
            process = psutil.Process(self.pid)
            return (
                abs(process.create_time() - self.started_at) < _CLOCK_SECONDS
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False

    def memory_bytes(self) -> int:
        """What it holds in memory; nothing once it is gone."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            return 0

    def stop(self) -> bool:
        """End it and its session's processes, first politely; False when it was gone already."""
        if not self.alive():
            return False
        for number, patience in ((signal.SIGTERM, _TERM_SECONDS), (signal.SIGKILL, _TERM_SECONDS)):
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                break
            if self._gone_within(patience):
                break
        return True

    def kill(self) -> bool:
        """End it at once, for what keeps nothing in memory; False when it was gone already."""
        if not self.alive():
            return False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._gone_within(_TERM_SECONDS)
        return True

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        self._reap()
        return True

    def _reap(self) -> None:
        """Collect the exit status when it is a child of ours, which it is in tests."""
        try:
            os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return
