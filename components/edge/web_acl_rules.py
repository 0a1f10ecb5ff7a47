"""The rules of a web ACL, in the order they are tried; pure but for the IP set they name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pulumi
import pulumi_aws as aws

MANAGED_GROUPS = {
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
}
"""AWS's managed rule groups of every web ACL, with their capacity units (WAF Developer Guide, "AWS
Managed Rules rule groups list"). All included in the price of a web ACL up to
:data:`CAPACITY_LIMIT` units."""

CAPACITY_LIMIT = 1500
"""Units beyond which requests cost more (AWS WAF pricing)."""

BODY_GROUP, BODY_RULE = "AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY"
"""The rule that blocks bodies above 8 KB, which is every upload."""

RATE_WINDOW_SECONDS = 300

_FORWARDED = "X-Forwarded-For"

_Statement: TypeAlias = aws.wafv2.WebAclRuleStatementArgsDict
_Action: TypeAlias = aws.wafv2.WebAclRuleActionArgsDict


@dataclass(frozen=True, kw_only=True)
class AdminAccess:
    """Hosts that only administrators may ask for.

    Attributes:
        hosts: The host names, complete.
        ip_set_arn: The addresses that may; None for any.
        authorization: What the ``Authorization`` header must be, whole; None asks for nothing
            here. It is a secret: WAF answers 401 without it, so that a browser asks.
    """

    hosts: Sequence[str]
    ip_set_arn: pulumi.Input[str] | None = None
    authorization: pulumi.Input[str] | None = None


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """What the rules depend on.

    Attributes:
        rate_limit: Requests one address may make in :data:`RATE_WINDOW_SECONDS`.
        count_only: Managed groups that count and do not block.
        block_large_bodies: Whether :data:`BODY_RULE` blocks.
        behind_cloudfront: Whether requests come from CloudFront, with the visitor's address in
            ``X-Forwarded-For``.
        admin: Hosts for administrators.
    """

    rate_limit: int
    count_only: Sequence[str]
    block_large_bodies: bool
    behind_cloudfront: bool
    admin: AdminAccess | None


def rules(settings: RuleSettings) -> list[aws.wafv2.WebAclRuleArgsDict]:
    """All rules; what is cheap to decide and most to the point comes first."""
    made = [*_admin(settings), ("rate-limit", _rate(settings), _BLOCK)]
    first: list[aws.wafv2.WebAclRuleArgsDict] = [
        {
            "name": name,
            "priority": priority,
            "statement": statement,
            "action": action,
            "visibility_config": visibility(name),
        }
        for priority, (name, statement, action) in enumerate(made)
    ]
    return [*first, *_managed(settings, start=len(first))]


def visibility(name: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgsDict:
    """Metrics, but no samples: they show the very headers that the log leaves out."""
    return {
        "metric_name": name,
        "cloudwatch_metrics_enabled": True,
        "sampled_requests_enabled": False,
    }


_BLOCK: _Action = {"block": {}}

_ASK: _Action = {
    "block": {
        "custom_response": {
            "response_code": 401,
            "response_headers": [{"name": "WWW-Authenticate", "value": 'Basic realm="admin"'}],
        }
    }
}

_Rule = tuple[str, _Statement, _Action]


def _admin(settings: RuleSettings) -> Iterator[_Rule]:
    admin = settings.admin
    if admin is None:
        return
    hosts = _any([_host(host) for host in admin.hosts])
    if admin.ip_set_arn is not None:
        address = _from(admin.ip_set_arn, forwarded=settings.behind_cloudfront)
        yield "admin-address", _all([hosts, _not(address)]), _BLOCK
    if admin.authorization is not None:
        known = _header("authorization", "EXACTLY", admin.authorization, "NONE")
        yield "admin-login", _all([hosts, _not(known)]), _ASK


def _from(ip_set_arn: pulumi.Input[str], *, forwarded: bool) -> _Statement:
    if not forwarded:
        return {"ip_set_reference_statement": {"arn": ip_set_arn}}
    return {
        "ip_set_reference_statement": {
            "arn": ip_set_arn,
            # The last address is the one CloudFront wrote; those before are the visitor's words.
            "ip_set_forwarded_ip_config": {
                "header_name": _FORWARDED,
                "position": "LAST",
                "fallback_behavior": "NO_MATCH",
            },
        }
    }


def _rate(settings: RuleSettings) -> _Statement:
    limit: aws.wafv2.WebAclRuleStatementRateBasedStatementArgsDict = {
        "limit": settings.rate_limit,
        "evaluation_window_sec": RATE_WINDOW_SECONDS,
        "aggregate_key_type": "IP",
    }
    if settings.behind_cloudfront:
        # WAF counts by the first forwarded address, which a visitor can invent: this is the
        # second line, and CloudFront's own web ACL, which sees addresses, the first.
        limit["aggregate_key_type"] = "FORWARDED_IP"
        limit["forwarded_ip_config"] = {
            "header_name": _FORWARDED,
            "fallback_behavior": "NO_MATCH",
        }
    return {"rate_based_statement": limit}


def _managed(settings: RuleSettings, *, start: int) -> Iterator[aws.wafv2.WebAclRuleArgsDict]:
    for priority, name in enumerate(MANAGED_GROUPS, start=start):
        group: aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgsDict = {
            "vendor_name": "AWS",
            "name": name,
        }
        if name == BODY_GROUP and not settings.block_large_bodies:
            group["rule_action_overrides"] = [{"name": BODY_RULE, "action_to_use": {"count": {}}}]
        yield {
            "name": name,
            "priority": priority,
            "override_action": {"count": {}} if name in settings.count_only else {"none": {}},
            "statement": {"managed_rule_group_statement": group},
            "visibility_config": visibility(name),
        }


def _host(host: str) -> _Statement:
    # Not exactly: "admin.example.com:443" and "admin.example.com." are the same host.
    return _header("host", "STARTS_WITH", host, "LOWERCASE")


def _header(name: str, position: str, value: pulumi.Input[str], transformation: str) -> _Statement:
    return {
        "byte_match_statement": {
            "field_to_match": {"single_header": {"name": name}},
            "positional_constraint": position,
            "search_string": value,
            "text_transformations": [{"priority": 0, "type": transformation}],
        }
    }


def _any(statements: list[_Statement]) -> _Statement:
    if len(statements) == 1:  # WAF wants two of them in an OR
        return statements[0]
    return {"or_statement": {"statements": statements}}


def _all(statements: list[_Statement]) -> _Statement:
    return {"and_statement": {"statements": statements}}


def _not(statement: _Statement) -> _Statement:
    return {"not_statement": {"statement": statement}}
