"""The role events of other Regions come home with."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.statements import allow, document


@dataclass(frozen=True, kw_only=True)
class EventForwardingArgs:
    """Inputs of :class:`EventForwarding`.

    Attributes:
        account_id: The account whose events they are.
        home: The Region they come to.
    """

    account_id: pulumi.Input[str]
    home: str


class EventForwarding(Component):
    """What rules of other Regions need to put an event on home's default bus.

    Deletion keeps the alarms of other Regions from anybody. Costs nothing.
    """

    bus_arn: pulumi.Output[str]
    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: EventForwardingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        account_id = pulumi.Output.from_input(args.account_id)
        bus = account_id.apply(
            lambda known: f"arn:aws:events:{args.home}:{known}:event-bus/default"
        )
        role = aws.iam.Role(
            f"{name}-role",
            description="Brings events of other Regions home",
            assume_role_policy=account_id.apply(trust),
            opts=self.child(),
        )
        permissions = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=bus.apply(lambda arn: document([allow("Home", ["events:PutEvents"], [arn])])),
            opts=self.child(),
        )

        self.finish(
            bus_arn=bus,
            role_arn=pulumi.Output.all(role.arn, permissions.id).apply(lambda both: both[0]),
        )


def trust(account_id: str) -> str:
    """Who may take the role: EventBridge, for rules of this account."""
    return document(
        [
            allow(
                "Rules",
                ["sts:AssumeRole"],
                principal={"Service": "events.amazonaws.com"},
                condition={
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:events:*:{account_id}:rule/*"},
                },
            )
        ]
    )
