"""The role rollouts run as in one account."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.naming import DEPLOY_ROLE


@dataclass(frozen=True, kw_only=True)
class DeployRoleArgs:
    """Inputs of :class:`DeployRole`.

    Attributes:
        trust: Policy document that says who may assume it.
        permissions: Policy document that says what it may do.
        session_seconds: Longest session; a rollout of the whole organisation fits.
    """

    trust: pulumi.Input[str]
    permissions: pulumi.Input[str]
    session_seconds: int = 4 * 60 * 60


class DeployRole(Component):
    """The role `superinc-deploy` in the account it is made in.

    CI and operators assume management's; from there they reach the others. It has no
    AdministratorAccess. Deleting it locks CI out of the account until the access role of the
    organisation makes it again. Costs nothing.
    """

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DeployRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        role = aws.iam.Role(
            f"{name}-role",
            name=DEPLOY_ROLE,  # STATE: trust and key policies of other accounts name it.
            description="Rolls out this account",
            assume_role_policy=args.trust,
            max_session_duration=args.session_seconds,
            opts=self.child(),
        )
        permissions = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=args.permissions,
            opts=self.child(),
        )

        # Whoever uses the role must find its permissions there, hence both.
        self.finish(arn=pulumi.Output.all(role.arn, permissions.id).apply(lambda both: both[0]))
