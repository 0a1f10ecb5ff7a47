"""Measuring whole processes: wall time, the CPU of everything they caused, their own memory."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import psutil

SAMPLE_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One command, measured.

    Attributes:
        wall: Seconds from start to end.
        cpu: CPU seconds of the command, its descendants and the background processes it used.
        own_cpu: CPU seconds of the command's own process alone.
        own_bytes: The most resident memory that process had.
    """

    wall: float
    cpu: float
    own_cpu: float
    own_bytes: int


class Background:
    """Processes that work for a command without being its children: the sandbox's."""

    def __init__(self, pids: Callable[[], Iterable[int]]) -> None:
        self._pids = pids

    def cpu(self) -> float:
        """CPU seconds they and the children they have buried used until now."""
        total = 0.0
        for pid in self._pids():
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                total += sum(process.cpu_times()[:4])
                total += sum(sum(child.cpu_times()[:2]) for child in process.children())
        return total


def measure(
    command: Sequence[str],
    *,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    background: Background | None = None,
) -> Measured:
    """Run a command to its end; RuntimeError with its last words when it fails."""
    before_background = background.cpu() if background else 0.0
    before = _children_cpu()
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=directory,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch = _Watch(process.pid)
    watch.start()
    said, _ = process.communicate()
    wall = time.monotonic() - began
    watch.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}\n{said[-2000:]}")
    after_background = background.cpu() if background else 0.0
    cpu = _children_cpu() - before + after_background - before_background
    return Measured(wall=wall, cpu=cpu, own_cpu=watch.cpu, own_bytes=watch.bytes)


def _children_cpu() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Watch(threading.Thread):
    """Samples one process until it ends: its own CPU, without children, and its memory."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self.cpu = 0.0
        self.bytes = 0

    def run(self) -> None:
        """Sample."""
        with suppress(psutil.Error):
            while self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE:
                times = self._process.cpu_times()
                self.cpu = times.user + times.system
                self.bytes = max(self.bytes, self._process.memory_info().rss)
                time.sleep(SAMPLE_SECONDS)
