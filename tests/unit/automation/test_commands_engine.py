"""Commands of this repository's own project, with the real engine on a sandbox of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.recording import ROOT

pytestmark = pytest.mark.engine

Platform = Callable[..., "subprocess.CompletedProcess[str]"]

RUN = "from automation.cli import main; main()"


class Machine:
    """A sandbox directory and `platform` in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {
            **os.environ,
            "NO_COLOR": "1",
            "PLATFORM_HOME": str(directory / "home"),
            "PLATFORM_SANDBOX_DIR": str(directory / "sandbox"),
            "SANDBOX_FAULTS": str(directory / "faults.json"),
        }

    def platform(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-P", "-c", RUN, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def answer(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """What a command answers as JSON; it must succeed."""
        done = self.platform(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    made = Machine(tmp_path_factory.mktemp("machine"))
    (made.directory / "faults.json").write_text("[]")
    started = made.platform("sandbox", "start")
    assert started.returncode == 0, started.stderr
    yield made
    made.platform("sandbox", "stop")


def _wait(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_doctor_finds_nothing_bad_and_says_where_the_engine_comes_from(machine: Machine) -> None:
    checks = {check["name"].strip(): check for check in machine.answer("doctor", "--sandbox")}
    assert {check["verdict"] for check in checks.values()} <= {"good", "warning"}
    assert "pulumi" in checks["because"]["found"]
    assert "111122223333" in checks["credentials"]["found"]


def test_starting_the_sandbox_leaves_nothing_for_bootstrap_to_do(machine: Machine) -> None:
    steps = machine.answer("bootstrap", "--sandbox")
    assert {step["action"] for step in steps} == {"keep"}
    assert {"key", "bucket", "versioning", "encryption"} <= {step["part"] for step in steps}


def test_plain_pulumi_works_in_the_shell_and_touches_no_committed_file(machine: Machine) -> None:
    before = {file: file.read_bytes() for file in ROOT.glob("Pulumi*.yaml")}
    shown = machine.platform(
        "sandbox", "shell", "--", "pulumi", "preview", "-s", "management", "--color=never"
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "to create" in shown.stdout
    assert {file: file.read_bytes() for file in ROOT.glob("Pulumi*.yaml")} == before


def test_the_shells_exit_code_is_that_of_its_command(machine: Machine) -> None:
    assert machine.platform("sandbox", "shell", "--", "sh", "-c", "exit 7").returncode == 7


def test_stacks_that_are_not_rolled_out_publish_nothing(machine: Machine) -> None:
    assert machine.answer("outputs", "production", "--sandbox") == {"production": None}


def test_the_shell_of_an_unknown_stack_names_the_known_ones(machine: Machine) -> None:
    refused = machine.platform("shell", "nope", "--sandbox")
    assert refused.returncode == 2
    assert "got stack 'nope', wanted one of management" in refused.stderr


def test_a_killed_update_is_recovered_and_a_living_one_is_not(machine: Machine) -> None:
    faults = machine.directory / "faults.json"
    hang = {"match": {"type": "aws:kms/key:Key"}, "fault": "hang", "times": None, "seconds": 600}
    faults.write_text(json.dumps([hang]))
    command = "exec pulumi up -s management --yes --skip-preview > /dev/null 2>&1"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", RUN, "sandbox", "shell", "--", "sh", "-c", command],
        cwd=ROOT,
        env=machine.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as update:
        _wait(lambda: "kms/key" in json.dumps(_unfinished(machine)["pending"]), 120)
        living = machine.platform("recover", "management", "--sandbox", "--yes")
        assert living.returncode == 8, living.stderr
        assert "runs" in living.stderr
        os.kill(_unfinished(machine)["locks"][0]["pid"], signal.SIGKILL)
        update.wait(30)
    faults.write_text("[]")
    recovered = machine.platform("recover", "management", "--sandbox", "--yes")
    assert recovered.returncode == 0, recovered.stderr
    after = _unfinished(machine)
    assert (after["locks"], after["pending"]) == ([], [])
    (backup,) = (machine.directory / "sandbox" / "backups").glob("management-*.json")
    assert json.loads(backup.read_text())["checkpoint"]["latest"]["pending_operations"]


def _unfinished(machine: Machine) -> dict[str, Any]:
    """What `recover` would have to do; it refuses what is held and so changes nothing here."""
    shown = machine.platform("recover", "management", "--sandbox", "--json")
    document: dict[str, Any] = json.loads(shown.stdout)
    return document
