"""The single-page application: files in a bucket, in front of it CloudFront and WAF (APP-07)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi

from components.base import Component
from components.edge.access_logs import CLOUDFRONT_REGION
from components.edge.caching import IMMUTABLE_PATHS
from components.edge.distribution import (
    ApiOrigin,
    Distribution,
    DistributionArgs,
    GeoRestriction,
    PriceClass,
)
from components.edge.distribution_logs import DistributionLogs, DistributionLogsArgs
from components.edge.security_headers import SecurityHeaders
from components.edge.site_bucket import let_in, site_bucket
from components.edge.web_acl import Scope, WafSettings, WebAcl, WebAclArgs


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """Inputs of :class:`Site`.

    Attributes:
        domains: The names it answers for; the certificate has them all.
        certificate_arn: A certificate in us-east-1 that is validated.
        kms_key_arn: The account's key for data; it must let CloudFront decrypt.
        log_bucket_arn: A bucket log delivery may write to, called ``aws-waf-logs-…``.
        web_acl: What the web ACL lets through.
        api_origin: The API that answers some paths of the site; None for none.
        immutable_paths: Where hashed files are (playbook APP-08).
        headers: What browsers are told to refuse.
        price_class: Where it is served from: ``100`` is Europe and North America.
        geo_restriction: Who is served; None is everybody.
    """

    domains: Sequence[str]
    certificate_arn: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    log_bucket_arn: pulumi.Input[str]
    web_acl: WafSettings = field(default_factory=WafSettings)
    api_origin: ApiOrigin | None = None
    immutable_paths: Sequence[str] = IMMUTABLE_PATHS
    headers: SecurityHeaders = field(default_factory=SecurityHeaders)
    price_class: PriceClass = "100"
    geo_restriction: GeoRestriction | None = None


class Site(Component):
    """A private bucket, a distribution with a web ACL that alone may read it, and both their logs.

    Files are put into the bucket by whoever builds them (`platform frontend check` shows how);
    none of them is a resource. Deleting it takes the site off the internet. The bucket is
    protected, keeps what was deleted for 30 days, and goes only when it is empty.
    """

    bucket: pulumi.Output[str]
    distribution_id: pulumi.Output[str]
    distribution_arn: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    hosted_zone_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = site_bucket(self, name, args.kms_key_arn)
        web_acl = WebAcl(
            f"{name}-waf",
            WebAclArgs(
                scope=Scope.CLOUDFRONT,
                region=CLOUDFRONT_REGION,
                description=f"In front of {args.domains[0]}",
                log_bucket_arn=args.log_bucket_arn,
                settings=args.web_acl,
            ),
            self.child(),
        )
        distribution = Distribution(
            f"{name}-cdn",
            DistributionArgs(
                description=args.domains[0],
                domains=args.domains,
                certificate_arn=args.certificate_arn,
                web_acl_arn=web_acl.arn,
                bucket_domain_name=made.bucket.bucket_regional_domain_name,
                api_origin=args.api_origin,
                immutable_paths=args.immutable_paths,
                headers=args.headers,
                price_class=args.price_class,
                geo_restriction=args.geo_restriction,
            ),
            self.child(),
        )
        let_in(self, name, made, distribution.distribution_arn)
        DistributionLogs(
            f"{name}-logs",
            DistributionLogsArgs(
                distribution_arn=distribution.distribution_arn,
                log_bucket_arn=args.log_bucket_arn,
            ),
            self.child(),
        )
        self.finish(
            bucket=made.bucket.bucket,
            distribution_id=distribution.distribution_id,
            distribution_arn=distribution.distribution_arn,
            domain_name=distribution.domain_name,
            hosted_zone_id=distribution.hosted_zone_id,
        )
