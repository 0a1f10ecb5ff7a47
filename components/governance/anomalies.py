"""Unusual spending."""

from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps

import pulumi
import pulumi_aws as aws

from components.base import Component

_ABSENT = ("And", "CostCategories", "Not", "Or", "Tags")
"""What Cost Explorer answers as null: left out, the monitor would be replaced at every rollout."""


@dataclass(frozen=True, kw_only=True)
class AnomaliesArgs:
    """Inputs of :class:`Anomalies`.

    Attributes:
        account_ids: The accounts, by name.
        topic_arn: The topic that hears of them.
        minimum_usd: The least an anomaly must cost.
    """

    account_ids: Mapping[str, pulumi.Input[str]]
    topic_arn: pulumi.Input[str]
    minimum_usd: int


class Anomalies(Component):
    """A monitor per account and one subscription, in the management account (playbook ACC-12).

    Monitors of our own choosing, because AWS allows one per service dimension and gives many
    organisations that one unasked. AWS needs ten days of bills before it sees anything. Deleting
    one ends it and forgets what it learned. Costs nothing.
    """

    monitor_arns: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: AnomaliesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        monitors = {
            account: aws.costexplorer.AnomalyMonitor(
                f"{name}-{account}",
                monitor_type="CUSTOM",
                monitor_specification=pulumi.Output.from_input(account_id).apply(specification),
                opts=self.child(),
            )
            for account, account_id in args.account_ids.items()
        }
        aws.costexplorer.AnomalySubscription(
            f"{name}-subscription",
            # At once, which AWS offers for topics only.
            frequency="IMMEDIATE",
            monitor_arn_lists=[monitor.arn for monitor in monitors.values()],
            subscribers=[{"type": "SNS", "address": args.topic_arn}],
            threshold_expression={
                "dimension": {
                    "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    "match_options": ["GREATER_THAN_OR_EQUAL"],
                    "values": [str(args.minimum_usd)],
                }
            },
            opts=self.child(),
        )

        arns = {account: monitor.arn for account, monitor in monitors.items()}
        self.finish(monitor_arns=pulumi.Output.all(**arns))


def specification(account_id: str) -> str:
    """What a monitor looks at: the spending of one account."""
    dimensions = {"Key": "LINKED_ACCOUNT", "MatchOptions": None, "Values": [account_id]}
    return dumps({**dict.fromkeys(_ABSENT), "Dimensions": dimensions}, sort_keys=True)
