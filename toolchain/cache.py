"""The user's cache: shared by all checkouts, and by processes that run at once."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

APPLICATION = "superinc-platform"


def cache_directory() -> Path:
    """The folder that holds everything this application caches for the user."""
    import platformdirs  # noqa: PLC0415 - only a search for a program needs it

    return Path(platformdirs.user_cache_dir(APPLICATION))


def is_executable(path: Path) -> bool:
    """Whether there is a file here that this user may run."""
    return path.is_file() and os.access(path, os.X_OK)


@contextmanager
def exclusively(path: Path) -> Generator[None]:
    """Hold the lock beside a path of the cache, so that two processes do not make it at once."""
    from filelock import FileLock  # noqa: PLC0415 - only making something needs it

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        yield
