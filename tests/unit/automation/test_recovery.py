"""Whether the holder of a lock is dead, and what is kept before anything changes."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from automation.errors import StateError
from automation.recovery import back_up, holder_of
from automation.state import Lock


def _lock(pid: int, *, host: str | None = None, since: datetime | None = None) -> Lock:
    return Lock(
        key="k",
        stack="dev",
        user="ada",
        host=host or socket.gethostname(),
        pid=pid,
        since=since or datetime.now(UTC),
    )


def test_a_holder_that_runs_is_alive() -> None:
    holder = holder_of(_lock(os.getpid()))
    assert (holder.dead, holder.why) == (False, f"process {os.getpid()} runs")


def test_a_holder_whose_process_is_gone_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    holder = holder_of(_lock(process.pid))
    assert (holder.dead, holder.why) == (True, f"process {process.pid} is gone")


def test_a_younger_process_with_the_same_number_is_not_the_holder() -> None:
    started = datetime.fromtimestamp(psutil.Process().create_time(), UTC)
    holder = holder_of(_lock(os.getpid(), since=started - timedelta(minutes=1)))
    assert holder.dead
    assert "started later" in holder.why


def test_nothing_is_said_of_a_holder_on_another_machine() -> None:
    holder = holder_of(_lock(2**22 + 1, host="elsewhere"))
    assert not holder.dead
    assert "elsewhere" in holder.why


def test_a_backup_is_for_this_users_eyes_only(tmp_path: Path) -> None:
    path = back_up(tmp_path / "backups", "dev", b"state")
    assert path.read_bytes() == b"state"
    assert path.name.startswith("dev-")
    assert path.stat().st_mode & 0o077 == 0


def test_a_backup_that_cannot_be_written_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file is in the way")
    with pytest.raises(StateError, match="wanted to keep a backup before any change"):
        back_up(tmp_path / "backups", "dev", b"state")
