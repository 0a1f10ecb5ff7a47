"""The alarms on what the organisation's trail sees."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.naming import BREAK_GLASS_ROLE

NAMESPACE = "superinc/trail"

ROOT = (
    '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS)'
    ' && ($.eventType != "AwsServiceEvent") }'
)
"""CIS AWS Foundations Benchmark 3.0, 4.3."""

BREAK_GLASS = (
    '{ ($.eventName = "AssumeRole")'
    f' && ($.requestParameters.roleArn = "*:role/{BREAK_GLASS_ROLE}") }}'
)

TRAIL = (
    '{ ($.eventName = "UpdateTrail") || ($.eventName = "DeleteTrail")'
    ' || ($.eventName = "StopLogging") || ($.eventName = "PutEventSelectors") }'
)
"""CIS AWS Foundations Benchmark 3.0, 4.5."""

PATTERNS: Mapping[str, tuple[str, str]] = {
    "root": ("Somebody works as a root user", ROOT),
    "break-glass": ("Somebody takes the emergency role", BREAK_GLASS),
    "trail": ("The trail itself is changed", TRAIL),
}
"""What raises an alarm wherever in the organisation it happens, by name: meaning and pattern."""


@dataclass(frozen=True, kw_only=True)
class TrailAlarmsArgs:
    """Inputs of :class:`TrailAlarms`.

    Attributes:
        log_group: The log group of the organisation's trail.
        topic_arn: The topic of the management account.
    """

    log_group: pulumi.Input[str]
    topic_arn: pulumi.Input[str]


class TrailAlarms(Component):
    """One filter and one alarm per thing nobody should do, for all accounts and Regions.

    The rules of each account are quicker and say who; these see the Regions nobody watches, and
    an account whose own alarms were taken away. Deletion leaves the accounts to themselves. An
    alarm bills by the month.
    """

    alarm_arns: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: TrailAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        arns: dict[str, pulumi.Output[str]] = {}
        for event, (meaning, pattern) in PATTERNS.items():
            filtered = aws.cloudwatch.LogMetricFilter(
                f"{name}-{event}",
                log_group_name=args.log_group,
                pattern=pattern,
                metric_transformation={"name": event, "namespace": NAMESPACE, "value": "1"},
                opts=self.child(),
            )
            alarm = aws.cloudwatch.MetricAlarm(
                f"{name}-{event}-alarm",
                alarm_description=f"{meaning}. See docs/layers/governance.md",
                namespace=NAMESPACE,
                metric_name=event,
                statistic="Sum",
                comparison_operator="GreaterThanOrEqualToThreshold",
                threshold=1,
                period=300,
                evaluation_periods=1,
                treat_missing_data="notBreaching",
                alarm_actions=[args.topic_arn],
                opts=self.child(depends_on=[filtered]),
            )
            arns[event] = alarm.arn

        self.finish(alarm_arns=pulumi.Output.all(**arns))
