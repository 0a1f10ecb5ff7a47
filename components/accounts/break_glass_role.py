"""The emergency role of one account."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.accounts.people_access import ADMINISTRATOR_POLICY
from components.base import Component
from components.naming import BREAK_GLASS_ROLE

SESSION_SECONDS = 60 * 60
"""The shortest session IAM allows a role to have; from another role it is never longer."""


@dataclass(frozen=True, kw_only=True)
class BreakGlassRoleArgs:
    """Inputs of :class:`BreakGlassRole`.

    Attributes:
        trust: Policy document that says who may assume it.
    """

    trust: pulumi.Input[str]


class BreakGlassRole(Component):
    """The role `superinc-break-glass`: an administrator, and the one the guardrails let through.

    For the day when the way in or a guardrail is what is broken. Every use raises an alarm (the
    governance layer's). Deleting it leaves nobody in the account who may undo what a guardrail
    keeps. Costs nothing.
    """

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: BreakGlassRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        role = aws.iam.Role(
            f"{name}-role",
            name=BREAK_GLASS_ROLE,
            description="Emergencies only: every use raises an alarm",
            assume_role_policy=args.trust,
            max_session_duration=SESSION_SECONDS,
            opts=self.child(),
        )
        permissions = aws.iam.RolePolicyAttachment(
            f"{name}-permissions",
            role=role.name,
            policy_arn=ADMINISTRATOR_POLICY,
            opts=self.child(),
        )

        # Whoever takes the role must find its permissions there, hence both.
        self.finish(arn=pulumi.Output.all(role.arn, permissions.id).apply(lambda both: both[0]))
