"""Log buckets: who may write, for whom, and with which key."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.edge.access_logs import LogBucket, LogBucketArgs, LogWriter, write_statements
from components.edge.distribution_logs import FIELDS, DistributionLogs, DistributionLogsArgs
from tests.recording import Recorded, Recording, record

ACCOUNT = "222233334444"
KEY = "arn:aws:kms:eu-central-1:222233334444:key/logs"


def log_bucket(writer: LogWriter, *, days: int = 365, preview: bool = False) -> Recording:
    key = KEY if writer is LogWriter.DELIVERY else None

    def program() -> None:
        made = LogBucket(
            "edge-logs",
            LogBucketArgs(
                writer=writer,
                account_id=ACCOUNT,
                region="eu-central-1",
                kms_key_arn=key,
                retention_days=days,
            ),
        )
        pulumi.export("made", {"bucket": made.bucket, "arn": made.arn, "host": made.domain_name})

    return record(program, preview=preview)


def statements(recording: Recording) -> dict[str, Mapping[str, Any]]:
    document = recording.one("s3/bucketPolicy:BucketPolicy").policy("policy")
    return {statement["Sid"]: statement for statement in document["Statement"]}


def rule(recording: Recording) -> Mapping[str, Any]:
    found: Recorded = recording.one(
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )
    return found.inputs["rules"][0]


@pytest.mark.parametrize("writer", LogWriter)
def test_a_log_bucket_is_private_protected_and_never_spoken_to_in_the_clear(
    writer: LogWriter,
) -> None:
    recording = log_bucket(writer)
    bucket = recording.one("s3/bucket:Bucket")
    assert (bucket.protect, bucket.inputs["forceDestroy"]) == (True, False)
    block = recording.one("s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert {name for name, value in block.items() if value is True} == {
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    }
    ownership = recording.one("s3/bucketOwnershipControls:BucketOwnershipControls").inputs
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    conditions = {
        "DenyPlaintext": {"Bool": {"aws:SecureTransport": "false"}},
        "DenyOldTls": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    }
    for sid, condition in conditions.items():
        denied = statements(recording)[sid]
        assert denied["Condition"] == condition
        assert (denied["Effect"], denied["Principal"]) == ("Deny", {"AWS": "*"})
        arn = bucket.outputs["arn"]
        assert (denied["Action"], denied["Resource"]) == (["s3:*"], [arn, f"{arn}/*"])


def test_load_balancers_write_into_a_bucket_with_the_only_encryption_they_can() -> None:
    recording = log_bucket(LogWriter.LOAD_BALANCER)
    default = rule(recording)["applyServerSideEncryptionByDefault"]
    assert default == {"sseAlgorithm": "AES256"}
    write = statements(recording)["WriteLoadBalancerLogs"]
    assert write["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert write["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {
            "aws:SourceArn": f"arn:aws:elasticloadbalancing:eu-central-1:{ACCOUNT}:loadbalancer/*"
        },
    }
    assert write["Resource"] == [
        f"{recording.one('s3/bucket:Bucket').outputs['arn']}/AWSLogs/{ACCOUNT}/*"
    ]


def test_log_delivery_writes_with_the_accounts_own_key() -> None:
    assert rule(log_bucket(LogWriter.DELIVERY)) == {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
        "bucketKeyEnabled": True,
    }


def test_log_delivery_may_come_from_cloudfronts_region_too_and_for_this_account_only() -> None:
    for sid in ("AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"):
        statement = statements(log_bucket(LogWriter.DELIVERY))[sid]
        assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT
        assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == [
            f"arn:aws:logs:eu-central-1:{ACCOUNT}:*",
            f"arn:aws:logs:us-east-1:{ACCOUNT}:*",
        ]


def test_in_cloudfronts_own_region_there_is_one_source() -> None:
    write = write_statements(LogWriter.DELIVERY, "arn:aws:s3:::b", ACCOUNT, "us-east-1")[0]
    assert write["Condition"]["ArnLike"] == {  # type: ignore[index] # a statement's values are objects
        "aws:SourceArn": [f"arn:aws:logs:us-east-1:{ACCOUNT}:*"]
    }


def test_waf_takes_the_bucket_by_its_name() -> None:
    bucket = log_bucket(LogWriter.DELIVERY).one("s3/bucket:Bucket")
    assert bucket.inputs["bucket"] == f"aws-waf-logs-edge-logs-{ACCOUNT}"
    assert "bucket" not in log_bucket(LogWriter.LOAD_BALANCER).one("s3/bucket:Bucket").inputs


def test_logs_go_after_their_retention_and_their_versions_a_month_later() -> None:
    recording = log_bucket(LogWriter.DELIVERY, days=90)
    lifecycle = recording.one("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    found = lifecycle.inputs["rules"][0]
    assert found["expiration"] == {"days": 90}
    assert found["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert found["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    versioning = recording.one("s3/bucketVersioning:BucketVersioning")
    assert versioning.inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert versioning.urn in lifecycle.depends_on


def test_the_policy_waits_for_the_public_access_block_and_the_outputs_for_the_policy() -> None:
    recording = log_bucket(LogWriter.DELIVERY)
    policy = recording.one("s3/bucketPolicy:BucketPolicy")
    block = recording.one("s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
    assert block.urn in policy.depends_on
    bucket = recording.one("s3/bucket:Bucket")
    assert recording.exports["made"]["bucket"] == policy.inputs["bucket"]
    assert recording.exports["made"]["arn"] == bucket.outputs["arn"]
    assert recording.exports["made"]["host"] == bucket.outputs["bucketRegionalDomainName"]


def test_a_first_preview_makes_the_same_resources() -> None:
    known, unknown = log_bucket(LogWriter.DELIVERY), log_bucket(LogWriter.DELIVERY, preview=True)
    assert [one.urn for one in unknown.resources] == [one.urn for one in known.resources]


@pytest.mark.parametrize(
    ("writer", "key", "message"),
    [
        (LogWriter.DELIVERY, None, "kms_key_arn: got no key for delivery, wanted"),
        (LogWriter.LOAD_BALANCER, KEY, "kms_key_arn: got a key for load-balancer, wanted"),
    ],
)
def test_a_key_the_writer_cannot_use_is_refused(
    writer: LogWriter, key: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        LogBucketArgs(writer=writer, account_id=ACCOUNT, region="eu-central-1", kms_key_arn=key)


def delivery() -> Recording:
    def program() -> None:
        DistributionLogs(
            "site-logs",
            DistributionLogsArgs(
                distribution_arn="arn:aws:cloudfront::222233334444:distribution/E1",
                log_bucket_arn="arn:aws:s3:::logs",
            ),
        )

    return record(program)


def test_a_distributions_logs_are_set_up_in_the_only_region_that_can() -> None:
    recording = delivery()
    regions = {found.name: found.inputs["region"] for found in recording.resources if found.custom}
    assert regions == dict.fromkeys(
        ("site-logs-source", "site-logs-destination", "site-logs-delivery"), "us-east-1"
    )


def test_a_delivery_joins_the_distribution_and_the_bucket() -> None:
    recording = delivery()
    source = recording.one("cloudwatch/logDeliverySource:LogDeliverySource")
    assert source.inputs["logType"] == "ACCESS_LOGS"
    assert source.inputs["resourceArn"].endswith("distribution/E1")
    destination = recording.one("cloudwatch/logDeliveryDestination:LogDeliveryDestination")
    assert destination.inputs["deliveryDestinationConfiguration"] == {
        "destinationResourceArn": "arn:aws:s3:::logs"
    }
    joined = recording.one("cloudwatch/logDelivery:LogDelivery").inputs
    assert joined["deliveryDestinationArn"] == destination.outputs["arn"]
    assert joined["deliverySourceName"] == source.outputs["name"]


def test_access_logs_hold_neither_cookies_nor_query_strings() -> None:
    assert {"cs(Cookie)", "cs-uri-query"}.isdisjoint(FIELDS)
    fields = delivery().one("cloudwatch/logDelivery:LogDelivery").inputs["recordFields"]
    assert fields == list(FIELDS)
