"""The load balancer, and that nobody gets around what is in front of it (SEC-01..03, SEC-12)."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.recording import Recorded, Recording
from tests.wire import Secret

EdgeRecorder = Callable[..., Recording]

WHOLE: dict[str, Any] = {"site": {}, "api": {}}
MODES = ("vpc-origin", "prefix-list", "public-waf")
every_mode = pytest.mark.parametrize("mode", MODES)


def balancer(recording: Recording) -> Recorded:
    return recording.one("LoadBalancer", "edge-api-balancer")


def ingress(recording: Recording) -> list[dict[str, Any]]:
    return [one.inputs for one in recording.of("SecurityGroupIngressRule")]


def origins(recording: Recording) -> list[dict[str, Any]]:
    """How each distribution reaches the load balancer."""
    found = [
        origin
        for one in recording.of("cloudfront/distribution:Distribution")
        for origin in one.inputs["origins"]
        if origin["originId"] == "api"
    ]
    assert len(found) == 2
    return found


def header_values(rule: Recorded) -> list[Any] | None:
    for condition in plain(rule.inputs["conditions"]):
        if "httpHeader" in condition:
            assert condition["httpHeader"]["httpHeaderName"] == "X-Origin-Verify"
            return plain(condition["httpHeader"]["values"])
    return None


def plain(value: object) -> Any:  # noqa: ANN401 - any input may be a secret
    return value.value if isinstance(value, Secret) else value


@every_mode
def test_a_load_balancer_is_hardened(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    made = balancer(recording).inputs
    assert made["dropInvalidHeaderFields"] is True
    assert made["desyncMitigationMode"] == "defensive"
    assert made["enableWafFailOpen"] is False
    assert made["accessLogs"]["enabled"] is True
    assert made["securityGroups"] == ["the load-balancer group"]
    assert made["loadBalancerType"] == "application"
    assert "name" not in made
    logs = recording.one("s3/bucket:Bucket", "edge-balancer-logs-bucket")
    assert made["accessLogs"]["bucket"] == logs.id
    policy = recording.one("BucketPolicy", "edge-balancer-logs-policy").urn
    assert policy in balancer(recording).depends_on


@every_mode
def test_only_tls_with_a_modern_policy_is_spoken(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    https = recording.one("lb/listener:Listener", "edge-api-https").inputs
    assert https["protocol"] == "HTTPS"
    assert https["port"] == 443
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert https["certificateArn"] == "the certificate_arn"


@every_mode
def test_what_no_rule_names_is_refused(edge: EdgeRecorder, mode: str) -> None:
    https = edge(**WHOLE, origin_protection=mode).one("lb/listener:Listener", "edge-api-https")
    (action,) = https.inputs["defaultActions"]
    assert action["type"] == "fixed-response"
    expected = "403" if mode == "prefix-list" else "404"
    assert action["fixedResponse"]["statusCode"] == expected


@every_mode
def test_requests_go_to_pods_that_answer(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    group = recording.one("TargetGroup")
    assert group.inputs["targetType"] == "ip"
    assert group.inputs["port"] == 8000
    assert group.inputs["deregistrationDelay"] == 30
    health = group.inputs["healthCheck"]
    assert (health["path"], health["port"], health["matcher"]) == ("/ping", "8080", "200")
    for rule in recording.of("ListenerRule"):
        assert plain(rule.inputs["actions"])[-1]["targetGroupArn"] == group.outputs["arn"]


def test_settings_reach_the_load_balancer(edge: EdgeRecorder) -> None:
    recording = edge(
        api={
            "idle_timeout_seconds": 120,
            "deletion_protection": True,
            "tls_policy": "ELBSecurityPolicy-TLS13-1-3-2021-06",
            "target": {"port": 8001, "health_port": 8002, "health_path": "/healthz"},
        }
    )
    assert balancer(recording).inputs["idleTimeout"] == 120
    assert balancer(recording).inputs["enableDeletionProtection"] is True
    https = recording.one("lb/listener:Listener").inputs
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-3-2021-06"
    group = recording.one("TargetGroup").inputs
    assert (group["port"], group["healthCheck"]["port"]) == (8001, "8002")


def test_by_default_the_load_balancer_is_not_on_the_internet(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE)
    made = balancer(recording).inputs
    assert made["internal"] is True
    assert made["subnets"] == ["private-a", "private-b", "private-c"]
    assert not recording.of("WebAclAssociation")


def test_cloudfront_reaches_into_the_vpc(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE)
    way = recording.one("VpcOrigin", "edge-origin-vpc")
    config = way.inputs["vpcOriginEndpointConfig"]
    assert config["arn"] == balancer(recording).outputs["arn"]
    assert config["name"] == balancer(recording).outputs["name"]
    assert config["originProtocolPolicy"] == "https-only"
    assert config["originSslProtocols"] == {"items": ["TLSv1.2"], "quantity": 1}
    for origin in origins(recording):
        assert origin["vpcOriginConfig"]["vpcOriginId"] == way.id
        assert origin["domainName"] == "origin.staging.example.com"
        assert "customOriginConfig" not in origin


def test_a_vpc_origin_is_never_updated(edge: EdgeRecorder) -> None:
    assert edge(**WHOLE).one("VpcOrigin", "edge-origin-vpc").ignore_changes == ("tags", "tagsAll")


def test_cloudfront_comes_by_its_prefix_list_until_its_group_is_known(edge: EdgeRecorder) -> None:
    (before,) = ingress(edge(**WHOLE))
    assert before["prefixListId"] == "pl-a3a144ca"
    (after,) = ingress(edge(**WHOLE, origin_security_group="sg-0123456789abcdef0"))
    assert after["referencedSecurityGroupId"] == "sg-0123456789abcdef0"
    for rule in (before, after):
        assert (rule["fromPort"], rule["toPort"], rule["ipProtocol"]) == (443, 443, "tcp")
        assert "cidrIpv4" not in rule


def test_cloudfronts_group_is_let_go_before_cloudfront_takes_it_away(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE, origin_security_group="sg-0123456789abcdef0")
    rule = recording.one("SecurityGroupIngressRule")
    assert recording.one("VpcOrigin", "edge-origin-vpc").urn in rule.depends_on


@pytest.mark.parametrize("mode", ["vpc-origin", "prefix-list"])
def test_the_prefix_list_is_that_of_the_region(edge: EdgeRecorder, mode: str) -> None:
    values = {**WHOLE, "origin_protection": mode}
    (ireland,) = ingress(edge(**values, region="eu-west-1"))
    assert ireland["prefixListId"] == "pl-4fa04526"
    with pytest.raises(pulumi.RunError, match="origin_prefix_list: got none for ap-east-2, wanted"):
        edge(**values, region="ap-east-2")
    (given,) = ingress(edge(**values, region="ap-east-2", origin_prefix_list="pl-0123456789abcdef"))
    assert given["prefixListId"] == "pl-0123456789abcdef"


def test_a_public_load_balancer_behind_cloudfront_has_one_door(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE, origin_protection="prefix-list")
    assert balancer(recording).inputs["internal"] is False
    assert balancer(recording).inputs["subnets"] == ["public-a", "public-b", "public-c"]
    (rule,) = ingress(recording)
    assert (rule["prefixListId"], rule["fromPort"], rule["toPort"]) == ("pl-a3a144ca", 443, 443)
    assert recording.names("lb/listener:Listener") == {"edge-api-https"}
    for origin in origins(recording):
        assert origin["customOriginConfig"]["originProtocolPolicy"] == "https-only"


def test_only_our_cloudfront_knows_the_secret(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE, origin_protection="prefix-list")
    password = recording.one("RandomPassword", "edge-origin-odd")
    for rule in recording.of("ListenerRule"):
        values = header_values(rule)
        assert values is not None
        assert len(values) == 2
    sent = [plain(origin["customHeaders"]) for origin in map(plain, origins(recording))]
    assert all(headers[0]["name"] == "X-Origin-Verify" for headers in sent)
    assert password.inputs["length"] == 64


@pytest.mark.parametrize("mode", ["vpc-origin", "public-waf"])
def test_no_secret_is_made_where_none_is_needed(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    assert not recording.of("RandomPassword")
    assert {header_values(rule) is None for rule in recording.of("ListenerRule")} == {True}


def test_the_secret_is_stored_under_the_key_of_secrets(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE, origin_protection="prefix-list")
    secret = recording.one("secretsmanager/secret:Secret")
    assert secret.inputs["kmsKeyId"].endswith("key/secrets")
    assert recording.one("SecretVersion").inputs["secretId"] == secret.id


@pytest.mark.parametrize(("generation", "renewed"), [(1, "even"), (2, "odd"), (7, "even")])
def test_a_rotation_renews_only_the_secret_that_is_not_in_use(
    edge: EdgeRecorder, generation: int, renewed: str
) -> None:
    values = {**WHOLE, "origin_protection": "prefix-list"}
    before = edge(**values, origin_secret_generation=generation)
    after = edge(**values, origin_secret_generation=generation + 1)
    old = {one.urn: one.inputs for one in before.resources}
    changed = {
        one.name
        for one in after.resources
        if one.type.endswith("RandomPassword") and one.inputs != old[one.urn]
    }
    assert changed == {f"edge-origin-{renewed}"}


def test_the_load_balancer_takes_a_new_secret_before_it_is_sent(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE, origin_protection="prefix-list")
    rules = {rule.urn for rule in recording.of("ListenerRule")}
    for one in recording.of("cloudfront/distribution:Distribution"):
        assert rules <= one.depends_on


@pytest.mark.parametrize(("mode", "key"), [("prefix-list", "FORWARDED_IP"), ("public-waf", "IP")])
def test_every_load_balancer_on_the_internet_has_a_web_acl(
    edge: EdgeRecorder, mode: str, key: str
) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    acl = recording.one("wafv2/webAcl:WebAcl", "edge-protection-waf-acl")
    assert acl.inputs["scope"] == "REGIONAL"
    assert acl.inputs["region"] == "eu-central-1"
    association = recording.one("WebAclAssociation").inputs
    assert association["webAclArn"] == acl.outputs["arn"]
    assert association["resourceArn"] == balancer(recording).outputs["arn"]
    rates = [rule["statement"].get("rateBasedStatement") for rule in acl.inputs["rules"]]
    assert [rate["aggregateKeyType"] for rate in rates if rate] == [key]


@every_mode
def test_every_distribution_has_a_web_acl_of_cloudfronts(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    acls = {one.outputs["arn"]: one.inputs for one in recording.of("wafv2/webAcl:WebAcl")}
    for one in recording.of("cloudfront/distribution:Distribution"):
        acl = acls[one.inputs["webAclId"]]
        assert (acl["scope"], acl["region"]) == ("CLOUDFRONT", "us-east-1")


def test_anybody_may_knock_where_the_web_acl_opens(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE, origin_protection="public-waf")
    assert balancer(recording).inputs["internal"] is False
    rules = {rule["fromPort"]: rule for rule in ingress(recording)}
    assert rules.keys() == {80, 443}
    assert {rule["cidrIpv4"] for rule in rules.values()} == {"0.0.0.0/0"}
    http = recording.one("lb/listener:Listener", "edge-api-http").inputs
    (action,) = http["defaultActions"]
    assert action["type"] == "redirect"
    assert action["redirect"]["protocol"] == "HTTPS"
    assert action["redirect"]["statusCode"] == "HTTP_301"


@every_mode
def test_the_load_balancer_waits_for_the_way_to_the_internet(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    assert recording.one("Route", "way-out").urn in balancer(recording).depends_on
