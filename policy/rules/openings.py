"""What security groups let through, whichever of the four kinds of resource says so.

A rule is inline in a group or in the default group, a legacy rule with lists, or one of the
one-rule resources. Ports mean nothing where the protocol is `-1`, and are type and code for ICMP
(EC2 API reference, IpPermission).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network

from policy.core.graph import Graph, Resource
from policy.core.values import MISSING, items, mapping, one_or_many, read

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LEGACY_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
STANDALONE = (EGRESS_RULE, INGRESS_RULE, LEGACY_RULE)
CARRIERS = (*STANDALONE, DEFAULT_GROUP, SECURITY_GROUP)

WORLD_SHARE_V4 = 8
WORLD_SHARE_V6 = 16
"""A public network shorter than this prefix counts as the world: 0.0.0.0/1 is no narrower door."""

EVERY_PROTOCOL = frozenset({"-1", "all", "any"})
ICMP = frozenset({"icmp", "icmpv6", "1", "58"})
PORTS = 65536


class Peer(StrEnum):
    """What kind of thing is at the other end."""

    NETWORK = "network"
    GROUP = "group"
    PREFIXES = "prefixes"
    SELF = "self"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One way in or out of a security group.

    Attributes:
        carrier: The resource that says so.
        path: The property that does.
        ingress: Whether it is a way in.
        protocol: The protocol, lower case.
        first: The first port; None where it is not said or not known.
        last: The last port.
        kind: What is at the other end.
        peer: Its CIDR or id; UNKNOWN where there is none yet.
    """

    carrier: Resource
    path: str
    ingress: bool
    protocol: str
    first: int | None
    last: int | None
    kind: Peer
    peer: object

    @property
    def width(self) -> int:
        """How many ports it is for."""
        if self.protocol in EVERY_PROTOCOL or self.first is None or self.last is None:
            return PORTS
        return self.last - self.first + 1

    @property
    def to_world(self) -> bool:
        """Whether the other end is (nearly) every address."""
        return self.kind is Peer.NETWORK and is_world(self.peer)


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


def prefix_length(cidr: object, version: int) -> int | None:
    """The prefix length of a network of this IP version; None for anything else."""
    try:
        network = ip_network(str(cidr), strict=False)
    except ValueError:
        return None
    return network.prefixlen if network.version == version else None


def openings(graph: Graph) -> Iterator[Opening]:
    """Every opening of the stack."""
    for rule in graph.of_type(INGRESS_RULE, EGRESS_RULE):
        yield from _of_one_rule(rule)
    for rule in graph.of_type(LEGACY_RULE):
        ingress = rule.get("type") != "egress"
        yield from _of_lists(rule, rule.props, "", ingress=ingress)
    for group in graph.of_type(SECURITY_GROUP, DEFAULT_GROUP):
        for direction in ("ingress", "egress"):
            for entry in items(group.get(direction)):
                prefix = f"{direction}."
                ingress = direction == "ingress"
                yield from _of_lists(group, mapping(entry), prefix, ingress=ingress)


def groups_of(graph: Graph, opening: Opening) -> tuple[Resource, ...] | None:
    """The group an opening belongs to; None where it is not known."""
    if opening.carrier.type in STANDALONE:
        return graph.joined(opening.carrier, "securityGroupId", SECURITY_GROUP, DEFAULT_GROUP)
    return (opening.carrier,)


_SCALARS = {
    "cidrIpv4": Peer.NETWORK,
    "cidrIpv6": Peer.NETWORK,
    "prefixListId": Peer.PREFIXES,
    "referencedSecurityGroupId": Peer.GROUP,
}
_LISTS = {
    "cidrBlocks": Peer.NETWORK,
    "ipv6CidrBlocks": Peer.NETWORK,
    "prefixListIds": Peer.PREFIXES,
    "securityGroups": Peer.GROUP,
    "sourceSecurityGroupId": Peer.GROUP,
}


def _of_one_rule(rule: Resource) -> Iterator[Opening]:
    ingress = rule.type == INGRESS_RULE
    base = _Base(carrier=rule, entry=rule.props, protocol="ipProtocol", ingress=ingress)
    for path, kind in _SCALARS.items():
        peer = rule.get(path)
        if peer is not MISSING:
            own = Peer.SELF if kind is Peer.GROUP and _same_group(rule) else kind
            yield base.opening(path, own, peer)


def _same_group(rule: Resource) -> bool:
    """Whether a rule lets a group in to itself: by dependencies, else by equal known ids."""
    own = set(rule.joins.get("securityGroupId", ()))
    if own:
        return own == set(rule.joins.get("referencedSecurityGroupId", ()))
    group = rule.get("securityGroupId")
    return isinstance(group, str) and group == rule.get("referencedSecurityGroupId")


def _of_lists(
    carrier: Resource, entry: Mapping[str, object], prefix: str, *, ingress: bool
) -> Iterator[Opening]:
    base = _Base(carrier=carrier, entry=entry, protocol="protocol", ingress=ingress)
    for path, kind in _LISTS.items():
        for peer in one_or_many(read(entry, path)):
            yield base.opening(f"{prefix}{path}", kind, peer)
    if read(entry, "self") is True:
        yield base.opening(f"{prefix}self", Peer.SELF, carrier.urn)


@dataclass(frozen=True, kw_only=True)
class _Base:
    """What the openings of one entry have in common.

    Attributes:
        carrier: The resource.
        entry: The entry of a list, or all of the resource.
        protocol: The name of the property with the protocol.
        ingress: Whether it is a way in.
    """

    carrier: Resource
    entry: Mapping[str, object]
    protocol: str
    ingress: bool

    def opening(self, path: str, kind: Peer, peer: object) -> Opening:
        """The opening to one peer."""
        first, last = read(self.entry, "fromPort"), read(self.entry, "toPort")
        return Opening(
            carrier=self.carrier,
            path=path,
            ingress=self.ingress,
            protocol=str(read(self.entry, self.protocol)).lower(),
            first=first if isinstance(first, int) else None,
            last=last if isinstance(last, int) else None,
            kind=kind,
            peer=peer,
        )
