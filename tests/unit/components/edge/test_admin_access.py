"""Admin pages: who is asked for what, and where (playbook SEC-13)."""

import base64
import json
from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest

from components.edge.admin_login import authorization_header
from tests.recording import Recorded, Recording
from tests.wire import Secret

EdgeRecorder = Callable[..., Recording]

OIDC = {
    "issuer": "https://id.example.com",
    "authorization_endpoint": "https://id.example.com/authorize",
    "token_endpoint": "https://id.example.com/token",
    "user_info_endpoint": "https://id.example.com/userinfo",
    "client_id": "pages",
    "client_secret": {"secure": "v1:sealed"},
}
HOSTS = [f"{label}.staging.example.com" for label in ("argocd", "grafana")]
BASIC = {"hosts": ["argocd", "grafana"], "authentication": "basic"}
LOGIN = {"hosts": ["argocd", "grafana"], "oidc": OIDC}


def plain(value: object) -> Any:  # noqa: ANN401 - any input may be a secret
    return value.value if isinstance(value, Secret) else value


def shown(value: object) -> object:
    """A value as it may be seen: without what is secret in it."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, dict):
        return {key: shown(found) for key, found in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [shown(found) for found in cast("list[object]", value)]
    return value


def admin_rules(recording: Recording) -> list[Recorded]:
    return [one for one in recording.of("ListenerRule") if "admin" in one.name]


def waf_rules(recording: Recording, acl: str) -> dict[str, Any]:
    rules = plain(recording.one("wafv2/webAcl:WebAcl", acl).inputs["rules"])
    return {rule["name"]: rule for rule in rules}


def test_visitors_log_in_before_they_are_let_through(edge: EdgeRecorder) -> None:
    (rule,) = admin_rules(edge(api={}, admin=LOGIN))
    assert rule.inputs["conditions"] == [{"hostHeader": {"values": HOSTS}}]
    login, forward = rule.inputs["actions"]
    assert (login["type"], login["order"]) == ("authenticate-oidc", 1)
    assert (forward["type"], forward["order"]) == ("forward", 2)
    assert login["authenticateOidc"]["onUnauthenticatedRequest"] == "authenticate"
    assert login["authenticateOidc"]["sessionTimeout"] == 8 * 3600
    assert login["authenticateOidc"]["clientSecret"] == Secret(value="v1:sealed")


def test_the_client_secret_is_never_in_the_clear(edge: EdgeRecorder) -> None:
    opened = {**OIDC, "client_secret": "hush"}
    recording = edge(api={}, admin={**LOGIN, "oidc": opened}, sealed=True)
    (rule,) = admin_rules(recording)
    assert "hush" in repr(rule.inputs)
    assert "hush" not in repr([shown(one.inputs) for one in recording.resources])
    assert "hush" not in repr(shown(recording.exports))


def test_a_client_secret_in_plain_text_is_refused(edge: EdgeRecorder) -> None:
    opened = {**OIDC, "client_secret": "hush"}
    with pytest.raises(pulumi.RunError, match="got plain text, wanted a secret") as refusal:
        edge(api={}, admin={**LOGIN, "oidc": opened})
    assert "hush" not in str(refusal.value)


def test_the_load_balancer_may_ask_the_identity_provider(edge: EdgeRecorder) -> None:
    rule = edge(api={}, admin=LOGIN).one("SecurityGroupEgressRule").inputs
    assert (rule["fromPort"], rule["toPort"], rule["cidrIpv4"]) == (443, 443, "0.0.0.0/0")
    assert rule["securityGroupId"] == "the load-balancer group"
    assert not edge(api={}, admin=BASIC).of("SecurityGroupEgressRule")


@pytest.mark.parametrize(
    ("mode", "acl"),
    [
        ("vpc-origin", "edge-gateway-waf-acl"),
        ("prefix-list", "edge-gateway-waf-acl"),
        ("public-waf", "edge-protection-waf-acl"),
    ],
)
def test_a_password_is_asked_for_by_the_first_web_acl(
    edge: EdgeRecorder, mode: str, acl: str
) -> None:
    recording = edge(site={}, api={}, admin=BASIC, origin_protection=mode)
    rule = waf_rules(recording, acl)["admin-login"]
    answer = rule["action"]["block"]["customResponse"]
    assert answer["responseCode"] == 401
    assert answer["responseHeaders"][0]["name"] == "WWW-Authenticate"
    others = recording.names("wafv2/webAcl:WebAcl") - {acl}
    assert others
    assert all("admin-login" not in waf_rules(recording, other) for other in others)
    (let_through,) = admin_rules(recording)
    assert [action["type"] for action in plain(let_through.inputs["actions"])] == ["forward"]


def test_the_password_is_made_and_kept_as_a_secret(edge: EdgeRecorder) -> None:
    recording = edge(api={}, admin=BASIC)
    assert recording.one("RandomPassword").inputs["keepers"] == {"generation": "1"}
    secret = recording.one("secretsmanager/secret:Secret")
    assert secret.inputs["kmsKeyId"].endswith("key/secrets")
    assert recording.one("SecretVersion").inputs["secretId"] == secret.id


def test_a_new_generation_is_a_new_password(edge: EdgeRecorder) -> None:
    recording = edge(api={}, admin={**BASIC, "password_generation": 2})
    assert recording.one("RandomPassword").inputs["keepers"] == {"generation": "2"}


def test_the_header_is_what_a_browser_sends() -> None:
    scheme, _, credentials = authorization_header("hush").partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(credentials) == b"admin:hush"


@pytest.mark.parametrize("admin", [BASIC, LOGIN])
def test_administrators_may_be_asked_to_come_from_known_addresses(
    edge: EdgeRecorder, admin: dict[str, Any]
) -> None:
    recording = edge(api={}, admin={**admin, "allowed_cidrs": ["192.0.2.0/24"]})
    addresses = recording.one("IpSet")
    assert addresses.inputs["addresses"] == ["192.0.2.0/24"]
    rule = waf_rules(recording, "edge-gateway-waf-acl")["admin-address"]
    assert addresses.outputs["arn"] in json.dumps(rule["statement"])
    assert not edge(api={}, admin=admin).of("IpSet")


def test_admin_pages_come_before_paths_that_look_like_the_apis(edge: EdgeRecorder) -> None:
    recording = edge(site={}, api={}, admin=LOGIN)
    priorities = {one.name: one.inputs["priority"] for one in recording.of("ListenerRule")}
    admin = priorities.pop("edge-routes-admin-0")
    assert admin < min(priorities.values())
    assert len(set(priorities.values())) == 2


def test_no_rule_has_more_values_than_a_load_balancer_takes(edge: EdgeRecorder) -> None:
    hosts = [f"page{number}" for number in range(10)]
    recording = edge(
        site={},
        api={"site_paths": ["/a/*", "/b/*", "/c/*"]},
        admin={**LOGIN, "hosts": hosts},
        origin_protection="prefix-list",
    )
    seen: list[str] = []
    for rule in recording.of("ListenerRule"):
        values = [
            value
            for condition in plain(rule.inputs["conditions"])
            for kind in condition.values()
            for value in plain(kind["values"])
        ]
        assert len(values) <= 5
        seen += values
    assert {f"{host}.staging.example.com" for host in hosts} <= set(map(str, seen))
    priorities = [rule.inputs["priority"] for rule in recording.of("ListenerRule")]
    assert len(set(priorities)) == len(priorities)


def test_admin_names_lead_where_the_apis_does(edge: EdgeRecorder) -> None:
    recording = edge(api={}, admin=LOGIN)
    gateway = recording.one("cloudfront/distribution:Distribution")
    assert gateway.inputs["aliases"] == ["api.staging.example.com", *HOSTS]
    pointed = {one.inputs["name"] for one in recording.of("route53/record:Record")}
    assert set(HOSTS) <= pointed
    assert recording.exports["admin_hosts"] == HOSTS
