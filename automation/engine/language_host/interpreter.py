"""Which Python runs a program or plugin, and in what environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class InterpreterMissingError(Exception):
    """The virtual environment a project names is not there."""


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python and the virtual environment it belongs to.

    Attributes:
        executable: The Python to start.
        virtualenv: Its virtual environment, if it is in one.
    """

    executable: Path
    virtualenv: Path | None

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """The environment with the virtual environment activated, as its `activate` would do."""
        environment = dict(base)
        if self.virtualenv is not None:
            bin_directory = str(self.virtualenv / "bin")
            environment["VIRTUAL_ENV"] = str(self.virtualenv)
            environment["PATH"] = os.pathsep.join(
                filter(None, (bin_directory, environment.get("PATH")))
            )
            environment.pop("PYTHONHOME", None)
        return environment

    def site_packages(self) -> list[Path]:
        """The folders its packages are installed in."""
        root = self.virtualenv or Path(sys.prefix)
        return sorted(root.glob("lib/python3*/site-packages"))


def interpreter_for(root: str, options: Mapping[str, object]) -> Interpreter:
    """The interpreter of a project: its `virtualenv` option, else the one this host runs on.

    The official host falls back to `python3` on PATH; ours to its own interpreter, which is known
    to have the Pulumi SDK.

    Raises:
        InterpreterMissingError: The option names something that is no virtual environment.
    """
    wanted = options.get("virtualenv")
    if not isinstance(wanted, str) or not wanted:
        inside = sys.prefix != sys.base_prefix
        return Interpreter(
            executable=Path(sys.executable), virtualenv=Path(sys.prefix) if inside else None
        )
    virtualenv = Path(root, wanted)
    executable = virtualenv / "bin" / "python"
    if not executable.exists():
        raise InterpreterMissingError(
            f"virtualenv: got {wanted!r} ({virtualenv}), wanted a virtual environment with the "
            f"project's packages; make it with: uv sync"
        )
    return Interpreter(executable=executable, virtualenv=virtualenv)
