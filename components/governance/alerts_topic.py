"""The topic an account's alarms publish to."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.governance.topic_policy import topic_policy


@dataclass(frozen=True, kw_only=True)
class AlertsTopicArgs:
    """Inputs of :class:`AlertsTopic`.

    Attributes:
        account_id: The account it is in.
        kms_key_arn: The key of its messages; its policy lets the same services in.
        services: Services of AWS that may publish.
        roles: Roles of the account that may publish, by name.
        emails: Addresses that get its messages.
    """

    account_id: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    services: Sequence[str]
    roles: Sequence[str] = ()
    emails: Sequence[str] = ()


class AlertsTopic(Component):
    """An encrypted topic in the home Region, open to AWS's own services alone.

    Its ARN comes from its policy: what is told to publish here waits until it may. An address
    must confirm; one that did not cannot be removed by AWS for three days. Deletion leaves alarms
    without a listener. Bills by the message, and the first thousand e-mails a month are free.
    """

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: AlertsTopicArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        topic = aws.sns.Topic(
            f"{name}-topic", kms_master_key_id=args.kms_key_arn, opts=self.child()
        )
        policy = aws.sns.TopicPolicy(
            f"{name}-policy",
            arn=topic.arn,
            policy=pulumi.Output.all(topic.arn, args.account_id).apply(
                lambda known: topic_policy(
                    known[0], known[1], services=args.services, roles=args.roles
                )
            ),
            opts=self.child(),
        )
        for number, email in enumerate(args.emails):
            aws.sns.TopicSubscription(
                f"{name}-email-{number}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                opts=self.child(),
            )

        self.finish(arn=policy.arn)
