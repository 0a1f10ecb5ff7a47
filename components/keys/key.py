"""A customer-managed key for one risk domain."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component

DELETION_WINDOW_DAYS = 30
"""The longest AWS allows (KMS ScheduleKeyDeletion; playbook KMS-08)."""

ROTATION_PERIOD_DAYS = 365
"""Yearly (playbook KMS-07)."""


@dataclass(frozen=True, kw_only=True)
class ReplicaArgs:
    """The replica of a multi-Region key.

    Attributes:
        region: Where it lives.
        policy: Its own policy document; replicas do not inherit the primary's.
    """

    region: str
    policy: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class KeyArgs:
    """Inputs of :class:`Key`.

    Attributes:
        alias: Its alias, ``alias/…``.
        description: What it protects.
        policy: The key policy document.
        replica: The replica; a key with one is multi-Region from its first day.
    """

    alias: str
    description: str
    policy: pulumi.Input[str]
    replica: ReplicaArgs | None = None


class Key(Component):
    """A symmetric KMS key with yearly rotation and an alias, replicated if asked for.

    In the account of its provider. Protected: what a deleted key encrypted is lost, so it can
    only be removed by first lifting the protection, and then waits 30 days. About one US dollar
    a month for each key and each replica.
    """

    arn: pulumi.Output[str]
    key_id: pulumi.Output[str]
    alias_arn: pulumi.Output[str]
    replica_arn: pulumi.Output[str | None]

    def __init__(
        self, name: str, args: KeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        key = aws.kms.Key(
            f"{name}-key",
            description=args.description,
            policy=args.policy,
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_PERIOD_DAYS,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            # STATE: immutable in AWS; a change is a new key that cannot read the old data.
            multi_region=args.replica is not None,
            bypass_policy_lockout_safety_check=False,
            opts=self.child(protect=True),
        )
        alias = aws.kms.Alias(
            f"{name}-alias", name=args.alias, target_key_id=key.key_id, opts=self.child()
        )

        self.finish(
            arn=key.arn,
            key_id=key.key_id,
            alias_arn=alias.arn,
            replica_arn=self._replicate(name, args, key),
        )

    def _replicate(self, name: str, args: KeyArgs, key: aws.kms.Key) -> pulumi.Output[str | None]:
        if args.replica is None:
            return pulumi.Output.from_input(None)
        replica = aws.kms.ReplicaKey(
            f"{name}-replica",
            primary_key_arn=key.arn,
            region=args.replica.region,
            description=args.description,
            policy=args.replica.policy,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            bypass_policy_lockout_safety_check=False,
            opts=self.child(protect=True),
        )
        aws.kms.Alias(
            f"{name}-replica-alias",
            name=args.alias,
            target_key_id=replica.key_id,
            region=args.replica.region,
            opts=self.child(),
        )
        return replica.arn.apply(lambda arn: arn)
