"""Config and earlier Outputs in, the zone of one account out."""

from components.base import LayerContext
from components.dns.contract import ROOT_KIND, ROOT_ZONE_ID, DnsConfig, DnsOutputs
from components.dns.delegated_zone import DelegatedZone, DelegatedZoneArgs
from components.dns.hosted_zone import HostedZoneArgs
from components.dns.root_zone import RootZone

NAME = "dns"
"""First part of every logical name of this layer. STATE: part of every URN."""


def build(context: LayerContext, config: DnsConfig) -> DnsOutputs:
    """Build the zone of this account: delegated where the contract reads a parent."""
    root = context.organization.domain
    delegated = ROOT_ZONE_ID in context.reads
    domain = f"{context.account_name}.{root}" if delegated else root
    zone = _delegated(context, config, domain) if delegated else _root(context, config, domain)
    return DnsOutputs(zone_id=zone.zone_id, domain=domain, name_servers=zone.name_servers)


def _root(context: LayerContext, config: DnsConfig, domain: str) -> RootZone:
    args = HostedZoneArgs(
        domain=domain,
        ttl_seconds=config.ttl_seconds,
        negative_ttl_seconds=config.negative_ttl_seconds,
        certificate_authorities=config.certificate_authorities,
    )
    return RootZone(NAME, args, context.options())


def _delegated(context: LayerContext, config: DnsConfig, domain: str) -> DelegatedZone:
    args = DelegatedZoneArgs(
        domain=domain,
        ttl_seconds=config.ttl_seconds,
        negative_ttl_seconds=config.negative_ttl_seconds,
        certificate_authorities=config.certificate_authorities,
        parent_zone_id=context.read(ROOT_ZONE_ID),
        parent_provider=context.provider_for(ROOT_KIND),
    )
    return DelegatedZone(NAME, args, context.options())
