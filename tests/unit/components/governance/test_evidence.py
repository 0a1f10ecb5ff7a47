"""The organisation's trail: who writes it, who cannot take it away, what it raises alarms on."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.governance import audit_policies
from tests.access import Request, decide
from tests.organization import STACKS, recorded
from tests.recording import Recording

GovernanceRecorder = Callable[..., Recording]

MANAGEMENT, STAGING, ORGANIZATION = "111122223333", "666677778888", "o-abcdefghij"
TRAIL = f"arn:aws:cloudtrail:eu-central-1:{MANAGEMENT}:trail/superinc-organization"
BUCKET = "arn:aws:s3:::trail-files"


def policy() -> dict[str, Any]:
    statements = audit_policies.trail_statements(
        BUCKET, trail_arn=TRAIL, account_id=MANAGEMENT, organization_id=ORGANIZATION
    )
    return json.loads(audit_policies.bucket_policy(statements, BUCKET, account_id=MANAGEMENT))


def asked(principal: str, action: str, resource: str, **facts: str) -> Request:
    allow: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    context = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
    return Request(
        principal=principal,
        action=action,
        resource=resource,
        account=MANAGEMENT,
        context={**context, **{name.replace("_", ":", 1): value for name, value in facts.items()}},
        identity=() if principal.endswith("amazonaws.com") else (allow,),
        resource_policy=policy(),
    )


def write(path: str, source: str = TRAIL, **facts: str) -> Request:
    return asked(
        "cloudtrail.amazonaws.com",
        "s3:PutObject",
        f"{BUCKET}/AWSLogs/{path}",
        aws_SourceArn=source,
        **{"s3_x-amz-acl": "bucket-owner-full-control", **facts},
    )


def role(name: str) -> tuple[str, dict[str, str]]:
    session = f"arn:aws:sts::{MANAGEMENT}:assumed-role/{name}/someone"
    return session, {"aws_PrincipalArn": f"arn:aws:iam::{MANAGEMENT}:role/{name}"}


def test_the_trail_writes_and_nobody_deletes() -> None:
    deploy, as_deploy = role("superinc-deploy")
    emergency, as_emergency = role("superinc-break-glass")
    file = f"{BUCKET}/AWSLogs/{ORGANIZATION}/{STAGING}/CloudTrail/file"
    other = TRAIL.replace("superinc-organization", "mine")
    cases = {
        "a member's file": (write(f"{ORGANIZATION}/{STAGING}/CloudTrail/file"), True),
        "management's file": (write(f"{MANAGEMENT}/CloudTrail/file"), True),
        "another account's file": (write(f"{STAGING}/CloudTrail/file"), False),
        "another trail": (write(f"{MANAGEMENT}/CloudTrail/file", other), False),
        "without TLS": (write(f"{MANAGEMENT}/f", aws_SecureTransport="false"), False),
        "with old TLS": (write(f"{MANAGEMENT}/f", s3_TlsVersion="1.1"), False),
        "the trail looks": (
            asked("cloudtrail.amazonaws.com", "s3:GetBucketAcl", BUCKET, aws_SourceArn=TRAIL),
            True,
        ),
        "a rollout reads": (asked(deploy, "s3:GetObject", file, **as_deploy), True),
        "a rollout deletes": (asked(deploy, "s3:DeleteObject", file, **as_deploy), False),
        "a rollout deletes for good": (
            asked(deploy, "s3:DeleteObjectVersion", file, **as_deploy),
            False,
        ),
        "the emergency role deletes": (
            asked(emergency, "s3:DeleteObject", file, **as_emergency),
            True,
        ),
    }
    decisions = decide([request for request, _ in cases.values()])
    found = dict(zip(cases, [one == "Allowed" for one in decisions], strict=True))
    assert found == {name: wanted for name, (_, wanted) in cases.items()}


def test_the_trail_is_that_of_the_whole_organisation_and_proves_itself() -> None:
    recording = recorded("management")
    trail = recording.one("cloudtrail/trail:Trail")
    switches = (
        "isOrganizationTrail",
        "isMultiRegionTrail",
        "includeGlobalServiceEvents",
        "enableLogFileValidation",
        "enableLogging",
    )
    assert all(trail.inputs[switch] is True for switch in switches)
    assert trail.protect
    assert trail.inputs["kmsKeyId"] == recording.one("kms/key:Key", "trail-key").outputs["arn"]
    assert recording.exports["governance"]["trail_arn"] == trail.outputs["arn"]


def test_the_trail_has_the_name_the_policies_around_it_know() -> None:
    recording = recorded("management")
    arn = recording.one("cloudtrail/trail:Trail").outputs["arn"]
    bucket = recording.one("BucketPolicy", "trail-files-policy").policy("policy")
    trust = recording.one("Role", "trail-role").policy("assumeRolePolicy")
    for statement in [*bucket["Statement"][:2], *trust["Statement"]]:
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"] == arn


def test_the_trail_waits_for_whom_it_writes_to() -> None:
    recording = recorded("management")
    needed = recording.one("cloudtrail/trail:Trail").depends_on
    assert recording.one("BucketPolicy", "trail-files-policy").urn in needed
    assert recording.one("RolePolicy", "trail-permissions").urn in needed


def test_no_other_stack_has_a_trail() -> None:
    assert {name for name in STACKS if recorded(name).of("cloudtrail/trail:Trail")} == {
        "management"
    }


@pytest.mark.parametrize("bucket", ["trail-files", "trail-access-logs"])
def test_evidence_lies_in_private_versioned_protected_buckets(
    governance: GovernanceRecorder, bucket: str
) -> None:
    recording = governance("management")
    made = recording.one("s3/bucket:Bucket", f"{bucket}-bucket")
    assert made.protect
    assert made.inputs["forceDestroy"] is False
    block = recording.one("BucketPublicAccessBlock", f"{bucket}-public-access-block").inputs
    assert [key for key, value in block.items() if key != "bucket" and value is not True] == []
    versioning = recording.one("BucketVersioning", f"{bucket}-versioning").inputs
    assert versioning["versioningConfiguration"] == {"status": "Enabled"}
    assert recording.one("BucketPolicy", f"{bucket}-policy").inputs["bucket"] == made.id


def test_files_have_the_trails_key_and_access_logs_the_only_one_s3_offers(
    governance: GovernanceRecorder,
) -> None:
    recording = governance("management")

    def rule(bucket: str) -> dict[str, Any]:
        kind = "BucketServerSideEncryptionConfiguration"
        (found,) = recording.one(kind, f"{bucket}-encryption").inputs["rules"]
        return found["applyServerSideEncryptionByDefault"]

    assert rule("trail-files") == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "the key trail"}
    assert rule("trail-access-logs") == {"sseAlgorithm": "AES256"}


def test_it_is_known_who_read_the_files(governance: GovernanceRecorder) -> None:
    recording = governance("management")
    logging = recording.one("BucketLogging").inputs
    assert logging["bucket"] == recording.one("s3/bucket:Bucket", "trail-files-bucket").id
    target = recording.one("s3/bucket:Bucket", "trail-access-logs-bucket")
    assert logging["targetBucket"] == target.id
    allowed = recording.one("BucketPolicy", "trail-access-logs-policy").policy("policy")
    assert allowed["Statement"][0]["Principal"] == {"Service": "logging.s3.amazonaws.com"}


def test_evidence_goes_when_its_time_is_over(governance: GovernanceRecorder) -> None:
    trail = {"retention_days": 800, "log_group_days": 180, "access_log_days": 90}
    recording = governance("management", trail=trail)
    days = {
        one.name: one.inputs["rules"][0]["expiration"]["days"]
        for one in recording.of("BucketLifecycleConfiguration")
    }
    assert days == {"trail-files-lifecycle": 800, "trail-access-logs-lifecycle": 90}
    assert recording.one("LogGroup").inputs["retentionInDays"] == 180


def test_every_thing_nobody_should_do_raises_an_alarm(governance: GovernanceRecorder) -> None:
    recording = governance("management")
    alarms = {one.inputs["metricName"]: one.inputs for one in recording.of("MetricAlarm")}
    filters = {
        one.inputs["metricTransformation"]["name"]: one.inputs
        for one in recording.of("LogMetricFilter")
    }
    assert alarms.keys() == filters.keys() == {"root", "break-glass", "trail"}
    for name, alarm in alarms.items():
        assert alarm["alarmActions"] == [recording.exports["alerts_topic_arn"]]
        assert alarm["namespace"] == filters[name]["metricTransformation"]["namespace"]
        assert alarm["treatMissingData"] == "notBreaching"
    assert '$.userIdentity.type = "Root"' in filters["root"]["pattern"]
    assert ":role/superinc-break-glass" in filters["break-glass"]["pattern"]


def test_without_a_key_for_the_trail_nothing_is_built(governance: GovernanceRecorder) -> None:
    with pytest.raises(Exception, match=r"superinc:keys\.domains: got alerts, wanted trail"):
        governance("management", domains=("alerts",))
