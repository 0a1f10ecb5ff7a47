"""Files that hold keys."""

import os
from pathlib import Path


def private(file: Path, content: bytes) -> None:
    """Write a file that its owner alone can read, in one step."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    fresh.replace(file)
