"""What a rule finds in a Dockerfile."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether a finding stops the build."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong with a line.

    Attributes:
        rule: Which rule found it.
        level: Whether it stops the build.
        line: Where, from 1.
        message: What we got and what we wanted.
        remedy: What to do.
    """

    rule: str
    line: int
    message: str
    remedy: str
    level: Level = Level.ERROR
