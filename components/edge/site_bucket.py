"""Where a built site lies: a bucket that one distribution may read and nobody else on the way."""

import pulumi

from components.base import Component
from components.private_bucket import (
    PrivateBucket,
    PrivateBucketArgs,
    bucket_policy,
    private_bucket,
)
from components.statements import Statement, allow

ROLLBACK_DAYS = 30
"""How long a replaced or deleted file can be had back."""


def site_bucket(
    owner: Component, name: str, kms_key_arn: pulumi.Input[str] | None
) -> PrivateBucket:
    """The bucket; files stay until they are deleted, then for :data:`ROLLBACK_DAYS` more."""
    args = PrivateBucketArgs(kms_key_arn=kms_key_arn, noncurrent_days=ROLLBACK_DAYS)
    return private_bucket(owner, name, args)


def let_in(
    owner: Component, name: str, made: PrivateBucket, distribution_arn: pulumi.Input[str]
) -> None:
    """Let the distribution read the bucket."""
    statements = pulumi.Output.all(made.bucket.arn, distribution_arn).apply(
        lambda known: read_statements(known[0], known[1])
    )
    bucket_policy(owner, name, made, statements)


def read_statements(bucket_arn: str, distribution_arn: str) -> list[Statement]:
    """One distribution reads files, and learns whether there is one.

    Without `ListBucket` S3 answers 403 for a file that is missing, which reads like a broken
    permission. A visitor cannot list: the root is the entry page, and no query string gets here.
    """
    principal = {"Service": "cloudfront.amazonaws.com"}
    condition = {"StringEquals": {"AWS:SourceArn": distribution_arn}}
    return [
        allow(
            "ReadFiles",
            ["s3:GetObject"],
            [f"{bucket_arn}/*"],
            principal=principal,
            condition=condition,
        ),
        allow(
            "KnowWhatIsMissing",
            ["s3:ListBucket"],
            [bucket_arn],
            principal=principal,
            condition=condition,
        ),
    ]
