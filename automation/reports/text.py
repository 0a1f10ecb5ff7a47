"""The final table of a run as plain text of a fixed shape: the same journal, the same bytes."""

import shlex
from collections import Counter
from collections.abc import Mapping

from automation.console import plain_table
from automation.reports.record import RunRecord
from automation.results import Failure, Operation, Reason, Result, StackResult, Violation

_SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "import": "<", "read": ">"}
_SILENT = frozenset({"same", "refresh"})


def report(record: RunRecord) -> str:
    """Everything about a run: the table, what went wrong, the closing line."""
    blocks = [table(record)]
    blocks += [
        trouble(record, record.results[stack])
        for stack in record.stacks
        if _bad(record, stack) and not _idle(record, record.results[stack])
    ]
    blocks.append(closing(record))
    return "\n\n".join(blocks)


def table(record: RunRecord) -> str:
    """One line per stack, in rollout order."""
    rows = [_row(stack, record) for stack in record.stacks]
    return plain_table(("stack", "result", "resources", "changes", "time", "note"), rows)


def _row(stack: str, record: RunRecord) -> list[str]:
    result = record.results.get(stack)
    if result is None:
        return [stack, record.state(stack), "", "", "", ""]
    ran = stack in record.started
    return [
        stack,
        result.result,
        str(result.resources) if result.resources else "",
        changes(result.changes),
        duration(result.seconds) if ran else "",
        _first_line(result),
    ]


def changes(counts: Mapping[str, int]) -> str:
    """What the engine did: ``+12 ~1 -3``; nothing when everything was as it should be."""
    parts = [f"{sign}{counts[name]}" for name, sign in _SIGNS.items() if counts.get(name)]
    rest = sorted(counts.keys() - _SIGNS.keys() - _SILENT)
    return " ".join([*parts, *(f"{name} {counts[name]}" for name in rest)])


def duration(seconds: float) -> str:
    """Seconds as people read them: ``12.3 s``, ``1 m 12 s``, ``2 h 05 m``."""
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} m" if hours else f"{minutes} m {rest:02} s"


def trouble(record: RunRecord, result: StackResult) -> str:
    """Why a stack is not where it should be, and the command that goes on from here."""
    lines = [f"{result.stack}: {result.result}"]
    if result.detail:
        lines += [f"  {line}" for line in result.detail.splitlines()]
    for failure in result.failures:
        lines += _failure(failure)
    for violation in result.violations:
        if violation.mandatory:
            lines += _violation(violation)
    lines += [f"  {line}" for line in next_steps(record, result)]
    return "\n".join(lines)


def _failure(failure: Failure) -> list[str]:
    heading = " ".join(part for part in (failure.type, failure.name) if part)
    place = f" ({failure.source})" if failure.source else ""
    indent = "    " if heading else "  "
    words = [f"{indent}{line}" for line in failure.message.splitlines()]
    return [f"  {heading}{place}", *words] if heading else words


def _violation(violation: Violation) -> list[str]:
    name = violation.urn.rpartition("::")[2]
    heading = f"  policy {violation.policy}" + (f" on {name}" if name else "")
    return [heading, *(f"    {line}" for line in violation.message.splitlines())]


def next_steps(record: RunRecord, result: StackResult) -> list[str]:
    """The commands to go on with."""
    steps: list[str] = []
    if result.needs_recover:
        steps.append(f"recover: {command(record, 'recover', result.stack)}")
    if any("protect" in failure.message for failure in result.failures):
        steps.append(
            f"unprotect: {command(record, 'shell', result.stack)}, then pulumi state unprotect"
        )
    if result.reason is Reason.LOCKED:
        steps.append(f"if nobody holds it: {command(record, 'recover', result.stack)}")
    if result.result in {Result.FAILED, Result.TIMED_OUT, Result.CANCELLED}:
        steps.append(f"retry: {command(record, record.operation.value, result.stack)}")
    if result.result is Result.WAITING and not result.cause:
        words = (record.operation.value, result.stack, "--approve", result.stack)
        steps.append(f"approve: {command(record, *words)}")
    return steps


def command(record: RunRecord, *words: str) -> str:
    """A command line on the target of this run, to copy."""
    return shlex.join(["platform", *words, *(["--sandbox"] if record.sandbox else [])])


def closing(record: RunRecord) -> str:
    """The last line: the run, what became of its stacks, how long it took, how to go on."""
    tally = Counter(record.state(stack) for stack in record.stacks)
    order = [*Result, "running", "pending"]
    counts = ", ".join(f"{tally[name]} {name}" for name in order if tally[name])
    took = f" in {duration(record.seconds)}" if record.finished_at else ""
    line = f"run {record.run}: {counts}{took}"
    left = [stack for stack in record.stacks if _bad(record, stack)]
    if left and record.finished_at and record.operation is not Operation.PREVIEW:
        line += f"\nretry: {command(record, record.operation.value, 'failed(last)')}"
    return line


def _bad(record: RunRecord, stack: str) -> bool:
    return stack in record.results and not record.results[stack].result.good


def _idle(record: RunRecord, result: StackResult) -> bool:
    """Whether nothing is to be said of a stack but that others or a signal came first."""
    dropped = result.result is Result.CANCELLED and result.stack not in record.started
    return dropped or bool(result.cause)


def _first_line(result: StackResult) -> str:
    if result.result.good:
        return ""
    text = result.detail or next((failure.message for failure in result.failures), "")
    return text.partition("\n")[0][:60]
