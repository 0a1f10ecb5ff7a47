"""Cases of the edge: certificates and load balancers."""

from typing import Any

from tests.unit.sandbox.aws.cases.case import (
    Case,
    World,
    case,
)
from tests.unit.sandbox.aws.driving import HOME, Made


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


def balancer_in_vpc(world: World) -> tuple[Made, Made]:
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
    made, vpc = balancer_in_vpc(world)
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
    there, vpc = balancer_in_vpc(world)
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
