"""The language host under the real engine: programs, policy packs, interruption."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from automation.engine import Engine, find_engine, launcher

pytestmark = pytest.mark.engine

Pulumi = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The engine, but for a copy of the CLI beside which no official language host can lie."""
    return find_engine()


@pytest.fixture
def environment(engine: Engine, tmp_path: Path) -> dict[str, str]:
    host = tmp_path / "host"
    launcher.write_launcher(host)
    (host / "pulumi").symlink_to(engine.pulumi)
    (tmp_path / "state").mkdir()
    return {
        **os.environ,
        **launcher.environment(),
        "PATH": os.pathsep.join([str(host), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_COMMANDS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    config = {"demo:limits": {"value": {"most": 3}}}
    document = {"name": "demo", "runtime": "python", "config": config}
    (folder / "Pulumi.yaml").write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture
def pulumi(environment: dict[str, str], project: Path, engine: Engine) -> Pulumi:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(engine.pulumi), *arguments, "--non-interactive", "--color=never"],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    made = run("stack", "init", "dev")
    assert made.returncode == 0, made.stderr
    return run


def _program(project: Path, text: str) -> None:
    (project / "__main__.py").write_text(dedent(text), encoding="utf-8")


def _pack(project: Path) -> str:
    pack = project.parent / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n", encoding="utf-8")
    (pack / "__main__.py").write_text(
        dedent(
            """
            import pulumi
            from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

            most = pulumi.Config("demo").require_object("limits")["most"]

            def few(stack, report):
                got = sum(1 for it in stack.resources if it.resource_type == "demo:index:Thing")
                if got > most:
                    report(f"{pulumi.get_stack()}: got {got} things, wanted at most {most}")

            PolicyPack("demo", policies=[
                StackValidationPolicy("few", "few", few, EnforcementLevel.MANDATORY),
            ])
            """
        ),
        encoding="utf-8",
    )
    return f"--policy-pack={pack}"


THINGS = """
    import pulumi

    print("the program speaks")
    for number in range({count}):
        pulumi.ComponentResource("demo:index:Thing", f"thing-{{number}}")
    pulumi.export("most", pulumi.Config().require_object("limits")["most"])
    pulumi.export("project", pulumi.get_project() + "/" + pulumi.get_stack())
    pulumi.export("hidden", pulumi.Output.secret("hush"))
"""


def test_a_program_runs_with_its_configuration_and_publishes(pulumi: Pulumi, project: Path) -> None:
    _program(project, THINGS.format(count=2))
    up = pulumi("up", "--stack=dev", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    assert "the program speaks" in up.stdout
    outputs = json.loads(pulumi("stack", "output", "--stack=dev", "--json").stdout)
    assert outputs == {"hidden": "[secret]", "most": 3, "project": "demo/dev"}
    again = pulumi("up", "--stack=dev", "--yes", "--skip-preview", "--expect-no-changes")
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_failing_program_shows_its_own_lines_and_none_of_ours(
    pulumi: Pulumi, project: Path
) -> None:
    (project / "lib.py").write_text("def fail():\n    raise ValueError('boom')\n", encoding="utf-8")
    _program(project, "import lib\nlib.fail()\n")
    preview = pulumi("preview", "--stack=dev")
    assert preview.returncode != 0
    assert "ValueError: boom" in preview.stdout
    assert 'lib.py", line 2, in fail' in preview.stdout
    assert "run_program.py" not in preview.stdout


def test_a_project_without_a_program_is_told_so(pulumi: Pulumi) -> None:
    preview = pulumi("preview", "--stack=dev")
    assert preview.returncode != 0
    assert "no __main__.py in" in preview.stdout


def test_a_missing_virtual_environment_is_told_with_a_command(
    pulumi: Pulumi, project: Path
) -> None:
    runtime = {"name": "python", "options": {"virtualenv": "gone"}}
    document = {"name": "demo", "runtime": runtime}
    (project / "Pulumi.yaml").write_text(json.dumps(document), encoding="utf-8")
    preview = pulumi("preview", "--stack=dev")
    assert preview.returncode != 0
    assert "got 'gone'" in preview.stdout + preview.stderr
    assert "uv sync" in preview.stdout + preview.stderr


def test_a_policy_pack_reads_the_stacks_configuration_and_refuses(
    pulumi: Pulumi, project: Path
) -> None:
    pack = _pack(project)
    _program(project, THINGS.format(count=4))
    refused = pulumi("preview", "--stack=dev", pack)
    assert refused.returncode != 0
    assert "dev: got 4 things, wanted at most 3" in refused.stdout
    _program(project, THINGS.format(count=3))
    passed = pulumi("preview", "--stack=dev", pack)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_a_policy_pack_that_does_not_start_fails_the_run_with_its_own_words(
    pulumi: Pulumi, project: Path
) -> None:
    pack = _pack(project)
    (project.parent / "pack" / "__main__.py").write_text("raise OSError('no rules')\n")
    _program(project, THINGS.format(count=1))
    preview = pulumi("preview", "--stack=dev", pack)
    assert preview.returncode != 0
    assert "no rules" in preview.stdout + preview.stderr


@pytest.fixture
def running(
    environment: dict[str, str], pulumi: Pulumi, project: Path, engine: Engine
) -> Iterator["subprocess.Popen[bytes]"]:
    """An update whose program waits for ever."""
    started = project / "started"
    _program(
        project,
        f"""
        import pathlib, time
        pathlib.Path({str(started)!r}).touch()
        time.sleep(600)
        """,
    )
    with subprocess.Popen(
        [str(engine.pulumi), "up", "--stack=dev", "--yes", "--skip-preview", "--non-interactive"],
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        _wait(started.exists)
        yield process
        for child in _session(process.pid):
            child.kill()


def _session(leader: int) -> list[psutil.Process]:
    return [it for it in psutil.process_iter() if _session_of(it.pid) == leader]


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _wait(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    return any(it.status() != psutil.STATUS_ZOMBIE for it in _session(pid))


def test_nothing_outlives_an_engine_that_is_killed(running: "subprocess.Popen[bytes]") -> None:
    running.kill()
    running.wait()
    _wait(lambda: not _alive(running.pid))


def test_a_hanging_program_ends_with_its_interrupted_run(
    running: "subprocess.Popen[bytes]",
) -> None:
    # The engine waits for a program when first asked; the second time it ends.
    running.send_signal(signal.SIGINT)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) != 0
    _wait(lambda: not _alive(running.pid))


def test_the_host_leaves_at_once_and_quietly_when_interrupted(tmp_path: Path) -> None:
    host = launcher.write_launcher(tmp_path)
    with subprocess.Popen(
        [str(host), "127.0.0.1:1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline())
        before = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
        assert time.monotonic() - before < 0.5
        assert process.communicate() == (b"", b"")


def test_the_host_starts_without_the_sdk_it_serves(tmp_path: Path) -> None:
    script = (
        "import automation.engine.language_host.server, sys;"
        "print('pulumi.resource' in sys.modules, 'boto3' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == ["False", "False"]
    assert shutil.which("sh"), "the launcher needs a shell"
