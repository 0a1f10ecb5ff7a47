"""The user's cache of Pulumi CLIs, keyed by version and shared by all checkouts."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

APPLICATION = "superinc-platform"


def cache_directory() -> Path:
    """The folder that holds everything this application caches for the user."""
    import platformdirs  # noqa: PLC0415 - only a search for the CLI needs it

    return Path(platformdirs.user_cache_dir(APPLICATION))


def built_cli(version: str) -> Path:
    """Where the CLI built from `tools/` is kept."""
    return cache_directory() / "pulumi" / f"v{version}" / "pulumi"


def installed_root(version: str) -> Path:
    """Where the official release is installed to; the CLI is its `bin/pulumi`."""
    return cache_directory() / "release" / f"v{version}"


def is_executable(path: Path) -> bool:
    """Whether there is a file here that this user may run."""
    return path.is_file() and os.access(path, os.X_OK)


@contextmanager
def exclusively(path: Path) -> Generator[None]:
    """Hold the lock of one cached CLI, so that two processes do not make it at once."""
    from filelock import FileLock  # noqa: PLC0415 - only making a CLI needs it

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        yield
