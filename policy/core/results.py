"""What a rule says: verdicts, findings, and their order of gravity."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a broken rule hurts."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Enforcement(StrEnum):
    """Whether a finding stops a rollout."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


class Verdict(StrEnum):
    """The outcome of one rule on one resource or stack.

    UNKNOWN is not a pass: the engine had no value yet. ERROR means the rule itself broke.
    """

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What a check yields: nothing is a pass.

    Attributes:
        urn: The resource at fault; of the stack itself when several are.
        path: The property at fault, dotted; empty for the whole resource.
        message: What was got and what was wanted; never the value of a secret.
        verdict: FAIL, or UNKNOWN where the property has no value yet.
        advisory: Whether it only advises, though the rule is mandatory.
    """

    urn: str
    path: str
    message: str
    verdict: Verdict = Verdict.FAIL
    advisory: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem, with the rule that found it and where the resource was written.

    Attributes:
        rule: The rule's id.
        problem: What is wrong and where.
        severity: The rule's severity.
        enforcement: Whether it stops the rollout in this account.
        remedy: What to change.
        source: ``file:line`` of the resource, where known.
        waiver: The id of the waiver that covers it, if any.
    """

    rule: str
    problem: Problem
    severity: Severity
    enforcement: Enforcement
    remedy: str
    source: str | None = None
    waiver: str | None = None

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that stay the same while the finding does; holds no value."""
        text = f"{self.rule}\n{self.problem.urn}\n{self.problem.path}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def blocking(self) -> bool:
        """Whether it stops a rollout: a mandatory failure or broken rule that nothing waives."""
        return (
            self.waiver is None
            and self.enforcement is Enforcement.MANDATORY
            and self.problem.verdict in {Verdict.FAIL, Verdict.ERROR}
        )
