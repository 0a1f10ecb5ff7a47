"""Config and earlier Outputs in, the zone of one account out."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.dns.apex_certificate import ApexCertificate, ApexCertificateArgs
from components.dns.certificates import Certificates, CertificatesArgs
from components.dns.contract import ROOT_KIND, ROOT_ZONE_ID, DnsConfig, DnsOutputs, Signing
from components.dns.delegated_zone import DelegatedZone, DelegatedZoneArgs
from components.dns.dnssec import Dnssec, DnssecArgs, ParentZone
from components.dns.hosted_zone import HostedZoneArgs
from components.dns.root_zone import RootZone
from components.naming import key_alias

NAME = "dns"
"""First part of every logical name of this layer. STATE: part of every URN."""


@dataclass(frozen=True, kw_only=True)
class _Parent:
    """The zone that delegates to this one."""

    zone_id: pulumi.Output[str]
    provider: aws.Provider


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What certificates and signatures are for; without a parent it is the root."""

    domain: str
    zone: RootZone | DelegatedZone
    parent: _Parent | None


def build(context: LayerContext, config: DnsConfig) -> DnsOutputs:
    """Build the zone of this account: delegated where the contract reads a parent."""
    ground = _ground(context, config)
    certificates = _certificates(context, config, ground)
    apex = _apex(context, config, ground, certificates)
    signed = _signed(context, config, ground)
    return DnsOutputs(
        zone_id=ground.zone.zone_id,
        domain=ground.domain,
        name_servers=ground.zone.name_servers,
        certificate_arn=certificates and certificates.certificate_arn,
        cdn_certificate_arn=certificates and certificates.cdn_certificate_arn,
        apex_certificate_arn=apex and apex.certificate_arn,
        ds_record=signed and signed.ds_record,
    )


def _ground(context: LayerContext, config: DnsConfig) -> _Ground:
    root = context.organization.domain
    if ROOT_ZONE_ID not in context.reads:
        _refuse_at_the_root(config)
        return _Ground(domain=root, zone=_root(context, config, root), parent=None)
    parent = _Parent(zone_id=context.read(ROOT_ZONE_ID), provider=context.provider_for(ROOT_KIND))
    domain = f"{context.account_name}.{root}"
    zone = _delegated(context, config, domain, parent)
    return _Ground(domain=domain, zone=zone, parent=parent)


def _refuse_at_the_root(config: DnsConfig) -> None:
    if config.apex:
        raise pulumi.RunError(
            "superinc:dns.apex: got true in the root zone's account, wanted it where the site is;"
            " here certificates: true covers the root domain"
        )
    if config.dnssec is Signing.TRUSTED:
        raise pulumi.RunError(
            "superinc:dns.dnssec: got trusted for the root zone, wanted signed;"
            " the registrar is told the root's DS record by hand"
        )


def _root(context: LayerContext, config: DnsConfig, domain: str) -> RootZone:
    args = HostedZoneArgs(
        domain=domain,
        ttl_seconds=config.ttl_seconds,
        negative_ttl_seconds=config.negative_ttl_seconds,
        certificate_authorities=config.certificate_authorities,
    )
    return RootZone(NAME, args, context.options())


def _delegated(
    context: LayerContext, config: DnsConfig, domain: str, parent: _Parent
) -> DelegatedZone:
    args = DelegatedZoneArgs(
        domain=domain,
        ttl_seconds=config.ttl_seconds,
        negative_ttl_seconds=config.negative_ttl_seconds,
        certificate_authorities=config.certificate_authorities,
        parent_zone_id=parent.zone_id,
        parent_provider=parent.provider,
    )
    return DelegatedZone(NAME, args, context.options())


def _certificates(context: LayerContext, config: DnsConfig, ground: _Ground) -> Certificates | None:
    if not config.certificates:
        return None
    args = CertificatesArgs(
        domain=ground.domain,
        zone_id=ground.zone.zone_id,
        region=context.organization.regions.home,
    )
    # ACM is asked only when the delegation is there for it to follow (playbook DNS-05).
    return Certificates(f"{NAME}-certificates", args, context.options(depends_on=[ground.zone]))


def _apex(
    context: LayerContext,
    config: DnsConfig,
    ground: _Ground,
    certificates: Certificates | None,
) -> ApexCertificate | None:
    if not config.apex or ground.parent is None or certificates is None:
        return None
    args = ApexCertificateArgs(
        root_domain=context.organization.domain,
        root_zone_id=ground.parent.zone_id,
        root_provider=ground.parent.provider,
        domain=ground.domain,
        validation_fqdn=certificates.validation_fqdn,
    )
    return ApexCertificate(f"{NAME}-apex", args, context.options(depends_on=[ground.zone]))


def _signed(context: LayerContext, config: DnsConfig, ground: _Ground) -> Dnssec | None:
    if config.dnssec is Signing.NONE:
        return None
    parent = None
    if config.dnssec is Signing.TRUSTED and ground.parent is not None:
        parent = ParentZone(
            zone_id=ground.parent.zone_id,
            provider=ground.parent.provider,
            ttl_seconds=config.ttl_seconds,
        )
    args = DnssecArgs(
        domain=ground.domain,
        zone_id=ground.zone.zone_id,
        key_alias=key_alias(context.account_name, "dnssec"),
        account_id=context.account_id,
        administrator_arn=context.layer(AccountsOutputs).deploy_role_arn,
        parent=parent,
    )
    return Dnssec(f"{NAME}-dnssec", args, context.options(depends_on=[ground.zone]))
