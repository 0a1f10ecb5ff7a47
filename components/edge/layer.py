"""Config and earlier Outputs in, the edge layer of one account out."""

from dataclasses import replace

import pulumi

from components.base import LayerContext
from components.dns.contract import ROOT_KIND, ROOT_ZONE_ID
from components.edge.alias_records import AliasRecords, AliasRecordsArgs
from components.edge.api import Api, build_api
from components.edge.contract import EdgeConfig, EdgeOutputs
from components.edge.distribution import GeoRestriction
from components.edge.ground import NAME, Ground, ground, key
from components.edge.security_headers import SecurityHeaders
from components.edge.settings import SiteConfig
from components.edge.site import Site, SiteArgs


def build(context: LayerContext, config: EdgeConfig) -> EdgeOutputs:
    """Build the edge layer of this account: nothing unless a site or an API is asked for."""
    if config.site is None and config.api is None:
        return EdgeOutputs()
    base = ground(context, config)
    api = build_api(base, config.api) if config.api is not None else None
    site = _site(base, config.site, api) if config.site is not None else None
    gateway = api and api.gateway
    ids = {
        "site": site and site.distribution_id,
        "api": gateway and gateway.distribution_id,
    }
    logs = {"delivery": base.logs.bucket, "load-balancer": api and api.logs.bucket}
    return EdgeOutputs(
        load_balancer_arn=api and api.balancer.arn,
        listener_arn=api and api.balancer.listener_arn,
        target_group_arns=api and {"cluster": api.balancer.target_group_arn},
        api_host=api and api.host,
        admin_hosts=api and api.admin_hosts,
        site_domains=_domains(base, config.site) if config.site is not None else None,
        site_bucket=site and site.bucket,
        distribution_ids={name: found for name, found in ids.items() if found is not None},
        log_buckets={name: found for name, found in logs.items() if found is not None},
    )


def _site(base: Ground, settings: SiteConfig, api: Api | None) -> Site:
    paths = base.config.site_paths()
    origin = replace(api.origin, paths=paths) if api and api.origin and paths else None
    countries = settings.allowed_countries
    args = SiteArgs(
        domains=_domains(base, settings),
        certificate_arn=_site_certificate(base, settings),
        kms_key_arn=key(base.context, "data"),
        log_bucket_arn=base.logs.arn,
        web_acl=base.waf(),
        api_origin=origin,
        immutable_paths=settings.immutable_paths,
        headers=SecurityHeaders(
            content_security_policy=settings.content_security_policy,
            hsts_seconds=settings.hsts_seconds,
        ),
        price_class=settings.price_class,
        geo_restriction=GeoRestriction(kind="whitelist", countries=countries)
        if countries
        else None,
    )
    options = base.context.options(depends_on=api.before_cloudfront if api else [])
    site = Site(f"{NAME}-site", args, options)
    _name_site(base, settings, site)
    return site


def _name_site(base: Ground, settings: SiteConfig, site: Site) -> None:
    own = AliasRecordsArgs(
        zone_id=base.dns.zone_id,
        names=_own_names(base),
        target_name=site.domain_name,
        target_zone_id=site.hosted_zone_id,
    )
    AliasRecords(f"{NAME}-site-names", own, base.context.options())
    if settings.apex:
        root = replace(
            own,
            zone_id=base.context.read(ROOT_ZONE_ID),
            names=_root_names(base),
            zone_provider=base.context.provider_for(ROOT_KIND),
        )
        AliasRecords(f"{NAME}-root-names", root, base.context.options())


def _own_names(base: Ground) -> dict[str, str]:
    """The site's names in the account's own zone, by what they are."""
    return _root_names(base) if _at_the_root(base) else {"apex": base.dns.domain}


def _root_names(base: Ground) -> dict[str, str]:
    """The organisation's own names (playbook DNS-03), by what they are."""
    root = base.context.organization.domain
    return {"apex": root, "www": f"www.{root}"}


def _domains(base: Ground, settings: SiteConfig) -> list[str]:
    names = [*_own_names(base).values()]
    return [*names, *_root_names(base).values()] if settings.apex else names


def _site_certificate(base: Ground, settings: SiteConfig) -> pulumi.Output[str]:
    """The one certificate of the distribution; with the apex it holds more names.

    Raises:
        pulumi.RunError: The dns layer makes no such certificate.
    """
    if not settings.apex:
        return base.cdn_certificate()
    if _at_the_root(base):
        raise pulumi.RunError(
            "superinc:edge.site.apex: got true in the root zone's account, wanted false;"
            " a site here answers for the root domain as it is"
        )
    if base.dns.apex_certificate_arn is None:
        raise pulumi.RunError(
            "superinc:dns.apex: got false, wanted true for superinc:edge.site.apex"
        )
    return base.dns.apex_certificate_arn


def _at_the_root(base: Ground) -> bool:
    return base.context.account.kind is ROOT_KIND
