"""What a guardrail is: a policy of the organisation, where it is attached, and AWS's limits."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from components.statements import Statement, document

if TYPE_CHECKING:
    import pulumi

SIZE_LIMIT = 5120
"""Characters of one service or resource control policy (AWS Organizations quotas)."""

ATTACHED_LIMIT = 5
"""Policies of one type on one target, AWS's own full-access policy among them (same)."""


class Scope(StrEnum):
    """Where a guardrail is attached; not an account kind."""

    ROOT = "root"
    MEMBERS_WITHOUT_USERS = "members-without-users"
    BACKUP = "backup"


class PolicyType(StrEnum):
    """Whom a guardrail binds: principals of the members, or whoever comes to their resources."""

    SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
    RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True, kw_only=True)
class Guardrail:
    """One policy of the organisation.

    Attributes:
        name: Its name, a noun for what it keeps.
        description: What it denies, for people in the console.
        scope: Where it is attached.
        content: The policy document.
        type: Whom it binds.
    """

    name: str
    description: str
    scope: Scope
    content: "str | pulumi.Output[str]"
    type: PolicyType = PolicyType.SERVICE_CONTROL


def content(name: str, statements: list[Statement]) -> str:
    """The document of a guardrail.

    Raises:
        ValueError: It is larger than AWS accepts.
    """
    text = document(statements)
    if len(text) > SIZE_LIMIT:
        raise ValueError(f"guardrail {name}: got {len(text)} characters, wanted {SIZE_LIMIT}")
    return text
