"""NET: where packets may go. Route tables, NAT, peering."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, items, read
from policy.rules.openings import is_world, prefix_length

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
NAT = "aws:ec2/natGateway:NatGateway"
PROPAGATION = "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
ROUTE = "aws:ec2/route:Route"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"

PUBLIC = "public"
PRIVATE = "private"
ISOLATED_TIERS = frozenset({"database", "elasticache", "intra"})
"""Tiers without a way out (playbook NET-07), as the `tier` tag names them."""

BROADEST_PEER_ROUTE = 16
"""A route this broad or broader opens a whole VPC to the other side."""


def tier_of(subnet: Resource) -> object:
    """The tier a subnet is tagged with."""
    return subnet.get("tags", "tier")


def _tables(
    graph: Graph, tiers: frozenset[str]
) -> Iterator[tuple[Resource, tuple[Resource, ...] | None]]:
    """Each association of a subnet of these tiers with its tables; None where not known."""
    for association in graph.of_type(ASSOCIATION):
        subnets = graph.joined(association, "subnetId", SUBNET) or ()
        if any(tier_of(subnet) in tiers for subnet in subnets):
            yield association, graph.joined(association, "routeTableId", TABLE)


def _destinations(entry: Resource) -> Iterator[tuple[str, object]]:
    for path in ("destinationCidrBlock", "destinationIpv6CidrBlock"):
        yield path, entry.get(path)


def nat_interfaces(graph: Graph) -> tuple[Resource, ...]:
    """Interfaces of NAT instances: a default route leads there, and they forward for others."""
    targets = {
        interface.urn: interface
        for route in graph.of_type(ROUTE)
        if any(is_world(found) for _, found in _destinations(route))
        for interface in graph.joined(route, "networkInterfaceId", INTERFACE) or ()
    }
    return tuple(item for item in targets.values() if item.get("sourceDestCheck") is False)


def nat_groups(graph: Graph) -> frozenset[str]:
    """The security groups of NAT instances, which forward whatever the private subnets send."""
    return frozenset(
        group.urn
        for interface in nat_interfaces(graph)
        for group in graph.joined(interface, "securityGroups", SECURITY_GROUP) or ()
    )


def _no_default_route(graph: Graph, _: Context) -> Iterator[Problem]:
    isolated: dict[str, Resource] = {}
    for association, tables in _tables(graph, ISOLATED_TIERS):
        if tables is None:
            yield undecided(association, "routeTableId")
        isolated |= {table.urn: table for table in tables or ()}
    for table in isolated.values():
        yield from _inline_routes(table)
    for route in graph.of_type(ROUTE, PROPAGATION):
        tables = graph.joined(route, "routeTableId", TABLE) or ()
        if not any(table.urn in isolated for table in tables):
            continue
        if route.type == PROPAGATION:
            yield failed(route, "", "got propagated routes, wanted none")
        elif any(is_world(found) for _, found in _destinations(route)):
            yield failed(route, "destinationCidrBlock", "got a default route, wanted none")


def _inline_routes(table: Resource) -> Iterator[Problem]:
    if items(table.get("propagatingVgws")):
        yield failed(table, "propagatingVgws", "got propagated routes, wanted none")
    for route in items(table.get("routes")):
        if is_world(read(route, "cidrBlock")) or is_world(read(route, "ipv6CidrBlock")):
            yield failed(table, "routes", "got a default route, wanted none")


def _isolated_have_tables(graph: Graph, _: Context) -> Iterator[Problem]:
    for subnet in graph.of_type(SUBNET):
        if tier_of(subnet) not in ISOLATED_TIERS:
            continue
        associations = graph.referring(subnet, ASSOCIATION, "subnetId")
        if not associations.found:
            message = "got the VPC's main route table, wanted one of its own"
            problem = failed(subnet, "", message)
            yield problem if associations.certain else undecided(subnet, "subnetId")


def _private_through_nat(graph: Graph, _: Context) -> Iterator[Problem]:
    private: set[str] = set()
    for association, tables in _tables(graph, frozenset({PRIVATE})):
        if tables is None:
            yield undecided(association, "routeTableId")
        private |= {table.urn for table in tables or ()}
    for route in graph.of_type(ROUTE):
        tables = graph.joined(route, "routeTableId", TABLE) or ()
        if not any(table.urn in private for table in tables):
            continue
        leads_out = any(is_world(found) for _, found in _destinations(route))
        if leads_out and _by_internet_gateway(graph, route):
            message = "got a private subnet on the internet gateway, wanted NAT"
            yield failed(route, "gatewayId", message)


def _by_internet_gateway(graph: Graph, route: Resource) -> bool:
    gateway = route.get("gatewayId")
    if gateway is MISSING:
        return False
    return bool(graph.joined(route, "gatewayId", GATEWAY)) or str(gateway).startswith("igw-")


def _nat_fits_the_environment(graph: Graph, context: Context) -> Iterator[Problem]:
    for interface in nat_interfaces(graph) if context.production else ():
        yield failed(interface, "", "got a NAT instance in production, wanted gateways")
    gateways = [nat for nat in graph.of_type(NAT) if nat.get("connectivityType") != "private"]
    if not gateways or any(nat.get("availabilityMode") == "regional" for nat in gateways):
        return
    zones = {
        subnet.get("availabilityZone")
        for subnet in graph.of_type(SUBNET)
        if tier_of(subnet) == PRIVATE
    }
    if context.production and len(gateways) < len(zones):
        message = f"got {len(gateways)} NAT gateways for {len(zones)} zones, wanted one per zone"
        yield failed(gateways[0], "subnetId", message)
    elif not context.production and len(gateways) > 1:
        message = f"got {len(gateways)} NAT gateways outside production, wanted one"
        yield failed(gateways[0], "subnetId", message)


def _narrow_peering(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("vpcPeeringConnectionId") is MISSING:
        return
    for path, destination in _destinations(resource):
        length = prefix_length(destination, 4)
        if is_world(destination) or (length is not None and length <= BROADEST_PEER_ROUTE):
            message = f"got a route to {destination} through the peer, wanted its subnets"
            yield failed(resource, path, message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="NET-05",
        title="Isolated subnets have no default route",
        severity=Severity.CRITICAL,
        remedy="remove the route; reach AWS services through VPC endpoints",
        types=(ASSOCIATION, PROPAGATION, ROUTE, TABLE),
        stack=_no_default_route,
    ),
    Rule(
        id="NET-06",
        title="Isolated subnets have a route table of their own",
        severity=Severity.HIGH,
        remedy="associate it; without a table a subnet has the VPC's main one",
        types=(SUBNET, ASSOCIATION),
        stack=_isolated_have_tables,
    ),
    Rule(
        id="NET-07",
        title="Private subnets reach the internet through NAT alone",
        severity=Severity.HIGH,
        remedy="point the default route at a NAT gateway or a NAT instance's interface",
        types=(ASSOCIATION, ROUTE),
        stack=_private_through_nat,
    ),
    Rule(
        id="NET-20",
        title="NAT is per zone in production and single elsewhere",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="set superinc:network.nat to per-az in production, to single or fck-nat elsewhere",
        types=(NAT, INTERFACE),
        stack=_nat_fits_the_environment,
    ),
    Rule(
        id="NET-24",
        title="Routes through a peering lead to subnets, not to whole networks",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="add a route per subnet that is meant",
        types=(ROUTE,),
        resource=_narrow_peering,
        controls=("CIS AWS 3.0 5.5",),
    ),
)
