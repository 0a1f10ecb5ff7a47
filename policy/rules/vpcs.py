"""NET: VPCs, subnets, network ACLs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, read
from policy.rules.openings import EVERY_PROTOCOL, is_world, prefix_length
from policy.rules.routes import ISOLATED_TIERS, PRIVATE, PUBLIC, SUBNET, tier_of

ACL = "aws:ec2/networkAcl:NetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
VPC = "aws:ec2/vpc:Vpc"

ZONES = 3
"""Playbook NET-02 and NET-03: three availability zones."""

PREFIXES: Mapping[object, frozenset[int]] = {
    PUBLIC: frozenset({24}),
    PRIVATE: frozenset({19, 20, 21}),
    **dict.fromkeys(ISOLATED_TIERS, frozenset({24})),
}
"""Sizes of subnets by tier (playbook NET-02 to NET-04)."""

ADMIN_PORTS = (22, 3389)
TCP = frozenset({"tcp", "6"})


def _one_vpc(graph: Graph, context: Context) -> Iterator[Problem]:
    places: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
    for vpc in graph.of_type(VPC):
        places[context.account_of(vpc).name, str(vpc.region)].append(vpc)
    for (account, region), vpcs in places.items():
        for vpc in vpcs[1:]:
            message = f"got {len(vpcs)} VPCs in {account}, {region}, wanted one"
            yield failed(vpc, "", message)
    for vpc in graph.of_type(DEFAULT_VPC):
        if vpc.get("forceDestroy") is not True:
            message = "got AWS's default VPC adopted, wanted it removed"
            yield failed(vpc, "forceDestroy", message)


def _three_zones(graph: Graph, _: Context) -> Iterator[Problem]:
    tiers: defaultdict[str, list[Resource]] = defaultdict(list)
    for subnet in graph.of_type(SUBNET):
        tiers[str(tier_of(subnet))].append(subnet)
    for tier, subnets in tiers.items():
        zones = {subnet.get("availabilityZone") for subnet in subnets}
        if UNKNOWN in zones or MISSING in zones:
            # Where AWS chooses, each subnet may be in a zone of its own.
            if len(subnets) < ZONES:
                yield failed(subnets[0], "availabilityZone", f"got {len(subnets)} subnets")
            else:
                yield undecided(subnets[0], "availabilityZone")
        elif len(zones) < ZONES:
            message = f"got tier {tier} in {len(zones)} zones, wanted {ZONES}"
            yield failed(subnets[0], "availabilityZone", message)


def _sized(resource: Resource, _: Context) -> Iterator[Problem]:
    wanted = PREFIXES.get(tier_of(resource))
    cidr = resource.get("cidrBlock")
    if wanted is None:
        yield failed(resource, "tags.tier", f"got none, wanted one of {', '.join(_tiers())}")
    elif cidr is UNKNOWN:
        yield undecided(resource, "cidrBlock")
    elif prefix_length(cidr, 4) not in wanted:
        sizes = ", ".join(f"/{size}" for size in sorted(wanted))
        yield failed(resource, "cidrBlock", f"got {cidr}, wanted a {sizes}")


def _tiers() -> list[str]:
    return sorted(map(str, PREFIXES))


def _no_public_addresses(resource: Resource, _: Context) -> Iterator[Problem]:
    if tier_of(resource) == PUBLIC:
        return
    for path in ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"):
        if resource.get(path) is True:
            yield failed(resource, path, "got true, wanted false outside the public tier")


def _no_open_admin_ports(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == ACL_RULE:
        allows = resource.get("ruleAction") == "allow" and resource.get("egress") is not True
        if allows and _admits_administration(resource.props):
            yield failed(resource, "cidrBlock", "got SSH or RDP from everywhere, wanted neither")
        return
    for entry in items(resource.get("ingress")):
        if read(entry, "action") == "allow" and _admits_administration(mapping(entry)):
            yield failed(resource, "ingress", "got SSH or RDP from everywhere, wanted neither")


def _admits_administration(entry: Mapping[str, object]) -> bool:
    if not is_world(read(entry, "cidrBlock")) and not is_world(read(entry, "ipv6CidrBlock")):
        return False
    protocol = str(read(entry, "protocol")).lower()
    if protocol in EVERY_PROTOCOL:
        return True
    first, last = read(entry, "fromPort"), read(entry, "toPort")
    if protocol not in TCP or not isinstance(first, int) or not isinstance(last, int):
        return False
    return any(first <= port <= last for port in ADMIN_PORTS)


def _resolves_names(resource: Resource, _: Context) -> Iterator[Problem]:
    # AWS's defaults: names for instances off, the resolver on.
    for path, default in (("enableDnsHostnames", False), ("enableDnsSupport", True)):
        value = resource.get(path)
        if value is UNKNOWN:
            yield undecided(resource, path)
        elif not (default if value is MISSING else value):
            yield failed(resource, path, "got false, wanted true")


RULES: tuple[Rule, ...] = (
    Rule(
        id="NET-01",
        title="One VPC per account, and not AWS's default one",
        severity=Severity.MEDIUM,
        remedy="use the VPC of the network layer",
        types=(VPC, DEFAULT_VPC),
        stack=_one_vpc,
    ),
    Rule(
        id="NET-02",
        title="Every tier spans three zones",
        severity=Severity.MEDIUM,
        production_only=True,
        remedy="name three zones in superinc:network.availability_zones",
        types=(SUBNET,),
        stack=_three_zones,
    ),
    Rule(
        id="NET-03",
        title="Subnets have the size of their tier",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="make subnets with the network layer",
        types=(SUBNET,),
        resource=_sized,
    ),
    Rule(
        id="NET-04",
        title="Only public subnets give public addresses",
        severity=Severity.HIGH,
        remedy="leave map_public_ip_on_launch at false",
        types=(SUBNET,),
        resource=_no_public_addresses,
        controls=("FSBP EC2.15",),
    ),
    Rule(
        id="NET-19",
        title="No network ACL admits SSH or RDP from everywhere",
        severity=Severity.MEDIUM,
        remedy="name the source; operators come by the jumphost or the VPN",
        types=(ACL, ACL_RULE),
        resource=_no_open_admin_ports,
        controls=("CIS AWS 3.0 5.1", "FSBP EC2.21"),
    ),
    Rule(
        id="NET-26",
        title="VPCs resolve names",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="set enable_dns_hostnames=True; private endpoints need it",
        types=(VPC,),
        resource=_resolves_names,
    ),
)
