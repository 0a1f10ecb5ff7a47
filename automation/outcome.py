"""What became of a stack, judged from how its engine ended and what it said. Pure."""

from collections.abc import Callable
from dataclasses import replace

from automation.events import Progress
from automation.results import Failure, Reason, Result, StackResult, Violation
from automation.supervisor import Ended

LOCK_WORDS = "the stack is currently locked by"
"""The engine's words when another process holds the stack (pkg/backend/diy/lock.go)."""

_CHANGELESS = frozenset({"same", "read", "refresh"})


def judge(
    stack: str, ended: Ended, progress: Progress, redact: Callable[[str], str] = str
) -> StackResult:
    """The result of a stack whose engine has ended."""
    result, reason = _result(ended, progress)
    failures = () if result.good else tuple(_masked(item, redact) for item in progress.errors)
    if reason is Reason.POLICY:
        failures = ()  # the engine's echo of the violations
    return StackResult(
        stack=stack,
        result=result,
        reason=reason,
        detail=redact(_detail(result, reason, ended, progress)),
        seconds=ended.seconds,
        resources=progress.resources,
        changes=dict(progress.changes),
        slowest=progress.slowest,
        failures=failures,
        violations=tuple(_masked_violation(item, redact) for item in progress.violations),
        needs_recover=ended.killed,
    )


def _result(ended: Ended, progress: Progress) -> tuple[Result, Reason | None]:
    if ended.code == 0:
        changed = progress.changes.keys() - _CHANGELESS
        return (Result.SUCCEEDED if changed else Result.UNCHANGED), None
    if ended.timed_out:
        return Result.TIMED_OUT, None
    if ended.interrupted:
        return Result.CANCELLED, None
    return Result.FAILED, _reason(ended, progress)


def _reason(ended: Ended, progress: Progress) -> Reason:
    if LOCK_WORDS in ended.tail:
        return Reason.LOCKED
    if progress.failed:
        return Reason.RESOURCES
    if any(violation.mandatory for violation in progress.violations):
        return Reason.POLICY
    return Reason.RESOURCES if any(error.urn for error in progress.errors) else Reason.ENGINE


def _detail(result: Result, reason: Reason | None, ended: Ended, progress: Progress) -> str:
    if result is Result.TIMED_OUT:
        return f"stopped after {ended.seconds:.0f} s{_in_flight(ended, progress)}"
    if result is Result.CANCELLED:
        how = "killed" if ended.killed else "stopped on request"
        return f"{how}{_in_flight(ended, progress)}"
    if reason is Reason.POLICY:
        return f"refused by the policy pack: {_policies(progress.violations)}"
    if ended.code < 0:
        return f"the engine was killed by signal {-ended.code}{_in_flight(ended, progress)}"
    if reason is Reason.LOCKED or (reason is Reason.ENGINE and not progress.errors):
        return _words(ended)
    return ""


def _in_flight(ended: Ended, progress: Progress) -> str:
    """What a killed engine was in the middle of: that may exist without being on record."""
    if not ended.killed or not progress.running:
        return ""
    names = sorted(
        f"{kind} {urn.rpartition('::')[2]}" for urn, (kind, _) in progress.running.items()
    )
    return f" in the middle of {', '.join(names)}"


def _policies(violations: list[Violation]) -> str:
    names = dict.fromkeys(violation.policy for violation in violations if violation.mandatory)
    return ", ".join(names)


def _words(ended: Ended) -> str:
    """The engine's own words for an error it had before its event log began."""
    lines = [line.strip() for line in ended.tail.splitlines() if line.strip()]
    start = next((at for at, line in enumerate(lines) if line.startswith("error:")), None)
    if start is None:
        last = f": {lines[-1]}" if lines else ""
        return f"the engine ended with code {ended.code}{last}"
    return "\n".join(lines[start : start + 4]).removeprefix("error:").strip()


def _masked(failure: Failure, redact: Callable[[str], str]) -> Failure:
    return replace(failure, message=redact(failure.message))


def _masked_violation(violation: Violation, redact: Callable[[str], str]) -> Violation:
    return replace(violation, message=redact(violation.message))
