"""Where this invocation keeps its files and finds its state."""

import os
from dataclasses import dataclass
from pathlib import Path

from automation.places import home, runs_directory, sandbox_directory

BACKEND_VARIABLE = "PULUMI_BACKEND_URL"
"""Pulumi's own override of `backend.url` in Pulumi.yaml."""

INSIDE_VARIABLE = "PLATFORM_INSIDE_SANDBOX"
"""Set in `platform sandbox shell`, where every command acts on the sandbox without being told."""


def inside_sandbox() -> bool:
    """Whether this process was started from the sandbox's shell."""
    return bool(os.environ.get(INSIDE_VARIABLE))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The environment's say in an invocation.

    Attributes:
        home: Local data of the project (`PLATFORM_HOME`).
        sandbox: Everything of the sandbox (`PLATFORM_SANDBOX_DIR`).
        runs: Records of the runs.
        backups: Copies of checkpoints made before `platform recover` changes anything.
        backend_url: The state backend, when the environment overrides the project's.
    """

    home: Path
    sandbox: Path
    runs: Path
    backups: Path
    backend_url: str | None

    @classmethod
    def of(cls, root: Path, *, sandbox: bool) -> "Settings":
        """The settings of a project, on the sandbox or on AWS."""
        data = sandbox_directory(root) if sandbox else home(root)
        return cls(
            home=home(root),
            sandbox=sandbox_directory(root),
            runs=runs_directory(root, sandbox=sandbox),
            backups=data / "backups",
            backend_url=os.environ.get(BACKEND_VARIABLE) or None,
        )
