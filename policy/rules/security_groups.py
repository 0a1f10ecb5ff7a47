"""NET: security groups, and that everything has one."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, spread
from policy.rules.openings import (
    CARRIERS,
    DEFAULT_GROUP,
    EGRESS_RULE,
    ICMP,
    INGRESS_RULE,
    LEGACY_RULE,
    PORTS,
    SECURITY_GROUP,
    STANDALONE,
    Opening,
    Peer,
    groups_of,
    is_world,
    openings,
    prefix_length,
)
from policy.rules.routes import nat_groups

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
VPC = "aws:ec2/vpc:Vpc"

PUBLIC_PORTS = frozenset({80, 443})
WIDEST_RANGE = 100
"""More ports than that are not one service any more."""

BROADEST_NETWORK = 16
"""A whole VPC; broader ranges are several accounts' networks."""

MADE_BY_TOOLS = frozenset({"", "Managed by Pulumi", "Managed by Terraform"})

GROUPS_AT = {
    "aws:dms/replicationInstance:ReplicationInstance": "vpcSecurityGroupIds",
    "aws:ec2/instance:Instance": "vpcSecurityGroupIds",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "securityGroupIds",
    "aws:eks/cluster:Cluster": "vpcConfig.securityGroupIds",
    "aws:elasticache/replicationGroup:ReplicationGroup": "securityGroupIds",
    "aws:lambda/function:Function": "vpcConfig.securityGroupIds",
    LOAD_BALANCER: "securityGroups",
    "aws:msk/cluster:Cluster": "brokerNodeGroupInfo.securityGroups",
    "aws:rds/cluster:Cluster": "vpcSecurityGroupIds",
    "aws:rds/instance:Instance": "vpcSecurityGroupIds",
}
"""Where each type that has network interfaces names its security groups (playbook SEC-09)."""


def _no_world_ingress(graph: Graph, _: Context) -> Iterator[Problem]:
    public = _groups_of_public_load_balancers(graph)
    for opening in openings(graph):
        if not opening.ingress or opening.kind is not Peer.NETWORK:
            continue
        if opening.peer is UNKNOWN:
            yield undecided(opening.carrier, opening.path)
        elif opening.to_world and not _is_front_door(graph, opening, public):
            message = f"got ingress from {opening.peer}, wanted a narrower source"
            yield failed(opening.carrier, opening.path, message)


def _groups_of_public_load_balancers(graph: Graph) -> frozenset[str]:
    return frozenset(
        group.urn
        for balancer in graph.of_type(LOAD_BALANCER)
        if balancer.get("internal") is not True
        for group in graph.joined(balancer, "securityGroups", SECURITY_GROUP) or ()
    )


def _is_front_door(graph: Graph, opening: Opening, public: frozenset[str]) -> bool:
    """Whether it is what a public load balancer is for; EDGE-01 wants a web ACL before it."""
    if opening.protocol not in {"tcp", "6"} or opening.first != opening.last:
        return False
    return opening.first in PUBLIC_PORTS and _is_of(graph, opening, public)


def _is_of(graph: Graph, opening: Opening, groups: frozenset[str]) -> bool:
    return any(group.urn in groups for group in groups_of(graph, opening) or ())


def _narrow_ports(graph: Graph, _: Context) -> Iterator[Problem]:
    forwarding = nat_groups(graph)
    for opening in openings(graph):
        if not opening.ingress or opening.kind is Peer.SELF or opening.protocol in ICMP:
            continue
        if opening.width > WIDEST_RANGE and not _is_of(graph, opening, forwarding):
            got = "every port" if opening.width == PORTS else f"{opening.width} ports"
            message = f"got {got} in {opening.path}, wanted {WIDEST_RANGE} or fewer"
            yield failed(opening.carrier, "toPort", message)


def _narrow_networks(graph: Graph, _: Context) -> Iterator[Problem]:
    for opening in openings(graph):
        if not opening.ingress or opening.kind is not Peer.NETWORK or opening.to_world:
            continue
        length = prefix_length(opening.peer, 4)
        if length is not None and length < BROADEST_NETWORK:
            message = f"got {opening.peer}, wanted a /{BROADEST_NETWORK} or narrower"
            yield failed(opening.carrier, opening.path, message)


def _narrow_egress(graph: Graph, _: Context) -> Iterator[Problem]:
    forwarding = nat_groups(graph)
    for opening in openings(graph):
        if opening.ingress or not opening.to_world or opening.width < PORTS:
            continue
        if not _is_of(graph, opening, forwarding):
            message = f"got every port to {opening.peer}, wanted the ports it needs"
            yield failed(opening.carrier, opening.path, message)


def _one_way_of_writing(graph: Graph, _: Context) -> Iterator[Problem]:
    inline = {
        group.urn: group
        for group in graph.of_type(SECURITY_GROUP)
        if items(group.inputs.get("ingress")) or items(group.inputs.get("egress"))
    }
    mixed: set[str] = set()
    for rule in graph.of_type(*STANDALONE):
        groups = graph.joined(rule, "securityGroupId", SECURITY_GROUP) or ()
        mixed |= {group.urn for group in groups if group.urn in inline}
    for urn in sorted(mixed):
        message = "got rules inline and beside it, which undo each other; wanted one way"
        yield failed(inline[urn], "ingress", message)


def _legacy(resource: Resource, _: Context) -> Iterator[Problem]:
    yield failed(resource, "", "got a rule with lists, wanted one resource per rule (aws.vpc)")


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


def _has_groups(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type.endswith(":VpcEndpoint") and resource.get("vpcEndpointType") != "Interface":
        return  # Gateway endpoints are routes.
    if resource.type == "aws:lambda/function:Function" and resource.get("vpcConfig") is MISSING:
        return
    if resource.type == LOAD_BALANCER and resource.get("loadBalancerType") == "gateway":
        return
    path = GROUPS_AT[resource.type]
    # Ids that are not known yet are groups all the same.
    if set(spread(resource.props, *path.split("."))) <= {MISSING}:
        yield failed(resource, path, "got AWS's default security group, wanted one of ours")


def _described(resource: Resource, _: Context) -> Iterator[Problem]:
    text = resource.get("description")
    if text is MISSING or (isinstance(text, str) and text in MADE_BY_TOOLS):
        yield failed(resource, "description", "got none, wanted what it is for")


def _no_world_prefixes(resource: Resource, _: Context) -> Iterator[Problem]:
    path = ("cidr",) if resource.type == PREFIX_ENTRY else ("entries", "cidr")
    for cidr in spread(resource.props, *path):
        if cidr is UNKNOWN:
            yield undecided(resource, ".".join(path))
        elif is_world(cidr):
            message = f"got {cidr} in a prefix list, wanted narrower networks"
            yield failed(resource, ".".join(path), message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="NET-08",
        title="No ingress from the whole world",
        severity=Severity.CRITICAL,
        remedy="name the source security group, prefix list or network",
        types=CARRIERS,
        stack=_no_world_ingress,
        controls=("CIS AWS 3.0 5.2", "CIS AWS 3.0 5.3", "FSBP EC2.18"),
    ),
    Rule(
        id="NET-09",
        title="Ingress is for the ports of a service, not for ranges",
        severity=Severity.HIGH,
        remedy="name the port; components/network/flows.py is the table of who needs which",
        types=CARRIERS,
        stack=_narrow_ports,
        controls=("FSBP EC2.18", "FSBP EC2.19"),
    ),
    Rule(
        id="NET-10",
        title="Ingress is from one network at most",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="name the security group or the subnets",
        types=CARRIERS,
        stack=_narrow_networks,
    ),
    Rule(
        id="NET-11",
        title="Egress names its ports",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="name the ports and the destinations; no egress at all is a good default",
        types=CARRIERS,
        stack=_narrow_egress,
    ),
    Rule(
        id="NET-12",
        title="Rules of a group are inline or beside it, never both",
        severity=Severity.HIGH,
        remedy="write every rule as a resource of its own",
        types=(SECURITY_GROUP, *STANDALONE),
        stack=_one_way_of_writing,
    ),
    Rule(
        id="NET-13",
        title="One resource per security group rule",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="use aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule",
        types=(LEGACY_RULE,),
        resource=_legacy,
    ),
    Rule(
        id="NET-14",
        title="The default security group is empty",
        severity=Severity.HIGH,
        remedy="adopt it with aws.ec2.DefaultSecurityGroup and no rules",
        types=(DEFAULT_GROUP, VPC),
        stack=_default_group_empty,
        controls=("CIS AWS 3.0 5.4", "FSBP EC2.2"),
    ),
    Rule(
        id="NET-15",
        title="Everything with a network interface has security groups of its own",
        severity=Severity.HIGH,
        remedy="take the group of its role from NetworkOutputs.security_group_ids",
        types=tuple(GROUPS_AT),
        resource=_has_groups,
    ),
    Rule(
        id="NET-16",
        title="Security groups and their rules say what they are for",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="add a description",
        types=(SECURITY_GROUP, INGRESS_RULE, EGRESS_RULE),
        resource=_described,
    ),
    Rule(
        id="NET-25",
        title="No prefix list holds the whole world",
        severity=Severity.HIGH,
        remedy="name narrower networks: a rule on the list opens all of it",
        types=(PREFIX_LIST, PREFIX_ENTRY),
        resource=_no_world_prefixes,
    ),
)
