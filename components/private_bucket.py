"""A private bucket: encrypted, versioned, TLS only, and forgetting what is old."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.statements import Statement, document, tls_only

_ABANDONED_UPLOAD_DAYS = 7
"""What S3 suggests for parts of uploads nobody finished (S3 User Guide, "Aborting")."""


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """What a private bucket is told; part of the inputs of its component.

    Attributes:
        bucket_name: A name something outside insists on; None leaves it to auto-naming.
        kms_key_arn: The key of its objects. None is SSE-S3, for writers that can do no other:
            load balancers, and S3's own access logs.
        expire_days: When current objects go; None keeps them.
        noncurrent_days: When replaced and deleted versions go.
    """

    bucket_name: pulumi.Input[str] | None = None
    kms_key_arn: pulumi.Input[str] | None
    expire_days: int | None = None
    noncurrent_days: int


@dataclass(frozen=True, kw_only=True)
class PrivateBucket:
    """A bucket, and what must be in place before its policy.

    Attributes:
        bucket: The bucket.
        settings: Its public access block and ownership: S3 refuses to change two things of one
            bucket at a time ("OperationAborted"), and a policy before the block is a gap.
    """

    bucket: aws.s3.Bucket
    settings: Sequence[pulumi.Resource]


def private_bucket(owner: Component, name: str, args: PrivateBucketArgs) -> PrivateBucket:
    """Make a bucket as children of its component; its policy is `bucket_policy`'s.

    It is protected, and S3 refuses to delete it while it holds objects.
    """
    bucket = aws.s3.Bucket(
        f"{name}-bucket",
        bucket=args.bucket_name,
        force_destroy=False,
        opts=owner.child(protect=True),
    )
    block = aws.s3.BucketPublicAccessBlock(
        f"{name}-public-access-block",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=owner.child(),
    )
    ownership = aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.id,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=owner.child(depends_on=[block]),
    )
    _encryption(owner, name, args, bucket)
    _versions(owner, name, args, bucket)
    return PrivateBucket(bucket=bucket, settings=[block, ownership])


def _encryption(
    owner: Component, name: str, args: PrivateBucketArgs, bucket: aws.s3.Bucket
) -> None:
    rule: aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict = {
        "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}
    }
    if args.kms_key_arn is not None:
        rule = {
            "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": args.kms_key_arn,
            },
            # One data key for many objects: without it every request is a KMS request.
            "bucket_key_enabled": True,
        }
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption", bucket=bucket.id, rules=[rule], opts=owner.child()
    )


def _versions(owner: Component, name: str, args: PrivateBucketArgs, bucket: aws.s3.Bucket) -> None:
    versioning = aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.id,
        versioning_configuration={"status": "Enabled"},
        opts=owner.child(),
    )
    rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
        "id": "forget",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "noncurrent_version_expiration": {"noncurrent_days": args.noncurrent_days},
        "abort_incomplete_multipart_upload": {"days_after_initiation": _ABANDONED_UPLOAD_DAYS},
    }
    if args.expire_days is not None:
        rule["expiration"] = {"days": args.expire_days}
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.id,
        rules=[rule],
        # A rule about versions means nothing before there are versions.
        opts=owner.child(depends_on=[versioning]),
    )


def bucket_policy(
    owner: Component, name: str, made: PrivateBucket, statements: pulumi.Input[Sequence[Statement]]
) -> aws.s3.BucketPolicy:
    """The bucket's policy: the given statements, and nothing at all without TLS 1.2."""
    policy = pulumi.Output.all(made.bucket.arn, statements).apply(
        lambda known: document([*known[1], *tls_only(known[0])])
    )
    return aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=made.bucket.id,
        policy=policy,
        opts=owner.child(depends_on=list(made.settings)),
    )
