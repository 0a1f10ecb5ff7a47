"""What EC2 says about machines that are about to go, in a queue Karpenter reads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.naming import physical_name
from components.statements import Statement, allow, deny, document

QUEUE_NAME_LIMIT = 80
"""Characters in a queue name (SQS CreateQueue)."""

RETENTION_SECONDS = 300
"""A Spot interruption comes two minutes before the end: what is older is of no use (Karpenter
docs, CloudFormation reference)."""

EVENTS: Mapping[str, tuple[str, str]] = {
    "capacity-reservation": (
        "aws.ec2",
        "EC2 Capacity Reservation Instance Interruption Warning",
    ),
    "health": ("aws.health", "AWS Health Event"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
}
"""Source and detail type of what Karpenter understands (Karpenter docs, CloudFormation
reference)."""


@dataclass(frozen=True, kw_only=True)
class InterruptionQueueArgs:
    """Inputs of :class:`InterruptionQueue`.

    Attributes:
        cluster: The cluster's name, in the queue's: the chart must know it before the rollout.
        account_id: The account whose rules may write to it.
        region: Where they are.
        kms_key_arn: The key of the messages; EventBridge and SQS must be among its consumers.
    """

    cluster: str
    account_id: pulumi.Input[str]
    region: str
    kms_key_arn: pulumi.Input[str]


class InterruptionQueue(Component):
    """A queue, five rules that fill it, and the policy that lets only them (playbook NODE-03).

    Without EventBridge among the consumers of its key, messages vanish without a word.
    Deleted before Karpenter, nodes die without a drain.
    """

    queue_name: pulumi.Output[str]
    queue_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: InterruptionQueueArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        queue = aws.sqs.Queue(
            f"{name}-queue",
            name=physical_name(args.cluster, "interruptions", limit=QUEUE_NAME_LIMIT),
            message_retention_seconds=RETENTION_SECONDS,
            kms_master_key_id=args.kms_key_arn,
            opts=self.child(),
        )
        rules = [self._rule(name, role, *EVENTS[role]) for role in EVENTS]
        facts = pulumi.Output.all(queue.arn, args.account_id)
        policy = aws.sqs.QueuePolicy(
            f"{name}-policy",
            queue_url=queue.url,
            policy=facts.apply(lambda known: document(statements(known[0], known[1], args.region))),
            opts=self.child(),
        )
        for role, rule in zip(EVENTS, rules, strict=True):
            aws.cloudwatch.EventTarget(
                f"{name}-{role}-target",
                rule=rule.name,
                arn=queue.arn,
                opts=self.child(depends_on=[policy]),
            )
        self.finish(
            queue_name=pulumi.Output.all(queue.name, policy.id).apply(lambda both: str(both[0])),
            queue_arn=queue.arn,
        )

    def _rule(
        self, name: str, role: str, source: str, detail_type: str
    ) -> aws.cloudwatch.EventRule:
        return aws.cloudwatch.EventRule(
            f"{name}-{role}",
            description=f"{detail_type}, for Karpenter",
            event_pattern=json.dumps({"source": [source], "detail-type": [detail_type]}),
            opts=self.child(),
        )


def statements(queue_arn: str, account_id: str, region: str) -> list[Statement]:
    """The rules of this account may send; nobody may do anything without TLS."""
    return [
        allow(
            "Rules",
            ["sqs:SendMessage"],
            [queue_arn],
            principal={"Service": "events.amazonaws.com"},
            condition={
                "ArnLike": {"aws:SourceArn": f"arn:aws:events:{region}:{account_id}:rule/*"},
                "StringEquals": {"aws:SourceAccount": account_id},
            },
        ),
        deny(
            "DenyPlaintext",
            ["sqs:*"],
            [queue_arn],
            principal="*",
            condition={"Bool": {"aws:SecureTransport": "false"}},
        ),
    ]
