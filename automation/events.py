"""The engine's event log, read while it grows, as plain records.

The engine writes one JSON object per line (`sdk/go/common/apitype/events.go`). Its debug lines
carry secrets in plain text: the log is readable by its owner alone, loses its name as soon as the
engine has it open so that nothing stays on disk, and no debug line leaves this module.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias

from automation.results import Failure, Violation

_READ_AT_MOST = 1 << 20
_DEBUG_END = b'"severity":"debug"}}'
_COUNTS, _HEAD = b"SummaryEvent", 120
"""`policyAnalyzeSummaryEvent` names every policy for each resource; `summaryEvent` is another."""
_STEP = re.compile(
    rb'\{"sequence":\d+,"timestamp":\d+,"(resourcePreEvent|resOutputsEvent)":'
    rb'\{"metadata":\{"op":"([\w-]+)","urn":"([^"\\]+)","type":"([^"\\]+)"'
)
"""The head of a step as the engine writes it; what follows is the whole resource, twice."""
_PROVIDER = "pulumi:providers:"
_NOISE = frozenset({"update failed", "preview failed", "refresh failed", "destroy failed"})
"""Closing words of the engine that only repeat that there were errors."""

MESSAGE_LIMIT = 4000
"""Characters kept of one message: AWS answers a policy document with the whole document."""


@dataclass(frozen=True, slots=True)
class ResourceEvent:
    """A resource operation began, ended or failed."""

    phase: Literal["started", "done", "failed"]
    urn: str
    type: str
    operation: str

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something the engine or the program said."""

    severity: str
    message: str
    urn: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The engine is done with the resources; it still has to write its history and unlock."""

    changes: dict[str, int]
    result: str


EngineRecord: TypeAlias = ResourceEvent | Diagnostic | Violation | Summary


_PHASES: dict[str, Literal["started", "done"]] = {
    "resourcePreEvent": "started",
    "resOutputsEvent": "done",
}


def parse(line: bytes) -> EngineRecord | None:
    """One line of the event log; None for what we have no use for or cannot read."""
    if line.endswith(_DEBUG_END) or _COUNTS in line[:_HEAD]:
        return None  # most of the log: not worth decoding
    if line.endswith(b"}}") and (step := _STEP.match(line)) is not None:
        event, operation, urn, kind = (part.decode() for part in step.groups())
        return ResourceEvent(_PHASES[event], urn, kind, operation)
    try:
        return _record(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # a newer engine's event; the exit code still tells the outcome


def _record(event: dict[str, Any]) -> EngineRecord | None:
    return next((decode(event[key]) for key, decode in _DECODERS.items() if key in event), None)


def _step(phase: Literal["started", "done", "failed"]) -> Callable[[dict[str, Any]], EngineRecord]:
    def decode(event: dict[str, Any]) -> EngineRecord:
        step = event["metadata"]
        return ResourceEvent(phase, step["urn"], step["type"], step["op"])

    return decode


def _diagnostic(said: dict[str, Any]) -> EngineRecord | None:
    if said["severity"] == "debug":
        return None
    return Diagnostic(said["severity"], _text(said["message"]), said.get("urn", ""))


def _violation(found: dict[str, Any]) -> EngineRecord:
    return Violation(
        policy=found["policyName"],
        level=found["enforcementLevel"],
        message=_text(found["message"]),
        urn=found.get("resourceUrn", ""),
    )


def _summary(summary: dict[str, Any]) -> EngineRecord:
    return Summary(dict(summary.get("resourceChanges") or {}), summary.get("result") or "")


def _error(event: dict[str, Any]) -> EngineRecord:
    return Diagnostic("error", _text(event["error"]))


_DECODERS: dict[str, Callable[[dict[str, Any]], EngineRecord | None]] = {
    "resourcePreEvent": _step("started"),
    "resOutputsEvent": _step("done"),
    "resOpFailedEvent": _step("failed"),
    "diagnosticEvent": _diagnostic,
    "policyEvent": _violation,
    "summaryEvent": _summary,
    "errorEvent": _error,
}


def _text(message: str) -> str:
    return message.strip()[:MESSAGE_LIMIT]


class EventTail:
    """Reads what the engine has written since the last look; never waits.

    The engine appends from another process, so the last line may be half there: it is kept until
    the rest of it has come.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        flags = os.O_CREAT | os.O_EXCL | os.O_RDONLY
        self._file = os.open(path, flags, 0o600)
        self._rest: list[bytes] = []
        self.listening = False
        """The engine has spoken, so its signal handlers stand (pkg/backend/diy/backend.go)."""

    def read(self) -> Iterator[EngineRecord]:
        """The records that became complete since the last call."""
        while chunk := os.read(self._file, _READ_AT_MOST):
            if not self.listening:
                self.listening = True
                self._path.unlink(missing_ok=True)
            head, end, tail = chunk.partition(b"\n")
            self._rest.append(head)
            if not end:
                continue  # a debug line of megabytes: its parts are joined once
            *lines, rest = tail.split(b"\n")
            for line in (b"".join(self._rest), *lines):
                if line and (record := parse(line)) is not None:
                    yield record
            self._rest = [rest]

    def close(self) -> None:
        """Let go of the log; a half line without an end was never a whole event."""
        os.close(self._file)
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


@dataclass
class Progress:
    """What the events of one stack add up to.

    Attributes:
        done: Resources that are finished, without providers, which are no resources of the account.
        running: Operations in flight by URN, with when they began.
        changes: The engine's own count per operation, from its summary.
        finished: The engine gave its summary.
        slowest: The resource that took longest and its seconds.
        failed: Resources whose operation failed.
        errors: Errors in the order they came.
        violations: Policy findings.
        warnings: What the program or a provider warned of.
    """

    clock: Callable[[], float] = time.monotonic
    done: set[str] = field(default_factory=set[str])
    running: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    changes: dict[str, int] = field(default_factory=dict[str, int])
    finished: bool = False
    slowest: tuple[str, float] | None = None
    failed: set[str] = field(default_factory=set[str])
    errors: list[Failure] = field(default_factory=list[Failure])
    violations: list[Violation] = field(default_factory=list[Violation])
    warnings: list[str] = field(default_factory=list[str])
    last_event: float = 0.0

    def __post_init__(self) -> None:
        """Start the stall clock."""
        self.last_event = self.clock()

    def add(self, record: EngineRecord) -> None:
        """Fold one record in."""
        self.last_event = self.clock()
        match record:
            case ResourceEvent():
                self._resource(record)
            case Diagnostic():
                self._diagnostic(record)
            case Violation():
                if record not in self.violations:
                    self.violations.append(record)
            case Summary():
                self.changes = {name: count for name, count in record.changes.items() if count}
                self.finished = True

    @property
    def resources(self) -> int:
        """How many resources the operation was about."""
        return sum(self.changes.values()) if self.finished else len(self.done)

    def slowest_running(self) -> tuple[str, float] | None:
        """The operation in flight that began first, and for how long it has run."""
        started = [entry for entry in self.running.items() if not _is_frame(entry[1][0])]
        if not started:
            return None
        urn, (kind, since) = min(started, key=lambda entry: entry[1][1])
        return f"{kind} {urn.rpartition('::')[2]}", self.clock() - since

    def _resource(self, event: ResourceEvent) -> None:
        if event.type.startswith(_PROVIDER):
            return
        if event.phase == "started":
            self.running[event.urn] = (event.type, self.clock())
            return
        _, since = self.running.pop(event.urn, (event.type, self.clock()))
        seconds = round(self.clock() - since, 1)
        if not _is_frame(event.type) and (self.slowest is None or seconds > self.slowest[1]):
            self.slowest = (f"{event.type} {event.name}", seconds)
        (self.done if event.phase == "done" else self.failed).add(event.urn)

    def _diagnostic(self, said: Diagnostic) -> None:
        if said.severity == "warning":
            self.warnings.append(said.message)
        elif said.severity == "error" and said.message not in _NOISE:
            failure = Failure(
                message=said.message,
                urn=said.urn,
                type=type_of(said.urn),
                name=said.urn.rpartition("::")[2],
            )
            if failure not in self.errors:
                self.errors.append(failure)


def type_of(urn: str) -> str:
    """The type token inside a URN: the last of its chain of parents' types."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""  # noqa: PLR2004 - urn:pulumi:stack::project::types::name


def _is_frame(kind: str) -> bool:
    """Whether a resource only holds others: it lasts as long as they do."""
    return kind == "pulumi:pulumi:Stack" or kind.startswith("superinc:")


def plain(record: EngineRecord) -> dict[str, object]:
    """A record as JSON for the run's own copy of the events."""
    kind = type(record)
    return {"event": kind.__name__, **{name: getattr(record, name) for name in _FIELDS[kind]}}


_FIELDS = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (ResourceEvent, Diagnostic, Violation, Summary)
}
"""Nothing in them is nested but a summary's counts: no need of asdict's deep copy of each event."""
