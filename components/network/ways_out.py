"""How private subnets reach the internet: the NAT of the chosen mode, and the routes to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.base import LayerContext
from components.network.cidr import Tier
from components.network.contract import NatMode, NetworkConfig
from components.network.default_routes import DefaultRoute
from components.network.fck_nat import FckNat, FckNatArgs
from components.network.flows import Role
from components.network.ground import NAME, Ground
from components.network.key_arns import key_arn
from components.network.nat_gateways import NatGateways, NatGatewaysArgs
from components.network.settings import NatInstance
from components.tags import required_tags


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """The private default routes by zone, the addresses that traffic comes from, its groups."""

    routes: Mapping[str, DefaultRoute]
    public_ips: list[pulumi.Output[str]]
    groups: Mapping[Role, pulumi.Input[str]] = field(
        default_factory=dict[Role, "pulumi.Input[str]"]
    )


def way_out(context: LayerContext, config: NetworkConfig, ground: Ground) -> WayOut:
    """Build the NAT of the chosen mode."""
    private = ground.tiers[Tier.PRIVATE]
    tables = dict(zip(config.availability_zones, private.route_table_ids, strict=True))
    if config.nat is NatMode.NONE:
        return WayOut(routes={}, public_ips=[])
    if config.fck_nat is not None:
        return _through_instance(context, config.fck_nat, config, ground, tables)
    gateways = _nat_gateways(context, config, ground)
    first, *_ = gateways.gateway_ids.values()
    routes = {
        zone: DefaultRoute(
            route_table_id=table, nat_gateway_id=gateways.gateway_ids.get(zone, first)
        )
        for zone, table in tables.items()
    }
    return WayOut(routes=routes, public_ips=gateways.public_ips)


def _nat_gateways(context: LayerContext, config: NetworkConfig, ground: Ground) -> NatGateways:
    zones = config.availability_zones
    served = zones if config.nat is NatMode.PER_AZ else zones[:1]
    public = ground.by_zone(config, Tier.PUBLIC)
    args = NatGatewaysArgs(
        subnet_ids={zone: public[zone] for zone in served},
        after=[ground.vpc, ground.public_routes],
    )
    return NatGateways(f"{NAME}-nat", args, context.options())


def _through_instance(
    context: LayerContext,
    settings: NatInstance,
    config: NetworkConfig,
    ground: Ground,
    tables: Mapping[str, pulumi.Output[str]],
) -> WayOut:
    account = context.account_name
    args = FckNatArgs(
        vpc_id=ground.vpc.vpc_id,
        subnet_id=ground.tiers[Tier.PUBLIC].subnet_ids[0],
        sources={subnet.zone: subnet.cidr for subnet in config.subnets()[Tier.PRIVATE]},
        image_id=settings.image_id,
        instance_type=settings.instance_type,
        kms_key_arn=key_arn(context, "ebs"),
        account_id=context.account_id,
        region=context.organization.regions.home,
        tags=required_tags(context.organization, stack=account, account=account),
        session_policy=ground.session_policy,
        after=[ground.vpc, ground.public_routes],
    )
    instance = FckNat(f"{NAME}-nat", args, context.options())
    target = instance.network_interface_id
    return WayOut(
        routes={
            zone: DefaultRoute(route_table_id=table, network_interface_id=target)
            for zone, table in tables.items()
        },
        public_ips=instance.public_ips,
        groups={Role.NAT: instance.security_group_id},
    )
