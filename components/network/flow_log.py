"""Flow logs: who talked to whom in a VPC."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.statements import allow, document


@dataclass(frozen=True, kw_only=True)
class FlowLogArgs:
    """Inputs of :class:`FlowLog`.

    Attributes:
        vpc_id: The VPC to record.
        kms_key_arn: The account's key for logs.
        account_id: The account, which alone the delivering service may act for.
        region: The Region, likewise.
        retention_days: How long records are kept.
        aggregation_seconds: The window one record sums up.
    """

    vpc_id: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    account_id: pulumi.Input[str]
    region: str
    retention_days: int
    aggregation_seconds: int


class FlowLog(Component):
    """The flow log of a VPC, in an encrypted CloudWatch log group of its own.

    Bills by the gigabyte taken in. Deleting it deletes the records: export them first.
    """

    log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: FlowLogArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            kms_key_id=args.kms_key_arn,
            retention_in_days=args.retention_days,
            opts=self.child(),
        )
        role = aws.iam.Role(
            f"{name}-role",
            description="Delivers VPC flow logs to CloudWatch Logs",
            assume_role_policy=pulumi.Output.from_input(args.account_id).apply(
                lambda account_id: trust_policy(account_id, args.region)
            ),
            opts=self.child(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.id,
            policy=group.arn.apply(delivery_policy),
            opts=self.child(),
        )
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=args.aggregation_seconds,
            tags={"Name": name},
            # A log made before its role may write starts with a delivery error.
            opts=self.child(depends_on=[policy]),
        )
        self.finish(log_group_name=group.name)


def trust_policy(account_id: str, region: str) -> str:
    """Only flow logs of this account: the service acts for others too (confused deputy)."""
    return document(
        [
            allow(
                "DeliverFlowLogs",
                ["sts:AssumeRole"],
                principal={"Service": "vpc-flow-logs.amazonaws.com"},
                condition={
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:aws:ec2:{region}:{account_id}:vpc-flow-log/*"
                    },
                },
            )
        ]
    )


def delivery_policy(group_arn: str) -> str:
    """What delivery needs (VPC User Guide, "IAM role for publishing flow logs"), less creation."""
    return document(
        [
            allow(
                "WriteRecords",
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                [group_arn, f"{group_arn}:*"],
            ),
            # A list call: it cannot be narrowed to one group.
            allow("FindGroup", ["logs:DescribeLogGroups"], ["*"]),
        ]
    )
