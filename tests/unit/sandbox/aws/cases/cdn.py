"""Cases of the edge: web ACLs and distributions."""

from typing import Any

from tests.unit.sandbox.aws.cases.case import (
    Case,
    World,
    case,
)
from tests.unit.sandbox.aws.cases.edge import balancer_in_vpc, certificate
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, Made

METRIC = {
    "cloudwatchMetricsEnabled": True,
    "metricName": "edge",
    "sampledRequestsEnabled": True,
}


def web_acl(world: World, scope: str, region: str, **more: object) -> Made:
    managed = {"managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesCommon"}}
    limited = {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}}
    rules: list[dict[str, Any]] = [
        {"name": "common", "priority": 1, "overrideAction": {"none": {}}, "statement": managed},
        {"name": "rate", "priority": 2, "action": {"block": {}}, "statement": limited},
    ]
    for rule in rules:
        rule["visibilityConfig"] = METRIC
    return world.make(
        "wafv2/webAcl:WebAcl",
        scope=scope,
        defaultAction={"allow": {}},
        visibilityConfig=METRIC,
        rules=rules,
        region=region,
        **more,
    )


@case("wafv2/webAcl:WebAcl")
def acl(world: World) -> Case:
    made = web_acl(world, "CLOUDFRONT", "us-east-1", description="site")
    client = world.see("wafv2", "us-east-1")
    inner = [
        {"ipSetReferenceStatement": {"arn": _addresses(world)["arn"]}},
        {"geoMatchStatement": {"countryCodes": ["DE"]}},
    ]
    rule: dict[str, Any] = {
        "name": "known",
        "priority": 1,
        "action": {"allow": {}},
        "statement": {"notStatement": {"statements": [{"orStatement": {"statements": inner}}]}},
        "visibilityConfig": METRIC,
    }

    def seen() -> object:
        found = client.get_web_acl(Name=made["name"], Scope="CLOUDFRONT", Id=made.id)["WebACL"]
        return [next(iter(one["Statement"])) for one in found["Rules"]]

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:wafv2:us-east-1:\d+:global/webacl/[\w-]+/{made.id}",
            "lockToken": r"[0-9a-f-]{36}",
        },
        seen=seen,
        before=["ManagedRuleGroupStatement", "RateBasedStatement"],
        change={"rules": [rule]},
        after=["NotStatement"],
        replaced={"scope": "REGIONAL", "name": "other"},
    )


def _addresses(world: World) -> Made:
    return world.make(
        "wafv2/ipSet:IpSet",
        scope="REGIONAL",
        ipAddressVersion="IPV4",
        addresses=["192.0.2.0/24"],
        description="offices",
    )


@case("wafv2/ipSet:IpSet")
def addresses(world: World) -> Case:
    made = _addresses(world)
    client = world.see("wafv2")

    def seen() -> object:
        found = client.get_ip_set(Name=made["name"], Scope="REGIONAL", Id=made.id)["IPSet"]
        return found["Addresses"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:wafv2:{HOME}:\d+:regional/ipset/[\w-]+/{made.id}"},
        seen=seen,
        before=["192.0.2.0/24"],
        change={"addresses": ["198.51.100.0/24"]},
        after=["198.51.100.0/24"],
        replaced={"scope": "CLOUDFRONT"},
    )


@case("wafv2/webAclAssociation:WebAclAssociation")
def association(world: World) -> Case:
    made = world.make(
        "wafv2/webAclAssociation:WebAclAssociation",
        webAclArn=web_acl(world, "REGIONAL", HOME)["arn"],
        resourceArn=balancer_in_vpc(world)[0]["arn"],
    )
    return Case(made=made, replaced={"webAclArn": "arn:x", "resourceArn": "arn:y"})


@case("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
def logging(world: World) -> Case:
    arn = web_acl(world, "REGIONAL", HOME)["arn"]
    first, second = (world.log_group(name=f"aws-waf-logs-{world.name()}")["arn"] for _ in range(2))
    made = world.make(
        "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        resourceArn=arn,
        logDestinationConfigs=[first],
        redactedFields=[{"singleHeader": {"name": "authorization"}}],
    )
    client = world.see("wafv2")

    def seen() -> object:
        found = client.get_logging_configuration(ResourceArn=arn)["LoggingConfiguration"]
        return found["LogDestinationConfigs"]

    return Case(
        made=made,
        seen=seen,
        before=[first],
        change={"logDestinationConfigs": [second]},
        after=[second],
        replaced={"resourceArn": "arn:x"},
    )


@case("cloudfront/originAccessControl:OriginAccessControl")
def access_control(world: World) -> Case:
    made = _control(world)
    client = world.see("cloudfront")

    def seen() -> object:
        found = client.get_origin_access_control(Id=made.id)["OriginAccessControl"]
        return found["OriginAccessControlConfig"]["SigningBehavior"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:cloudfront::{MANAGEMENT}:origin-access-control/{made.id}"},
        seen=seen,
        before="always",
        change={"signingBehavior": "no-override"},
        after="no-override",
    )


def _control(world: World) -> Made:
    return world.make(
        "cloudfront/originAccessControl:OriginAccessControl",
        originAccessControlOriginType="s3",
        signingBehavior="always",
        signingProtocol="sigv4",
        description="site",
    )


_BEHAVIOUR: dict[str, Any] = {
    "targetOriginId": "site",
    "viewerProtocolPolicy": "redirect-to-https",
    "allowedMethods": ["GET", "HEAD", "OPTIONS"],
    "cachedMethods": ["GET", "HEAD"],
    "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "compress": True,
    "functionAssociations": [
        {
            "eventType": "viewer-request",
            "functionArn": f"arn:aws:cloudfront::{MANAGEMENT}:function/spa",
        }
    ],
}


def _origins(world: World) -> list[dict[str, Any]]:
    site: dict[str, Any] = {
        "originId": "site",
        "domainName": world.bucket()["bucketRegionalDomainName"],
        "originAccessControlId": _control(world).id,
    }
    api: dict[str, Any] = {
        "originId": "api",
        "domainName": "api.superinc.com",
        "customOriginConfig": {
            "httpPort": 80,
            "httpsPort": 443,
            "originProtocolPolicy": "https-only",
            "originSslProtocols": ["TLSv1.2"],
        },
        "customHeaders": [{"name": "x-origin-verify", "value": "hidden"}],
    }
    return [site, api]


def _distribution(world: World) -> Made:
    """A site behind an access control, with an API of another kind of origin."""
    asked = certificate(world, "us-east-1")
    return world.make(
        "cloudfront/distribution:Distribution",
        enabled=True,
        aliases=[asked["domainName"]],
        defaultRootObject="index.html",
        origins=_origins(world),
        defaultCacheBehavior=_BEHAVIOUR,
        orderedCacheBehaviors=[{**_BEHAVIOUR, "pathPattern": "/api/*", "targetOriginId": "api"}],
        customErrorResponses=[
            {"errorCode": 404, "responseCode": 200, "responsePagePath": "/index.html"}
        ],
        restrictions={"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE"]}},
        viewerCertificate={
            "acmCertificateArn": asked["arn"],
            "minimumProtocolVersion": "TLSv1.2_2021",
            "sslSupportMethod": "sni-only",
        },
    )


@case("cloudfront/distribution:Distribution")
def distribution(world: World) -> Case:
    made = _distribution(world)
    client = world.see("cloudfront")

    def seen() -> object:
        found = client.get_distribution_config(Id=made.id)["DistributionConfig"]
        first = found["CacheBehaviors"]["Items"][0]["PathPattern"]
        return found["DefaultRootObject"], found["Origins"]["Quantity"], first, found["PriceClass"]

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:cloudfront::{MANAGEMENT}:distribution/{made.id}",
            "domainName": r"\w+\.cloudfront\.net",
            "hostedZoneId": "Z2FDTNDATAQYW2",
            "status": "Deployed|InProgress",
            "etag": r"\w+",
            "callerReference": r"terraform-\w+",
        },
        seen=seen,
        before=("index.html", 2, "/api/*", "PriceClass_All"),
        change={
            "defaultRootObject": "home.html",
            "priceClass": "PriceClass_100",
            "tags": {"a": "b"},
        },
        after=("home.html", 2, "/api/*", "PriceClass_100"),
    )
