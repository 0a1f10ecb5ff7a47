"""What became of a stack in a run, and the exit code that follows: a pure function of both."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from automation.errors import ExitCode


class Operation(StrEnum):
    """What a run does to its stacks; the value is also the engine's verb."""

    UP = "up"
    PREVIEW = "preview"
    REFRESH = "refresh"
    DESTROY = "destroy"

    @property
    def changes(self) -> bool:
        """Whether it writes state, so that it holds locks and needs a person's agreement."""
        return self is not Operation.PREVIEW


class Result(StrEnum):
    """How a stack left a run. Not what is in the account: a failed stack may be half there."""

    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed-out"
    WAITING = "waiting"

    @property
    def good(self) -> bool:
        """Whether what depends on the stack may go on."""
        return self in {Result.SUCCEEDED, Result.UNCHANGED}


class Reason(StrEnum):
    """Why a stack failed, as far as it decides the exit code."""

    RESOURCES = "resources"
    POLICY = "policy"
    LOCKED = "locked"
    CREDENTIALS = "credentials"
    ENGINE = "engine"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One error of the engine.

    Attributes:
        message: The words of AWS or of the engine.
        urn: The resource it is about; empty when it is about the whole stack.
        type: The resource's type token.
        name: The resource's logical name.
        source: Where the program makes the resource, as ``file:line``.
    """

    message: str
    urn: str = ""
    type: str = ""
    name: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One finding of the policy pack; only a mandatory one stops the stack."""

    policy: str
    level: str
    message: str
    urn: str = ""

    @property
    def mandatory(self) -> bool:
        """Whether the engine refuses to go on because of it."""
        return self.level == "mandatory"


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """A stack's part of a run.

    Attributes:
        stack: Its name.
        result: How it left the run.
        reason: The kind of failure; only of a failed stack.
        detail: One line for people: what blocked it, what the engine said.
        cause: The stack that blocked it.
        seconds: How long its process ran.
        resources: How many resources it has or had.
        changes: How many resources each engine operation (create, update, …) touched.
        slowest: The resource that took longest, ``type name``, and its seconds.
        failures: The errors.
        violations: The policy findings.
        needs_recover: Its process was killed while it may have held the stack's lock.
    """

    stack: str
    result: Result
    reason: Reason | None = None
    detail: str = ""
    cause: str = ""
    seconds: float = 0.0
    resources: int = 0
    changes: dict[str, int] = field(default_factory=dict[str, int])
    slowest: tuple[str, float] | None = None
    failures: tuple[Failure, ...] = ()
    violations: tuple[Violation, ...] = ()
    needs_recover: bool = False


_CODE_OF_REASON = {
    Reason.POLICY: ExitCode.POLICY,
    Reason.LOCKED: ExitCode.LOCKED,
    Reason.CREDENTIALS: ExitCode.CREDENTIALS,
}


def exit_code(results: Collection[StackResult]) -> ExitCode:
    """The exit code of a run (design.md §3), from nothing but its results.

    A cancelled run says so whatever else happened. A kind of failure has its own code only when
    it is the only kind; otherwise some stacks failed. A run that did nothing is our error.
    """
    outcomes = {result.result for result in results}
    if Result.CANCELLED in outcomes:
        return ExitCode.CANCELLED
    failed = {result.reason for result in results if result.result is Result.FAILED}
    if Result.TIMED_OUT in outcomes:
        return ExitCode.FAILED if failed else ExitCode.TIMEOUT
    if failed:
        only = next(iter(failed)) if len(failed) == 1 else None
        return _CODE_OF_REASON.get(only, ExitCode.FAILED) if only else ExitCode.FAILED
    if Result.BLOCKED in outcomes:
        return ExitCode.FAILED
    if Result.WAITING in outcomes:
        return ExitCode.GATE
    return ExitCode.OK if outcomes else ExitCode.INTERNAL
