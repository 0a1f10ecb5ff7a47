"""Cases of the edge: certificates, load balancers, web ACLs, distributions."""

from typing import Any

from tests.unit.sandbox.aws.cases.case import Case, World, case
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, Made

METRIC = {
    "cloudwatchMetricsEnabled": True,
    "metricName": "edge",
    "sampledRequestsEnabled": True,
}


def certificate(world: World, region: str = HOME) -> Made:
    """A certificate whose proof is in a zone of our own."""
    domain = f"{world.name()}.superinc.com"
    zone = world.make("route53/zone:Zone", name=domain)
    made = world.make(
        "acm/certificate:Certificate",
        domainName=domain,
        subjectAlternativeNames=[f"*.{domain}"],
        validationMethod="DNS",
        region=region,
    )
    proof = made["domainValidationOptions"][0]
    world.make(
        "route53/record:Record",
        zoneId=zone.id,
        name=proof["resourceRecordName"],
        type=proof["resourceRecordType"],
        records=[proof["resourceRecordValue"]],
        ttl=60,
    )
    return made


@case("acm/certificate:Certificate")
def proven(world: World) -> Case:
    made = certificate(world)
    client = world.see("acm")

    def seen() -> object:
        found = client.list_tags_for_certificate(CertificateArn=made.id)["Tags"]
        return {one["Key"] for one in found}

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:acm:{HOME}:\d+:certificate/[0-9a-f-]{{36}}",
            "status": "PENDING_VALIDATION",
        },
        seen=seen,
        before={"owner"},
        change={"tags": {"a": "b"}},
        after={"owner", "a"},
        replaced={"domainName": "other.superinc.com", "subjectAlternativeNames": []},
    )


@case("acm/certificateValidation:CertificateValidation")
def issued(world: World) -> Case:
    asked = certificate(world)
    names = {one["resourceRecordName"] for one in asked["domainValidationOptions"]}
    made = world.make(
        "acm/certificateValidation:CertificateValidation",
        certificateArn=asked["arn"],
        validationRecordFqdns=[name.rstrip(".") for name in names],
    )
    status = world.see("acm").describe_certificate(CertificateArn=asked.id)["Certificate"]["Status"]
    assert status == "ISSUED"
    return Case(made=made, replaced={"certificateArn": "arn:x"}, stays=True)


def _balancer(world: World) -> tuple[Made, Made]:
    vpc = world.vpc()
    made = world.make(
        "lb/loadBalancer:LoadBalancer",
        loadBalancerType="application",
        internal=True,
        subnets=world.subnets(vpc),
        securityGroups=[world.group(vpc).id],
        dropInvalidHeaderFields=True,
        idleTimeout=60,
        accessLogs={"bucket": world.bucket().id, "enabled": True, "prefix": "api"},
    )
    return made, vpc


@case("lb/loadBalancer:LoadBalancer")
def balancer(world: World) -> Case:
    made, vpc = _balancer(world)
    other = world.group(vpc).id
    client = world.see("elbv2")

    def seen() -> object:
        found = client.describe_load_balancer_attributes(LoadBalancerArn=made.id)["Attributes"]
        kept = {one["Key"]: one["Value"] for one in found}
        (there,) = client.describe_load_balancers(LoadBalancerArns=[made.id])["LoadBalancers"]
        return (
            kept["idle_timeout.timeout_seconds"],
            kept["routing.http.drop_invalid_header_fields.enabled"],
            kept["access_logs.s3.prefix"],
            there["SecurityGroups"] == [other],
        )

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:elasticloadbalancing:{HOME}:\d+:loadbalancer/app/.*",
            "arnSuffix": r"app/[\w-]+/\w+",
            "dnsName": r"[\w.-]+\.elb\.amazonaws\.com",
            "zoneId": r"Z\w+",
            "vpcId": vpc.id,
        },
        seen=seen,
        before=("60", "true", "api", False),
        change={"idleTimeout": 120, "securityGroups": [other]},
        after=("120", "true", "api", True),
        replaced={"internal": False, "name": "other"},
    )


def _targets(world: World, vpc: Made) -> Made:
    return world.make(
        "lb/targetGroup:TargetGroup",
        vpcId=vpc.id,
        port=8080,
        protocol="HTTP",
        targetType="ip",
        deregistrationDelay=30,
        healthCheck={"path": "/readyz", "matcher": "200", "interval": 10},
    )


@case("lb/targetGroup:TargetGroup")
def targets(world: World) -> Case:
    made = _targets(world, world.vpc())
    client = world.see("elbv2")

    def seen() -> object:
        (there,) = client.describe_target_groups(TargetGroupArns=[made.id])["TargetGroups"]
        found = client.describe_target_group_attributes(TargetGroupArn=made.id)["Attributes"]
        kept = {one["Key"]: one["Value"] for one in found}
        return there["HealthCheckPath"], kept["deregistration_delay.timeout_seconds"]

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:elasticloadbalancing:{HOME}:\d+:targetgroup/.*",
            "arnSuffix": r"targetgroup/.*",
        },
        seen=seen,
        before=("/readyz", "30"),
        change={"healthCheck": {"path": "/healthz"}, "deregistrationDelay": 60},
        after=("/healthz", "60"),
        replaced={"port": 80, "targetType": "instance"},
    )


def listening(world: World, asked: Made) -> tuple[Made, Made]:
    there, vpc = _balancer(world)
    made = world.make(
        "lb/listener:Listener",
        loadBalancerArn=there["arn"],
        port=443,
        protocol="HTTPS",
        sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificateArn=asked["arn"],
        defaultActions=[_fixed("404")],
    )
    return made, vpc


def _fixed(code: str) -> dict[str, Any]:
    response = {"contentType": "text/plain", "statusCode": code, "messageBody": "no"}
    return {"type": "fixed-response", "fixedResponse": response}


@case("lb/listener:Listener")
def listener(world: World) -> Case:
    made, vpc = listening(world, certificate(world))
    group = _targets(world, vpc)["arn"]
    client = world.see("elbv2")

    def seen() -> object:
        (there,) = client.describe_listeners(ListenerArns=[made.id])["Listeners"]
        return there["DefaultActions"][0]["Type"], there["SslPolicy"][-7:]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:elasticloadbalancing:{HOME}:\d+:listener/app/.*"},
        seen=seen,
        before=("fixed-response", "2021-06"),
        change={
            "defaultActions": [{"type": "forward", "targetGroupArn": group}],
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        },
        after=("forward", "2021-06"),
        replaced={"loadBalancerArn": "arn:x"},
    )


@case("lb/listenerRule:ListenerRule")
def listener_rule(world: World) -> Case:
    where, vpc = listening(world, certificate(world))
    group = _targets(world, vpc)["arn"]
    oidc = {
        "issuer": "https://id.superinc.com",
        "authorizationEndpoint": "https://id.superinc.com/a",
        "tokenEndpoint": "https://id.superinc.com/t",
        "userInfoEndpoint": "https://id.superinc.com/u",
        "clientId": "admin",
        "clientSecret": "hidden",
    }
    made = world.make(
        "lb/listenerRule:ListenerRule",
        listenerArn=where["arn"],
        conditions=[
            {"hostHeader": {"values": ["admin.superinc.com"]}},
            {"httpHeader": {"httpHeaderName": "x-origin", "values": ["cdn"]}},
        ],
        actions=[
            {"type": "authenticate-oidc", "order": 1, "authenticateOidc": oidc},
            {"type": "forward", "order": 2, "targetGroupArn": group},
        ],
    )
    client = world.see("elbv2")

    def seen() -> object:
        (there,) = client.describe_rules(RuleArns=[made.id])["Rules"]
        kinds = [one["Type"] for one in there["Actions"]]
        return kinds, sorted(one["Field"] for one in there["Conditions"]), there["Priority"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:elasticloadbalancing:{HOME}:\d+:listener-rule/app/.*"},
        seen=seen,
        before=(["authenticate-oidc", "forward"], ["host-header", "http-header"], "1"),
        change={
            "conditions": [{"pathPattern": {"values": ["/admin/*"]}}],
            "actions": [{"type": "forward", "targetGroupArn": group}],
            "priority": 7,
        },
        after=(["forward"], ["path-pattern"], "7"),
        replaced={"listenerArn": "arn:x"},
    )


@case("lb/listenerCertificate:ListenerCertificate")
def listener_certificate(world: World) -> Case:
    where, _ = listening(world, certificate(world))
    made = world.make(
        "lb/listenerCertificate:ListenerCertificate",
        listenerArn=where["arn"],
        certificateArn=certificate(world)["arn"],
    )
    return Case(made=made, replaced={"certificateArn": "arn:x"})


@case("lb/targetGroupAttachment:TargetGroupAttachment")
def attachment(world: World) -> Case:
    made = world.make(
        "lb/targetGroupAttachment:TargetGroupAttachment",
        targetGroupArn=_targets(world, world.vpc())["arn"],
        targetId="10.60.0.10",
        port=8080,
    )
    return Case(made=made, replaced={"targetId": "10.60.0.11"})


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
        resourceArn=_balancer(world)[0]["arn"],
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


@case("cloudfront/distribution:Distribution")
def distribution(world: World) -> Case:
    bucket, asked = world.bucket(), certificate(world, "us-east-1")
    behaviour = {
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
    site = {
        "originId": "site",
        "domainName": bucket["bucketRegionalDomainName"],
        "originAccessControlId": _control(world).id,
    }
    api = {
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
    made = world.make(
        "cloudfront/distribution:Distribution",
        enabled=True,
        aliases=[asked["domainName"]],
        defaultRootObject="index.html",
        origins=[site, api],
        defaultCacheBehavior=behaviour,
        orderedCacheBehaviors=[{**behaviour, "pathPattern": "/api/*", "targetOriginId": "api"}],
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
