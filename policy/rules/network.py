"""NET: VPCs, routes, security groups."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, read

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LEGACY_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
ROUTE = "aws:ec2/route:Route"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
VPC = "aws:ec2/vpc:Vpc"

ISOLATED_TIERS = frozenset({"database", "elasticache", "intra"})
"""Tiers without a way out (playbook NET-07), as the `tier` tag names them."""

WORLD_SHARE_V4 = 8
WORLD_SHARE_V6 = 16
"""A public network shorter than this prefix counts as the world: 0.0.0.0/1 is no narrower door."""


def is_world(cidr: object) -> bool:
    """Whether a CIDR admits (nearly) every public address; false for what is no CIDR."""
    if not isinstance(cidr, str):
        return False
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return False
    limit = WORLD_SHARE_V4 if network.version == 4 else WORLD_SHARE_V6  # noqa: PLR2004 - the IP version
    return network.prefixlen < limit and not network.is_private


def _isolated_tables(graph: Graph) -> Iterator[tuple[Resource, Resource | None]]:
    """Each isolated subnet's route table; None where the join is not known."""
    for association in graph.of_type(ASSOCIATION):
        subnets = graph.joined(association, "subnetId", SUBNET) or ()
        if not any(read(item.props, "tags", "tier") in ISOLATED_TIERS for item in subnets):
            continue
        tables = graph.joined(association, "routeTableId", TABLE)
        if tables is None:
            yield association, None
        else:
            yield from ((association, table) for table in tables)


def _no_default_route(graph: Graph, _: Context) -> Iterator[Problem]:
    isolated: dict[str, Resource] = {}
    for association, table in _isolated_tables(graph):
        if table is None:
            yield undecided(association, "routeTableId")
        else:
            isolated[table.urn] = table
    for table in isolated.values():
        if items(table.get("propagatingVgws")):
            yield failed(table, "propagatingVgws", "got propagated routes, wanted none")
        for route in items(table.get("routes")):
            if is_world(read(route, "cidrBlock")) or is_world(read(route, "ipv6CidrBlock")):
                yield failed(table, "routes", "got a default route, wanted none")
    for route in graph.of_type(ROUTE):
        tables = graph.joined(route, "routeTableId", TABLE) or ()
        if any(table.urn in isolated for table in tables) and _leads_out(route):
            yield failed(route, "destinationCidrBlock", "got a default route, wanted none")


def _leads_out(route: Resource) -> bool:
    return is_world(route.get("destinationCidrBlock")) or is_world(
        route.get("destinationIpv6CidrBlock")
    )


def _no_world_ingress(resource: Resource, _: Context) -> Iterator[Problem]:
    for path, cidr in _ingress_sources(resource):
        if cidr is UNKNOWN:
            yield undecided(resource, path)
        elif is_world(cidr):
            yield failed(resource, path, f"got ingress from {cidr}, wanted a narrower source")


def _ingress_sources(resource: Resource) -> Iterator[tuple[str, object]]:
    if resource.type == INGRESS_RULE:
        for path in ("cidrIpv4", "cidrIpv6"):
            if resource.get(path) is not MISSING:
                yield path, resource.get(path)
    elif resource.type == LEGACY_RULE:
        if resource.get("type") != "egress":
            yield from _listed(resource.props, "")
    else:
        for rule in items(resource.get("ingress")):
            yield from _listed(mapping(rule), "ingress.")


def _listed(rule: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for path in ("cidrBlocks", "ipv6CidrBlocks"):
        value = read(rule, path)
        if value is UNKNOWN:
            yield f"{prefix}{path}", UNKNOWN
        for cidr in items(value):
            yield f"{prefix}{path}", cidr


def _default_group_empty(graph: Graph, _: Context) -> Iterator[Problem]:
    emptied: set[str] = set()
    for group in graph.of_type(DEFAULT_GROUP):
        if items(group.get("ingress")) or items(group.get("egress")):
            yield failed(group, "ingress", "got rules, wanted none")
        vpcs = graph.joined(group, "vpcId", VPC)
        if vpcs is None:
            yield undecided(group, "vpcId")
            return
        emptied |= {vpc.urn for vpc in vpcs}
    for vpc in graph.of_type(VPC):
        if vpc.urn not in emptied:
            message = "got the default security group as AWS made it, wanted it emptied"
            yield failed(vpc, "", message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="NET-05",
        title="Isolated subnets have no default route",
        severity=Severity.CRITICAL,
        remedy="remove the route; reach AWS services through VPC endpoints",
        stack=_no_default_route,
    ),
    Rule(
        id="NET-08",
        title="No ingress from the whole world",
        severity=Severity.CRITICAL,
        remedy="name the source security group, prefix list or network",
        types=(INGRESS_RULE, LEGACY_RULE, SECURITY_GROUP),
        resource=_no_world_ingress,
        controls=("CIS AWS 3.0 5.2", "FSBP EC2.18"),
    ),
    Rule(
        id="NET-14",
        title="The default security group is empty",
        severity=Severity.HIGH,
        remedy="adopt it with aws.ec2.DefaultSecurityGroup and no rules",
        stack=_default_group_empty,
        controls=("CIS AWS 3.0 5.4", "FSBP EC2.2"),
    ),
)
