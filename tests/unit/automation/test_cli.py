"""The command line as a whole: its verbs, its errors, its exit codes, its start-up."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import typer
from typer.testing import CliRunner

from automation import cli
from automation.errors import (
    ConfigError,
    CredentialsError,
    DeclinedError,
    ExitCode,
    LockedError,
    PlatformError,
    PolicyError,
    StateError,
    UsageError,
)

ROOT = Path(__file__).parents[3]
PLATFORM = Path(sys.executable).with_name("platform")
RUNNER = CliRunner()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed organisation, in the current directory."""
    root = tmp_path / "project"
    root.mkdir()
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, root)
    monkeypatch.chdir(root)
    return root


def raising(error: BaseException) -> Callable[[], NoReturn]:
    """Something that raises."""

    def run() -> NoReturn:
        raise error

    return run


def test_exit_codes_are_a_contract() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "INTERNAL": 1,
        "USAGE": 2,
        "POLICY": 3,
        "FAILED": 4,
        "GATE": 5,
        "STALE": 6,
        "DRIFT": 7,
        "LOCKED": 8,
        "CREDENTIALS": 9,
        "TIMEOUT": 124,
        "CANCELLED": 130,
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PlatformError, 1),
        (UsageError, 2),
        (StateError, 1),
        (PolicyError, 3),
        (CredentialsError, 9),
        (LockedError, 8),
    ],
)
def test_an_error_is_one_line_one_hint_and_the_code_of_its_class(
    capsys: pytest.CaptureFixture[str], error: type[PlatformError], code: int
) -> None:
    assert cli.guarded(raising(error("got a, wanted b", hint="platform x"))) == code
    assert capsys.readouterr() == ("", "error: got a, wanted b\nhint: platform x\n")


def test_an_error_without_a_hint_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    cli.guarded(raising(UsageError("got [a], wanted b")))
    assert capsys.readouterr().err == "error: got [a], wanted b\n"


def test_several_problems_are_a_line_each_and_one_is_the_error_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.guarded(raising(ConfigError(["a.yaml:1: x", "b.yaml:2: y"], hint="fix"))) == 2
    assert cli.guarded(raising(ConfigError(["a.yaml:1: x"]))) == 2
    assert capsys.readouterr().err == (
        "error: got 2 problems in the configuration, wanted none\n"
        "a.yaml:1: x\nb.yaml:2: y\nhint: fix\nerror: a.yaml:1: x\n"
    )


def test_a_declined_question_is_told_calmly(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.guarded(raising(DeclinedError("declined: nothing was changed"))) == 130
    assert capsys.readouterr().err == "declined: nothing was changed\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()])
def test_an_interrupt_is_a_cancellation(
    capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    assert cli.guarded(raising(error)) == 130
    assert capsys.readouterr().err == "cancelled\n"


@pytest.mark.parametrize(("result", "code"), [(None, 0), (4, 4), ("text", 0)])
def test_a_number_returned_is_the_exit_code(result: object, code: int) -> None:
    assert cli.guarded(lambda: result) == code


def test_a_crash_leaves_one_line_and_a_log_without_the_values_of_variables(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    def run() -> None:
        password = "hunter2-" + "x" * 3
        raise ValueError(f"two\nlines {len(password)}")

    assert cli.guarded(run) == 1
    captured = capsys.readouterr()
    found = re.fullmatch(
        r"internal error: ValueError: two lines 11\nhint: the details are in (.+)\n", captured.err
    )
    assert found
    assert captured.out == ""
    log = Path(found[1])
    assert log.parent == project / ".platform" / "crashes"
    text = log.read_text()
    assert "Traceback (most recent call last):" in text
    assert "ValueError: two" in text
    assert "hunter2-xxx" not in text


def test_a_crash_outside_a_project_is_logged_all_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    assert cli.guarded(raising(RuntimeError())) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert error == "internal error: RuntimeError"
    assert Path(hint.removeprefix("hint: the details are in ")).is_relative_to(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["grahp"], "no such command 'grahp' (did you mean 'graph'?)", "platform --help"),
        (
            ["graph", "--fromat", "svg"],
            "no such option: --fromat (did you mean --format?)",
            "platform graph --help",
        ),
        (["validate", "x"], "got unexpected extra argument(s) (x)", "platform validate --help"),
        (
            ["graph", "--why", "a"],
            "option '--why' requires 2 arguments",
            "platform graph --help",
        ),
        (
            ["graph", "--format", "png"],
            (
                "invalid value for '--format' / '-f': 'png' is not one of "
                "'tree', 'mermaid', 'dot', 'json', 'svg'"
            ),
            "platform graph --help",
        ),
    ],
)
def test_a_wrong_command_line_is_told_in_our_form(
    arguments: list[str], error: str, hint: str
) -> None:
    result = RUNNER.invoke(cli.app, arguments, prog_name="platform")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"error: {error}\nhint: {hint}\n"


def test_no_command_shows_the_help_to_the_person_and_is_a_usage_error() -> None:
    result = RUNNER.invoke(cli.app, [], prog_name="platform")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: platform [OPTIONS] COMMAND [ARGS]...")


def test_the_version_is_data() -> None:
    result = RUNNER.invoke(cli.app, ["--version"])
    assert re.fullmatch(r"platform \d+\.\d+\.\d+\n", result.stdout)


def test_help_lists_every_verb_under_its_group_in_the_order_of_the_table() -> None:
    result = RUNNER.invoke(cli.app, ["--help"], prog_name="platform")
    assert result.exit_code == 0
    rest = result.stdout
    listed: dict[str, list[str]] = {}
    for group in (cli.OFFLINE, cli.ONLINE):
        _, _, rest = rest.partition(f"\n{group}:\n")
        block = rest.split("\n\n")[0]
        listed[group] = re.findall(r"^  (\w+)", block, re.MULTILINE)
    assert listed == {
        cli.OFFLINE: [
            *("validate", "graph", "synth", "check", "audit", "account"),
            *("frontend", "image", "sandbox"),
        ],
        cli.ONLINE: [
            *("bootstrap", "doctor", "preview", "up", "refresh", "destroy"),
            *("outputs", "status", "recover", "shell"),
        ],
    }


def test_every_file_of_commands_is_a_verb_and_every_verb_a_file() -> None:
    files = {file.stem for file in (ROOT / "automation" / "commands").glob("*.py")}
    assert files - {"__init__"} == {verb.name for verb in cli.VERBS}


@pytest.mark.parametrize("verb", [verb.name for verb in cli.VERBS])
def test_every_verb_has_help_with_one_line_of_its_own(verb: str) -> None:
    result = RUNNER.invoke(cli.app, [verb, "--help"], prog_name="platform")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[2].strip()


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the real console script."""
    return subprocess.run(
        [PLATFORM, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_the_committed_organisation_validates(project: Path) -> None:
    done = run("validate", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert re.fullmatch(r"7 stacks, \d+ edges: valid\n", done.stderr)


def test_a_reader_that_leaves_early_is_met_with_silence(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [PLATFORM, "graph", "--json"],
            cwd=project,
            stdout=pipe,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"")


def test_help_imports_neither_rich_nor_pydantic_nor_any_sdk() -> None:
    code = (
        "import sys\n"
        "from automation import cli\n"
        "assert cli.app.registered_commands\n"
        "sys.argv = ['platform', '--help']\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'rich', 'pydantic', 'yaml', 'pulumi', 'boto3', 'botocore', 'grpc', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


def test_help_starts_within_twice_the_time_of_importing_typer() -> None:
    def seconds(*command: str | Path) -> float:
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        return time.perf_counter() - started

    ratios: list[float] = []
    for _ in range(5):  # side by side, so that a busy machine slows both
        typer_alone = seconds(sys.executable, "-c", "import typer")
        ratios.append(seconds(PLATFORM, "--help") / typer_alone)
    assert statistics.median(ratios) <= 2


def test_a_terminal_without_our_characters_shows_something_else(project: Path) -> None:
    done = subprocess.run(
        [PLATFORM, "graph"],
        cwd=project,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"??? identity" in done.stdout
