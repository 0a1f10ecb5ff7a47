"""The site as a whole: one bucket, one reader, and every part in its place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi

from components.edge.distribution import ApiOrigin
from components.edge.security_headers import SecurityHeaders
from components.edge.site import Site, SiteArgs
from components.edge.web_acl import WafSettings
from tests.recording import Recording, record

KEY = "arn:aws:kms:eu-central-1:222233334444:key/data"
LOGS = "arn:aws:s3:::aws-waf-logs-edge"
OUTPUTS = ("bucket", "distribution_id", "distribution_arn", "domain_name", "hosted_zone_id")


SITE = SiteArgs(
    domains=["example.com", "www.example.com"],
    certificate_arn="arn:aws:acm:us-east-1:222233334444:certificate/1",
    kms_key_arn=KEY,
    log_bucket_arn=LOGS,
)


def site(args: SiteArgs = SITE, *, preview: bool = False) -> Recording:
    def program() -> None:
        made = Site("edge-site", args)
        for name in OUTPUTS:
            pulumi.export(name, getattr(made, name))

    return record(program, preview=preview)


def statements(recording: Recording) -> dict[str, Mapping[str, Any]]:
    document = recording.one("s3/bucketPolicy:BucketPolicy").policy("policy")
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_only_this_distribution_may_read_the_bucket() -> None:
    recording = site()
    arn = recording.one("cloudfront/distribution:Distribution").outputs["arn"]
    bucket = recording.one("s3/bucket:Bucket").outputs["arn"]
    allowed = {
        sid: (found["Principal"], found["Action"], found["Resource"], found["Condition"])
        for sid, found in statements(recording).items()
        if found["Effect"] == "Allow"
    }
    reader = {"Service": "cloudfront.amazonaws.com"}
    condition = {"StringEquals": {"AWS:SourceArn": arn}}
    assert allowed == {
        "ReadFiles": (reader, ["s3:GetObject"], [f"{bucket}/*"], condition),
        "KnowWhatIsMissing": (reader, ["s3:ListBucket"], [bucket], condition),
    }


def test_nobody_reads_or_writes_without_tls() -> None:
    denied = {sid for sid, one in statements(site()).items() if one["Effect"] == "Deny"}
    assert denied == {"DenyPlaintext", "DenyOldTls"}


def test_files_are_encrypted_with_the_accounts_key_and_not_lost_by_accident() -> None:
    recording = site()
    bucket = recording.one("s3/bucket:Bucket")
    assert bucket.protect
    encryption = recording.one(
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )
    assert encryption.inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": "aws:kms",
                "kmsMasterKeyId": KEY,
            },
            "bucketKeyEnabled": True,
        }
    ]
    lifecycle = recording.one("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    (rule,) = lifecycle.inputs["rules"]
    assert "expiration" not in rule
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}


def test_the_bucket_the_web_acl_and_the_distribution_are_joined() -> None:
    recording = site()
    distribution = recording.one("cloudfront/distribution:Distribution").inputs
    bucket = recording.one("s3/bucket:Bucket").outputs
    assert distribution["origins"][0]["domainName"] == bucket["bucketRegionalDomainName"]
    acl = recording.one("wafv2/webAcl:WebAcl")
    assert distribution["webAclId"] == acl.outputs["arn"]
    assert (acl.inputs["scope"], acl.inputs["region"]) == ("CLOUDFRONT", "us-east-1")
    assert distribution["aliases"] == ["example.com", "www.example.com"]


def test_both_logs_go_to_the_bucket_that_was_given() -> None:
    recording = site()
    waf = recording.one("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs
    assert waf["logDestinationConfigs"] == [LOGS]
    access = recording.one("cloudwatch/logDeliveryDestination:LogDeliveryDestination").inputs
    assert access["deliveryDestinationConfiguration"] == {"destinationResourceArn": LOGS}
    source = recording.one("cloudwatch/logDeliverySource:LogDeliverySource").inputs
    made = recording.one("cloudfront/distribution:Distribution").outputs
    assert source["resourceArn"] == made["arn"]


def test_settings_reach_the_parts_they_are_for() -> None:
    recording = site(
        replace(
            SITE,
            web_acl=WafSettings(rate_limit=99),
            api_origin=ApiOrigin(domain_name="origin.example.com", paths=("/api/*",)),
            immutable_paths=["/static/*"],
            price_class="all",
        )
    )
    rules = recording.one("wafv2/webAcl:WebAcl").inputs["rules"]
    assert rules[0]["statement"]["rateBasedStatement"]["limit"] == 99
    distribution = recording.one("cloudfront/distribution:Distribution").inputs
    patterns = [one["pathPattern"] for one in distribution["orderedCacheBehaviors"]]
    assert patterns == ["/api/*", "/static/*"]
    assert distribution["priceClass"] == "PriceClass_All"


def test_everything_belongs_to_the_site_and_is_called_after_it() -> None:
    recording = site()
    for found in recording.resources:
        if found.parent is not None:
            assert found.name.startswith(f"{recording.by_urn(found.parent).name}-"), found.urn
    roots = [found.name for found in recording.resources if found.parent is None]
    assert [name for name in roots if not name.startswith("default")] == ["edge-site"]


def test_a_tightened_header_changes_the_two_header_policies_and_nothing_else() -> None:
    before = {found.urn: found.inputs for found in site().resources}
    headers = SecurityHeaders(hsts_preload=True)
    after = {found.urn: found.inputs for found in site(replace(SITE, headers=headers)).resources}
    assert before.keys() == after.keys()
    changed = {urn.split("::")[-1] for urn in before if before[urn] != after[urn]}
    assert changed == {"edge-site-cdn-page-headers", "edge-site-cdn-asset-headers"}


def test_another_price_class_changes_the_distribution_and_nothing_else() -> None:
    before = {found.urn: found.inputs for found in site().resources}
    after = {found.urn: found.inputs for found in site(replace(SITE, price_class="200")).resources}
    changed = {urn.split("::")[-1] for urn in before if before[urn] != after[urn]}
    assert (before.keys() == after.keys(), changed) == (True, {"edge-site-cdn-distribution"})


def test_a_first_preview_makes_the_same_resources_and_the_outputs_follow() -> None:
    known = site()
    unknown = site(preview=True)
    assert {one.urn for one in unknown.resources} == {one.urn for one in known.resources}
    made = known.one("cloudfront/distribution:Distribution")
    assert known.exports == {
        "bucket": known.one("s3/bucket:Bucket").outputs["bucket"],
        "distribution_id": made.id,
        "distribution_arn": made.outputs["arn"],
        "domain_name": made.outputs["domainName"],
        "hosted_zone_id": made.outputs["hostedZoneId"],
    }
