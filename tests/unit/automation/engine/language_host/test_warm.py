"""The warm interpreter: what it serves, and that nothing of it outlives a rollout."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from automation.engine.language_host.server import RUN_PROGRAM
from automation.engine.language_host.warm import LAUNCHER, WARM_PROGRAMS, warm_programs

HERE = {"virtualenv": sys.prefix}


def launch(path: str, *arguments: str) -> list[str]:
    """The command of a program; `--help` ends it before it needs an engine."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), path, str(RUN_PROGRAM), *arguments]


def serving(path: str) -> list[psutil.Process]:
    """The processes that were started with this socket."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if path in process.cmdline() and "warm_programs.py" in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_a_program_runs_in_the_warm_interpreter_with_its_launchers_streams(tmp_path: Path) -> None:
    with warm_programs(tmp_path, HERE, ["json"]) as variables:
        done = subprocess.run(
            launch(variables[WARM_PROGRAMS], "--help"),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        (server,) = serving(variables[WARM_PROGRAMS])
    assert done.returncode == 0, done.stderr
    assert "--monitor" in done.stdout
    assert not server.is_running()


def test_its_exit_code_is_the_programs(tmp_path: Path) -> None:
    with warm_programs(tmp_path, HERE, []) as variables:
        done = subprocess.run(
            launch(variables[WARM_PROGRAMS], "--no-such-flag"),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert "the following arguments are required" in done.stderr


def test_without_a_warm_interpreter_the_launcher_becomes_the_program(tmp_path: Path) -> None:
    done = subprocess.run(
        launch(str(tmp_path / "nobody.sock"), "--help"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "--monitor" in done.stdout


def test_where_there_is_no_interpreter_programs_start_their_own(tmp_path: Path) -> None:
    with warm_programs(tmp_path, {"virtualenv": "missing"}, []) as variables:
        assert variables == {}


@pytest.mark.parametrize("modules", [["no.such.module"], ["this"]])
def test_a_module_that_cannot_be_imported_is_the_programs_own_affair(
    tmp_path: Path, modules: list[str]
) -> None:
    with warm_programs(tmp_path, HERE, modules) as variables:
        done = subprocess.run(
            launch(variables[WARM_PROGRAMS], "--help"), capture_output=True, check=False, timeout=60
        )
    assert done.returncode == 0


def test_it_ends_with_the_rollout_however_that_ends(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from automation.engine.language_host.warm import WARM_PROGRAMS, warm_programs\n"
        f"with warm_programs(Path({str(tmp_path)!r}), {HERE!r}, []) as variables:\n"
        "    print(variables[WARM_PROGRAMS], flush=True)\n"
        "    sys.stdin.read()\n"
    )
    rollout = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[5],
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert rollout.stdout is not None
    path = rollout.stdout.readline().strip()
    (server,) = serving(path)
    rollout.kill()
    rollout.communicate()
    deadline = time.monotonic() + 20
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.1)
