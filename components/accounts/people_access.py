"""The people's roles of the management account as pure data: their doors and their permissions.

A role says who may knock (its trust) and leaves it to the caller's own permissions who may come
in: trust names an account, so both must agree (IAM user guide, "Cross-account policy evaluation").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.naming import BREAK_GLASS_ROLE, role_arn, root_arn, user_arn
from components.statements import Condition, Statement, allow, deny, document

ADMINISTRATOR_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
"""What the emergency role may do; no other role of ours has it."""

BILLING_POLICY = "arn:aws:iam::aws:policy/job-function/Billing"
"""AWS's own list of billing actions, which changes more often than we could follow."""

RECENT_SIGN_IN_SECONDS = 8 * 60 * 60
"""How old the MFA of a user may be: a working day, as long as a session (playbook SEC-06)."""

EMERGENCY_SIGN_IN_SECONDS = 60 * 60
"""The same for the emergency role: whoever breaks the glass shows the second factor now."""

ROOT_TASKS = (
    "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
    "arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials",
    "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy",
    "arn:aws:iam::aws:policy/root-task/SQSUnlockQueuePolicy",
)
"""What may be done as a member's root (STS AssumeRoot); giving it a password again is not here."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """Who may knock at a role of the management account.

    Attributes:
        permission_sets: Permission sets of Identity Center in management, by name.
        users: IAM users of the identity account, by name.
        sign_in_seconds: How old a user's MFA may be.
    """

    permission_sets: Sequence[str] = ()
    users: Sequence[str] = ()
    sign_in_seconds: int = RECENT_SIGN_IN_SECONDS


def people_trust(door: Door, *, management_id: str, identity_id: str, organization_id: str) -> str:
    """The trust policy of a role of the management account.

    Identity Center asks for the second factor itself and tells nobody: its sessions have no
    ``aws:MultiFactorAuthPresent``, so they are known by the path of their role alone.

    Raises:
        ValueError: Nobody could come in.
    """
    ours = {"aws:PrincipalOrgID": organization_id}
    statements: list[Statement] = []
    if door.permission_sets:
        path = "aws-reserved/sso.amazonaws.com/*AWSReservedSSO_"
        roles = [role_arn(management_id, f"{path}{name}_*") for name in door.permission_sets]
        condition: Condition = {"StringEquals": ours, "ArnLike": {"aws:PrincipalArn": roles}}
        statements.append(_assume("IdentityCenter", management_id, condition))
    if door.users:
        condition = {
            "StringEquals": ours,
            "ArnLike": {"aws:PrincipalArn": [user_arn(identity_id, name) for name in door.users]},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "NumericLessThan": {"aws:MultiFactorAuthAge": str(door.sign_in_seconds)},
        }
        statements.append(_assume("UsersWithSecondFactor", identity_id, condition))
    if not statements:
        raise ValueError("got neither permission sets nor users, wanted somebody who may come in")
    return document(statements)


def break_glass_trust(*, management_id: str, organization_id: str) -> str:
    """The trust policy of a member's emergency role: management's emergency role alone.

    The second factor is asked for there: a session of a role does not carry it on (IAM user
    guide, "Secure API access with MFA").
    """
    condition: Condition = {
        "StringEquals": {"aws:PrincipalOrgID": organization_id},
        "ArnEquals": {"aws:PrincipalArn": role_arn(management_id, BREAK_GLASS_ROLE)},
    }
    return document([_assume("ManagementBreakGlass", management_id, condition)])


def organization_admin_permissions() -> str:
    """Accounts, policies and delegations; nothing inside an account, and no account is closed."""
    return document(
        [
            allow(
                "Organization",
                [
                    "account:*",
                    "iam:*OrganizationsRoot*",
                    "iam:GenerateOrganizationsAccessReport",
                    "iam:ListOrganizationsFeatures",
                    "organizations:*",
                ],
                ["*"],
            ),
            allow(
                "RootTasks",
                ["sts:AssumeRoot"],
                ["arn:aws:iam::*:root"],
                condition={"ArnEquals": {"sts:TaskPolicyArn": list(ROOT_TASKS)}},
            ),
            allow("Look", ["iam:Get*", "iam:List*", "sso:Describe*", "sso:List*"], ["*"]),
            deny(
                "KeepAccounts",
                [
                    "account:CloseAccount",
                    "organizations:CloseAccount",
                    "organizations:DeleteOrganization",
                    "organizations:LeaveOrganization",
                    "organizations:RemoveAccountFromOrganization",
                ],
            ),
        ]
    )


def _assume(sid: str, account_id: str, condition: Condition) -> Statement:
    actions = ["sts:AssumeRole"]
    return allow(sid, actions, principal={"AWS": root_arn(account_id)}, condition=condition)
