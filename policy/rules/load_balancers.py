"""EDGE: load balancers, their listeners and targets."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, read, spread

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
WEB_ACL_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"

TLS_POLICIES = ("ELBSecurityPolicy-TLS13-1-2-*", "ELBSecurityPolicy-TLS13-1-3-*")
"""TLS 1.2 and 1.3 (ELB user guide, "Security policies"); AWS's default takes TLS 1.0."""

PERMANENT = frozenset({"HTTP_301", "HTTP_302"})
DESYNC_MODES = frozenset({MISSING, UNKNOWN, "defensive", "strictest"})
LOGINS = frozenset({"authenticate-cognito", "authenticate-oidc", "jwt-validation"})

HEALTH_PATHS = frozenset({"/healthz", "/livez", "/ping", "/readyz"})
"""Playbook APP-04, and Traefik's own."""

ADMIN_HOSTS = (
    "admin*.*",
    "alertmanager*.*",
    "argocd*.*",
    "grafana*.*",
    "prometheus*.*",
    "traefik*.*",
)
"""Names under which the playbook's tools have pages for administrators (SEC-13)."""


def is_public(balancer: Resource) -> bool | None:
    """Whether it answers to the internet, as AWS does where nobody says; None if not known."""
    internal = balancer.get("internal")
    return None if internal is UNKNOWN else internal is not True


def _kind(balancer: Resource) -> object:
    kind = balancer.get("loadBalancerType")
    return "application" if kind is MISSING else kind


def _behind_web_acl(graph: Graph, _: Context) -> Iterator[Problem]:
    for balancer in graph.of_type(LOAD_BALANCER):
        public = is_public(balancer)
        if public is None:
            yield undecided(balancer, "internal")
        if not public:
            continue
        if _kind(balancer) != "application":
            message = "got a public load balancer no web ACL can guard, wanted an application one"
            yield failed(balancer, "loadBalancerType", message)
            continue
        guards = graph.referring(balancer, WEB_ACL_ASSOCIATION, "resourceArn")
        if not guards.found:
            problem = failed(balancer, "", "got a public load balancer without a web ACL")
            yield problem if guards.certain else undecided(balancer, "resourceArn")


def _plain_redirects(graph: Graph, _: Context) -> Iterator[Problem]:
    for listener in graph.of_type(LISTENER):
        if not _is_plain(listener):
            continue
        for action in items(listener.get("defaultActions")):
            redirect = mapping(read(action, "redirect"))
            good = (
                read(action, "type") == "redirect"
                and redirect.get("protocol") == "HTTPS"
                and redirect.get("statusCode") in PERMANENT
            )
            if not good:
                message = "got an answer without TLS, wanted a redirect to HTTPS"
                yield failed(listener, "defaultActions", message)
        for rule in graph.referring(listener, LISTENER_RULE, "listenerArn").found:
            if "forward" in spread(rule.props, "actions", "type"):
                yield failed(rule, "actions", "got requests forwarded without TLS, wanted none")


def _is_plain(listener: Resource) -> bool:
    protocol = listener.get("protocol")
    return protocol == "HTTP" or (protocol is MISSING and listener.get("port") == 80)  # noqa: PLR2004 - HTTP


def _modern_tls(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("protocol") not in {"HTTPS", "TLS"}:
        return
    if resource.get("certificateArn") is MISSING:
        yield failed(resource, "certificateArn", "got none, wanted a certificate")
    policy = resource.get("sslPolicy")
    if policy is UNKNOWN:
        yield undecided(resource, "sslPolicy")
    elif not any(fnmatchcase(str(policy), wanted) for wanted in TLS_POLICIES):
        got = "AWS's default" if policy is MISSING else policy
        yield failed(resource, "sslPolicy", f"got {got}, wanted {' or '.join(TLS_POLICIES)}")


def _hardened(resource: Resource, _: Context) -> Iterator[Problem]:
    if _kind(resource) != "application":
        return
    if resource.get("dropInvalidHeaderFields") not in {True, UNKNOWN}:
        yield failed(resource, "dropInvalidHeaderFields", "got false, wanted true")
    mode = resource.get("desyncMitigationMode")
    if mode not in DESYNC_MODES:
        yield failed(resource, "desyncMitigationMode", f"got {mode}, wanted defensive")
    if resource.get("enableWafFailOpen") is True:
        yield failed(resource, "enableWafFailOpen", "got true, wanted false")


def _kept_and_logged(resource: Resource, _: Context) -> Iterator[Problem]:
    for path in (("enableDeletionProtection",), ("accessLogs", "enabled")):
        if resource.get(*path) not in {True, UNKNOWN}:
            yield failed(resource, ".".join(path), "got false, wanted true")


def _classic(resource: Resource, _: Context) -> Iterator[Problem]:
    yield failed(resource, "", "got a classic load balancer, wanted an application one")


def _pods_as_targets(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("targetType") not in {"ip", UNKNOWN}:
        yield failed(resource, "targetType", "got nodes as targets, wanted pods (ip)")
    path = resource.get("healthCheck", "path")
    if path is not UNKNOWN and path not in HEALTH_PATHS:
        got = "/" if path is MISSING else path
        wanted = ", ".join(sorted(HEALTH_PATHS))
        yield failed(resource, "healthCheck.path", f"got {got}, wanted one of {wanted}")


def _administrators_log_in(graph: Graph, _: Context) -> Iterator[Problem]:
    asked = _hosts_that_ask(graph)
    for rule in graph.of_type(LISTENER_RULE):
        hosts = [str(host) for host in spread(rule.props, "conditions", "hostHeader", "values")]
        admin = [host for host in hosts if any(fnmatchcase(host, name) for name in ADMIN_HOSTS)]
        types = list(spread(rule.props, "actions", "type"))
        if not admin or "forward" not in types or LOGINS & set(map(str, types)):
            continue
        for host in admin:
            if host not in asked:
                yield failed(rule, "actions", f"got {host} open to everybody, wanted a login")


def _hosts_that_ask(graph: Graph) -> frozenset[str]:
    """The hosts for which a web ACL wants a password (BasicAuth at the edge)."""
    hosts: set[str] = set()
    for acl in graph.of_type(WEB_ACL):
        for rule in items(acl.get("rules")):
            tests = list(_byte_matches(rule))
            headers = {read(test, "fieldToMatch", "singleHeader", "name") for test in tests}
            if "authorization" in headers:
                hosts |= {str(read(test, "searchString")) for test in tests}
    return frozenset(hosts)


def _byte_matches(value: object) -> Iterator[object]:
    for item in items(value):
        yield from _byte_matches(item)
    for key, item in mapping(value).items():
        if key == "byteMatchStatement":
            yield item
        else:
            yield from _byte_matches(item)


RULES: tuple[Rule, ...] = (
    Rule(
        id="EDGE-01",
        title="Public load balancers are behind a web ACL",
        severity=Severity.CRITICAL,
        remedy="make it internal behind CloudFront, or associate a regional web ACL",
        types=(LOAD_BALANCER, WEB_ACL_ASSOCIATION),
        stack=_behind_web_acl,
        controls=("FSBP ELB.16",),
    ),
    Rule(
        id="EDGE-04",
        title="Without TLS there is a redirect and nothing else",
        severity=Severity.HIGH,
        remedy="redirect to HTTPS with HTTP_301",
        types=(LISTENER, LISTENER_RULE),
        stack=_plain_redirects,
        controls=("FSBP ELB.1",),
    ),
    Rule(
        id="EDGE-05",
        title="TLS is 1.2 or later, with a certificate of ours",
        severity=Severity.HIGH,
        remedy="set ssl_policy to one of the TLS13-1-2 policies and give the certificate",
        types=(LISTENER,),
        resource=_modern_tls,
    ),
    Rule(
        id="EDGE-10",
        title="Load balancers drop malformed requests and fail closed",
        severity=Severity.MEDIUM,
        remedy="set drop_invalid_header_fields=True and leave enable_waf_fail_open at false",
        types=(LOAD_BALANCER,),
        resource=_hardened,
        controls=("FSBP ELB.4", "FSBP ELB.12"),
    ),
    Rule(
        id="EDGE-11",
        title="Load balancers are kept and log who asked",
        severity=Severity.MEDIUM,
        production_only=True,
        remedy="set enable_deletion_protection=True and access_logs",
        types=(LOAD_BALANCER,),
        resource=_kept_and_logged,
        controls=("FSBP ELB.5", "FSBP ELB.6"),
    ),
    Rule(
        id="EDGE-14",
        title="No classic load balancers",
        severity=Severity.MEDIUM,
        remedy="use an application load balancer",
        types=(CLASSIC,),
        resource=_classic,
    ),
    Rule(
        id="EDGE-15",
        title="Load balancers send to pods, and ask them how they are",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="set target_type=ip and a health path that says whether the pod is ready",
        types=(TARGET_GROUP,),
        resource=_pods_as_targets,
    ),
    Rule(
        id="EDGE-16",
        title="Pages for administrators ask who is there",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="name the host in superinc:edge's admin pages: OIDC or BasicAuth",
        types=(LISTENER_RULE,),
        stack=_administrators_log_in,
    ),
)
