"""Config and earlier Outputs in, the network of one account out."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.keys.contract import KeysOutputs
from components.network.cidr import Tier
from components.network.contract import NatInstance, NatMode, NetworkConfig, NetworkOutputs
from components.network.default_routes import DefaultRoute, DefaultRoutes, DefaultRoutesArgs
from components.network.fck_nat import FckNat, FckNatArgs
from components.network.flow_log import FlowLog, FlowLogArgs
from components.network.gateway_endpoints import GatewayEndpoints, GatewayEndpointsArgs
from components.network.nat_gateways import NatGateways, NatGatewaysArgs
from components.network.subnet_tier import SubnetTier, SubnetTierArgs
from components.network.vpc import Vpc, VpcArgs
from components.tags import required_tags

NAME = "network"
"""First part of every logical name of this layer. STATE: part of every URN."""

LOAD_BALANCER_TAGS = {
    Tier.PRIVATE: {"kubernetes.io/role/internal-elb": "1"},
    Tier.PUBLIC: {"kubernetes.io/role/elb": "1"},
}
"""Where load balancers may stand (EKS User Guide, "Route application traffic")."""


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What a way out is built on."""

    vpc: Vpc
    tiers: Mapping[Tier, SubnetTier]
    public_routes: DefaultRoutes

    def by_zone(self, config: NetworkConfig, tier: Tier) -> dict[str, pulumi.Output[str]]:
        subnet_ids = self.tiers[tier].subnet_ids
        return dict(zip(config.availability_zones, subnet_ids, strict=True))


@dataclass(frozen=True, kw_only=True)
class _WayOut:
    """The private default routes by zone, and the addresses that traffic then comes from."""

    routes: Mapping[str, DefaultRoute]
    public_ips: list[pulumi.Output[str]]


def build(context: LayerContext, config: NetworkConfig) -> NetworkOutputs:
    """Build the network of this account."""
    vpc = Vpc(NAME, VpcArgs(cidr=config.cidr), context.options())
    tiers = _tiers(context, config, vpc)
    public_routes = _public_routes(context, vpc, tiers[Tier.PUBLIC])
    ground = _Ground(vpc=vpc, tiers=tiers, public_routes=public_routes)
    way_out = _way_out(context, config, ground)
    private_routes = DefaultRoutes(
        f"{NAME}-private-egress", DefaultRoutesArgs(routes=way_out.routes), context.options()
    )
    _flow_log(context, config, vpc)
    _endpoints(context, config, vpc, tiers)
    routes = {Tier.PUBLIC: public_routes.route_ids, Tier.PRIVATE: private_routes.route_ids}
    region = context.organization.regions.home
    return NetworkOutputs(
        vpc_id=vpc.vpc_id,
        cidr=config.cidr,
        availability_zones=[f"{region}{zone}" for zone in config.availability_zones],
        subnet_ids={tier.value: made.subnet_ids for tier, made in tiers.items()},
        route_table_ids={tier.value: made.route_table_ids for tier, made in tiers.items()},
        routing_ids={
            tier.value: [*made.association_ids, *routes.get(tier, [])]
            for tier, made in tiers.items()
        },
        nat_public_ips=way_out.public_ips,
    )


def _tiers(context: LayerContext, config: NetworkConfig, vpc: Vpc) -> dict[Tier, SubnetTier]:
    return {
        tier: SubnetTier(
            f"{NAME}-{tier}",
            SubnetTierArgs(
                tier=tier,
                vpc_id=vpc.vpc_id,
                region=context.organization.regions.home,
                subnets=subnets,
                # Each zone's private traffic may leave by a NAT of its own.
                table_per_zone=tier is Tier.PRIVATE,
                tags=LOAD_BALANCER_TAGS.get(tier, {}),
            ),
            context.options(),
        )
        for tier, subnets in config.subnets().items()
    }


def _public_routes(context: LayerContext, vpc: Vpc, public: SubnetTier) -> DefaultRoutes:
    table = public.route_table_ids[0]
    route = DefaultRoute(route_table_id=table, gateway_id=vpc.internet_gateway_id)
    args = DefaultRoutesArgs(routes={"internet": route})
    return DefaultRoutes(f"{NAME}-public-egress", args, context.options())


def _way_out(context: LayerContext, config: NetworkConfig, ground: _Ground) -> _WayOut:
    private = ground.tiers[Tier.PRIVATE]
    tables = dict(zip(config.availability_zones, private.route_table_ids, strict=True))
    if config.nat is NatMode.NONE:
        return _WayOut(routes={}, public_ips=[])
    if config.fck_nat is not None:
        instance = _nat_instance(context, config, config.fck_nat, ground)
        target = instance.network_interface_id
        routes = {
            zone: DefaultRoute(route_table_id=table, network_interface_id=target)
            for zone, table in tables.items()
        }
        return _WayOut(routes=routes, public_ips=instance.public_ips)
    gateways = _nat_gateways(context, config, ground)
    first = gateways.gateway_ids[config.availability_zones[0]]
    routes = {
        zone: DefaultRoute(
            route_table_id=table, nat_gateway_id=gateways.gateway_ids.get(zone, first)
        )
        for zone, table in tables.items()
    }
    return _WayOut(routes=routes, public_ips=gateways.public_ips)


def _nat_gateways(context: LayerContext, config: NetworkConfig, ground: _Ground) -> NatGateways:
    zones = config.availability_zones
    served = zones if config.nat is NatMode.PER_AZ else zones[:1]
    public = ground.by_zone(config, Tier.PUBLIC)
    args = NatGatewaysArgs(
        subnet_ids={zone: public[zone] for zone in served},
        after=[ground.vpc, ground.public_routes],
    )
    return NatGateways(f"{NAME}-nat", args, context.options())


def _nat_instance(
    context: LayerContext, config: NetworkConfig, settings: NatInstance, ground: _Ground
) -> FckNat:
    account = context.account_name
    args = FckNatArgs(
        vpc_id=ground.vpc.vpc_id,
        subnet_id=ground.tiers[Tier.PUBLIC].subnet_ids[0],
        sources={subnet.zone: subnet.cidr for subnet in config.subnets()[Tier.PRIVATE]},
        image_id=settings.image_id,
        instance_type=settings.instance_type,
        kms_key_arn=_key(context, "ebs"),
        account_id=context.account_id,
        region=context.organization.regions.home,
        tags=required_tags(context.organization, stack=account, account=account),
        after=[ground.vpc, ground.public_routes],
    )
    return FckNat(f"{NAME}-nat", args, context.options())


def _flow_log(context: LayerContext, config: NetworkConfig, vpc: Vpc) -> None:
    args = FlowLogArgs(
        vpc_id=vpc.vpc_id,
        kms_key_arn=_key(context, "logs"),
        account_id=context.account_id,
        region=context.organization.regions.home,
        retention_days=config.flow_logs.retention_days,
        aggregation_seconds=config.flow_logs.aggregation_seconds,
    )
    FlowLog(f"{NAME}-flow", args, context.options())


def _endpoints(
    context: LayerContext, config: NetworkConfig, vpc: Vpc, tiers: Mapping[Tier, SubnetTier]
) -> None:
    args = GatewayEndpointsArgs(
        vpc_id=vpc.vpc_id,
        region=context.organization.regions.home,
        route_table_ids=[
            table
            for tier, made in tiers.items()
            if tier is not Tier.PUBLIC
            for table in made.route_table_ids
        ],
        organization_id=context.layer(AccountsOutputs).organization_id,
        readable_buckets=config.readable_buckets,
    )
    GatewayEndpoints(f"{NAME}-endpoint", args, context.options())


def _key(context: LayerContext, domain: str) -> pulumi.Output[str]:
    """The account's key for a risk domain.

    Raises:
        pulumi.RunError: It has none.
    """
    arns = context.layer(KeysOutputs).arns
    if domain not in arns:
        got = ", ".join(sorted(arns)) or "none"
        raise pulumi.RunError(
            f"superinc:keys.domains: got {got}, wanted {domain} among them for the network layer"
        )
    return arns[domain]
