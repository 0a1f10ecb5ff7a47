"""Policies of IAM users as pure data: with MFA they become somebody else, without it nothing.

After AWS's example "Allows MFA-authenticated IAM users to manage their own credentials" (IAM
user guide), without access keys: people use temporary credentials alone (playbook SEC-06).
"""

from collections.abc import Iterable

from components.naming import user_arn
from components.statements import Condition, allow, deny_all_but, document

MANAGED_LIMIT = 6144
"""Characters of a managed policy (IAM quotas)."""

GROUP_LIMIT = 5120
"""Characters of all inline policies of a group (IAM quotas)."""

WITH_MFA: Condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
WITHOUT_MFA: Condition = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
"""Long-term credentials do not carry the key at all, hence ``IfExists``."""

REGISTRATION = (
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetSessionToken",
)
"""What registering the first MFA device takes; all that is possible before it."""


def self_service() -> str:
    """What everybody may do with themselves, and that they need MFA for anything else."""
    user = user_arn("*", "${aws:username}")
    return document(
        [
            allow(
                "SeeTheAccount",
                [
                    "iam:GetAccountPasswordPolicy",
                    "iam:GetAccountSummary",
                    "iam:ListVirtualMFADevices",
                ],
                ["*"],
            ),
            allow("ChangeOwnPassword", ["iam:ChangePassword", "iam:GetUser"], [user]),
            # A person chooses the device's name: it cannot be held to that of the user.
            allow("CreateDevices", ["iam:CreateVirtualMFADevice"], ["arn:aws:iam::*:mfa/*"]),
            allow(
                "KeepOwnDevices",
                [
                    "iam:DeactivateMFADevice",
                    "iam:EnableMFADevice",
                    "iam:GetMFADevice",
                    "iam:ListMFADevices",
                    "iam:ResyncMFADevice",
                ],
                [user],
            ),
            deny_all_but("NothingWithoutMfa", REGISTRATION, condition=WITHOUT_MFA),
        ]
    )


def becoming(role_arns: Iterable[str]) -> str:
    """What a group may become: these roles, with MFA.

    Raises:
        ValueError: There are more roles than a group's policy holds.
    """
    text = document([allow("Become", ["sts:AssumeRole"], sorted(role_arns), condition=WITH_MFA)])
    if len(text) > GROUP_LIMIT:
        raise ValueError(f"got a policy of {len(text)} characters, wanted {GROUP_LIMIT}")
    return text
