"""Where things lie on this machine: the project, its local data, the sandbox.

`.platform/` in the project holds everything that is not committed; `PLATFORM_HOME` moves it and
`PLATFORM_SANDBOX_DIR` moves the sandbox alone.
"""

import os
from pathlib import Path

PROJECT_FILE = "Pulumi.yaml"


def project_root(start: Path) -> Path | None:
    """The nearest directory at or above `start` that holds `Pulumi.yaml`, if any."""
    start = start.resolve()
    return next(
        (place for place in (start, *start.parents) if (place / PROJECT_FILE).is_file()), None
    )


def home(root: Path) -> Path:
    """The directory of the project's local data."""
    override = os.environ.get("PLATFORM_HOME")
    return Path(override).absolute() if override else root / ".platform"


def sandbox_directory(root: Path) -> Path:
    """The directory of everything the sandbox keeps."""
    override = os.environ.get("PLATFORM_SANDBOX_DIR")
    return Path(override).absolute() if override else home(root) / "sandbox"


def runs_directory(root: Path, *, sandbox: bool) -> Path:
    """The directory of the runs' records; runs on the sandbox are kept with the sandbox."""
    return (sandbox_directory(root) if sandbox else home(root)) / "runs"
