"""Real engines in the middle of a resource: told to stop, killed, recovered, finished."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engine.conftest import BUCKET, PLATFORM, Checkout

pytestmark = [
    pytest.mark.engine,
    pytest.mark.reliability,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("organisation"),
]

NAME = 'DEPLOY_ROLE = "superinc-deploy'


class Interrupted:
    """`platform up identity` whose engine is held up while it makes a role.

    With another stack beside it the programs of both run in one warm interpreter.
    """

    def __init__(
        self, project: Checkout, faults: Path, *, stubborn: bool = False, beside: str = ""
    ) -> None:
        match = {"type": "aws:iam/role:Role", "stack": "identity", "operation": "create"}
        faults.write_text(json.dumps([{"match": match, "fault": "hang", "stubborn": stubborn}]))
        project.edit("components/naming.py", f'{NAME}"', f'{NAME}er"')
        self.project = project
        self.runs = project.home / "sandbox" / "runs"
        self.before = set(self.runs.iterdir())
        self.process = subprocess.Popen(
            [
                str(PLATFORM),
                "up",
                "identity",
                *filter(None, [beside]),
                "--sandbox",
                "--yes",
                "--json",
            ],
            cwd=project.root,
            env={**project.environment(), "SANDBOX_FAULTS": str(faults)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._until(self._holds_the_role)
        if beside:
            # Interrupted between making a role of another name and deleting the old one, it could
            # not be put back: AWS has a name once.
            self._until(lambda: self._is_finished(beside))

    def _is_finished(self, stack: str) -> bool:
        return any(
            '"stack.finished"' in line and f'"{stack}"' in line
            for run in set(self.runs.iterdir()) - self.before
            for file in run.glob("journal.jsonl")
            for line in file.read_text().splitlines()
        )

    def _holds_the_role(self) -> bool:
        return any(
            '"started"' in line and "aws:iam/role:Role" in line
            for run in set(self.runs.iterdir()) - self.before
            for file in run.glob("identity.events.jsonl")
            for line in file.read_text().splitlines()
        )

    def _until(self, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not happened():
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < deadline, "the engine never came to the role"
            time.sleep(0.1)

    def end(self) -> tuple[int, dict[str, Any], str]:
        """Exit code, the stack's record, what people were told."""
        try:
            out, err = self.process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            pytest.fail(f"the run did not end:\n{err}")
        stacks: list[dict[str, Any]] = json.loads(out)["stacks"]
        return self.process.returncode, stacks[0], err

    def locks(self) -> list[str]:
        """The lock objects in the state's bucket."""
        listed = self.project.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=".pulumi/locks/")
        return [item["Key"] for item in listed.get("Contents", [])]

    def pending(self) -> list[Any]:
        """What the state says was begun and not ended."""
        key = ".pulumi/stacks/superinc/identity.json"
        body = self.project.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return json.loads(body)["checkpoint"]["latest"].get("pending_operations") or []

    def orphans(self) -> list[str]:
        """Processes that still work in the project's directory."""
        found: list[str] = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                inside = Path(process.cwd()) == self.project.root
                if inside and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline())[:120])
        return found


@pytest.fixture
def project(organisation: Checkout) -> Iterator[Checkout]:
    """The organisation, with the program put back and rolled out again afterwards."""
    file = organisation.root / "components" / "naming.py"
    text = file.read_text()
    yield organisation
    file.write_text(text)
    done = organisation.platform("up", "identity", "backup", "--sandbox", "--yes")
    assert done.code == 0, done.err


@pytest.mark.parametrize("whom", ["the terminal's group", "the parent alone"])
def test_one_signal_stops_gracefully(project: Checkout, tmp_path: Path, whom: str) -> None:
    run = Interrupted(project, tmp_path / "faults.json", beside="backup")
    if whom == "the parent alone":
        run.process.send_signal(signal.SIGTERM)
    else:
        os.killpg(run.process.pid, signal.SIGINT)
    code, stack, err = run.end()
    assert code == 130, err
    assert (stack["result"], stack["needs_recover"]) == ("cancelled", False)
    assert run.locks() == []
    assert run.pending() == []
    assert run.orphans() == []
    done = project.platform("up", "identity", "--sandbox", "--yes", "--json")
    assert done.results() == {"identity": "succeeded"}, done.err


def test_a_second_signal_stops_hard_and_says_what_to_recover(
    project: Checkout, tmp_path: Path
) -> None:
    run = Interrupted(project, tmp_path / "faults.json", stubborn=True)
    os.killpg(run.process.pid, signal.SIGINT)
    time.sleep(3)
    assert run.process.poll() is None
    os.killpg(run.process.pid, signal.SIGINT)
    code, stack, err = run.end()
    assert code == 130, err
    assert (stack["result"], stack["needs_recover"]) == ("cancelled", True)
    assert run.orphans() == []
    assert run.locks()
    shown = project.platform("status", "--sandbox")
    assert "platform recover identity --sandbox" in shown.out
    blocked = project.platform("up", "identity", "--sandbox", "--yes")
    assert blocked.code in {4, 8}, blocked.err
    recovered = project.platform("recover", "identity", "--sandbox", "--yes")
    assert recovered.code == 0, recovered.err
    assert run.locks() == []
    assert run.pending() == []
    done = project.platform("up", "identity", "--sandbox", "--yes", "--json")
    assert done.results() == {"identity": "succeeded"}, done.err


def test_an_engine_whose_run_is_killed_stops_gracefully(project: Checkout, tmp_path: Path) -> None:
    run = Interrupted(project, tmp_path / "faults.json", beside="backup")
    run.process.kill()
    run.process.communicate()
    deadline = time.monotonic() + 60
    while run.orphans() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert run.orphans() == []
    assert run.locks() == []
    assert run.pending() == []
    done = project.platform("up", "identity", "--sandbox", "--yes", "--json")
    assert done.results() == {"identity": "succeeded"}, done.err
