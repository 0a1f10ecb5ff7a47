"""What may be done about a stack whose last run did not end well.

A lock is only removed when its holder is provably dead: it ran on this machine and its process is
gone, or the number now belongs to a younger process. A lock from another machine needs a person's
word (`--force`), because nothing here can see that machine.
"""

import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from automation.errors import StateError

if TYPE_CHECKING:
    from automation.state import Lock

CLOCK_SLACK = timedelta(seconds=2)
"""A process writes its lock after it has started; clocks and rounding may say otherwise."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a lock, as far as this machine can tell.

    Attributes:
        lock: The lock.
        dead: Whether the holder provably no longer exists.
        why: How we know, or why we do not.
    """

    lock: "Lock"
    dead: bool
    why: str


def holder_of(lock: "Lock") -> Holder:
    """Find out whether the holder of a lock still lives."""
    if lock.host != socket.gethostname():
        why = f"it is on {lock.host}, which cannot be seen from here"
        return Holder(lock=lock, dead=False, why=why)
    try:
        started = datetime.fromtimestamp(psutil.Process(lock.pid).create_time(), tz=UTC)
    except psutil.NoSuchProcess:
        return Holder(lock=lock, dead=True, why=f"process {lock.pid} is gone")
    except psutil.Error as error:
        return Holder(lock=lock, dead=False, why=f"process {lock.pid} cannot be seen: {error}")
    if started > lock.since + CLOCK_SLACK:
        why = f"process {lock.pid} started later than the lock was made"
        return Holder(lock=lock, dead=True, why=why)
    return Holder(lock=lock, dead=False, why=f"process {lock.pid} runs")


def back_up(directory: Path, stack: str, checkpoint: bytes) -> Path:
    """Keep a copy of a checkpoint, for this user's eyes only.

    Raises:
        StateError: It cannot be written; nothing must be changed then.
    """
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = directory / f"{stack}-{at}.json"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(checkpoint)
    except OSError as error:
        raise StateError(
            f"{path}: got {error.strerror}, wanted to keep a backup before any change",
            hint=f"make room in {directory}, or set PLATFORM_HOME",
        ) from error
    return path
