"""A bucket for evidence."""

from collections.abc import Callable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component

RECOVERY_DAYS = 30
"""How long a replaced file can still be had."""

ABANDONED_UPLOAD_DAYS = 7
"""When parts of uploads nobody finished go (S3 user guide)."""


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

        bucket = aws.s3.Bucket(f"{name}-bucket", force_destroy=False, opts=self.child(protect=True))
        block = aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        ownership = aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            # S3 refuses two changes of one bucket at a time.
            opts=self.child(depends_on=[block]),
        )
        self._encrypt(name, args, bucket)
        self._age(name, args, bucket)
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
            opts=self.child(depends_on=[ownership]),
        )

        self.finish(
            name=policy.bucket,
            arn=pulumi.Output.all(bucket.arn, policy.id).apply(lambda both: str(both[0])),
        )

    def _encrypt(self, name: str, args: AuditBucketArgs, bucket: "aws.s3.Bucket") -> None:
        default = (
            aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
        )
        rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs
        if args.kms_key_arn is None:
            encryption = rule(
                apply_server_side_encryption_by_default=default(sse_algorithm="AES256")
            )
        else:
            encryption = rule(
                apply_server_side_encryption_by_default=default(
                    sse_algorithm="aws:kms", kms_master_key_id=args.kms_key_arn
                ),
                # One data key for many files: without it each is a request to KMS.
                bucket_key_enabled=True,
            )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption", bucket=bucket.id, rules=[encryption], opts=self.child()
        )

    def _age(self, name: str, args: AuditBucketArgs, bucket: "aws.s3.Bucket") -> None:
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self.child(),
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=[
                {
                    "id": "age",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": args.retention_days},
                    "noncurrent_version_expiration": {"noncurrent_days": RECOVERY_DAYS},
                    "abort_incomplete_multipart_upload": {
                        "days_after_initiation": ABANDONED_UPLOAD_DAYS
                    },
                }
            ],
            # A rule about versions means nothing before there are versions.
            opts=self.child(depends_on=[versioning]),
        )
