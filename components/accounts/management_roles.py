"""The people's roles of the management account."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.accounts.people_access import BILLING_POLICY, organization_admin_permissions
from components.base import Component
from components.naming import BILLING_ROLE, ORGANIZATION_ADMIN_ROLE

SESSION_SECONDS = 4 * 60 * 60
"""Half a working day; people's sessions end within eight hours (playbook SEC-06)."""


@dataclass(frozen=True, kw_only=True)
class ManagementRolesArgs:
    """Inputs of :class:`ManagementRoles`.

    Attributes:
        billing_trust: Policy document that says who may assume the billing role.
        organization_admin_trust: The same for the role of the organisation.
    """

    billing_trust: pulumi.Input[str]
    organization_admin_trust: pulumi.Input[str]


class ManagementRoles(Component):
    """What people may become in the management account (playbook ACC-02).

    One role sees and pays the bills, one changes accounts and policies; neither can use what is
    in an account. Deleting one ends its sessions and leaves the emergency role. Costs nothing.
    """

    billing_arn: pulumi.Output[str]
    organization_admin_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ManagementRolesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        billing = aws.iam.Role(
            f"{name}-billing",
            name=BILLING_ROLE,
            description="Sees and pays the bills of the organisation",
            assume_role_policy=args.billing_trust,
            max_session_duration=SESSION_SECONDS,
            opts=self.child(),
        )
        aws.iam.RolePolicyAttachment(
            f"{name}-billing-permissions",
            role=billing.name,
            policy_arn=BILLING_POLICY,
            opts=self.child(),
        )
        administrator = aws.iam.Role(
            f"{name}-organization-admin",
            name=ORGANIZATION_ADMIN_ROLE,
            description="Changes accounts, policies and delegations of the organisation",
            assume_role_policy=args.organization_admin_trust,
            max_session_duration=SESSION_SECONDS,
            opts=self.child(),
        )
        aws.iam.RolePolicy(
            f"{name}-organization-admin-permissions",
            role=administrator.name,
            policy=organization_admin_permissions(),
            opts=self.child(),
        )

        self.finish(billing_arn=billing.arn, organization_admin_arn=administrator.arn)
