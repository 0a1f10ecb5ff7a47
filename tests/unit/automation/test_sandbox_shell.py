"""Plain `pulumi` in the sandbox's shell."""

from pathlib import Path

import pytest

from automation import sandbox_shell
from automation.engine.launcher import WRAPPER_MARK
from automation.sandbox_shell import command_of, shell_command, stack_of, with_config_file

PROVIDER = "awskms://alias/b?region=eu-central-1"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A project with one stack, and an engine that notes what it is told."""
    engine = tmp_path / "pulumi"
    engine.write_text(
        '#!/bin/sh\nif [ "$1 $2" = "stack --show-name" ]; then echo staging; exit; fi\n'
        f'echo "$PWD $*" >> {tmp_path}/told\n'
    )
    engine.chmod(0o755)
    (tmp_path / "Pulumi.staging.yaml").write_text("config:\n  p:a: 1\n")
    return {
        sandbox_shell.ENGINE_VARIABLE: str(engine),
        sandbox_shell.PROJECT_VARIABLE: str(tmp_path),
        sandbox_shell.CONFIG_VARIABLE: str(tmp_path / "config"),
        sandbox_shell.PROVIDER_VARIABLE: PROVIDER,
    }


@pytest.mark.parametrize(
    ("arguments", "command", "stack"),
    [
        (["preview", "-s", "staging"], "preview", "staging"),
        (["-s", "staging", "up"], "up", "staging"),
        (["up", "--stack=organization/p/staging"], "up", "organization/p/staging"),
        (["up", "-sstaging", "--yes"], "up", "staging"),
        (["--color", "never", "stack", "ls"], "stack", None),
        (["--help"], None, None),
        (["up", "-s"], "up", None),
    ],
)
def test_a_command_line_tells_its_command_and_its_stack(
    arguments: list[str], command: str | None, stack: str | None
) -> None:
    assert (command_of(arguments), stack_of(arguments)) == (command, stack)


@pytest.mark.parametrize("command", ["up", "preview", "refresh", "destroy", "import"])
def test_commands_that_read_configuration_get_the_copy(
    environment: dict[str, str], command: str, tmp_path: Path
) -> None:
    given = with_config_file([command, "-s", "staging"], environment)
    copy = tmp_path / "config" / "Pulumi.staging.yaml"
    assert given == [command, "-s", "staging", f"--config-file={copy}"]
    assert f"secretsprovider: {PROVIDER}" in copy.read_text()


@pytest.mark.parametrize(
    "typed",
    [["stack", "ls"], ["config", "get", "x"], ["up", "--config-file=x"], ["-C", "/x", "up"], []],
)
def test_other_command_lines_are_left_as_typed(
    environment: dict[str, str], typed: list[str]
) -> None:
    assert with_config_file(typed, environment) == typed


def test_edits_of_the_committed_file_are_seen(environment: dict[str, str], tmp_path: Path) -> None:
    with_config_file(["preview", "-s", "staging"], environment)
    (tmp_path / "Pulumi.staging.yaml").write_text("config:\n  p:a: 2\n")
    with_config_file(["preview", "-s", "staging"], environment)
    assert "p:a: 2" in (tmp_path / "config" / "Pulumi.staging.yaml").read_text()


def test_the_selected_stack_is_meant_when_none_is_named(environment: dict[str, str]) -> None:
    assert with_config_file(["preview"], environment)[1].endswith("/Pulumi.staging.yaml")


def test_a_stack_that_is_not_the_projects_is_the_engines_to_judge(
    environment: dict[str, str],
) -> None:
    assert with_config_file(["up", "-s", "nope"], environment) == ["up", "-s", "nope"]


def test_a_stack_is_made_before_its_first_command_and_not_before_the_second(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with_config_file(["up", "-s", "staging"], environment)
    told = (tmp_path / "told").read_text()
    assert f"{tmp_path}/config stack init staging --no-select" in told
    copy = tmp_path / "config" / "Pulumi.staging.yaml"
    copy.write_text(f"{copy.read_text()}encryptedkey: x\n")
    with_config_file(["up", "-s", "staging"], environment)
    assert (tmp_path / "told").read_text() == told


def test_the_wrapper_can_be_told_from_an_engine(tmp_path: Path) -> None:
    folder = sandbox_shell.write_wrapper(tmp_path / "shell")
    assert (folder / "pulumi").stat().st_mode & 0o111
    assert (folder / WRAPPER_MARK).exists()


def test_bash_says_where_it_is_and_keeps_the_path(tmp_path: Path) -> None:
    rc = tmp_path / "bashrc"
    assert shell_command("/bin/bash", rc, "/a:/b") == ["/bin/bash", "--rcfile", str(rc), "-i"]
    assert "PATH='/a:/b'" in rc.read_text()
    assert "(sandbox)" in rc.read_text()
    assert shell_command("/bin/zsh", rc, "/a") == ["/bin/zsh"]
