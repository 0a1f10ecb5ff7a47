"""How operators reach what is inside (playbook SEC-05): by the jumphost, by VPN, or not at all."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

import pulumi

from components.base import LayerContext
from components.dns.contract import DnsOutputs
from components.network.cidr import Tier
from components.network.client_vpn import ClientVpnEndpoint, ClientVpnEndpointArgs
from components.network.contract import Access, NetworkConfig
from components.network.flows import Role
from components.network.ground import NAME, Ground
from components.network.jumphost import Jumphost, JumphostArgs
from components.network.key_arns import key_arn
from components.network.session_records import SessionRecords, SessionRecordsArgs
from components.network.settings import ClientVpn
from components.tags import required_tags

_RESOLVER = 2
"""The resolver's place in a VPC's range (VPC User Guide, "Amazon DNS server")."""


def session_records(context: LayerContext, config: NetworkConfig) -> SessionRecords | None:
    """Session Manager's preferences, where operators use it."""
    if config.access is not Access.JUMPHOST:
        return None
    args = SessionRecordsArgs(kms_key_arn=key_arn(context, "logs"), settings=config.sessions)
    return SessionRecords(f"{NAME}-sessions", args, context.options())


def build_access(
    context: LayerContext,
    config: NetworkConfig,
    ground: Ground,
    group_ids: Mapping[str, pulumi.Output[str]],
    after: Sequence[pulumi.Resource],
) -> None:
    """Build the way in of the chosen mode.

    Args:
        context: The account.
        config: The network's Config.
        ground: What it stands on.
        group_ids: Security groups by role.
        after: What a machine needs before it can be reached: routes, rules, endpoints.
    """
    if ground.sessions is not None:
        _jumphost(context, config, ground, ground.sessions, group_ids, after)
    if config.client_vpn is not None:
        _client_vpn(context, config, config.client_vpn, ground, group_ids)


def _jumphost(
    context: LayerContext,
    config: NetworkConfig,
    ground: Ground,
    sessions: SessionRecords,
    group_ids: Mapping[str, pulumi.Output[str]],
    after: Sequence[pulumi.Resource],
) -> None:
    account, private = context.account_name, ground.tiers[Tier.PRIVATE]
    args = JumphostArgs(
        subnet_ids=private.subnet_ids,
        security_group_id=group_ids[Role.JUMPHOST.value],
        image=config.jumphost.image,
        instance_type=config.jumphost.instance_type,
        lifetime_days=config.jumphost.lifetime_days,
        kms_key_arn=key_arn(context, "ebs"),
        session_policy=sessions.machine_policy,
        tags=required_tags(context.organization, stack=account, account=account),
        after=[private, sessions, *after],
    )
    Jumphost(f"{NAME}-jumphost", args, context.options())


def _client_vpn(
    context: LayerContext,
    config: NetworkConfig,
    settings: ClientVpn,
    ground: Ground,
    group_ids: Mapping[str, pulumi.Output[str]],
) -> None:
    private = ground.by_zone(config, Tier.PRIVATE)
    args = ClientVpnEndpointArgs(
        vpc_id=ground.vpc.vpc_id,
        cidr=config.cidr,
        resolver=str(IPv4Network(config.cidr)[_RESOLVER]),
        client_cidr=settings.client_cidr,
        subnet_ids={zone: private[zone] for zone in config.availability_zones[: settings.zones]},
        security_group_id=group_ids[Role.VPN.value],
        saml_metadata=settings.saml_metadata,
        groups=settings.groups,
        server_certificate_arn=_certificate(context, settings),
        kms_key_arn=key_arn(context, "logs"),
        retention_days=config.sessions.retention_days,
        maximum_hours=config.sessions.maximum_hours,
    )
    ClientVpnEndpoint(f"{NAME}-vpn", args, context.options())


def _certificate(context: LayerContext, settings: ClientVpn) -> pulumi.Input[str]:
    """The configured certificate, else that of the account's zone.

    Raises:
        pulumi.RunError: There is neither.
    """
    found = settings.server_certificate_arn or context.layer(DnsOutputs).certificate_arn
    if found is None:
        raise pulumi.RunError(
            "superinc:network.client_vpn.server_certificate_arn: got none, "
            "wanted one, or superinc:dns.certificates: true"
        )
    return found
