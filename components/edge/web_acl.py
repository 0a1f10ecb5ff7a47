"""WAF in front of a distribution or a load balancer (playbook SEC-01, SEC-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge.access_logs import CLOUDFRONT_REGION
from components.edge.web_acl_rules import AdminAccess, RuleSettings, rules, visibility

REDACTED_HEADERS = ("authorization", "cookie")
"""Who may read the logs must not be able to go on with somebody's session."""

LOGGED_ACTIONS = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")


class Scope(StrEnum):
    """What a web ACL can be put in front of; WAF's own words, and never exchangeable."""

    CLOUDFRONT = "CLOUDFRONT"
    REGIONAL = "REGIONAL"


@dataclass(frozen=True, kw_only=True)
class AdminHosts:
    """Hosts for administrators only.

    Attributes:
        hosts: The host names, complete.
        allowed_cidrs: IPv4 networks they may be asked for from; empty for anywhere.
        authorization: What the ``Authorization`` header must be, whole, such as ``Basic …``: a
            secret. None asks for nothing here.
    """

    hosts: Sequence[str]
    allowed_cidrs: Sequence[str] = ()
    authorization: pulumi.Input[str] | None = None


@dataclass(frozen=True, kw_only=True)
class WafSettings:
    """How strict a web ACL is, and what it writes down.

    Attributes:
        rate_limit: Requests one address may make in five minutes.
        count_only: Managed rule groups that count and do not block.
        block_large_bodies: Whether bodies above the inspected size are blocked; that is every
            upload.
        log_allowed: Whether requests that no rule matched are logged as well; access logs have
            them already.
    """

    rate_limit: int = 2000
    count_only: Sequence[str] = ("AWSManagedRulesAnonymousIpList",)
    block_large_bodies: bool = False
    log_allowed: bool = False


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """Inputs of :class:`WebAcl`.

    Attributes:
        scope: What it is for.
        region: The load balancer's Region. One for CloudFront is in us-east-1 in any case.
        description: What it protects.
        log_bucket_arn: The bucket for its decisions: log delivery may write to it and its name
            begins with ``aws-waf-logs-``. A log group would have to be in the web ACL's Region,
            and in us-east-1 the account has no key for it (playbook KMS-01).
        settings: How strict it is.
        behind_cloudfront: Whether requests come through CloudFront; of use with ``REGIONAL``.
        admin: Hosts for administrators.
    """

    scope: Scope
    region: str
    description: str
    log_bucket_arn: pulumi.Input[str]
    settings: WafSettings = WafSettings()
    behind_cloudfront: bool = False
    admin: AdminHosts | None = None


class WebAcl(Component):
    """A web ACL with AWS's managed rules and a limit per address, and the log of its decisions.

    Bills by the month, by rule and by request. Its name is its logical name, so that log paths
    and metrics keep theirs. AWS refuses to delete it while something is behind it.
    """

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        region = CLOUDFRONT_REGION if args.scope is Scope.CLOUDFRONT else args.region
        acl = aws.wafv2.WebAcl(
            f"{name}-acl",
            name=name,
            description=args.description,
            scope=args.scope.value,
            region=region,
            default_action={"allow": {}},
            rules=rules(
                RuleSettings(
                    rate_limit=args.settings.rate_limit,
                    count_only=args.settings.count_only,
                    block_large_bodies=args.settings.block_large_bodies,
                    behind_cloudfront=args.behind_cloudfront,
                    admin=self._admin(name, args, region),
                )
            ),
            visibility_config=visibility(name),
            opts=self.child(),
        )
        self._log(name, args, acl, region)
        self.finish(arn=acl.arn)

    def _admin(self, name: str, args: WebAclArgs, region: str) -> AdminAccess | None:
        if args.admin is None:
            return None
        ip_set_arn = None
        if args.admin.allowed_cidrs:
            ip_set = aws.wafv2.IpSet(
                f"{name}-administrators",
                description="Where administrators come from",
                scope=args.scope.value,
                region=region,
                ip_address_version="IPV4",
                addresses=sorted(args.admin.allowed_cidrs),
                opts=self.child(),
            )
            ip_set_arn = ip_set.arn
        return AdminAccess(
            hosts=sorted(args.admin.hosts),
            ip_set_arn=ip_set_arn,
            authorization=args.admin.authorization,
        )

    def _log(self, name: str, args: WebAclArgs, acl: aws.wafv2.WebAcl, region: str) -> None:
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[args.log_bucket_arn],
            redacted_fields=[{"single_header": {"name": header}} for header in REDACTED_HEADERS],
            logging_filter=None if args.settings.log_allowed else _only_matched(),
            region=region,
            opts=self.child(),
        )


def _only_matched() -> aws.wafv2.WebAclLoggingConfigurationLoggingFilterArgsDict:
    return {
        "default_behavior": "DROP",
        "filters": [
            {
                "behavior": "KEEP",
                "requirement": "MEETS_ANY",
                "conditions": [
                    {"action_condition": {"action": action}} for action in LOGGED_ACTIONS
                ],
            }
        ],
    }
