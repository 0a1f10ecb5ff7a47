"""The audit for people and tools: text, JSON, Markdown."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from automation.audit.assessment import Assessed, Evidence, Kind, State
from automation.audit.demands import Found

SCHEMA = 1
"""Version of the JSON form; a change that a reader could notice makes it 2."""

SCHEMA_FILE = Path(__file__).with_name("schema.json")
"""The JSON Schema of the form."""

SHOWN_RESOURCES = 4
"""Resources of one piece of evidence that text lists; JSON has all."""


class Format(StrEnum):
    """How the audit is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def summary(assessed: Sequence[Assessed]) -> str:
    """The last line: how many rules stand where."""
    counts = Counter(rule.state for rule in assessed)
    parts = [f"{counts[state]} {state}" for state in State]
    noun = "rule" if len(assessed) == 1 else "rules"
    return f"{', '.join(parts)} of {len(assessed)} {noun} of the playbook"


def as_json(assessed: Sequence[Assessed]) -> dict[str, object]:
    """The whole audit as data (`schema.json`)."""
    counts = Counter(rule.state for rule in assessed)
    return {
        "schema": SCHEMA,
        "summary": {state.replace(" ", "_"): counts[state] for state in State},
        "rules": [_rule(rule) for rule in assessed],
    }


def _rule(rule: Assessed) -> dict[str, object]:
    return {
        "id": rule.id,
        "family": rule.family,
        "rule": rule.rule,
        "state": rule.state,
        "people": rule.people,
        "evidence": [
            {
                "kind": item.kind,
                "says": item.says,
                "variant": item.variant,
                "holds": not item.missing,
                "missing": list(item.missing),
                "resources": [
                    {"stack": it.stack, "type": it.type, "name": it.name, "urn": it.urn}
                    | {"source": it.source}
                    for it in item.found
                ],
            }
            for item in rule.evidence
        ],
    }


def text(assessed: Sequence[Assessed], paint: Callable[[State], str] = str) -> str:
    """Each rule, its evidence below it, what is missing where it should be.

    Args:
        assessed: The rules.
        paint: How a state is written.
    """
    lines: list[str] = []
    for rule in assessed:
        indent = " " * (max(map(len, State)) - len(rule.state))
        lines.append(f"{paint(rule.state)}{indent}  {rule.id}  {rule.rule}")
        lines += [f"    {line}" for line in _evidence_lines(rule)]
    return "\n".join(lines)


def _evidence_lines(rule: Assessed) -> Iterator[str]:
    for item in rule.evidence:
        variant = f" (variant {item.variant})" if item.variant else ""
        yield f"{'✗' if item.missing else '✓'} {_says(item)}{variant}"
        yield from (f"    {line}" for line in item.missing)
        yield from (f"    {_place(found)}" for found in item.found[:SHOWN_RESOURCES])
        if (more := len(item.found) - SHOWN_RESOURCES) > 0:
            yield f"    and {more} more"
    if rule.people:
        yield f"by people: {rule.people}"
    if not rule.evidence and rule.state is State.NOT_MET:
        yield "no evidence yet"


def _says(item: Evidence) -> str:
    if item.kind is Kind.TEST:
        return f"test {item.says}" + ("" if item.missing else " exists")
    if item.kind in {Kind.PAGE, Kind.COMMAND}:
        return item.says + ("" if item.missing else " exists")
    return f"{item.kind} {item.says}" if item.kind is Kind.POLICY else item.says


def _place(found: Found) -> str:
    at = f"  {found.source}" if found.source else ""
    return f"{found.stack}  {found.type}  {found.name}{at}"


def markdown(assessed: Sequence[Assessed]) -> str:
    """A table by family, for a page or a pull request."""
    lines = [f"**{summary(assessed)}**"]
    for family, rules in groupby(assessed, key=lambda rule: rule.family):
        lines += ["", f"## {family}", "", "| | Rule | State | Evidence |", "|---|---|---|---|"]
        for rule in rules:
            cells = (rule.id, rule.rule, rule.state, "<br>".join(_cells(rule)))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _cells(rule: Assessed) -> Iterator[str]:
    for item in rule.evidence:
        if item.missing:
            yield from (f"✗ {line}" for line in item.missing)
        else:
            stacks = ", ".join(dict.fromkeys(found.stack for found in item.found))
            number = f": {len(item.found)} in {stacks}" if item.found else ""
            yield f"{_says(item)}{number}"
    if rule.people:
        yield f"by people: {rule.people}"
