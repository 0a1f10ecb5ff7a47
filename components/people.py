"""What people may become: one catalogue for Identity Center and for IAM users (playbook ACC-03).

A permission set is the same thing twice: in Identity Center a set that is provisioned into
accounts, with IAM users a role `superinc-<set>` that each account makes for them. Free of any
provider SDK.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from components.contracts import LayerConfig
from components.naming import BREAK_GLASS_ROLE, DEPLOY_ROLE, role_arn
from components.statements import Statement, allow, deny, document

LONGEST_SESSION_HOURS = 8
"""A working day (playbook SEC-06; AWS allows 12)."""

ADMINISTRATOR_SESSION_HOURS = 4
"""Half a day: who may do everything signs in again."""

INLINE_LIMIT = 10_240
"""Characters of a permission set's inline policy, and of all of a role's (IAM quotas)."""

ADMINISTRATOR_POLICY = "AdministratorAccess"
"""The AWS managed policy that allows everything."""

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")

PermissionSetName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,31}$")]
ManagedPolicy = Annotated[str, Field(pattern=r"^([\w+=,.@-]+/)*[\w+=,.@-]{1,128}$")]


class Rule(StrEnum):
    """What a permission set says itself, besides its managed policies."""

    EMERGENCY = "emergency"
    NO_DATA = "no-data"
    KEEP_ACCOUNTS = "keep-accounts"
    KEEP_PLATFORM = "keep-platform"


class PermissionSet(LayerConfig):
    """What somebody may do in an account, and how long at a time.

    Attributes:
        description: For whom it is.
        managed_policies: AWS managed policies, by name with their path.
        rules: What it says itself; mostly what it takes away again.
        boundary: AWS managed policy that nothing of it can exceed.
        session_hours: How long a session lasts.
    """

    description: Annotated[str, Field(min_length=1, max_length=256)]
    managed_policies: Annotated[tuple[ManagedPolicy, ...], Field(max_length=10)] = ()
    rules: tuple[Rule, ...] = ()
    boundary: ManagedPolicy | None = None
    session_hours: Annotated[int, Field(ge=1, le=LONGEST_SESSION_HOURS)] = LONGEST_SESSION_HOURS

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.managed_policies or self.rules):
            raise ValueError("got a permission set without content, wanted policies or rules")
        return self

    def administers(self) -> bool:
        """Whether it allows everything, or leads to a role that does."""
        return ADMINISTRATOR_POLICY in self.managed_policies or Rule.EMERGENCY in self.rules

    def inline_document(self) -> str | None:
        """The inline policy document, if it has rules."""
        statements = [one for rule in sorted(set(self.rules)) for one in RULES[rule]()]
        return document(statements) if statements else None


def _emergency() -> Sequence[Statement]:
    """Nothing but the way to the emergency role, which says on its own who may come in."""
    return [allow("BreakTheGlass", ["sts:AssumeRole"], [role_arn("*", BREAK_GLASS_ROLE)])]


def _no_data() -> Sequence[Statement]:
    """Everything that matters is encrypted with our keys: without them, only names remain."""
    return [deny("NoData", ["kms:Decrypt", "secretsmanager:GetSecretValue"])]


def _keep_accounts() -> Sequence[Statement]:
    """An account is not closed or let go by one person's click (playbook ACC-11)."""
    return [
        deny(
            "KeepAccounts",
            [
                "account:CloseAccount",
                "organizations:CloseAccount",
                "organizations:DeleteOrganization",
                "organizations:LeaveOrganization",
                "organizations:RemoveAccountFromOrganization",
            ],
        )
    ]


def _keep_platform() -> Sequence[Statement]:
    """What rollouts own: keys stay as they are, and nobody becomes the rollout."""
    roles = [role_arn("*", name) for name in (BREAK_GLASS_ROLE, DEPLOY_ROLE)]
    return [
        deny(
            "KeepKeys",
            [
                "kms:DeleteAlias",
                "kms:DisableKey",
                "kms:DisableKeyRotation",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "kms:UpdateAlias",
            ],
        ),
        deny("StayYourself", ["sts:AssumeRole"], roles),
    ]


RULES = {
    Rule.EMERGENCY: _emergency,
    Rule.NO_DATA: _no_data,
    Rule.KEEP_ACCOUNTS: _keep_accounts,
    Rule.KEEP_PLATFORM: _keep_platform,
}
"""The statements of each rule."""

CATALOGUE: Mapping[str, PermissionSet] = {
    "Administrator": PermissionSet(
        description="Everything, for the few who keep the platform",
        managed_policies=(ADMINISTRATOR_POLICY,),
        session_hours=ADMINISTRATOR_SESSION_HOURS,
    ),
    "Billing": PermissionSet(
        description="Bills, budgets and payment methods",
        managed_policies=("job-function/Billing",),
    ),
    "BreakGlass": PermissionSet(
        description="The way to the emergency role, when nothing else helps",
        rules=(Rule.EMERGENCY,),
        session_hours=1,
    ),
    "Developer": PermissionSet(
        description="Everything but people, permissions and the platform's keys",
        managed_policies=("PowerUserAccess",),
        rules=(Rule.KEEP_PLATFORM,),
    ),
    "OrganizationAdmin": PermissionSet(
        description="Accounts and policies of the organisation",
        managed_policies=("AWSOrganizationsFullAccess",),
        rules=(Rule.KEEP_ACCOUNTS,),
        session_hours=ADMINISTRATOR_SESSION_HOURS,
    ),
    "ReadOnly": PermissionSet(
        description="Looking at everything but data and secrets",
        managed_policies=("ReadOnlyAccess",),
        rules=(Rule.NO_DATA,),
    ),
}
"""The permission sets that need no configuration."""


def managed_policy_arn(name: str) -> str:
    """The ARN of an AWS managed policy, by its name with path."""
    return f"arn:aws:iam::aws:policy/{name}"


def person_role(permission_set: str) -> str:
    """The role that stands for a permission set where people are IAM users."""
    return f"superinc-{_CAPITAL.sub('-', permission_set).lower()}"


def person_role_arn(account_id: str, permission_set: str) -> str:
    """The ARN of that role in an account."""
    return role_arn(account_id, person_role(permission_set))


def sso_role_arn_pattern(account_id: str, region: str, permission_set: str) -> str:
    """What the ARN of a permission set's role in an account looks like, for ``ArnLike``.

    Identity Center names the role and ends the name in a hash nobody can foretell. Its path
    holds the Region of the instance, except in us-east-1 (IAM Identity Center user guide,
    "Referencing permission sets in resource policies").
    """
    path = "aws-reserved/sso.amazonaws.com/"
    place = "" if region == "us-east-1" else f"{region}/"
    return role_arn(account_id, f"{path}{place}AWSReservedSSO_{permission_set}_*")
