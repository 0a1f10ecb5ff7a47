"""The whole organisation, rolled out once by the real engine on a sandbox of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.engine.real_cluster import Cluster, running_cluster

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = Path(sys.executable).with_name("platform")
SECONDS = 600
BUCKET = "superinc-pulumi-state"

SAVED_ONCE = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""The engine saves a stack's state at its end, not twice a resource: that is two thirds of what a
rollout costs here. For rollouts that are not what a test is about; a kill would lose the state."""

_PROJECT = ("__main__.py", "components", "policy")
_LEFT_OUT = ("AWS_", "PULUMI_", "PLATFORM_", "SANDBOX_")


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answered
        """The answer of a command with `--json`."""
        return json.loads(self.out)

    def results(self) -> dict[str, str]:
        """Stack → result of a run with `--json`."""
        return {item["stack"]: item["result"] for item in self.json["stacks"]}


@dataclass(frozen=True)
class Checkout:
    """A project directory with a sandbox of its own, and the command run in it."""

    root: Path
    home: Path
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    def environment(self) -> dict[str, str]:
        """What a user's shell has: none of ours, none of the test's AWS."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_LEFT_OUT)}
        return {**kept, "PLATFORM_HOME": str(self.home), "NO_COLOR": "1", **self.extra}

    def saved_once(self) -> "Checkout":
        """The same project, its runs saving a stack's state at their end alone."""
        return replace(self, extra={**self.extra, **SAVED_ONCE})

    def platform(self, *arguments: str, seconds: float = SECONDS) -> Done:
        """Run `platform` as a user does."""
        return self.run([str(PLATFORM), *arguments], seconds=seconds)

    def run(self, command: Sequence[str], *, seconds: float = SECONDS, stdin: str = "") -> Done:
        """Run any command in the project."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        path = self.root / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))

    def client(self, service: str, account: str | None = None) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """A boto3 client in an account of the sandbox; of management without one."""
        endpoint = self.sandbox()["endpoint"]
        session: Any = boto3.Session("testing", "testing", region_name="eu-central-1")
        if account is not None:
            role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
            sts = session.client("sts", endpoint_url=endpoint)
            keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            session = boto3.Session(
                keys["AccessKeyId"],
                keys["SecretAccessKey"],
                keys["SessionToken"],
                region_name="eu-central-1",
            )
        return session.client(service, endpoint_url=endpoint)

    def sandbox(self) -> Any:  # noqa: ANN401 - the command's JSON
        """What `platform sandbox status` says."""
        return self.platform("sandbox", "status", "--json").json

    def shell_variables(self, *names: str) -> dict[str, str]:
        """Variables of the sandbox's shell, to reach the emulator as if it were AWS."""
        shell = self.platform("sandbox", "shell", "--", "env").out.splitlines()
        variables = dict(line.split("=", 1) for line in shell if "=" in line)
        return {name: variables[name] for name in names}

    def accounts(self) -> dict[str, str]:
        """Account name → id, as the management stack publishes them."""
        return self.platform("outputs", "management", "--sandbox", "--json").json["management"][
            "accounts"
        ]["ids"]


def checkout(at: Path) -> Checkout:
    """A copy of the project, with the virtual environment of this one."""
    at.mkdir()
    for name in (*_PROJECT, *(file.name for file in ROOT.glob("Pulumi*.yaml"))):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, at / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, at / name)
    (at / ".venv").symlink_to(Path(sys.prefix))
    return Checkout(at, at / ".platform")


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """The organisation as committed, rolled out. Tests that change it put it back."""
    project = checkout(tmp_path_factory.mktemp("organisation") / "project")
    try:
        done = project.saved_once().platform("up", "--sandbox", "--yes", "--json")
        assert done.code == 0, done.err
        yield project
    finally:
        project.platform("sandbox", "stop")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of the module's own, in a sandbox without the organisation."""
    with running_cluster(tmp_path_factory.mktemp("cluster") / "sandbox") as made:
        yield made


@pytest.fixture
def cluster(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The cluster, with the environment that the engine gives its providers."""
    for name, value in running.sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return running
