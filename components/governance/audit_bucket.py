"""A bucket for evidence."""

from collections.abc import Callable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.private_bucket import PrivateBucketArgs, private_bucket

RECOVERY_DAYS = 30
"""How long a replaced file can still be had."""


@dataclass(frozen=True, kw_only=True)
class AuditBucketArgs:
    """Inputs of :class:`AuditBucket`.

    Attributes:
        policy: Gives the policy document, from the bucket's ARN.
        retention_days: When a file goes.
        kms_key_arn: The key of its files. Without, S3's own: access logs of S3 can have no
            other (S3 user guide, "Enabling Amazon S3 server access logging").
        access_logs: The bucket that keeps who read this one; none for that bucket itself.
    """

    policy: Callable[[pulumi.Output[str]], pulumi.Output[str]]
    retention_days: int
    kms_key_arn: pulumi.Input[str] | None = None
    access_logs: pulumi.Input[str] | None = None


class AuditBucket(Component):
    """A private, versioned, encrypted bucket that takes nothing without TLS and gives nothing up.

    Its name comes from its policy: what is told to write here waits until it may. Protected; S3
    refuses to delete it while it holds files, and keeps a file until its time is over. Bills by
    the gigabyte kept.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: AuditBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        made = private_bucket(
            self,
            name,
            PrivateBucketArgs(
                kms_key_arn=args.kms_key_arn,
                expire_days=args.retention_days,
                noncurrent_days=RECOVERY_DAYS,
            ),
        )
        bucket = made.bucket
        if args.access_logs is not None:
            aws.s3.BucketLogging(
                f"{name}-access-logs",
                bucket=bucket.id,
                target_bucket=args.access_logs,
                target_prefix=f"{name}/",
                opts=self.child(),
            )
        policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.id,
            policy=args.policy(bucket.arn),
            opts=self.child(depends_on=list(made.settings)),
        )

        self.finish(
            name=policy.bucket,
            arn=pulumi.Output.all(bucket.arn, policy.id).apply(lambda both: str(both[0])),
        )
