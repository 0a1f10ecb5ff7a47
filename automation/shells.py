"""Starts a shell, or one command, in which plain `pulumi` acts where we act."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from automation import sandbox_shell
from automation.errors import UsageError
from automation.settings import INSIDE_VARIABLE

if TYPE_CHECKING:
    from automation.target import Target

FOLDER = "shell"
"""Where the sandbox keeps the wrapper and the prompt."""


def shell_environment(target: "Target", stack: str | None = None) -> dict[str, str]:
    """The variables of a shell on a target.

    Args:
        target: Where its commands act.
        stack: A stack whose secrets provider is of use; any when left out.
    """
    environment = target.workspace.environment()
    # The engine's hidden commands are for the event log of a run, not for people.
    environment.pop("PULUMI_DEBUG_COMMANDS", None)
    if target.sandbox is None:
        return environment
    folder = sandbox_shell.write_wrapper(target.settings.sandbox / FOLDER)
    stacks = target.project.stacks
    provider = target.workspace.secrets_provider(stack or next(iter(stacks)))
    return {
        **environment,
        # `platform` itself comes last: its folder also has a python.
        "PATH": os.pathsep.join(
            [str(folder), environment["PATH"], str(Path(sys.executable).parent)]
        ),
        INSIDE_VARIABLE: "1",
        sandbox_shell.ENGINE_VARIABLE: str(target.engine.pulumi),
        sandbox_shell.PROJECT_VARIABLE: str(target.project.root),
        sandbox_shell.CONFIG_VARIABLE: str(target.workspace.config_directory()),
        sandbox_shell.PROVIDER_VARIABLE: provider or "",
    }


def run_shell(
    target: "Target", environment: Mapping[str, str], command: Sequence[str] | None
) -> int:
    """Run a command, or the user's shell, and return its exit code.

    Args:
        target: Where it acts.
        environment: Its variables.
        command: The command; an interactive shell when there is none.
    """
    if command:
        arguments = list(command)
    else:
        shell = os.environ.get("SHELL") or "/bin/sh"
        arguments = [shell]
        if target.sandbox is not None:
            rc_file = target.settings.sandbox / FOLDER / "bashrc"
            arguments = sandbox_shell.shell_command(shell, rc_file, environment["PATH"])
    try:
        process = subprocess.Popen(arguments, env=dict(environment), cwd=target.project.root)
    except OSError as error:
        raise UsageError(
            f"{Path(arguments[0]).name}: {error.strerror}", hint="set SHELL to a shell you have"
        ) from error
    # From here the terminal's Ctrl-C is the shell's; it would end us and leave the shell behind.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
