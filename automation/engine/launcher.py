"""Puts our language host where the engine looks for one."""

import os
import sys
import tempfile
from pathlib import Path

NAME = "pulumi-language-python"
PYTHON_VARIABLE = "PLATFORM_LANGUAGE_HOST_PYTHON"
SOURCE_VARIABLE = "PLATFORM_LANGUAGE_HOST_SOURCE"
MARK = "# language host of superinc-platform"

WRAPPER_MARK = ".superinc-platform-wrapper"
"""A file beside a `pulumi` of ours that is not an engine (automation.sandbox_shell)."""

SOURCE = Path(__file__).parents[2]
"""The folder that `automation` is imported from."""

_SCRIPT = """\
#!/bin/sh
{mark}
exec "${{{python_variable}:-{python}}}" -I -c 'import sys
sys.path.insert(0, sys.argv.pop(1))
from automation.engine.language_host.server import main
main()' "${{{source_variable}:-{source}}}" "$@"
"""


def script() -> str:
    """The launcher: a shell script, since a `#!` line cannot hold a long path.

    The variables name the checkout in use; without them (plain `pulumi` in a shell) the one that
    wrote the script serves, which is the same program for the same Pulumi version.
    """
    return _SCRIPT.format(
        mark=MARK,
        python_variable=PYTHON_VARIABLE,
        python=sys.executable,
        source_variable=SOURCE_VARIABLE,
        source=SOURCE,
    )


def environment() -> dict[str, str]:
    """The variables that make a launcher use this checkout."""
    return {PYTHON_VARIABLE: sys.executable, SOURCE_VARIABLE: str(SOURCE)}


def is_ours(path: Path) -> bool:
    """Whether this is a launcher of ours and not the official language host."""
    with path.open("rb") as file:
        return MARK.encode() in file.read(200)


def write_launcher(directory: Path) -> Path:
    """Write the launcher into a folder, unless it is there and its interpreter still is.

    The engine looks beside its own executable first and warns about one found elsewhere on PATH, so
    the folder is the CLI's whenever it is ours to write to.
    """
    path = directory / NAME
    if path.is_file() and _works(path):
        return path
    directory.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=f".{NAME}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(script())
    Path(temporary).chmod(0o755)
    Path(temporary).replace(path)
    return path


def _works(path: Path) -> bool:
    """Whether the interpreter and the sources a launcher falls back to are still there."""
    text = path.read_text(encoding="utf-8")
    defaults = [part.partition("}")[0] for part in text.split(":-")[1:]]
    wanted = 2
    return len(defaults) == wanted and all(Path(default).exists() for default in defaults)
