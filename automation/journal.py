"""The journal of a run: JSON lines, appended and on the disk before what they announce happens."""

import errno
import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from automation.errors import StateError

SCHEMA = 1
"""Version of the records; a reader refuses a newer one."""

FILE = "journal.jsonl"


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """Appends records to a new journal."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = _now) -> None:
        """Create the journal; it must not exist.

        Raises:
            StateError: It cannot be written there.
        """
        self._path = path
        self._clock = clock
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND
            self._file = os.open(path, flags, 0o600)
            _sync_directory(path.parent)
        except OSError as error:
            raise _unwritable(path, error) from error

    def append(self, event: str, fields: Mapping[str, object] | None = None) -> None:
        """Add one record and wait until it is on the disk.

        Args:
            event: What happened, ``subject.verb``.
            fields: What belongs to it, as JSON values.

        Raises:
            StateError: It could not be written whole.
        """
        at = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"at": at, "event": event, **(fields or {})}
        line = (json.dumps(record, ensure_ascii=False) + "\n").encode()
        try:
            _write_whole(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a journal, without a last line that was never finished.

    Raises:
        StateError: It cannot be read, is broken in the middle or is of a newer version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise StateError(f"cannot read {path}: {reason}", hint="platform status") from error
    records: list[dict[str, Any]] = []
    whole, _, _torn = data.rpartition(b"\n")
    for number, line in enumerate(whole.split(b"\n") if whole else [], start=1):
        records.append(_decoded(line, path, number))
    return records


def _decoded(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        record: object = json.loads(line)
    except ValueError as error:
        raise StateError(f"{path}:{number}: got a broken record, wanted JSON") from error
    if not isinstance(record, dict):
        raise StateError(f"{path}:{number}: got {record!r}, wanted a record")
    fields = cast("dict[str, Any]", record)
    if fields.get("schema", SCHEMA) > SCHEMA:
        raise StateError(
            f"{path}:{number}: got schema {fields['schema']}, wanted at most {SCHEMA}",
            hint="update platform to read this run",
        )
    return fields


def _write_whole(descriptor: int, line: bytes) -> None:
    # One write per record: a crash tears at most the last line, which readers leave out.
    if os.write(descriptor, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _unwritable(path: Path, error: OSError) -> StateError:
    reason = (error.strerror or str(error)).lower()
    return StateError(
        f"cannot write the run's journal {path}: {reason}",
        hint=f"df -h {path.parent}, or set PLATFORM_HOME to a directory with room",
    )


def _sync_directory(directory: Path) -> None:
    """Make the new file's name durable too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
