"""Config and earlier Outputs in, the network of one account out."""

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.network.cidr import Tier
from components.network.contract import NetworkConfig, NetworkOutputs
from components.network.default_routes import DefaultRoute, DefaultRoutes, DefaultRoutesArgs
from components.network.flow_log import FlowLog, FlowLogArgs
from components.network.flows import Role
from components.network.gateway_endpoints import GatewayEndpoints, GatewayEndpointsArgs
from components.network.ground import NAME, Ground
from components.network.interface_endpoints import InterfaceEndpoints, InterfaceEndpointsArgs
from components.network.key_arns import key_arn
from components.network.operator_access import build_access, session_records
from components.network.peers import build_peers
from components.network.security_groups import SecurityGroups, SecurityGroupsArgs
from components.network.subnet_tier import SubnetTier, SubnetTierArgs
from components.network.vpc import Vpc, VpcArgs
from components.network.ways_out import WayOut, way_out

LOAD_BALANCER_TAGS = {
    Tier.PRIVATE: {"kubernetes.io/role/internal-elb": "1"},
    Tier.PUBLIC: {"kubernetes.io/role/elb": "1"},
}
"""Where load balancers may stand (EKS User Guide, "Route application traffic")."""


def build(context: LayerContext, config: NetworkConfig) -> NetworkOutputs:
    """Build the network of this account: ground, ways out, rules, and who comes in by them."""
    vpc = Vpc(NAME, VpcArgs(cidr=config.cidr), context.options())
    tiers = _tiers(context, config, vpc)
    ground = Ground(
        vpc=vpc,
        tiers=tiers,
        public_routes=_public_routes(context, vpc, tiers[Tier.PUBLIC]),
        sessions=session_records(context, config),
    )
    way = way_out(context, config, ground)
    private_routes = DefaultRoutes(
        f"{NAME}-private-egress", DefaultRoutesArgs(routes=way.routes), context.options()
    )
    _flow_log(context, config, vpc)
    gateways = _gateway_endpoints(context, config, ground)
    groups = _security_groups(context, config, ground, way, gateways)
    interfaces = _interface_endpoints(context, config, ground, groups)
    build_peers(context, config, ground, groups.group_ids)
    after = [private_routes, gateways, groups, *interfaces]
    build_access(context, config, ground, groups.group_ids, after)
    return _outputs(context, config, ground, way, private_routes, groups)


def _outputs(
    context: LayerContext,
    config: NetworkConfig,
    ground: Ground,
    way: WayOut,
    private_routes: DefaultRoutes,
    groups: SecurityGroups,
) -> NetworkOutputs:
    routes = {Tier.PUBLIC: ground.public_routes.route_ids, Tier.PRIVATE: private_routes.route_ids}
    region = context.organization.regions.home
    return NetworkOutputs(
        vpc_id=ground.vpc.vpc_id,
        cidr=config.cidr,
        availability_zones=[f"{region}{zone}" for zone in config.availability_zones],
        subnet_ids={tier.value: made.subnet_ids for tier, made in ground.tiers.items()},
        subnet_cidrs={
            tier.value: [subnet.cidr for subnet in subnets]
            for tier, subnets in config.subnets().items()
        },
        route_table_ids={tier.value: made.route_table_ids for tier, made in ground.tiers.items()},
        routing_ids={
            tier.value: [*made.association_ids, *routes.get(tier, [])]
            for tier, made in ground.tiers.items()
        },
        nat_public_ips=way.public_ips,
        security_group_ids=groups.group_ids,
        session_policy=ground.session_policy,
        security_groups=groups,
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


def _flow_log(context: LayerContext, config: NetworkConfig, vpc: Vpc) -> None:
    args = FlowLogArgs(
        vpc_id=vpc.vpc_id,
        kms_key_arn=key_arn(context, "logs"),
        account_id=context.account_id,
        region=context.organization.regions.home,
        retention_days=config.flow_logs.retention_days,
        aggregation_seconds=config.flow_logs.aggregation_seconds,
    )
    FlowLog(f"{NAME}-flow", args, context.options())


def _gateway_endpoints(
    context: LayerContext, config: NetworkConfig, ground: Ground
) -> GatewayEndpoints:
    args = GatewayEndpointsArgs(
        vpc_id=ground.vpc.vpc_id,
        region=context.organization.regions.home,
        route_table_ids=[
            table
            for tier, made in ground.tiers.items()
            if tier is not Tier.PUBLIC
            for table in made.route_table_ids
        ],
        organization_id=context.layer(AccountsOutputs).organization_id,
        readable_buckets=config.readable_buckets,
    )
    return GatewayEndpoints(f"{NAME}-endpoint", args, context.options())


def _security_groups(
    context: LayerContext,
    config: NetworkConfig,
    ground: Ground,
    way: WayOut,
    gateways: GatewayEndpoints,
) -> SecurityGroups:
    args = SecurityGroupsArgs(
        vpc_id=ground.vpc.vpc_id,
        roles=config.roles(),
        flows=config.flows(),
        prefix_list_ids=gateways.prefix_list_ids,
        existing=way.groups,
    )
    return SecurityGroups(f"{NAME}-security", args, context.options())


def _interface_endpoints(
    context: LayerContext, config: NetworkConfig, ground: Ground, groups: SecurityGroups
) -> list[InterfaceEndpoints]:
    services = config.interface_services()
    if not services:
        return []
    # They need no way out. Both tiers have one subnet a zone, as AWS demands.
    tier = Tier.INTRA if Tier.INTRA in ground.tiers else Tier.PRIVATE
    args = InterfaceEndpointsArgs(
        vpc_id=ground.vpc.vpc_id,
        region=context.organization.regions.home,
        services=services,
        subnet_ids=ground.tiers[tier].subnet_ids,
        security_group_id=groups.group_ids[Role.ENDPOINT.value],
        organization_id=context.layer(AccountsOutputs).organization_id,
    )
    return [InterfaceEndpoints(f"{NAME}-privatelink", args, context.options())]
