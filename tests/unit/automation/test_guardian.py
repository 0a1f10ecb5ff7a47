import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from automation.guardian import Guardian, kill_session, session_members

COUNTING = (
    "import signal, sys, time\n"
    "told = []\n"
    "signal.signal(signal.SIGTERM, lambda *_: told.append(1))\n"
    "open(sys.argv[1], 'w').write('ready')\n"
    "while not told: time.sleep(0.01)\n"
    "time.sleep(0.5)\n"
    "open(sys.argv[1], 'w').write(str(len(told)))\n"
)
STUBBORN = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "open(sys.argv[1], 'w').write('ready')\n"
    "time.sleep(300)\n"
)


def start(guardian: Guardian, program: str, file: Path) -> subprocess.Popen[bytes]:
    command = guardian.guarded((sys.executable, "-S", "-c", program, str(file)))
    process = subprocess.Popen(command, stdin=guardian.pipe, start_new_session=True)
    while not file.exists() or not file.read_text():
        time.sleep(0.02)
    return process


def test_what_is_left_when_the_run_is_gone_is_told_once(tmp_path: Path) -> None:
    with Guardian(10) as guardian:
        process = start(guardian, COUNTING, tmp_path / "told")
    process.wait()
    assert (tmp_path / "told").read_text() == "1"


def test_what_does_not_end_in_time_is_killed(tmp_path: Path) -> None:
    with Guardian(0.5) as guardian:
        process = start(guardian, STUBBORN, tmp_path / "told")
    assert process.wait() == -signal.SIGKILL


def test_what_was_taken_out_is_left_alone(tmp_path: Path) -> None:
    with Guardian(0.5) as guardian:
        process = start(guardian, STUBBORN, tmp_path / "told")
        guardian.forget(process.pid)
    assert process.poll() is None
    kill_session(process.pid)
    process.wait()


def test_a_guarded_command_keeps_its_number_and_has_no_hold_on_the_pipe(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "held = [n for n in range(64) if os.path.exists(f'/proc/self/fd/{n}')]\n"
        "pipes = [n for n in held if 'pipe' in os.readlink(f'/proc/self/fd/{n}')]\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {pipes}')\n"
    )
    with Guardian(1) as guardian:
        command = guardian.guarded((sys.executable, "-S", "-c", program, str(tmp_path / "out")))
        process = subprocess.Popen(
            command,
            stdin=guardian.pipe,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        process.wait()
        guardian.forget(process.pid)
    assert (tmp_path / "out").read_text() == f"{process.pid} []"


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_a_session_holds_its_members_and_no_zombies() -> None:
    process = subprocess.Popen(["sleep", "300"], start_new_session=True)
    assert session_members(process.pid) == [process.pid]
    os.kill(process.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert session_members(process.pid) == []
    process.wait()
