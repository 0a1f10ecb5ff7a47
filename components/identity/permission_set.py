"""One permission set of Identity Center."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.people import PermissionSet as Permissions
from components.people import managed_policy_arn


@dataclass(frozen=True, kw_only=True)
class PermissionSetArgs:
    """Inputs of :class:`PermissionSet`.

    Attributes:
        instance_arn: The instance of Identity Center.
        region: Its Region.
        set_name: Its name, part of the names of the roles it becomes.
        permissions: What it allows and how long.
    """

    instance_arn: str
    region: str
    set_name: str
    permissions: Permissions


class PermissionSet(Component):
    """A permission set with its policies; in each account it is assigned in, AWS makes a role.

    AWS refuses to delete one that is assigned. Its ARN is published when all its policies are
    attached: an assignment made earlier would provision roles without them. Costs nothing.
    """

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: PermissionSetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        permissions = aws.ssoadmin.PermissionSet(
            f"{name}-permissions",
            name=args.set_name,  # STATE: part of role names that other policies match.
            description=args.permissions.description,
            instance_arn=args.instance_arn,
            session_duration=f"PT{args.permissions.session_hours}H",
            region=args.region,
            opts=self.child(),
        )
        last = self._attach(name, args, permissions)

        self.finish(arn=pulumi.Output.all(permissions.arn, last.id).apply(lambda both: both[0]))

    def _attach(
        self, name: str, args: PermissionSetArgs, permissions: aws.ssoadmin.PermissionSet
    ) -> pulumi.CustomResource:
        """Attach the policies one after the other: together, AWS answers ConflictException."""
        last: pulumi.CustomResource = permissions
        for policy in args.permissions.managed_policies:
            last = aws.ssoadmin.ManagedPolicyAttachment(
                f"{name}-{policy.rpartition('/')[2]}",
                instance_arn=args.instance_arn,
                managed_policy_arn=managed_policy_arn(policy),
                permission_set_arn=permissions.arn,
                region=args.region,
                opts=self.child(depends_on=[last]),
            )
        inline = args.permissions.inline_document()
        if inline is not None:
            last = aws.ssoadmin.PermissionSetInlinePolicy(
                f"{name}-rules",
                inline_policy=inline,
                instance_arn=args.instance_arn,
                permission_set_arn=permissions.arn,
                region=args.region,
                opts=self.child(depends_on=[last]),
            )
        if args.permissions.boundary is not None:
            boundary = aws.ssoadmin.PermissionsBoundaryAttachmentPermissionsBoundaryArgs(
                managed_policy_arn=managed_policy_arn(args.permissions.boundary)
            )
            last = aws.ssoadmin.PermissionsBoundaryAttachment(
                f"{name}-boundary",
                instance_arn=args.instance_arn,
                permission_set_arn=permissions.arn,
                permissions_boundary=boundary,
                region=args.region,
                opts=self.child(depends_on=[last]),
            )
        return last
