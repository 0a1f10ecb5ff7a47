"""Web ACLs: where they are, what they refuse, and what their log keeps to itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.edge.web_acl import AdminHosts, Scope, WafSettings, WebAcl, WebAclArgs
from components.edge.web_acl_rules import CAPACITY_LIMIT, MANAGED_GROUPS
from tests.recording import Recording, record
from tests.wire import Secret

BUCKET = "arn:aws:s3:::aws-waf-logs-edge"
RATE_LIMIT = "rate-limit"


SITE = WebAclArgs(
    scope=Scope.CLOUDFRONT,
    region="eu-central-1",
    description="In front of the site",
    log_bucket_arn=BUCKET,
)


def web_acl(args: WebAclArgs = SITE) -> Recording:
    return record(lambda: pulumi.export("arn", WebAcl("site-waf", args).arn))


def rules(recording: Recording) -> dict[str, Mapping[str, Any]]:
    found = recording.one("wafv2/webAcl:WebAcl").inputs["rules"]
    return {rule["name"]: rule for rule in found}


@pytest.mark.parametrize(
    ("scope", "region"), [(Scope.CLOUDFRONT, "us-east-1"), (Scope.REGIONAL, "eu-central-1")]
)
def test_everything_of_a_web_acl_is_in_the_region_of_its_scope(scope: Scope, region: str) -> None:
    recording = web_acl(
        replace(
            SITE, scope=scope, admin=AdminHosts(hosts=["a.b.com"], allowed_cidrs=["10.0.0.0/8"])
        )
    )
    made = [found for found in recording.resources if found.custom]
    assert len(made) == 3
    assert {found.inputs["region"] for found in made} == {region}
    assert {found.inputs.get("scope", scope) for found in made} == {scope.value}


def test_its_name_stays_what_it_is_called() -> None:
    assert web_acl().one("wafv2/webAcl:WebAcl").inputs["name"] == "site-waf"


def test_awss_rules_block_but_for_the_one_that_only_counts() -> None:
    found = rules(web_acl())
    actions = {name: found[name]["overrideAction"] for name in MANAGED_GROUPS}
    counted = {name for name, action in actions.items() if action == {"count": {}}}
    assert counted == {"AWSManagedRulesAnonymousIpList"}
    assert all(action == {"none": {}} for name, action in actions.items() if name not in counted)


def test_each_group_is_awss_and_each_rule_has_a_metric_and_a_place_of_its_own() -> None:
    found = rules(web_acl())
    for group in MANAGED_GROUPS:
        statement = found[group]["statement"]["managedRuleGroupStatement"]
        assert (statement["vendorName"], statement["name"]) == ("AWS", group)
    assert [rule["priority"] for rule in found.values()] == list(range(len(found)))
    assert all(rule["visibilityConfig"]["cloudwatchMetricsEnabled"] for rule in found.values())


def test_the_groups_fit_into_the_price_of_a_web_acl() -> None:
    assert sum(MANAGED_GROUPS.values()) <= CAPACITY_LIMIT - 300  # room for our own rules


def test_an_upload_is_counted_and_not_blocked_unless_asked_for() -> None:
    def overrides(recording: Recording) -> object:
        group = rules(recording)["AWSManagedRulesCommonRuleSet"]["statement"]
        return group["managedRuleGroupStatement"].get("ruleActionOverrides")

    assert overrides(web_acl()) == [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}]
    assert overrides(web_acl(replace(SITE, settings=WafSettings(block_large_bodies=True)))) is None


def test_a_group_can_be_made_to_count_first() -> None:
    settings = WafSettings(count_only=["AWSManagedRulesSQLiRuleSet"])
    found = rules(web_acl(replace(SITE, settings=settings)))
    assert found["AWSManagedRulesSQLiRuleSet"]["overrideAction"] == {"count": {}}
    assert found["AWSManagedRulesAnonymousIpList"]["overrideAction"] == {"none": {}}


def test_one_address_may_ask_so_often_in_five_minutes() -> None:
    rule = rules(web_acl(replace(SITE, settings=WafSettings(rate_limit=500))))[RATE_LIMIT]
    assert rule["action"] == {"block": {}}
    assert rule["statement"]["rateBasedStatement"] == {
        "limit": 500,
        "evaluationWindowSec": 300,
        "aggregateKeyType": "IP",
    }


def test_behind_cloudfront_the_visitor_is_counted_and_not_cloudfront() -> None:
    statement = rules(web_acl(replace(SITE, scope=Scope.REGIONAL, behind_cloudfront=True)))[
        RATE_LIMIT
    ]["statement"]
    assert statement["rateBasedStatement"]["aggregateKeyType"] == "FORWARDED_IP"
    assert statement["rateBasedStatement"]["forwardedIpConfig"] == {
        "headerName": "X-Forwarded-For",
        "fallbackBehavior": "NO_MATCH",
    }


def host_is(host: str) -> dict[str, Any]:
    return {
        "byteMatchStatement": {
            "fieldToMatch": {"singleHeader": {"name": "host"}},
            "positionalConstraint": "STARTS_WITH",
            "searchString": host,
            "textTransformations": [{"priority": 0, "type": "LOWERCASE"}],
        }
    }


def test_an_admin_host_is_refused_to_every_address_not_on_the_list() -> None:
    admin = AdminHosts(hosts=["b.x.com", "a.x.com"], allowed_cidrs=["192.0.2.0/24"])
    recording = web_acl(replace(SITE, admin=admin))
    ip_set = recording.one("wafv2/ipSet:IpSet")
    assert ip_set.inputs["addresses"] == ["192.0.2.0/24"]
    rule = rules(recording)["admin-address"]
    assert (rule["priority"], rule["action"]) == (0, {"block": {}})
    hosts, elsewhere = rule["statement"]["andStatement"]["statements"]
    assert hosts == {"orStatement": {"statements": [host_is("a.x.com"), host_is("b.x.com")]}}
    reference = {"arn": ip_set.outputs["arn"]}
    assert elsewhere == {"notStatement": {"statement": {"ipSetReferenceStatement": reference}}}


def test_a_single_admin_host_needs_no_or_and_a_port_does_not_get_around_it() -> None:
    admin = AdminHosts(hosts=["a.x.com"], allowed_cidrs=["192.0.2.0/24"])
    rule = rules(web_acl(replace(SITE, admin=admin)))["admin-address"]
    host = rule["statement"]["andStatement"]["statements"][0]
    assert host == host_is("a.x.com")
    assert "a.x.com:443".startswith(host["byteMatchStatement"]["searchString"])


def test_behind_cloudfront_an_administrators_address_is_the_one_cloudfront_wrote() -> None:
    admin = AdminHosts(hosts=["a.x.com"], allowed_cidrs=["192.0.2.0/24"])
    rule = rules(web_acl(replace(SITE, scope=Scope.REGIONAL, behind_cloudfront=True, admin=admin)))[
        "admin-address"
    ]
    elsewhere = rule["statement"]["andStatement"]["statements"][1]["notStatement"]["statement"]
    assert elsewhere["ipSetReferenceStatement"]["ipSetForwardedIpConfig"] == {
        "headerName": "X-Forwarded-For",
        "position": "LAST",
        "fallbackBehavior": "NO_MATCH",
    }


def test_a_login_is_asked_for_and_compared_as_it_is() -> None:
    def program() -> None:
        word = pulumi.Output.secret("Basic YWRtaW46eA==")
        admin = AdminHosts(hosts=["a.x.com"], authorization=word)
        WebAcl("site-waf", replace(SITE, admin=admin))

    recording = record(program)
    # One secret inside makes the whole list one in the state.
    found = recording.one("wafv2/webAcl:WebAcl").inputs["rules"]
    assert isinstance(found, Secret) or "Secret" in repr(found)
    every = found.value if isinstance(found, Secret) else found
    rule = next(rule for rule in every if rule["name"] == "admin-login")
    response = rule["action"]["block"]["customResponse"]
    assert response["responseCode"] == 401
    assert response["responseHeaders"][0]["name"] == "WWW-Authenticate"
    other = rule["statement"]["andStatement"]["statements"][1]["notStatement"]["statement"]
    match = other["byteMatchStatement"]
    assert (match["positionalConstraint"], match["textTransformations"][0]["type"]) == (
        "EXACTLY",
        "NONE",
    )


def test_without_addresses_or_a_login_there_is_no_admin_rule() -> None:
    recording = web_acl(replace(SITE, admin=AdminHosts(hosts=["a.x.com"])))
    assert not [name for name in rules(recording) if name.startswith("admin")]
    assert recording.of("wafv2/ipSet:IpSet") == []


def test_decisions_are_logged_without_what_would_carry_a_session_on() -> None:
    recording = web_acl()
    logging = recording.one("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs
    assert logging["logDestinationConfigs"] == [BUCKET]
    assert logging["resourceArn"] == recording.one("wafv2/webAcl:WebAcl").outputs["arn"]
    redacted = {field["singleHeader"]["name"] for field in logging["redactedFields"]}
    assert redacted == {"authorization", "cookie"}
    assert logging["loggingFilter"]["defaultBehavior"] == "DROP"


def test_samples_would_show_what_the_log_leaves_out_so_there_are_none() -> None:
    recording = web_acl()
    acl = recording.one("wafv2/webAcl:WebAcl").inputs
    configs = [acl["visibilityConfig"], *(r["visibilityConfig"] for r in acl["rules"])]
    assert {config["sampledRequestsEnabled"] for config in configs} == {False}


def test_everything_is_logged_when_asked_for() -> None:
    logging = web_acl(replace(SITE, settings=WafSettings(log_allowed=True))).one(
        "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
    )
    assert "loggingFilter" not in logging.inputs


def test_its_arn_is_published() -> None:
    recording = web_acl()
    assert recording.exports["arn"] == recording.one("wafv2/webAcl:WebAcl").outputs["arn"]
