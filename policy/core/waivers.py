"""Waivers: exceptions with a reason, an owner and an end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

import yaml

from policy.core.results import Finding, Severity
from policy.core.rule import Rule
from policy.core.values import mapping

MAX_DAYS = {
    Severity.CRITICAL: 30,
    Severity.HIGH: 90,
    Severity.MEDIUM: 180,
    Severity.LOW: 365,
}
"""How long a waiver may last: the graver the rule, the sooner somebody looks again."""

EXPIRING_DAYS = 14
MIN_REASON = 20

_REQUIRED = ("id", "rule", "urn", "reason", "owner", "created", "expires")
_OPTIONAL = ("stack", "finding", "ticket", "approved_by")


class WaiverState(StrEnum):
    """Where a waiver stands on a given day."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class WaiverError(Exception):
    """The waiver file cannot be used; carries every problem in it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """One exception.

    Attributes:
        id: Its name in reports.
        rule: The rule it excepts from.
        urn: Glob over the URNs it covers.
        reason: Why the risk is taken.
        owner: Who answers for it.
        created: The day it was written.
        expires: The last day it holds.
        stack: Glob over stacks.
        finding: Fingerprint of the one finding it covers; any when None.
        ticket: Where it is tracked.
        approved_by: Who agreed; required for high and critical rules.
    """

    id: str
    rule: str
    urn: str
    reason: str
    owner: str
    created: date
    expires: date
    stack: str = "*"
    finding: str | None = None
    ticket: str | None = None
    approved_by: str | None = None

    def state(self, today: date) -> WaiverState:
        """Where it stands today."""
        if today > self.expires:
            return WaiverState.EXPIRED
        if today + timedelta(days=EXPIRING_DAYS) >= self.expires:
            return WaiverState.EXPIRING
        return WaiverState.ACTIVE

    def covers(self, finding: Finding, stack: str) -> bool:
        """Whether it excepts this finding."""
        return (
            finding.rule == self.rule
            and fnmatchcase(finding.problem.urn, self.urn)
            and fnmatchcase(stack, self.stack)
            and self.finding in {None, finding.fingerprint}
        )


def load(path: Path, rules: Iterable[Rule]) -> tuple[Waiver, ...]:
    """The waivers of a file, checked against the rules that exist.

    Raises:
        WaiverError: Anything is wrong with any of them; a broken file waives nothing.
    """
    try:
        raw = cast("object", yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()
    except (OSError, yaml.YAMLError) as error:
        raise WaiverError([f"{path.name}: {error}"]) from error
    entries = mapping(raw).get("waivers")
    if not isinstance(entries, list):
        raise WaiverError([f"{path.name}: wanted a list under `waivers:`"])
    by_id = {rule.id: rule for rule in rules}
    problems: list[str] = []
    waivers: list[Waiver] = []
    for number, entry in enumerate(cast("list[object]", entries), start=1):
        found = _problems(entry, by_id)
        problems.extend(f"{path.name}: waiver {number}: {text}" for text in found)
        if not found:
            waivers.append(Waiver(**cast("dict[str, str]", entry)))  # pyright: ignore[reportArgumentType] - checked above
    if problems:
        raise WaiverError(problems)
    return tuple(waivers)


def _problems(entry: object, rules: Mapping[str, Rule]) -> list[str]:
    if not isinstance(entry, dict):
        return ["wanted a mapping"]
    fields = cast("dict[str, object]", entry)
    problems = [f"{name}: missing" for name in _REQUIRED if not fields.get(name)]
    problems += [f"{name}: unknown key" for name in fields if name not in _REQUIRED + _OPTIONAL]
    rule = rules.get(str(fields.get("rule")))
    if fields.get("rule") and rule is None:
        problems.append(f"rule: got {fields['rule']!r}, wanted a rule that exists")
    if len(str(fields.get("reason", "")).strip()) < MIN_REASON:
        problems.append(f"reason: wanted at least {MIN_REASON} characters that say why")
    created, expires = fields.get("created"), fields.get("expires")
    if not isinstance(created, date) or not isinstance(expires, date):
        problems.append("created, expires: wanted dates such as 2026-01-31")
    elif rule is not None:
        problems += _term_problems(rule, created, expires)
    if rule is not None and rule.severity in {Severity.HIGH, Severity.CRITICAL}:
        approver = fields.get("approved_by")
        if not approver or approver == fields.get("owner"):
            problems.append("approved_by: wanted somebody other than the owner")
    return problems


def _term_problems(rule: Rule, created: date, expires: date) -> list[str]:
    limit = MAX_DAYS[rule.severity]
    days = (expires - created).days
    if days < 0 or days > limit:
        return [f"expires: got {days} days, wanted 0 to {limit} for a {rule.severity} rule"]
    return []


def unused(waivers: Iterable[Waiver], findings: Iterable[Finding]) -> tuple[Waiver, ...]:
    """Waivers that cover nothing any more; they should go."""
    used = {finding.waiver for finding in findings}
    return tuple(waiver for waiver in waivers if waiver.id not in used)
