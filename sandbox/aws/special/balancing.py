"""Load balancers' exceptions: attributes as text, actions and conditions by kind."""

from collections.abc import Mapping
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.special.balancing_words import (
    BALANCER_ATTRIBUTES,
    GROUP_ATTRIBUTES,
    HEALTH_CHECK,
    LISTENER_ATTRIBUTES,
    LOG_ATTRIBUTES,
    STICKINESS,
)
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

BALANCER_SETTINGS: Final = frozenset(
    BALANCER_ATTRIBUTES.keys()
    | LOG_ATTRIBUTES.keys()
    | {"ipAddressType", "minimumLoadBalancerCapacity", "securityGroups", "subnets"}
    | {"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"}
)
GROUP_SETTINGS: Final = frozenset(GROUP_ATTRIBUTES.keys() | {"healthCheck", "stickiness"})
_LISTENER: Final = frozenset(
    {"alpnPolicy", "certificateArn", "defaultActions", "mutualAuthentication", "port", "protocol"}
    | {"sslPolicy"}
)
LISTENER_SETTINGS: Final = _LISTENER | LISTENER_ATTRIBUTES.keys()

ACTION_NAMES: Final = {
    "arn": "TargetGroupArn",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "duration": "DurationSeconds",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "hostHeader": "HostHeaderConfig",
    "httpHeader": "HttpHeaderConfig",
    "httpRequestMethod": "HttpRequestMethodConfig",
    "pathPattern": "PathPatternConfig",
    "redirect": "RedirectConfig",
    "sourceIp": "SourceIpConfig",
    "stickiness": "TargetGroupStickinessConfig",
    "certificateArn": "CertificateArn",
}
_FIELDS: Final = {
    "hostHeader": "host-header",
    "httpHeader": "http-header",
    "httpRequestMethod": "http-request-method",
    "pathPattern": "path-pattern",
    "queryStrings": "query-string",
    "sourceIp": "source-ip",
}
"""What a rule's condition is called (ELBv2 API, RuleCondition)."""

_CREATE_BALANCER = Call("CreateLoadBalancer", {"Scheme": "$.scheme"}, mapped=True)
_CREATE_GROUP = Call("CreateTargetGroup", mapped=True)
_MODIFY_GROUP = Call("ModifyTargetGroup", {"TargetGroupArn": "$id"}, mapped=True)
_LISTENING = {"Certificates": "$.certificates", "AlpnPolicy": "$.alpnPolicies"}
_CREATE_LISTENER = Call("CreateListener", _LISTENING, mapped=True)
_MODIFY_LISTENER = Call("ModifyListener", {**_LISTENING, "ListenerArn": "$id"}, mapped=True)
_CREATE_RULE = Call("CreateRule", {"Conditions": "$.named"}, mapped=True)
_MODIFY_RULE = Call(
    "ModifyRule", {"RuleArn": "$id", "Conditions": "$.named", "Actions": "$.actions"}
)


def make_balancer(work: Work) -> tuple[str, object]:
    """Create a load balancer and set its attributes."""
    given = work.properties
    scheme = "internal" if given.get("internal") else "internet-facing"
    made = _made(work, _CREATE_BALANCER, {"scheme": scheme}, "LoadBalancers[0]")
    work.id = str(shapes.at(made, "LoadBalancerArn"))
    _attributes(work, "LoadBalancer", _balancer_attributes(work, frozenset(given)))
    return work.id, made


def change_balancer(work: Work, changed: frozenset[str]) -> None:
    """Set the attributes that changed, and what has an operation of its own."""
    _attributes(work, "LoadBalancer", _balancer_attributes(work, changed))
    for name, operation, member in (
        ("ipAddressType", "SetIpAddressType", "IpAddressType"),
        ("securityGroups", "SetSecurityGroups", "SecurityGroups"),
        ("subnets", "SetSubnets", "Subnets"),
    ):
        if name in changed:
            work.send(operation, {"LoadBalancerArn": work.id, member: work.properties.get(name)})


def _balancer_attributes(work: Work, names: frozenset[str]) -> dict[str, object]:
    found = _plain(work, BALANCER_ATTRIBUTES, names)
    for name, prefix in LOG_ATTRIBUTES.items():
        if name in names:
            logs = cast("dict[str, Any]", work.properties.get(name) or {"enabled": False})
            found[f"{prefix}.s3.enabled"] = logs.get("enabled", True)
            for part in ("bucket", "prefix"):
                if logs.get(part):
                    found[f"{prefix}.s3.{part}"] = logs[part]
    return found


def make_target_group(work: Work) -> tuple[str, object]:
    """Create a target group with its health check, and set its attributes."""
    made = _made(work, _CREATE_GROUP, _health_check(work), "TargetGroups[0]")
    work.id = str(shapes.at(made, "TargetGroupArn"))
    _attributes(work, "TargetGroup", _group_attributes(work, frozenset(work.properties)))
    return work.id, made


def change_target_group(work: Work, changed: frozenset[str]) -> None:
    """Change the health check and the attributes."""
    if "healthCheck" in changed:
        _sent(work, _MODIFY_GROUP, _health_check(work))
    _attributes(work, "TargetGroup", _group_attributes(work, changed))


def _health_check(work: Work) -> dict[str, object]:
    given = cast("dict[str, Any]", work.properties.get("healthCheck") or {})
    found: dict[str, object] = {
        member: given[name] for name, member in HEALTH_CHECK.items() if given.get(name) is not None
    }
    if given.get("matcher"):
        grpc = work.properties.get("protocolVersion") == "GRPC"
        found["Matcher"] = {"GrpcCode" if grpc else "HttpCode": given["matcher"]}
    return found


def _group_attributes(work: Work, names: frozenset[str]) -> dict[str, object]:
    found = _plain(work, GROUP_ATTRIBUTES, names)
    if "stickiness" in names:
        given = cast("dict[str, Any]", work.properties.get("stickiness") or {})
        found["stickiness.enabled"] = given.get("enabled", bool(given))
        kind = "app_cookie" if given.get("type") == "app_cookie" else "lb_cookie"
        for name, key in STICKINESS.items():
            if given.get(name) is not None:
                found[key.format(kind=kind)] = given[name]
    return found


def make_listener(work: Work) -> tuple[str, object]:
    """Create a listener and set its attributes."""
    made = _made(work, _CREATE_LISTENER, _listening(work), "Listeners[0]")
    work.id = str(shapes.at(made, "ListenerArn"))
    _attributes(work, "Listener", _plain(work, LISTENER_ATTRIBUTES, frozenset(work.properties)))
    return work.id, made


def change_listener(work: Work, changed: frozenset[str]) -> None:
    """Say the whole listener again, and the attributes that changed."""
    if changed & _LISTENER:
        _sent(work, _MODIFY_LISTENER, _listening(work))
    _attributes(work, "Listener", _plain(work, LISTENER_ATTRIBUTES, changed))


def _listening(work: Work) -> dict[str, object]:
    """Terraform's one certificate and one ALPN policy are lists of one."""
    found: dict[str, object] = {}
    if work.properties.get("certificateArn"):
        found["certificates"] = [{"certificateArn": work.properties["certificateArn"]}]
    if work.properties.get("alpnPolicy"):
        found["alpnPolicies"] = [work.properties["alpnPolicy"]]
    return found


def make_rule(work: Work) -> tuple[str, object]:
    """Create a rule; without a priority it comes after those there are."""
    extra: dict[str, object] = {"named": _conditions(work)}
    if work.properties.get("priority") is None:
        which = {"ListenerArn": work.properties["listenerArn"]}
        rules = cast("list[dict[str, Any]]", work.send("DescribeRules", which)["Rules"])
        taken = [int(one["Priority"]) for one in rules if one["Priority"] != "default"]
        extra["priority"] = max(taken, default=0) + 1
    made = _made(work, _CREATE_RULE, extra, "Rules[0]")
    return str(shapes.at(made, "RuleArn")), made


def change_rule(work: Work, changed: frozenset[str]) -> None:
    """Say the rule again; its place among the others has an operation of its own."""
    if changed & {"actions", "conditions"}:
        _sent(work, _MODIFY_RULE, {"named": _conditions(work)})
    if "priority" in changed and work.properties.get("priority") is not None:
        place = {"RuleArn": work.id, "Priority": int(work.properties["priority"])}
        work.send("SetRulePriorities", {"RulePriorities": [place]})


def _conditions(work: Work) -> list[dict[str, object]]:
    """Each condition with the name of its field."""
    found: list[dict[str, object]] = []
    for one in cast("list[dict[str, Any]]", work.properties.get("conditions") or []):
        name = next(name for name in _FIELDS if one.get(name))
        block = {"values": one[name]} if name == "queryStrings" else one[name]
        member = "queryStringConfig" if name == "queryStrings" else name
        found.append({"field": _FIELDS[name], member: block})
    return found


def find_certificate(work: Work) -> object:
    """A further certificate is listed with its listener."""
    found = _found(work, "DescribeListenerCertificates", {"ListenerArn": "listenerArn"})
    wanted = work.properties["certificateArn"]
    listed = cast("list[dict[str, Any]]", found.get("Certificates") or [])
    return next((one for one in listed if one["CertificateArn"] == wanted), None)


def find_target(work: Work) -> object:
    """A target is listed with its group's health."""
    found = _found(work, "DescribeTargetHealth", {"TargetGroupArn": "targetGroupArn"})
    listed = cast("list[dict[str, Any]]", found.get("TargetHealthDescriptions") or [])
    wanted = work.properties["targetId"]
    return next((one for one in listed if one["Target"]["Id"] == wanted), None)


def _found(work: Work, operation: str, which: Mapping[str, str]) -> dict[str, Any]:
    try:
        return work.send(operation, {key: work.properties[name] for key, name in which.items()})
    except ClientError as error:
        if errors.is_gone(error):
            return {}
        raise


def _made(work: Work, call: Call, extra: Mapping[str, object], path: str) -> object:
    work.result = _sent(work, call, extra, tagged=True)
    return shapes.at(work.result, path)


def _sent(
    work: Work, call: Call, extra: Mapping[str, object], *, tagged: bool = False
) -> dict[str, Any]:
    """Make a call with properties of the API's own beside the given ones."""
    given = work.properties
    work.properties = {**given, **extra}
    try:
        return work.call(call, tagged=tagged)
    finally:
        work.properties = given


def _plain(work: Work, words: Mapping[str, str], names: frozenset[str]) -> dict[str, object]:
    return {
        key: work.properties[name]
        for name, key in words.items()
        if name in names and work.properties.get(name) is not None
    }


def _attributes(work: Work, kind: str, attributes: Mapping[str, object]) -> None:
    if attributes:
        listed = [{"Key": key, "Value": _text(value)} for key, value in attributes.items()]
        work.send(f"Modify{kind}Attributes", {f"{kind}Arn": work.id, "Attributes": listed})


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
