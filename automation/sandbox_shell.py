"""A shell in which plain `pulumi` acts on the sandbox and still sees the committed files.

The engine writes what it must remember about encryption into a stack's configuration file. In the
sandbox that is a merged copy, which plain `pulumi` would not know of; so a wrapper comes first on
PATH, brings the copy up to date and adds `--config-file`.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from automation import stack_config
from automation.engine.launcher import SOURCE, WRAPPER_MARK

ENGINE_VARIABLE = "PLATFORM_SHELL_ENGINE"
PROJECT_VARIABLE = "PLATFORM_SHELL_PROJECT"
CONFIG_VARIABLE = "PLATFORM_SHELL_CONFIG"
PROVIDER_VARIABLE = "PLATFORM_SHELL_PROVIDER"

WITH_CONFIG_FILE = frozenset(
    {"up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "import", "watch"}
)
"""Commands that take `--config-file` (`pulumi COMMAND --help`), with their aliases."""

_WRAPPER = """\
#!/bin/sh
exec '{python}' -I -c 'import sys
sys.path.insert(0, sys.argv.pop(1))
from automation.sandbox_shell import main
main()' '{source}' "$@"
"""

_RC = """\
if [ -f ~/.bashrc ]; then . ~/.bashrc; fi
PATH='{path}'
PS1="(sandbox) ${{PS1:-\\$ }}"
"""


def write_wrapper(directory: Path) -> Path:
    """Write the `pulumi` wrapper into a folder of the sandbox; returns the folder for PATH."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / WRAPPER_MARK).touch()
    wrapper = directory / "pulumi"
    text = _WRAPPER.format(python=sys.executable, source=SOURCE)
    wrapper.write_text(text, encoding="utf-8")
    wrapper.chmod(0o755)
    return directory


def shell_command(shell: str, rc_file: Path, path: str) -> list[str]:
    """The command line of an interactive shell; bash gets a prompt that says where it is."""
    if Path(shell).name != "bash":
        return [shell]
    rc_file.write_text(_RC.format(path=path), encoding="utf-8")
    return [shell, "--rcfile", str(rc_file), "-i"]


def command_of(arguments: Sequence[str]) -> str | None:
    """The command in a command line of the engine."""
    takes_value = {"-C", "--cwd", "--color", "-v", "--verbose", "-s", "--stack", "--tracing"}
    rest = iter(arguments)
    for argument in rest:
        if argument in takes_value:
            next(rest, None)
        elif not argument.startswith("-"):
            return argument
    return None


def stack_of(arguments: Sequence[str]) -> str | None:
    """The stack that a command line of the engine names."""
    for number, argument in enumerate(arguments):
        if argument in ("-s", "--stack"):
            return next(iter(arguments[number + 1 :]), None)
        if argument.startswith("--stack="):
            return argument.partition("=")[2]
        if argument.startswith("-s") and not argument.startswith("--"):
            return argument.removeprefix("-s").removeprefix("=")
    return None


def with_config_file(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The command line as the sandbox needs it, the stack's copy brought up to date.

    Args:
        arguments: What was typed after `pulumi`.
        environment: The shell's variables.
    """
    typed = list(arguments)
    own_choice = any(word.startswith(("--config-file", "-C", "--cwd")) for word in typed)
    if own_choice or command_of(typed) not in WITH_CONFIG_FILE:
        return typed
    engine = environment[ENGINE_VARIABLE]
    stack = (stack_of(typed) or _selected(engine)).rpartition("/")[2]
    committed = Path(environment[PROJECT_VARIABLE], f"Pulumi.{stack}.yaml")
    if not committed.is_file():
        return typed
    provider = environment[PROVIDER_VARIABLE]
    copy = Path(environment[CONFIG_VARIABLE], committed.name)
    stack_config.merge(committed, copy, provider)
    if stack_config.ENCRYPTED_KEY not in stack_config.read_document(copy):
        _make(engine, stack, copy.parent, provider)
    return [*typed, f"--config-file={copy}"]


def _selected(engine: str) -> str:
    """The stack chosen with `pulumi stack select`; nothing when none is."""
    shown = subprocess.run(
        [engine, "stack", "--show-name", "--non-interactive"],
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip()


def _make(engine: str, stack: str, directory: Path, provider: str) -> None:
    """Make the stack; that it exists already is what the engine will see next."""
    flags = ["--no-select", "--non-interactive", f"--secrets-provider={provider}"]
    subprocess.run(
        [engine, "stack", "init", stack, *flags],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def main() -> None:
    """Become the engine (the wrapper's program)."""
    engine = os.environ[ENGINE_VARIABLE]
    os.execv(engine, [engine, *with_config_file(sys.argv[1:], os.environ)])  # noqa: S606 - no shell is wanted
