"""The networks this one peers with: what is read of them, and what they reach here."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.network.cidr import Tier
from components.network.contract import (
    HUB,
    HUB_GROUPS,
    HUB_SUBNETS,
    HUB_TABLES,
    HUB_VPC,
    NetworkConfig,
)
from components.network.flows import Role
from components.network.ground import NAME, Ground
from components.network.peering import DatabaseLink, Peering, PeeringArgs, PeerSide
from components.network.settings import Peer


def build_peers(
    context: LayerContext,
    config: NetworkConfig,
    ground: Ground,
    group_ids: Mapping[str, pulumi.Output[str]],
) -> None:
    """Peer with every network of the configuration.

    Raises:
        pulumi.RunError: The hub peers with itself.
    """
    if config.peers and context.account.kind is HUB:
        raise pulumi.RunError(
            f"superinc:network.peers: got {HUB} in {context.account_name} itself, "
            "wanted another account's network"
        )
    for peer in config.peers:
        hub = context.organization.account_of_kind(peer.account)
        args = PeeringArgs(
            own=_own_side(config, peer, ground),
            hub=_hub_side(context, peer),
            hub_account_id=context.layer(AccountsOutputs).ids.apply(lambda ids, hub=hub: ids[hub]),
            hub_provider=context.provider_for(peer.account),
            called=f"{NAME}-{context.account_name}",
            link=_link(context, config, peer, group_ids),
        )
        Peering(f"{NAME}-peer-{peer.account}", args, context.options())


def _own_side(config: NetworkConfig, peer: Peer, ground: Ground) -> PeerSide:
    plan, zones = config.subnets(), config.availability_zones
    tables: dict[str, pulumi.Input[str]] = {}
    for tier in peer.tiers:
        ids = ground.tiers[tier].route_table_ids
        shared = len(ids) == 1
        places = [tier.value] if shared else [f"{tier}-{zone}" for zone in zones]
        tables |= dict(zip(places, ids, strict=True))
    subnets: dict[str, pulumi.Input[str]] = {
        f"{tier}-{subnet.zone}": subnet.cidr for tier in peer.tiers for subnet in plan[tier]
    }
    return PeerSide(vpc_id=ground.vpc.vpc_id, tables=tables, subnets=subnets)


def _hub_side(context: LayerContext, peer: Peer) -> PeerSide:
    """The hub's private subnets, where its connectors stand."""
    return PeerSide(
        vpc_id=context.read(HUB_VPC),
        tables=_by_zone(context.read(HUB_TABLES), peer, "route tables"),
        subnets=_by_zone(context.read(HUB_SUBNETS), peer, "subnets"),
    )


def _by_zone(published: pulumi.Output[Any], peer: Peer, what: str) -> dict[str, pulumi.Input[str]]:
    """One value for each of the hub's zones. How many there are is Config: it decides resources."""
    zones = peer.availability_zones

    def pick(by_tier: Mapping[str, Sequence[str]], index: int) -> str:
        values = by_tier[Tier.PRIVATE.value]
        if len(values) != len(zones):
            raise pulumi.RunError(
                f"superinc:network.peers: got zones {', '.join(zones)} of {peer.account}, "
                f"wanted as many as its {len(values)} private {what}"
            )
        return values[index]

    return {
        zone: published.apply(lambda by_tier, index=index: pick(by_tier, index))
        for index, zone in enumerate(zones)
    }


def _link(
    context: LayerContext,
    config: NetworkConfig,
    peer: Peer,
    group_ids: Mapping[str, pulumi.Output[str]],
) -> DatabaseLink | None:
    if Tier.DATABASE not in peer.tiers:
        return None

    def connector(groups: Mapping[str, str]) -> str:
        if Role.CONNECTOR.value not in groups:
            raise pulumi.RunError(
                f"superinc:network.peers: got {peer.account} without runs.kafka, "
                "wanted the connectors that read databases"
            )
        return groups[Role.CONNECTOR.value]

    return DatabaseLink(
        database_group_id=group_ids[Role.DATABASE.value],
        database_subnets={subnet.zone: subnet.cidr for subnet in config.subnets()[Tier.DATABASE]},
        connector_group_id=context.read(HUB_GROUPS).apply(connector),
    )
