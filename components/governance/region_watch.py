"""The alarms on events of one Region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.governance.event_patterns import MESSAGE_PATHS, Watched, message


@dataclass(frozen=True, kw_only=True)
class RegionWatchArgs:
    """Inputs of :class:`RegionWatch`.

    Attributes:
        watched: What it watches for.
        target_arn: The alerts topic in the home Region; elsewhere home's event bus.
        region: The Region; none stands for home, the provider's own.
        forward_role_arn: The role events go to another Region with; none at home.
    """

    watched: Sequence[Watched]
    target_arn: pulumi.Input[str]
    region: str | None = None
    forward_role_arn: pulumi.Input[str] | None = None


class RegionWatch(Component):
    """One rule per kind of event in one Region (playbook KMS-09, ACC-02).

    At home a rule writes to the topic; elsewhere it hands the event to home's bus, whose rules
    see it like their own: a topic takes nothing from other Regions. Deletion leaves the Region
    unwatched. Events of AWS are free, those that go to another Region bill by the million.
    """

    rule_arns: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: RegionWatchArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        arns: dict[str, pulumi.Output[str]] = {}
        for watched in args.watched:
            rule = aws.cloudwatch.EventRule(
                f"{name}-{watched.name}",
                description=watched.description,
                event_pattern=watched.document(),
                state=watched.state.value,
                region=args.region,
                opts=self.child(),
            )
            arns[watched.name] = rule.arn
            self._target(name, args, watched, rule)

        self.finish(rule_arns=pulumi.Output.all(**arns))

    def _target(
        self, name: str, args: RegionWatchArgs, watched: Watched, rule: aws.cloudwatch.EventRule
    ) -> None:
        at_home = args.forward_role_arn is None
        aws.cloudwatch.EventTarget(
            f"{name}-{watched.name}-target",
            rule=rule.name,
            arn=args.target_arn,
            role_arn=args.forward_role_arn,
            # The event itself must reach home's rules; people get a sentence.
            input_transformer={
                "input_paths": MESSAGE_PATHS,
                "input_template": message(watched),
            }
            if at_home
            else None,
            region=args.region,
            opts=self.child(),
        )
