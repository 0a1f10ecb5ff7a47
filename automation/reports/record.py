"""A run as one value, folded from its journal."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from automation.errors import StateError
from automation.results import Failure, Operation, Reason, Result, StackResult, Violation

SCHEMA = 1
"""Version of the JSON record."""


@dataclass
class RunRecord:
    """A run as far as its journal tells.

    Attributes:
        run: Its id.
        operation: What it did.
        sandbox: Whether it acted on the sandbox.
        stacks: The selected stacks in rollout order.
        at: When it began, UTC.
        pid: The process that ran it.
        host: The machine that ran it.
        started: Stacks whose process was started, with when.
        results: The stacks that have left the run.
        finished_at: When it ended; empty while it runs, and for ever if it was killed.
        seconds: How long it took.
        exit_code: What it returned; None while it runs.
    """

    run: str
    operation: Operation
    sandbox: bool
    stacks: tuple[str, ...]
    at: str
    pid: int = 0
    host: str = ""
    started: dict[str, str] = field(default_factory=dict[str, str])
    results: dict[str, StackResult] = field(default_factory=dict[str, StackResult])
    finished_at: str = ""
    seconds: float = 0.0
    exit_code: int | None = None

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Stacks whose process was started and whose end is not on record."""
        return tuple(stack for stack in self.stacks if stack in self.started.keys() - self.results)

    def state(self, stack: str) -> str:
        """A stack's result, or where it is on the way to one."""
        if stack in self.results:
            return self.results[stack].result
        return "running" if stack in self.started else "pending"

    def to_json(self) -> dict[str, object]:
        """The record for programs; the shape is versioned."""
        return {
            "schema": SCHEMA,
            "run": self.run,
            "operation": self.operation.value,
            "sandbox": self.sandbox,
            "started_at": self.at,
            "finished_at": self.finished_at or None,
            "seconds": self.seconds,
            "exit_code": self.exit_code,
            "stacks": [self._stack_json(stack) for stack in self.stacks],
        }

    def _stack_json(self, stack: str) -> dict[str, object]:
        if stack in self.results:
            return encode(self.results[stack])
        return {"stack": stack, "result": None, "state": self.state(stack)}


def fold(records: Iterable[Mapping[str, Any]]) -> RunRecord:
    """The run that a journal's records tell of.

    Raises:
        StateError: The journal does not begin with the start of a run.
    """
    run: RunRecord | None = None
    for record in records:
        match record["event"]:
            case "run.started":
                run = _begun(record)
            case "stack.started" if run:
                run.started[record["stack"]] = record["at"]
            case "stack.finished" if run:
                run.results[record["stack"]] = decode(record)
            case "run.finished" if run:
                run.finished_at = record["at"]
                run.seconds = record["seconds"]
                run.exit_code = record["exit_code"]
            case _:
                pass  # what only matters while it happens: gates, signals
    if run is None:
        raise StateError("got an empty journal, wanted the start of a run", hint="platform status")
    return run


def _begun(record: Mapping[str, Any]) -> RunRecord:
    return RunRecord(
        run=record["run"],
        operation=Operation(record["operation"]),
        sandbox=record["sandbox"],
        stacks=tuple(record["stacks"]),
        at=record["at"],
        pid=record["pid"],
        host=record["host"],
    )


def encode(result: StackResult) -> dict[str, object]:
    """A stack's result as JSON values; what is empty stays, so that the shape never differs."""
    return asdict(result)


def decode(record: Mapping[str, Any]) -> StackResult:
    """The result that :func:`encode` made."""
    slowest = record["slowest"]
    return StackResult(
        stack=record["stack"],
        result=Result(record["result"]),
        reason=Reason(record["reason"]) if record["reason"] else None,
        detail=record["detail"],
        cause=record["cause"],
        seconds=record["seconds"],
        resources=record["resources"],
        changes=dict(record["changes"]),
        slowest=(slowest[0], slowest[1]) if slowest else None,
        failures=tuple(Failure(**failure) for failure in record["failures"]),
        violations=tuple(Violation(**violation) for violation in record["violations"]),
        needs_recover=record["needs_recover"],
    )
