"""A CloudFront distribution: files from a private bucket, an API from a load balancer, or both."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge import caching
from components.edge.page_routing import ENTRY_PAGE, PAGE_ROUTING, RUNTIME
from components.edge.security_headers import SecurityHeaders, asset_headers, page_headers

BUCKET, API = "bucket", "api"
"""Origin ids, which are names within one distribution."""

PriceClass = Literal["100", "200", "all"]

_Behavior: TypeAlias = aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict
_Ordered: TypeAlias = aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict
_Origin: TypeAlias = aws.cloudfront.DistributionOriginArgsDict

_READ = ["GET", "HEAD", "OPTIONS"]
_WRITE = [*_READ, "DELETE", "PATCH", "POST", "PUT"]


@dataclass(frozen=True, kw_only=True)
class ApiOrigin:
    """A load balancer that answers some paths, or all where there is no bucket.

    Attributes:
        domain_name: A name its certificate has; the visitor's own host goes in the `Host` header.
        vpc_origin_id: The way into the VPC, to an internal load balancer; None goes by the
            internet.
        verify_header: Name and secret value of a header by which it knows us (playbook SEC-03).
        paths: Which paths it answers beside a bucket.
    """

    domain_name: pulumi.Input[str]
    vpc_origin_id: pulumi.Input[str] | None = None
    verify_header: tuple[str, pulumi.Input[str]] | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GeoRestriction:
    """Countries that are served, or not served, by ISO 3166-1 alpha-2 code."""

    kind: Literal["whitelist", "blacklist"]
    countries: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class DistributionArgs:
    """Inputs of :class:`Distribution`.

    Attributes:
        description: What it serves.
        domains: The names it answers for; the certificate has them all.
        certificate_arn: A certificate in us-east-1 that is validated.
        web_acl_arn: A web ACL of scope ``CLOUDFRONT``.
        bucket_domain_name: The bucket's regional domain name; None makes the API answer all.
        api_origin: The API, beside the bucket or instead of it.
        immutable_paths: Where the bucket's hashed files are (playbook APP-08).
        headers: What browsers are told to refuse.
        price_class: Where it is served from: ``100`` is Europe and North America.
        geo_restriction: Who is served; None is everybody.
    """

    description: str
    domains: Sequence[str]
    certificate_arn: pulumi.Input[str]
    web_acl_arn: pulumi.Input[str]
    bucket_domain_name: pulumi.Input[str] | None = None
    api_origin: ApiOrigin | None = None
    immutable_paths: Sequence[str] = caching.IMMUTABLE_PATHS
    headers: SecurityHeaders = field(default_factory=SecurityHeaders)
    price_class: PriceClass = "100"
    geo_restriction: GeoRestriction | None = None

    def __post_init__(self) -> None:
        """Refuse what CloudFront would refuse, or what would serve nothing.

        Raises:
            ValueError: No origin, or an API that is given no path or one that is no use.
        """
        if self.bucket_domain_name is None and self.api_origin is None:
            raise ValueError("got neither bucket_domain_name nor api_origin, wanted one of them")
        if self.api_origin is None:
            return
        paths = self.api_origin.paths
        if bool(paths) == (self.bucket_domain_name is None):
            wanted = "at least one beside a bucket, none without it"
            raise ValueError(f"api_origin.paths: got {', '.join(paths) or 'none'}, wanted {wanted}")
        both = sorted(set(paths) & set(self.immutable_paths))
        if self.bucket_domain_name is not None and both:
            raise ValueError(f"api_origin.paths: got {', '.join(both)}, wanted none of the files'")


class Distribution(Component):
    """A distribution over HTTPS alone (TLS 1.2 or later, HTTP/2 and 3, IPv6), behind a web ACL.

    The bucket is read with a signature of this distribution; its policy must name
    `distribution_arn`. Bills by request and by gigabyte out. Deleting it takes its names off
    the internet; CloudFront disables it first, which takes minutes.
    """

    distribution_id: pulumi.Output[str]
    distribution_arn: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    hosted_zone_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: DistributionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        api = args.api_origin
        origins: list[_Origin] = []
        ordered: list[_Ordered] = []
        default = _api_behavior()
        if args.bucket_domain_name is not None:
            origins.append(self._bucket_origin(name, args.bucket_domain_name))
            default, asset = self._file_behaviors(name, args)
            ordered += [_at(path, asset) for path in args.immutable_paths]
        if api is not None:
            origins.append(_api_origin(api))
            # An API's answer is never a file, so its paths are looked at first.
            ordered = [*(_at(path, _api_behavior()) for path in api.paths), *ordered]
        made = self._distribution(name, args, origins, default, ordered)
        self.finish(
            distribution_id=made.id,
            distribution_arn=made.arn,
            domain_name=made.domain_name,
            hosted_zone_id=made.hosted_zone_id,
        )

    def _distribution(
        self,
        name: str,
        args: DistributionArgs,
        origins: list[_Origin],
        default: _Behavior,
        ordered: list[_Ordered],
    ) -> aws.cloudfront.Distribution:
        return aws.cloudfront.Distribution(
            f"{name}-distribution",
            comment=args.description,
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class=f"PriceClass_{args.price_class.title()}",
            aliases=list(args.domains),
            web_acl_id=args.web_acl_arn,
            origins=origins,
            default_cache_behavior=default,
            ordered_cache_behaviors=ordered,
            default_root_object=ENTRY_PAGE if args.bucket_domain_name is not None else None,
            restrictions={"geo_restriction": _geo(args.geo_restriction)},
            viewer_certificate={
                "acm_certificate_arn": args.certificate_arn,
                "ssl_support_method": "sni-only",
                "minimum_protocol_version": "TLSv1.2_2021",
            },
            opts=self.child(),
        )

    def _bucket_origin(self, name: str, domain_name: pulumi.Input[str]) -> _Origin:
        access = aws.cloudfront.OriginAccessControl(
            f"{name}-access",
            description="Reads the bucket with CloudFront's signature",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.child(),
        )
        return {
            "origin_id": BUCKET,
            "domain_name": domain_name,
            "origin_access_control_id": access.id,
        }

    def _file_behaviors(self, name: str, args: DistributionArgs) -> tuple[_Behavior, _Behavior]:
        """How pages and how hashed files are answered."""
        routing = aws.cloudfront.Function(
            f"{name}-routing",
            comment="Answers the application's pages with the entry page",
            runtime=RUNTIME,
            code=PAGE_ROUTING,
            publish=True,
            opts=self.child(),
        )
        page = _file_behavior(
            caching.page_cache(self, name), page_headers(self, name, args.headers)
        )
        page["function_associations"] = [
            {"event_type": "viewer-request", "function_arn": routing.arn}
        ]
        asset = _file_behavior(
            caching.asset_cache(self, name), asset_headers(self, name, args.headers)
        )
        return page, asset


def _file_behavior(
    cache: aws.cloudfront.CachePolicy, headers: aws.cloudfront.ResponseHeadersPolicy
) -> _Behavior:
    return {
        "target_origin_id": BUCKET,
        "allowed_methods": _READ,
        "cached_methods": ["GET", "HEAD"],
        "viewer_protocol_policy": "redirect-to-https",
        "compress": True,
        "cache_policy_id": cache.id,
        "response_headers_policy_id": headers.id,
    }


def _api_behavior() -> _Behavior:
    return {
        "target_origin_id": API,
        "allowed_methods": _WRITE,
        "cached_methods": ["GET", "HEAD"],
        # Not a redirect: by then the request with its credentials has gone out in the clear.
        "viewer_protocol_policy": "https-only",
        "compress": True,
        "cache_policy_id": caching.MANAGED_CACHING_DISABLED,
        "origin_request_policy_id": caching.MANAGED_ALL_VIEWER,
        "response_headers_policy_id": caching.MANAGED_SECURITY_HEADERS,
    }


def _at(path: str, behavior: _Behavior) -> _Ordered:
    return {"path_pattern": path, **behavior}


def _api_origin(api: ApiOrigin) -> _Origin:
    origin: _Origin = {"origin_id": API, "domain_name": api.domain_name}
    if api.verify_header is not None:
        header, value = api.verify_header
        origin["custom_headers"] = [{"name": header, "value": value}]
    if api.vpc_origin_id is not None:
        origin["vpc_origin_config"] = {"vpc_origin_id": api.vpc_origin_id}
    else:
        origin["custom_origin_config"] = {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],
        }
    return origin


def _geo(
    restriction: GeoRestriction | None,
) -> aws.cloudfront.DistributionRestrictionsGeoRestrictionArgsDict:
    if restriction is None:
        return {"restriction_type": "none", "locations": []}
    return {
        "restriction_type": restriction.kind,
        "locations": sorted(restriction.countries),
    }
