"""The web ACL on a load balancer with an address on the internet (playbook NET-08, SEC-12)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge.web_acl import AdminHosts, Scope, WafSettings, WebAcl, WebAclArgs


@dataclass(frozen=True, kw_only=True)
class ProtectionArgs:
    """Inputs of :class:`Protection`.

    Attributes:
        load_balancer_arn: What is protected.
        region: Its Region.
        log_bucket_arn: Where decisions are logged; called ``aws-waf-logs-…``.
        settings: How strict the web ACL is.
        behind_cloudfront: Whether all requests come through CloudFront.
        admin: Hosts for administrators, if it is here that they are asked.
    """

    load_balancer_arn: pulumi.Input[str]
    region: str
    log_bucket_arn: pulumi.Input[str]
    settings: WafSettings
    behind_cloudfront: bool
    admin: AdminHosts | None


class Protection(Component):
    """A regional web ACL and its place in front of a load balancer.

    One load balancer has one web ACL. Deleting it opens the load balancer to everything the
    rules refuse, so it goes only together with it.
    """

    web_acl_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ProtectionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        web_acl = WebAcl(
            f"{name}-waf",
            WebAclArgs(
                scope=Scope.REGIONAL,
                region=args.region,
                description="In front of the API",
                log_bucket_arn=args.log_bucket_arn,
                settings=args.settings,
                behind_cloudfront=args.behind_cloudfront,
                admin=args.admin,
            ),
            self.child(),
        )
        aws.wafv2.WebAclAssociation(
            f"{name}-association",
            resource_arn=args.load_balancer_arn,
            web_acl_arn=web_acl.arn,
            opts=self.child(),
        )
        self.finish(web_acl_arn=web_acl.arn)
