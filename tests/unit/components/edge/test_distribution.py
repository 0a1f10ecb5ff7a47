"""Distributions: what they answer from where, what is kept, and what browsers are told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.edge import caching
from components.edge.distribution import (
    ApiOrigin,
    Distribution,
    DistributionArgs,
    GeoRestriction,
    PriceClass,
)
from components.edge.security_headers import REMOVED, SecurityHeaders
from tests.recording import Recording, record
from tests.wire import Secret

CERTIFICATE = "arn:aws:acm:us-east-1:222233334444:certificate/1"
ACL = "arn:aws:wafv2:us-east-1:222233334444:global/webacl/site/1"
BUCKET = "site.s3.eu-central-1.amazonaws.com"
POLICY = "cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"


SITE = DistributionArgs(
    description="The site",
    domains=["app.example.com"],
    certificate_arn=CERTIFICATE,
    web_acl_arn=ACL,
    bucket_domain_name=BUCKET,
)
API = ApiOrigin(domain_name="origin.example.com", paths=("/api/*",))


def distribution(args: DistributionArgs = SITE, *, preview: bool = False) -> Recording:
    def program() -> None:
        made = Distribution("site-cdn", args)
        pulumi.export("zone", made.hosted_zone_id)
        pulumi.export("domain", made.domain_name)

    return record(program, preview=preview)


def inputs(recording: Recording) -> Mapping[str, Any]:
    return recording.one("cloudfront/distribution:Distribution").inputs


def test_a_distribution_is_behind_its_web_acl_and_speaks_modern_tls_only() -> None:
    found = inputs(distribution())
    assert found["webAclId"] == ACL
    assert found["viewerCertificate"] == {
        "acmCertificateArn": CERTIFICATE,
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }
    assert (found["httpVersion"], found["isIpv6Enabled"]) == ("http2and3", True)
    assert (found["enabled"], found["aliases"]) == (True, ["app.example.com"])
    assert found["defaultRootObject"] == "index.html"


def test_every_way_in_is_https() -> None:
    found = inputs(distribution(replace(SITE, api_origin=API)))
    behaviors = [found["defaultCacheBehavior"], *found["orderedCacheBehaviors"]]
    policies = {one["targetOriginId"]: one["viewerProtocolPolicy"] for one in behaviors}
    # A request with a body must not be sent in the clear first and redirected then.
    assert policies == {"bucket": "redirect-to-https", "api": "https-only"}


def test_the_bucket_is_read_with_a_signature_of_this_distribution() -> None:
    recording = distribution()
    access = recording.one("cloudfront/originAccessControl:OriginAccessControl")
    assert {name: access.inputs[name] for name in access.inputs if name != "description"} == {
        "originAccessControlOriginType": "s3",
        "signingBehavior": "always",
        "signingProtocol": "sigv4",
    }
    assert inputs(recording)["origins"] == [
        {"originId": "bucket", "domainName": BUCKET, "originAccessControlId": access.id}
    ]


def test_hashed_files_are_kept_a_year_and_pages_are_asked_for_each_time() -> None:
    recording = distribution()
    page = recording.one("cloudfront/cachePolicy:CachePolicy", "site-cdn-page-cache")
    asset = recording.one("cloudfront/cachePolicy:CachePolicy", "site-cdn-asset-cache")
    ttls = ("minTtl", "defaultTtl", "maxTtl")
    assert [page.inputs[ttl] for ttl in ttls] == [0, 0, 60]
    assert [asset.inputs[ttl] for ttl in ttls] == [0, 31_536_000, 31_536_000]
    found = inputs(recording)
    assert found["defaultCacheBehavior"]["cachePolicyId"] == page.id
    (behavior,) = found["orderedCacheBehaviors"]
    assert (behavior["pathPattern"], behavior["cachePolicyId"]) == ("/assets/*", asset.id)


def test_files_are_compressed_and_kept_once() -> None:
    recording = distribution()
    for policy in recording.of("cloudfront/cachePolicy:CachePolicy"):
        key = policy.inputs["parametersInCacheKeyAndForwardedToOrigin"]
        assert key == {
            "cookiesConfig": {"cookieBehavior": "none"},
            "headersConfig": {"headerBehavior": "none"},
            "queryStringsConfig": {"queryStringBehavior": "none"},
            "enableAcceptEncodingBrotli": True,
            "enableAcceptEncodingGzip": True,
        }
    found = inputs(recording)
    behaviors = [found["defaultCacheBehavior"], *found["orderedCacheBehaviors"]]
    assert {one["compress"] for one in behaviors} == {True}


def custom(recording: Recording, name: str) -> dict[str, str]:
    items = recording.one(POLICY, name).inputs["customHeadersConfig"]["items"]
    assert {item["override"] for item in items} == {True}
    return {item["header"]: item["value"] for item in items}


def test_only_pages_are_told_how_to_be_cached_because_errors_would_be_too() -> None:
    recording = distribution()
    assert custom(recording, "site-cdn-page-headers")["Cache-Control"] == "no-cache"
    assert "Cache-Control" not in custom(recording, "site-cdn-asset-headers")


@pytest.mark.parametrize("name", ["site-cdn-page-headers", "site-cdn-asset-headers"])
def test_every_file_carries_the_security_headers_and_not_the_buckets(name: str) -> None:
    headers = SecurityHeaders(content_security_policy="default-src 'none'", hsts_seconds=300)
    found = distribution(replace(SITE, headers=headers)).one(POLICY, name).inputs
    security = found["securityHeadersConfig"]
    assert {one["override"] for one in security.values()} == {True}
    assert security["contentSecurityPolicy"]["contentSecurityPolicy"] == "default-src 'none'"
    assert security["frameOptions"]["frameOption"] == "DENY"
    assert security["referrerPolicy"]["referrerPolicy"] == "strict-origin-when-cross-origin"
    assert security["strictTransportSecurity"] == {
        "accessControlMaxAgeSec": 300,
        "includeSubdomains": True,
        "preload": False,
        "override": True,
    }
    assert "contentTypeOptions" in security
    removed = {item["header"] for item in found["removeHeadersConfig"]["items"]}
    assert removed == set(REMOVED)
    assert "x-amz-server-side-encryption-aws-kms-key-id" in removed


def test_pages_go_through_the_routing_function_and_hashed_files_do_not() -> None:
    recording = distribution(replace(SITE, api_origin=API))
    routing = recording.one("cloudfront/function:Function")
    found = inputs(recording)
    assert found["defaultCacheBehavior"]["functionAssociations"] == [
        {"eventType": "viewer-request", "functionArn": routing.outputs["arn"]}
    ]
    assert all("functionAssociations" not in one for one in found["orderedCacheBehaviors"])
    # It would rewrite the API's errors as well.
    assert "customErrorResponses" not in found


def test_the_api_answers_its_paths_first_and_nothing_of_it_is_kept() -> None:
    found = inputs(distribution(replace(SITE, api_origin=API)))
    first, second = found["orderedCacheBehaviors"]
    assert (first["pathPattern"], first["targetOriginId"]) == ("/api/*", "api")
    assert (second["pathPattern"], second["targetOriginId"]) == ("/assets/*", "bucket")
    assert first["cachePolicyId"] == caching.MANAGED_CACHING_DISABLED
    assert first["originRequestPolicyId"] == caching.MANAGED_ALL_VIEWER
    assert {"DELETE", "PATCH", "POST", "PUT"} <= set(first["allowedMethods"])
    assert {"DELETE", "PATCH", "POST", "PUT"}.isdisjoint(second["allowedMethods"])


def test_an_internal_load_balancer_is_reached_inside_the_vpc() -> None:
    found = inputs(distribution(replace(SITE, api_origin=replace(API, vpc_origin_id="vo_1"))))
    assert found["origins"][1] == {
        "originId": "api",
        "domainName": "origin.example.com",
        "vpcOriginConfig": {"vpcOriginId": "vo_1"},
    }


def test_a_public_load_balancer_is_reached_over_https_with_the_secret_header() -> None:
    def program() -> None:
        secret = pulumi.Output.secret("s3cret-value")
        origin = replace(API, verify_header=("X-Origin-Verify", secret))
        Distribution("site-cdn", replace(SITE, api_origin=origin))

    origins = inputs(record(program))["origins"]
    found = origins.value if isinstance(origins, Secret) else origins
    origin = found[1]
    assert origin["customOriginConfig"] == {
        "httpPort": 80,
        "httpsPort": 443,
        "originProtocolPolicy": "https-only",
        "originSslProtocols": ["TLSv1.2"],
    }
    header = origin["customHeaders"][0]
    assert header["name"] == "X-Origin-Verify"
    assert isinstance(origins, Secret) or header["value"] == Secret(value="s3cret-value")


def test_without_a_bucket_the_api_answers_everything() -> None:
    origin = replace(API, paths=())
    recording = distribution(replace(SITE, bucket_domain_name=None, api_origin=origin))
    found = inputs(recording)
    assert found["defaultCacheBehavior"]["targetOriginId"] == "api"
    assert [origin["originId"] for origin in found["origins"]] == ["api"]
    assert found["orderedCacheBehaviors"] == []
    assert "defaultRootObject" not in found
    assert {one.type for one in recording.resources if one.custom} == {
        "aws:cloudfront/distribution:Distribution"
    }


@pytest.mark.parametrize(
    ("price_class", "sent"),
    [("100", "PriceClass_100"), ("200", "PriceClass_200"), ("all", "PriceClass_All")],
)
def test_the_price_class_is_a_setting(price_class: PriceClass, sent: str) -> None:
    assert inputs(distribution(replace(SITE, price_class=price_class)))["priceClass"] == sent


def test_countries_can_be_left_out_and_by_default_nobody_is() -> None:
    def restriction(recording: Recording) -> object:
        return inputs(recording)["restrictions"]["geoRestriction"]

    assert restriction(distribution()) == {"restrictionType": "none", "locations": []}
    only = GeoRestriction(kind="whitelist", countries=["FR", "DE"])
    assert restriction(distribution(replace(SITE, geo_restriction=only))) == {
        "restrictionType": "whitelist",
        "locations": ["DE", "FR"],
    }


def test_other_folders_can_be_the_immutable_ones() -> None:
    found = inputs(distribution(replace(SITE, immutable_paths=["/static/*", "/_next/static/*"])))
    patterns = [one["pathPattern"] for one in found["orderedCacheBehaviors"]]
    assert patterns == ["/static/*", "/_next/static/*"]


def test_a_record_can_point_at_it() -> None:
    recording = distribution()
    made = recording.one("cloudfront/distribution:Distribution").outputs
    assert recording.exports == {"zone": made["hostedZoneId"], "domain": made["domainName"]}
    assert recording.exports["zone"] == "Z2FDTNDATAQYW2"


def test_a_first_preview_makes_the_same_resources() -> None:
    known, unknown = (
        distribution(replace(SITE, api_origin=API)),
        distribution(replace(SITE, api_origin=API), preview=True),
    )
    assert [one.urn for one in unknown.resources] == [one.urn for one in known.resources]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"bucket_domain_name": None}, "got neither bucket_domain_name nor api_origin"),
        ({"api_origin": replace(API, paths=())}, "got none, wanted at least one beside a bucket"),
        ({"bucket_domain_name": None, "api_origin": API}, "got /api/\\*, wanted .*none without it"),
        (
            {"api_origin": replace(API, paths=("/assets/*",))},
            "got /assets/\\*, wanted none of the files'",
        ),
    ],
)
def test_what_would_serve_nothing_or_twice_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SITE, **values)
