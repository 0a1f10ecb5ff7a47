"""What an account gets from a Config, and what it publishes."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.recording import Recorded, Recording
from tests.wire import UNKNOWN

EdgeRecorder = Callable[..., Recording]

MODES = ("vpc-origin", "prefix-list", "public-waf")
WHOLE: dict[str, Any] = {"site": {}, "api": {}}
every_mode = pytest.mark.parametrize("mode", MODES)


def records(recording: Recording) -> set[tuple[str, str, str, str | None]]:
    """Every record: name, type, zone, and the account it is written in."""
    return {
        (one.inputs["name"], one.inputs["type"], one.inputs["zoneId"], one.provider)
        for one in recording.of("route53/record:Record")
    }


def target(recording: Recording, name: str) -> str:
    """What a name points at."""
    (found,) = {
        one.inputs["aliases"][0]["name"]
        for one in recording.of("route53/record:Record")
        if one.inputs["name"] == name
    }
    return found


def distribution(recording: Recording, role: str) -> Recorded:
    return recording.one("cloudfront/distribution:Distribution", f"edge-{role}-cdn-distribution")


def test_nothing_is_made_unasked(edge: EdgeRecorder) -> None:
    recording = edge()
    assert not [one.name for one in recording.resources if one.name.startswith("edge")]
    assert recording.exports == {}


def test_what_workloads_need_is_published(edge: EdgeRecorder) -> None:
    recording = edge(**WHOLE)
    exports = recording.exports
    balancer = recording.one("LoadBalancer", "edge-api-balancer")
    assert exports["load_balancer_arn"] == balancer.outputs["arn"]
    assert exports["listener_arn"] == recording.one("lb/listener:Listener").outputs["arn"]
    group = recording.one("TargetGroup").outputs["arn"]
    assert exports["target_group_arns"] == {"cluster": group}
    assert exports["api_host"] == "api.staging.example.com"
    assert exports["admin_hosts"] == []
    assert exports["site_domains"] == ["staging.example.com"]
    assert exports["distribution_ids"] == {
        "api": distribution(recording, "gateway").id,
        "site": distribution(recording, "site").id,
    }
    assert exports["log_buckets"].keys() == {"delivery", "load-balancer"}


def test_a_site_alone_has_no_load_balancer(edge: EdgeRecorder) -> None:
    recording = edge(site={})
    assert not recording.of("lb/loadBalancer:LoadBalancer")
    assert recording.exports["distribution_ids"].keys() == {"site"}
    assert recording.exports["log_buckets"].keys() == {"delivery"}


@every_mode
def test_an_api_alone_has_no_site(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(api={}, origin_protection=mode)
    assert "site_bucket" not in recording.exports
    assert not recording.names("cloudfront/distribution:Distribution") - {
        "edge-gateway-cdn-distribution"
    }
    (rule,) = recording.of("ListenerRule")
    assert rule.name == "edge-routes-api"


def test_the_shared_account_may_have_a_load_balancer(edge: EdgeRecorder) -> None:
    recording = edge(account="shared", api={"host": "tools"})
    assert recording.exports["api_host"] == "tools.example.com"


@every_mode
def test_names_are_alias_records_in_the_accounts_own_zone(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    families = ("A",) if mode == "public-waf" else ("A", "AAAA")
    expected = {("api.staging.example.com", family, "the zone", "staging") for family in families}
    expected |= {("staging.example.com", family, "the zone", "staging") for family in ("A", "AAAA")}
    if mode != "public-waf":
        expected.add(("origin.staging.example.com", "A", "the zone", "staging"))
    assert records(recording) == expected
    for one in recording.of("route53/record:Record"):
        (alias,) = one.inputs["aliases"]
        assert alias["evaluateTargetHealth"] is False
        assert "records" not in one.inputs


@every_mode
def test_names_lead_to_cloudfront_wherever_it_is_in_front(edge: EdgeRecorder, mode: str) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    balancer = recording.one("LoadBalancer", "edge-api-balancer").outputs["dnsName"]
    assert (
        target(recording, "staging.example.com")
        == (distribution(recording, "site").outputs["domainName"])
    )
    if mode == "public-waf":
        assert target(recording, "api.staging.example.com") == balancer
        return
    gateway = distribution(recording, "gateway")
    assert target(recording, "api.staging.example.com") == gateway.outputs["domainName"]
    assert target(recording, "origin.staging.example.com") == balancer


def test_the_apex_and_www_are_written_into_the_root_zone(edge: EdgeRecorder) -> None:
    recording = edge(site={"apex": True})
    root = "the shared:dns.zone_id"
    assert records(recording) == {
        (name, family, zone, account)
        for name, zone, account in (
            ("staging.example.com", "the zone", "staging"),
            ("example.com", root, "shared"),
            ("www.example.com", root, "shared"),
        )
        for family in ("A", "AAAA")
    }
    site = distribution(recording, "site")
    assert site.inputs["aliases"] == ["staging.example.com", "example.com", "www.example.com"]
    assert site.inputs["viewerCertificate"]["acmCertificateArn"] == "the apex_certificate_arn"
    assert recording.exports["site_domains"] == site.inputs["aliases"]


def test_a_site_in_the_root_zones_account_is_the_apex(edge: EdgeRecorder) -> None:
    recording = edge(account="shared", site={})
    assert {name for name, *_ in records(recording)} == {"example.com", "www.example.com"}
    assert distribution(recording, "site").inputs["aliases"] == ["example.com", "www.example.com"]
    with pytest.raises(pulumi.RunError, match=r"superinc:edge\.site\.apex: got true in the root"):
        edge(account="shared", site={"apex": True})


@every_mode
def test_the_site_reaches_the_api_where_cloudfront_is_in_front_of_both(
    edge: EdgeRecorder, mode: str
) -> None:
    recording = edge(**WHOLE, origin_protection=mode)
    site = distribution(recording, "site").inputs
    paths = [behavior["pathPattern"] for behavior in site["orderedCacheBehaviors"]]
    rules = recording.names("ListenerRule")
    if mode == "public-waf":
        assert "/api/*" not in paths
        assert rules == {"edge-routes-api"}
    else:
        assert paths[0] == "/api/*"
        assert rules == {"edge-routes-api", "edge-routes-site"}


def test_settings_reach_the_site(edge: EdgeRecorder) -> None:
    recording = edge(
        site={
            "price_class": "all",
            "immutable_paths": ["/static/*"],
            "content_security_policy": "default-src 'none'",
            "hsts_seconds": 600,
            "allowed_countries": ["DE"],
        },
        waf={"rate_limit": 500, "count_only": [], "body_size": "block"},
        access_logs={"retention_days": 30},
    )
    site = distribution(recording, "site").inputs
    assert site["priceClass"] == "PriceClass_All"
    assert [one["pathPattern"] for one in site["orderedCacheBehaviors"]] == ["/static/*"]
    assert site["restrictions"]["geoRestriction"] == {
        "locations": ["DE"],
        "restrictionType": "whitelist",
    }
    headers = recording.one("ResponseHeadersPolicy", "edge-site-cdn-page-headers").inputs
    security = headers["securityHeadersConfig"]
    policy = security["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert policy == "default-src 'none'"
    assert security["strictTransportSecurity"]["accessControlMaxAgeSec"] == 600
    rules = recording.one("wafv2/webAcl:WebAcl").inputs["rules"]
    limits = [r["statement"].get("rateBasedStatement", {}).get("limit") for r in rules]
    assert 500 in limits
    assert "SizeRestrictions_BODY" not in json.dumps(rules)
    lifecycle = recording.one("BucketLifecycleConfiguration", "edge-logs-lifecycle").inputs
    assert lifecycle["rules"][0]["expiration"] == {"days": 30}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"site": {}}, "data"),
        ({"api": {}}, "logs"),
        ({"api": {}, "origin_protection": "prefix-list"}, "secrets"),
    ],
)
def test_a_missing_key_is_named(edge: EdgeRecorder, values: dict[str, Any], key: str) -> None:
    keys = tuple({"data", "logs", "secrets"} - {key})
    with pytest.raises(pulumi.RunError, match=rf"superinc:keys\.domains: .* wanted {key} among"):
        edge(**values, keys=keys)


@pytest.mark.parametrize("values", [{"site": {}}, {"api": {}}])
def test_missing_certificates_are_named(edge: EdgeRecorder, values: dict[str, Any]) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:dns\.certificates: got false, wanted"):
        edge(**values, certificates=())


def test_the_apex_needs_its_certificate(edge: EdgeRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:dns\.apex: got false, wanted true"):
        edge(site={"apex": True}, certificates=("certificate_arn", "cdn_certificate_arn"))


def test_a_network_without_a_group_for_load_balancers_is_named(edge: EdgeRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:network: .* wanted load-balancer among"):
        edge(api={}, groups=("node",))


@every_mode
def test_it_is_planned_before_anything_is_known(edge: EdgeRecorder, mode: str) -> None:
    values = {
        "site": {"apex": True},
        "api": {},
        "admin": {"hosts": ["argocd"], "authentication": "basic"},
        "origin_protection": mode,
    }
    planned = edge(**values, preview=True)
    assert {one.urn for one in planned.resources} == {one.urn for one in edge(**values).resources}
    association = planned.of("WebAclAssociation")
    assert all(one.inputs["resourceArn"] == UNKNOWN for one in association)
