"""What the sandbox's providers made: one SQLite file that every provider process shares.

API-created resources live in the emulator and are only counted here; recorded ones have no other
home, so their outputs are kept for read and refresh. A replacement may carry its predecessor's id:
rows are never merged, `delete` ends the oldest live row and `get` answers with the newest.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, cast

How = Literal["api", "recorded", "kubernetes", "generated"]
"""How a resource came to be: by an API call in the emulator, only in this file, accepted by the
Kubernetes schemas, or drawn by the random provider."""

FILE_NAME = "resources.sqlite"

_BUSY_SECONDS = 30.0
_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE,
    started_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS resources (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    stack TEXT NOT NULL,
    urn TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    how TEXT NOT NULL,
    outputs TEXT NOT NULL,
    created_at REAL NOT NULL,
    deleted_at REAL
);
CREATE INDEX IF NOT EXISTS resources_live ON resources (type, id) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS resources_run ON resources (run, how);
PRAGMA user_version = 1;
COMMIT;
"""
_INSERT = """
INSERT INTO resources (run, stack, urn, type, id, account, region, how, outputs, created_at)
VALUES (
    coalesce((SELECT run FROM runs ORDER BY number DESC LIMIT 1), ''), ?, ?, ?, ?, ?, ?, ?, ?, ?
)
"""
_UPDATE = """
UPDATE resources SET outputs = ? WHERE number = (
    SELECT max(number) FROM resources WHERE deleted_at IS NULL AND type = ? AND id = ?
    AND account = coalesce(?, account) AND region = coalesce(?, region) AND urn = coalesce(?, urn)
)
"""
_DELETE = """
UPDATE resources SET deleted_at = ? WHERE number = (
    SELECT min(number) FROM resources WHERE deleted_at IS NULL AND type = ? AND id = ?
    AND account = coalesce(?, account) AND region = coalesce(?, region) AND urn = coalesce(?, urn)
)
"""
_NEWEST = """
SELECT urn, type, id, account, region, how, outputs, run, created_at, deleted_at FROM resources
WHERE deleted_at IS NULL AND type = ? AND id = ?
AND account = coalesce(?, account) AND region = coalesce(?, region) AND urn = coalesce(?, urn)
ORDER BY number DESC LIMIT 1
"""
_LIVE = """
SELECT urn, type, id, account, region, how, outputs, run, created_at, deleted_at FROM resources
WHERE deleted_at IS NULL AND stack = coalesce(?, stack) ORDER BY number
"""
_COUNTS = """
SELECT how, count(*) FROM resources
WHERE run = coalesce(?, (SELECT run FROM runs ORDER BY number DESC LIMIT 1), '')
GROUP BY how ORDER BY how
"""
_RECORDED = """
SELECT type, count(*) FROM resources
WHERE run = coalesce(?, (SELECT run FROM runs ORDER BY number DESC LIMIT 1), '')
AND how = 'recorded' GROUP BY type ORDER BY type
"""
_STANDING = """
SELECT how, count(*) FROM resources WHERE deleted_at IS NULL GROUP BY how ORDER BY how
"""
_ACCOUNTS = """
SELECT DISTINCT account FROM resources
WHERE deleted_at IS NULL AND account != '' ORDER BY account
"""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One resource as the store knows it.

    Attributes:
        outputs: Its properties as plain JSON values; empty where the emulator alone holds them.
        run: The run that created it; empty outside of runs.
        deleted_at: Seconds since the epoch, or None while it lives.
    """

    urn: str
    type: str
    id: str
    account: str
    region: str
    how: How
    outputs: dict[str, object]
    run: str
    created_at: float
    deleted_at: float | None

    @property
    def stack(self) -> str:
        """The stack it belongs to."""
        return stack_of(self.urn)


class Store:
    """The shared record of created resources; safe to use from threads and from many processes.

    Open it after a fork, never before: SQLite connections do not survive one.
    """

    def __init__(self, connection: sqlite3.Connection, directory: Path) -> None:
        self.directory = directory
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open the store of the sandbox in `directory`, making it when it is new."""
        directory.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            directory / FILE_NAME,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        # The store dies with the emulator's memory: durability would cost an fsync for nothing.
        connection.execute("PRAGMA synchronous = OFF")
        if connection.execute("PRAGMA user_version").fetchone() != (1,):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
        return cls(connection, directory)

    def close(self) -> None:
        """Close the connection; the store must not be used afterwards."""
        with self._lock:
            self._connection.close()

    def begin_run(self, run: str) -> None:
        """Attribute everything created from now on to `run`."""
        self._write(
            "INSERT OR REPLACE INTO runs (run, started_at) VALUES (?, ?)", (run, time.time())
        )

    def current_run(self) -> str | None:
        """The id of the run begun last, if any."""
        rows = self._read("SELECT run FROM runs ORDER BY number DESC LIMIT 1")
        return cast("str", rows[0][0]) if rows else None

    def put(  # noqa: PLR0913, PLR0917 - one parameter per column; an object would only rename them
        self,
        urn: str,
        type: str,  # noqa: A002 - what Pulumi calls it
        id: str,  # noqa: A002 - likewise
        account: str,
        region: str,
        how: How,
        outputs: Mapping[str, object] | None = None,
    ) -> None:
        """Record a resource that has just been created."""
        stack, now = stack_of(urn), time.time()
        self._write(_INSERT, (stack, urn, type, id, account, region, how, _dump(outputs), now))

    def update(
        self,
        type: str,  # noqa: A002 - see put
        id: str,  # noqa: A002 - see put
        outputs: Mapping[str, object],
        *,
        account: str | None = None,
        region: str | None = None,
        urn: str | None = None,
    ) -> bool:
        """Replace the outputs of a live resource; False when there is none."""
        return self._write(_UPDATE, (_dump(outputs), type, id, account, region, urn))

    def get(
        self,
        type: str,  # noqa: A002 - see put
        id: str,  # noqa: A002 - see put
        *,
        account: str | None = None,
        region: str | None = None,
        urn: str | None = None,
    ) -> Record | None:
        """The live resource of this type and id.

        Names are ids for many types, so they repeat from account to account and some types have
        one id for all: give `account`, `region` or `urn` wherever they are known.
        """
        rows = self._read(_NEWEST, (type, id, account, region, urn))
        return _record(rows[0]) if rows else None

    def delete(
        self,
        type: str,  # noqa: A002 - see put
        id: str,  # noqa: A002 - see put
        *,
        account: str | None = None,
        region: str | None = None,
        urn: str | None = None,
    ) -> bool:
        """Mark the oldest live resource of this type and id deleted; False when there is none."""
        return self._write(_DELETE, (time.time(), type, id, account, region, urn))

    def live(self, stack: str | None = None) -> list[Record]:
        """Every resource not deleted, in order of creation."""
        return [_record(row) for row in self._read(_LIVE, (stack,))]

    def counts(self, run: str | None = None) -> dict[How, int]:
        """How many resources a run created, by how; the current run unless told otherwise."""
        rows = self._read(_COUNTS, (run,))
        return {cast("How", how): cast("int", count) for how, count in rows}

    def standing(self) -> dict[How, int]:
        """How many resources exist, by how they were created; whatever run did."""
        return {cast("How", how): cast("int", count) for how, count in self._read(_STANDING)}

    def recorded_types(self, run: str | None = None) -> dict[str, int]:
        """The types a run created without the emulator, and how often."""
        rows = self._read(_RECORDED, (run,))
        return {cast("str", token): cast("int", count) for token, count in rows}

    def accounts(self) -> tuple[str, ...]:
        """The account ids that hold live resources."""
        return tuple(cast("str", account) for (account,) in self._read(_ACCOUNTS))

    def _write(self, statement: str, values: tuple[object, ...]) -> bool:
        with self._lock:
            return self._connection.execute(statement, values).rowcount > 0

    def _read(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


def stack_of(urn: str) -> str:
    """The stack in a URN (``urn:pulumi:<stack>::<project>::<type>::<name>``)."""
    return urn.removeprefix("urn:pulumi:").partition("::")[0]


def _dump(outputs: Mapping[str, object] | None) -> str:
    return json.dumps(dict(outputs or {}), separators=(",", ":"))


def _record(row: tuple[object, ...]) -> Record:
    urn, type_, id_, account, region, how, outputs, run, created_at, deleted_at = row
    return Record(
        urn=cast("str", urn),
        type=cast("str", type_),
        id=cast("str", id_),
        account=cast("str", account),
        region=cast("str", region),
        how=cast("How", how),
        outputs=cast("dict[str, object]", json.loads(cast("str", outputs))),
        run=cast("str", run),
        created_at=cast("float", created_at),
        deleted_at=cast("float | None", deleted_at),
    )
