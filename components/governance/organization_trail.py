"""The organisation's trail."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.governance.audit_policies import log_group_permissions, log_group_trust
from components.naming import TRAIL


@dataclass(frozen=True, kw_only=True)
class OrganizationTrailArgs:
    """Inputs of :class:`OrganizationTrail`.

    Attributes:
        trail_arn: Its ARN, by name: the policies around it must exist before it.
        bucket: The bucket its files go to, once it may write there.
        kms_key_arn: The key of its files and its log group.
        log_group_days: How long events stay in the log group.
    """

    trail_arn: pulumi.Input[str]
    bucket: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    log_group_days: int


class OrganizationTrail(Component):
    """Every API call of every account and Region, in files that prove themselves (KMS-03).

    In the management account; AWS puts a copy that nobody can change into each member. Protected:
    deletion would end the evidence, and with it every alarm on a key or a root user. The first
    copy of management events is free; the log group bills by the gigabyte.
    """

    arn: pulumi.Output[str]
    log_group: pulumi.Output[str]

    def __init__(
        self, name: str, args: OrganizationTrailArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        group = aws.cloudwatch.LogGroup(
            f"{name}-log-group",
            retention_in_days=args.log_group_days,
            kms_key_id=args.kms_key_arn,
            opts=self.child(protect=True),
        )
        role = aws.iam.Role(
            f"{name}-role",
            description="Writes the organisation's trail to its log group",
            assume_role_policy=pulumi.Output.from_input(args.trail_arn).apply(log_group_trust),
            opts=self.child(),
        )
        permissions = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=group.arn.apply(log_group_permissions),
            opts=self.child(),
        )
        trail = aws.cloudtrail.Trail(
            f"{name}-trail",
            name=TRAIL,  # STATE: the policies of its bucket and its role name it.
            s3_bucket_name=args.bucket,
            kms_key_id=args.kms_key_arn,
            cloud_watch_logs_group_arn=group.arn.apply(lambda arn: f"{arn}:*"),
            cloud_watch_logs_role_arn=role.arn,
            is_organization_trail=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            # AWS tries the role when the trail is made.
            opts=self.child(protect=True, depends_on=[permissions]),
        )

        self.finish(arn=trail.arn, log_group=group.name)
