"""The processes this host has started, so that none outlives it."""

import os
import signal
import stat
import subprocess
import sys
import threading
from types import FrameType

STOP_SECONDS = 2.0
"""How long a child may take after SIGTERM; the engine gives the whole host five seconds."""


class Children:
    """Running programs and plugins; safe to use from the server's threads."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def add(self, child: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Remember a child until :meth:`remove`."""
        with self._lock:
            self._running.add(child)
        return child

    def remove(self, child: subprocess.Popen[bytes]) -> None:
        """Forget a child that has ended."""
        with self._lock:
            self._running.discard(child)

    def stop(self) -> None:
        """Ask every child to end; those that do not within two seconds are killed."""
        with self._lock:
            running = list(self._running)
        for child in running:
            stop(child)

    def abandon(self) -> None:
        """Signal every child and wait for none: we are leaving this instant."""
        for child in list(self._running):
            child.send_signal(signal.SIGTERM)


def stop(child: subprocess.Popen[bytes]) -> None:
    """End one child: SIGTERM, then SIGKILL."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def leave_when_told(children: Children) -> None:
    """Leave at once and quietly on SIGINT, SIGTERM and the engine's death.

    The engine interrupts this process at the end of every run and waits up to five seconds for it,
    so nothing may be awaited here. It holds the other end of our standard input: its end of file
    means that the engine is gone, however it went.
    """

    def leave(_signal: int = 0, _frame: FrameType | None = None) -> None:
        children.abandon()
        os._exit(0)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):

        def watch() -> None:
            while os.read(sys.stdin.fileno(), 4096):
                pass
            leave()

        threading.Thread(target=watch, name="engine-alive", daemon=True).start()
