"""Several files of a project written together: all of them, or none."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from automation.errors import StateError, UsageError


def write_together(root: Path, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Put texts in the place of others; what was not written yet stays when one cannot be.

    Each file is whole at any instant. New files come first, so that a process killed in between
    leaves at most a file that nothing names yet.

    Args:
        root: The directory.
        before: The text of each file as the caller read it; empty for a new one.
        after: Its new text.

    Raises:
        UsageError: A file is no longer what the caller read.
        StateError: A file cannot be written; nothing was changed.
    """
    ordered = sorted(after, key=lambda name: bool(before[name]))
    prepared: dict[str, Path] = {}
    done: list[str] = []
    try:
        for name in ordered:
            prepared[name] = _prepare(root / name, after[name])
        for name in ordered:
            _check_unchanged(root / name, before[name], after[name])
        for name in ordered:
            prepared[name].replace((root / name).resolve())
            done.append(name)
    except OSError as error:
        for name in done:
            _restore(root / name, before[name])
        reason = (error.strerror or type(error).__name__).lower()
        raise StateError(
            f"got {error.filename or root}: {reason}, wanted to write {', '.join(ordered)}; "
            "nothing was changed"
        ) from error
    finally:
        for temporary in prepared.values():
            temporary.unlink(missing_ok=True)


def _prepare(file: Path, text: str) -> Path:
    """The new text beside its file, on the disk, with the file's mode."""
    target = file.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(handle, "wb") as stream:
        stream.write(text.encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
    temporary = Path(name)
    temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
    return temporary


def _check_unchanged(file: Path, before: str, after: str) -> None:
    found = file.read_bytes().decode("utf-8") if file.exists() else ""
    if found not in {before, after}:
        raise UsageError(f"got {file.name} changed meanwhile, wanted it as it was read")


def _restore(file: Path, text: str) -> None:
    if text:
        file.write_bytes(text.encode("utf-8"))
    else:
        file.unlink(missing_ok=True)
