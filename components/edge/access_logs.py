"""Where the edge's logs go: a bucket that their writers may fill and that forgets in time.

There are two kinds of writer, and they cannot share a bucket. Load balancers write to SSE-S3
buckets only (ELB User Guide, "Enable access logs"). All others go through vended log delivery,
which can use the account's own key, so they must (playbook KMS-01). WAF takes no other bucket
than one called ``aws-waf-logs-…`` (WAF Developer Guide, "Amazon S3 bucket").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.base import Component
from components.naming import physical_name
from components.private_bucket import PrivateBucketArgs, bucket_policy, private_bucket
from components.statements import Statement, allow

CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront lives: its web ACLs, certificates and log deliveries are here or nowhere."""

WAF_PREFIX = "aws-waf-logs"
"""How the name of every destination of WAF logs begins."""

_BUCKET_LIMIT = 63
_RECOVERY_DAYS = 30


class LogWriter(StrEnum):
    """Who fills a log bucket; not who reads it.

    ``load-balancer`` are ALBs of this account. ``delivery`` is CloudWatch's vended log delivery,
    through which WAF and CloudFront (standard logging v2) write.
    """

    LOAD_BALANCER = "load-balancer"
    DELIVERY = "delivery"


@dataclass(frozen=True, kw_only=True)
class LogBucketArgs:
    """Inputs of :class:`LogBucket`.

    Attributes:
        writer: Who fills it.
        account_id: The account whose resources may be logged to it.
        region: The bucket's Region, which is the load balancer's.
        kms_key_arn: The account's key for logs. Needed for ``delivery``, whose service the key
            must let in, and impossible for ``load-balancer``.
        retention_days: When a log goes.
    """

    writer: LogWriter
    account_id: pulumi.Input[str]
    region: str
    kms_key_arn: pulumi.Input[str] | None = None
    retention_days: int = 365

    def __post_init__(self) -> None:
        """Refuse a key its writer cannot use, and a missing one.

        Raises:
            ValueError: Logs would not arrive, or arrive without the account's key.
        """
        if (self.kms_key_arn is not None) != (self.writer is LogWriter.DELIVERY):
            got = "no key" if self.kms_key_arn is None else "a key"
            wanted = "one for delivery, none for a load balancer"
            raise ValueError(f"kms_key_arn: got {got} for {self.writer}, wanted {wanted}")


class LogBucket(Component):
    """A bucket for access logs, private and TLS only; logs go after their retention.

    Its outputs come from its policy: what is told to log here waits until it may. Bills by the
    gigabyte kept. It is protected, and S3 refuses to delete it while it holds logs.
    """

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]
    domain_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: LogBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = private_bucket(
            self,
            name,
            PrivateBucketArgs(
                bucket_name=_bucket_name(name, args),
                kms_key_arn=args.kms_key_arn,
                expire_days=args.retention_days,
                noncurrent_days=_RECOVERY_DAYS,
            ),
        )
        statements = pulumi.Output.all(made.bucket.arn, args.account_id).apply(
            lambda known: write_statements(args.writer, known[0], known[1], args.region)
        )
        policy = bucket_policy(self, name, made, statements)
        ready = policy.id
        self.finish(
            bucket=policy.bucket,
            arn=pulumi.Output.all(made.bucket.arn, ready).apply(lambda known: str(known[0])),
            domain_name=pulumi.Output.all(made.bucket.bucket_regional_domain_name, ready).apply(
                lambda known: str(known[0])
            ),
        )


def _bucket_name(name: str, args: LogBucketArgs) -> pulumi.Output[str] | None:
    if args.writer is LogWriter.LOAD_BALANCER:
        return None
    # Bucket names are unique worldwide, so the account's id is part of it.
    return pulumi.Output.from_input(args.account_id).apply(
        lambda account_id: physical_name(WAF_PREFIX, name, account_id, limit=_BUCKET_LIMIT)
    )


def write_statements(
    writer: LogWriter, bucket_arn: str, account_id: str, region: str
) -> list[Statement]:
    """What lets a writer in, for logs of this account only: services act for others too."""
    logs = f"{bucket_arn}/AWSLogs/{account_id}/*"
    if writer is LogWriter.LOAD_BALANCER:
        return [_load_balancer(logs, account_id, region)]
    return _delivery(bucket_arn, logs, account_id, sorted({region, CLOUDFRONT_REGION}))


def _load_balancer(logs: str, account_id: str, region: str) -> Statement:
    """The statement of the ELB User Guide, "Enable access logs", narrowed to our own."""
    balancers = f"arn:aws:elasticloadbalancing:{region}:{account_id}:loadbalancer/*"
    return allow(
        "WriteLoadBalancerLogs",
        ["s3:PutObject"],
        [logs],
        principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        condition={
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnLike": {"aws:SourceArn": balancers},
        },
    )


def _delivery(
    bucket_arn: str, logs: str, account_id: str, regions: Sequence[str]
) -> list[Statement]:
    """The statements of the CloudWatch Logs User Guide, "Logs sent to Amazon S3".

    Their ids are AWS's own: a service that finds them missing writes them itself, and every
    later rollout would take them away again. The source of CloudFront's logs is in us-east-1
    wherever the bucket is (terraform-aws-modules/terraform-aws-s3-bucket#396).
    """
    principal = {"Service": "delivery.logs.amazonaws.com"}
    sources = [f"arn:aws:logs:{region}:{account_id}:*" for region in regions]
    ours = {"aws:SourceAccount": account_id}
    return [
        allow(
            "AWSLogDeliveryWrite",
            ["s3:PutObject"],
            [logs],
            principal=principal,
            condition={
                "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **ours},
                "ArnLike": {"aws:SourceArn": sources},
            },
        ),
        allow(
            "AWSLogDeliveryAclCheck",
            ["s3:GetBucketAcl", "s3:ListBucket"],
            [bucket_arn],
            principal=principal,
            condition={"StringEquals": ours, "ArnLike": {"aws:SourceArn": sources}},
        ),
    ]
