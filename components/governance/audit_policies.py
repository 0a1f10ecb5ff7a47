"""Who may write evidence and who may take it away, as pure data."""

from collections.abc import Sequence

from components.naming import BREAK_GLASS_ROLE, role_arn
from components.statements import Condition, Statement, allow, deny, document, tls_only

CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}

EVERYBODY = {"AWS": "*"}


def trail_statements(
    bucket_arn: str, *, trail_arn: str, account_id: str, organization_id: str
) -> list[Statement]:
    """What lets the organisation's trail in, and it alone (CloudTrail user guide).

    The source is the trail in management, whichever member an event is from; the files of
    members lie below the organisation's id.
    """
    source = {"aws:SourceArn": trail_arn}
    files = [f"{bucket_arn}/AWSLogs/{owner}/*" for owner in (account_id, organization_id)]
    return [
        allow(
            "TrailLooksAtTheBucket",
            ["s3:GetBucketAcl"],
            [bucket_arn],
            principal=CLOUDTRAIL,
            condition={"StringEquals": source},
        ),
        allow(
            "TrailWrites",
            ["s3:PutObject"],
            files,
            principal=CLOUDTRAIL,
            condition={"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    ]


def access_log_statements(bucket_arn: str, *, account_id: str) -> list[Statement]:
    """What lets S3 write down who read the account's buckets (S3 user guide, access logging)."""
    condition: Condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"},
    }
    return [
        allow(
            "AccessLogs",
            ["s3:PutObject"],
            [f"{bucket_arn}/*"],
            principal={"Service": "logging.s3.amazonaws.com"},
            condition=condition,
        )
    ]


def keeping_statements(bucket_arn: str, *, account_id: str) -> list[Statement]:
    """What keeps evidence: management has no guardrails above it, so the bucket has its own.

    Files go when their time is over: a lifecycle asks no policy.
    """
    emergency = role_arn(account_id, BREAK_GLASS_ROLE)
    return [
        deny(
            "KeepEvidence",
            ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            [f"{bucket_arn}/*"],
            principal=EVERYBODY,
            condition={"ArnNotLike": {"aws:PrincipalArn": emergency}},
        ),
        *tls_only(bucket_arn),
    ]


def bucket_policy(statements: Sequence[Statement], bucket_arn: str, *, account_id: str) -> str:
    """The policy document of a bucket with evidence."""
    return document([*statements, *keeping_statements(bucket_arn, account_id=account_id)])


def log_group_trust(trail_arn: str) -> str:
    """Who may take the role that writes to the log group: CloudTrail, for this trail."""
    condition: Condition = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return document([allow("Trail", ["sts:AssumeRole"], principal=CLOUDTRAIL, condition=condition)])


def log_group_permissions(log_group_arn: str) -> str:
    """What the role may do: add events, to streams of this group only."""
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    return document([allow("Write", actions, [f"{log_group_arn}:log-stream:*"])])
