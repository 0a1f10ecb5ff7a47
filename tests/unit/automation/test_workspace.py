"""What is handed to the engine, tested with an engine that notes it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from automation.engine import Engine, Origin
from automation.errors import LockedError, UsageError
from automation.settings import Settings
from automation.workspace import EngineCommandError, Operation, Workspace

ENDPOINT = "http://127.0.0.1:5000"


class FakeSandbox:
    """The variables a sandbox gives."""

    def environment(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": ENDPOINT, "PATH": "/plugins:/usr/bin", "PULUMI_HOME": "/home"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "policy").mkdir(parents=True)
    (folder / "policy" / "PulumiPolicy.yaml").touch()
    (folder / "Pulumi.yaml").write_text("name: p\nbackend: {url: 's3://b?region=eu-central-1'}\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {'p:a': 1}\n")
    return folder


def _workspace(root: Path, *, sandbox: bool, body: str = "") -> Workspace:
    pulumi = root.parent / "bin" / "pulumi"
    pulumi.parent.mkdir(exist_ok=True)
    pulumi.write_text(f'#!/bin/sh\necho "$PWD $*" >> {root.parent}/told\n{body}\n')
    pulumi.chmod(0o755)
    engine = Engine(
        pulumi=pulumi,
        version="3.255.0",
        origin=Origin.PATH,
        reason="",
        language_host=pulumi.parent / "pulumi-language-python",
        own_language_host=False,
    )
    project = SimpleNamespace(
        root=root,
        name="p",
        organization=SimpleNamespace(regions=SimpleNamespace(home="eu-central-1")),
        stacks={"dev": SimpleNamespace(file=root / "Pulumi.dev.yaml")},
    )
    emulator = FakeSandbox() if sandbox else None
    settings = Settings.of(root, sandbox=sandbox)
    return Workspace(cast("Any", project), engine, emulator, settings)


def _told(root: Path) -> list[str]:
    file = root.parent / "told"
    return file.read_text().splitlines() if file.exists() else []


def test_an_update_is_one_process_that_asks_nothing(root: Path) -> None:
    arguments = _workspace(root, sandbox=False).arguments("up", "dev", event_log=Path("/log"))
    assert arguments[0].endswith("/bin/pulumi")
    assert arguments[1:3] == ["up", "--stack=dev"]
    for flag in ("--yes", "--skip-preview", "--non-interactive", "--event-log=/log"):
        assert flag in arguments
    assert "--policy-pack=policy" in arguments
    assert "--show-secrets=false" in arguments
    assert not any(argument.startswith("--config-file") for argument in arguments)


@pytest.mark.parametrize("operation", ["refresh", "destroy"])
def test_policies_have_no_say_where_the_program_does_not_run(
    root: Path, operation: Operation
) -> None:
    arguments = _workspace(root, sandbox=False).arguments(operation, "dev", event_log=Path("/l"))
    assert "--yes" in arguments
    assert not any(it.startswith(("--policy-pack", "--show-secrets")) for it in arguments)


def test_a_preview_is_not_told_yes(root: Path) -> None:
    arguments = _workspace(root, sandbox=False).arguments("preview", "dev", event_log=Path("/l"))
    assert "--yes" not in arguments
    assert "--skip-preview" not in arguments


def test_the_state_is_where_the_project_says_unless_the_environment_says_otherwise(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _workspace(root, sandbox=False).backend_url == "s3://b?region=eu-central-1"
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///elsewhere")
    assert _workspace(root, sandbox=False).backend_url == "file:///elsewhere"


def test_the_sandboxs_state_is_in_the_emulator_whatever_the_environment_says(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://real")
    url = _workspace(root, sandbox=True).backend_url
    assert url.startswith("s3://b?region=eu-central-1&endpoint=http%3A%2F%2F127.0.0.1%3A5000")
    assert url.endswith("s3ForcePathStyle=true")


def test_a_project_without_a_backend_is_told_where_to_name_one(root: Path) -> None:
    (root / "Pulumi.yaml").write_text("name: p\n")
    with pytest.raises(UsageError, match=r"got no backend\.url"):
        _ = _workspace(root, sandbox=False).backend_url
    assert _workspace(root, sandbox=True).backend_url.startswith("s3://p-pulumi-state?")


def test_stand_ins_come_before_the_engine_and_the_engine_before_the_rest(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    environment = _workspace(root, sandbox=True).environment()
    assert environment["PATH"].split(":") == ["/plugins", str(root.parent / "bin"), "/usr/bin"]
    assert environment["PULUMI_HOME"] == "/home"
    assert environment["PULUMI_BACKEND_URL"].startswith("s3://b?")


def test_the_committed_file_is_not_touched_by_the_sandbox(root: Path) -> None:
    before = (root / "Pulumi.dev.yaml").read_text()
    workspace = _workspace(root, sandbox=True)
    arguments = workspace.arguments("up", "dev", event_log=Path("/log"))
    (flag,) = [it for it in arguments if it.startswith("--config-file=")]
    copy = Path(flag.partition("=")[2])
    assert copy.is_relative_to(root / ".platform" / "sandbox")
    assert yaml.safe_load(copy.read_text()) == {
        "secretsprovider": "awskms://alias/b?region=eu-central-1",
        "config": {"p:a": 1},
    }
    assert (root / "Pulumi.dev.yaml").read_text() == before


def test_a_stack_is_made_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{root.parent}")
    (root / "Pulumi.dev.yaml").write_text("secretsprovider: awskms://alias/b\n")
    workspace = _workspace(root, sandbox=False)
    workspace.prepare("dev")
    workspace.prepare("dev")
    (told,) = _told(root)
    assert told.startswith(f"{root} stack init dev --no-select --secrets-provider=awskms://alias/b")


def test_a_stack_that_is_there_costs_no_process(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = root.parent / ".pulumi" / "stacks" / "p" / "dev.json"
    stack.parent.mkdir(parents=True)
    stack.touch()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{root.parent}")
    _workspace(root, sandbox=False).prepare("dev")
    assert _told(root) == []


def test_a_stack_without_a_key_is_not_made(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = _workspace(root, sandbox=False)
    monkeypatch.setattr(workspace, "_made", set[str]())
    with pytest.raises(UsageError, match=r"Pulumi\.dev\.yaml: got no secretsprovider") as caught:
        workspace.prepare("dev")
    assert caught.value.hint == "platform bootstrap"
    assert _told(root) == []


def test_a_failed_command_is_told_in_the_engines_words(root: Path) -> None:
    workspace = _workspace(root, sandbox=False, body='echo "error: no stack" >&2; exit 1')
    with pytest.raises(EngineCommandError, match=r"^pulumi stack ls: no stack$"):
        workspace.run(["stack", "ls"])


def test_a_held_stack_is_a_matter_of_locks(root: Path) -> None:
    body = 'echo "error: the stack is currently locked by 1 lock(s)." >&2; exit 1'
    with pytest.raises(LockedError):
        _workspace(root, sandbox=False, body=body).run(["refresh"])


def test_a_command_that_does_not_end_is_ended(root: Path) -> None:
    workspace = _workspace(root, sandbox=False, body="exec sleep 60")
    with pytest.raises(EngineCommandError, match="got no end within 0 s"):
        workspace.run(["stack", "ls"], seconds=0.3)
