"""EDGE: web ACLs."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, one_or_many
from policy.rules.distributions import DISTRIBUTION
from policy.rules.load_balancers import WEB_ACL, WEB_ACL_ASSOCIATION

LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
GROUP_ASSOCIATION = "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"

CLOUDFRONT = "CLOUDFRONT"
CLOUDFRONT_REGION = "us-east-1"
LOG_PREFIX = "aws-waf-logs-"
"""How the name of every destination begins (WAF developer guide, "Logging destinations")."""


def _at_work(graph: Graph, _: Context) -> Iterator[Problem]:
    for acl in graph.of_type(WEB_ACL):
        yield from _has_rules(graph, acl)
        metrics = acl.get("visibilityConfig", "cloudwatchMetricsEnabled")
        if metrics not in {True, UNKNOWN}:
            path = "visibilityConfig.cloudwatchMetricsEnabled"
            yield failed(acl, path, "got no metrics, wanted them")
        logs = graph.referring(acl, LOGGING, "resourceArn")
        if not logs.found and logs.certain:
            yield advised(acl, "", "got no log of its decisions, wanted one")
    for logging in graph.of_type(LOGGING):
        for destination in one_or_many(logging.get("logDestinationConfigs")):
            if isinstance(destination, str) and LOG_PREFIX not in destination:
                message = f"got a destination WAF refuses, wanted one called {LOG_PREFIX}…"
                yield failed(logging, "logDestinationConfigs", message)


def _has_rules(graph: Graph, acl: Resource) -> Iterator[Problem]:
    rules = acl.get("rules")
    if rules is UNKNOWN or items(rules) or acl.get("ruleJson") is not MISSING:
        return
    groups = graph.referring(acl, GROUP_ASSOCIATION, "webAclArn")
    if not groups.found:
        problem = failed(acl, "rules", "got none, wanted rules")
        yield problem if groups.certain else undecided(acl, "rules")


def _where_it_works(graph: Graph, _: Context) -> Iterator[Problem]:
    for acl in graph.of_type(WEB_ACL):
        associations = graph.referring(acl, WEB_ACL_ASSOCIATION, "webAclArn").found
        if acl.get("scope") == CLOUDFRONT:
            if acl.region not in {CLOUDFRONT_REGION, UNKNOWN}:
                message = f"got {acl.region}, wanted {CLOUDFRONT_REGION} for CloudFront"
                yield failed(acl, "region", message)
            for association in associations:
                message = "got CloudFront's web ACL on a regional resource, wanted a regional one"
                yield failed(association, "webAclArn", message)
        else:
            for distribution in graph.referring(acl, DISTRIBUTION, "webAclId").found:
                message = "got a regional web ACL on CloudFront, wanted scope CLOUDFRONT"
                yield failed(distribution, "webAclId", message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="EDGE-12",
        title="Web ACLs have rules, metrics and a log",
        severity=Severity.MEDIUM,
        remedy="make web ACLs with components/edge/web_acl.py",
        types=(WEB_ACL, LOGGING),
        stack=_at_work,
        controls=("FSBP WAF.10", "FSBP WAF.11", "FSBP WAF.12"),
    ),
    Rule(
        id="EDGE-13",
        title="Web ACLs are in the scope and Region of what they guard",
        severity=Severity.HIGH,
        remedy="CLOUDFRONT in us-east-1 for distributions, REGIONAL for load balancers",
        types=(WEB_ACL, WEB_ACL_ASSOCIATION),
        stack=_where_it_works,
    ),
)
