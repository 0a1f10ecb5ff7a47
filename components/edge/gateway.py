"""The distribution of the API's own name and of the admin pages."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import Component
from components.edge.access_logs import CLOUDFRONT_REGION
from components.edge.distribution import ApiOrigin, Distribution, DistributionArgs
from components.edge.distribution_logs import DistributionLogs, DistributionLogsArgs
from components.edge.web_acl import AdminHosts, Scope, WafSettings, WebAcl, WebAclArgs


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """Inputs of :class:`Gateway`.

    Attributes:
        domains: The full names it answers for.
        certificate_arn: A certificate in us-east-1 that has them.
        log_bucket_arn: A bucket log delivery may write to, called ``aws-waf-logs-…``.
        origin: The load balancer that answers everything.
        web_acl: What the web ACL lets through.
        admin: Which of the names are for administrators, and how they are known.
    """

    domains: Sequence[str]
    certificate_arn: pulumi.Input[str]
    log_bucket_arn: pulumi.Input[str]
    origin: ApiOrigin
    web_acl: WafSettings
    admin: AdminHosts | None


class Gateway(Component):
    """CloudFront in front of the whole load balancer: nothing kept, everything passed on.

    The site has a distribution of its own, whose default is a file; this one's is the load
    balancer, so that a name is all a page or an API needs to be reached. Bills by request, and
    for its web ACL by the month. Deleting it takes its names off the internet.
    """

    distribution_id: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    hosted_zone_id: pulumi.Output[str]
    web_acl_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        web_acl = WebAcl(
            f"{name}-waf",
            WebAclArgs(
                scope=Scope.CLOUDFRONT,
                region=CLOUDFRONT_REGION,
                description="In front of the API's own name",
                log_bucket_arn=args.log_bucket_arn,
                settings=args.web_acl,
                admin=args.admin,
            ),
            self.child(),
        )
        distribution = Distribution(
            f"{name}-cdn",
            DistributionArgs(
                description="The API and admin pages",
                domains=args.domains,
                certificate_arn=args.certificate_arn,
                web_acl_arn=web_acl.arn,
                api_origin=args.origin,
            ),
            self.child(),
        )
        DistributionLogs(
            f"{name}-logs",
            DistributionLogsArgs(
                distribution_arn=distribution.distribution_arn, log_bucket_arn=args.log_bucket_arn
            ),
            self.child(),
        )
        self.finish(
            distribution_id=distribution.distribution_id,
            domain_name=distribution.domain_name,
            hosted_zone_id=distribution.hosted_zone_id,
            web_acl_arn=web_acl.arn,
        )
