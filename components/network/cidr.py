"""Address arithmetic: which subnet lies where in a VPC, and which VPCs collide. Pure.

The layout of a /16 with private /19 (playbook NET-02 to NET-04); offsets in /24 blocks:

===========  ====  =========================================
tier         size  blocks of zone 1, 2, 3 (4)
===========  ====  =========================================
private      /19   0, 32, 64 (128)
public       /24   96, 97, 98 (99)
database     /24   100, 101, 102 (103)
elasticache  /24   104, 105, 106 (107)
intra        /24   108, 109, 110 (111)
===========  ====  =========================================

A subnet's place depends on its tier, the position of its zone and the private prefix, and on
nothing else: adding a tier, or a zone at the end, never moves a subnet that exists.
STATE: a change of this layout replaces subnets, so it is a new VPC, not an edit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations


class Tier(StrEnum):
    """What a subnet may reach. Not what runs in it: pods and their nodes are both private."""

    PRIVATE = "private"
    PUBLIC = "public"
    DATABASE = "database"
    ELASTICACHE = "elasticache"
    INTRA = "intra"


ISOLATED_TIERS = (Tier.DATABASE, Tier.ELASTICACHE, Tier.INTRA)
"""Tiers without any route out of the VPC (playbook NET-07)."""

SMALL_TIERS = (Tier.PUBLIC, *ISOLATED_TIERS)
"""Tiers of /24 subnets, in the order of their blocks. STATE: append only."""

SMALL_PREFIX = 24
"""Playbook NET-02 and NET-04."""

MAX_ZONES = 4
"""Subnets reserved per small tier: the playbook's three zones and one to grow into."""

SERVICE_RANGE = "172.20.0.0/16"
"""Where Kubernetes services have their addresses, in every cluster. Said to EKS explicitly and kept
out of all networks: EKS would choose by the VPC, and a network that peers later could lie there
(EKS User Guide, "serviceIpv4Cidr")."""

_LEADING = 3
"""Private subnets that come before the small tiers; the fourth comes after them."""


class LayoutError(ValueError):
    """The subnets asked for do not fit into the VPC."""


@dataclass(frozen=True, kw_only=True)
class PlannedSubnet:
    """One subnet to make.

    Attributes:
        zone: The zone it lies in, as the plan was asked for it.
        cidr: Its address range.
    """

    zone: str
    cidr: str


Plan = Mapping[Tier, tuple[PlannedSubnet, ...]]
"""The subnets of each tier, in the order of the zones."""


def plan(
    cidr: str, *, zones: Sequence[str], tiers: Collection[Tier], private_prefix: int
) -> dict[Tier, tuple[PlannedSubnet, ...]]:
    """The subnets of a VPC.

    Args:
        cidr: The VPC's address range.
        zones: Its zones; the position of a zone is its place in every tier.
        tiers: The tiers to make; the answer is in the order of :class:`Tier`.
        private_prefix: Length of a private subnet's prefix.

    Raises:
        LayoutError: There are too many zones, or a subnet ends outside the VPC.
    """
    if len(zones) > MAX_ZONES:
        raise LayoutError(f"got {len(zones)} zones, wanted at most {MAX_ZONES}")
    vpc = IPv4Network(cidr)
    ends = [
        _offset(tier, index, private_prefix) + _size(tier, private_prefix)
        for tier in tiers
        for index in range(len(zones))
    ]
    needed = max(ends, default=0)
    if needed > vpc.num_addresses:
        # The shortest range that holds `needed` addresses: 32 minus the bits to count them.
        fitting = 32 - (needed - 1).bit_length()
        raise LayoutError(
            f"got {cidr} for {len(zones)} zones with private subnets of /{private_prefix}, "
            f"wanted a VPC of /{fitting} or larger, or smaller private subnets"
        )
    return {
        tier: tuple(
            PlannedSubnet(zone=zone, cidr=_subnet(vpc, tier, index, private_prefix))
            for index, zone in enumerate(zones)
        )
        for tier in Tier
        if tier in tiers
    }


def overlaps(cidrs: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs of names whose ranges share an address (playbook NET-01), in sorted order."""
    networks = {name: IPv4Network(cidr) for name, cidr in sorted(cidrs.items())}
    return [
        (one, other)
        for (one, left), (other, right) in combinations(networks.items(), 2)
        if left.overlaps(right)
    ]


def _subnet(vpc: IPv4Network, tier: Tier, index: int, private_prefix: int) -> str:
    start = int(vpc.network_address) + _offset(tier, index, private_prefix)
    prefix = private_prefix if tier is Tier.PRIVATE else SMALL_PREFIX
    return str(IPv4Network((IPv4Address(start), prefix)))


def _offset(tier: Tier, index: int, private_prefix: int) -> int:
    """Where a subnet starts, in addresses from the start of the VPC."""
    private, small = _size(Tier.PRIVATE, private_prefix), _size(Tier.PUBLIC, private_prefix)
    small_start = _LEADING * private
    if tier is not Tier.PRIVATE:
        return small_start + (SMALL_TIERS.index(tier) * MAX_ZONES + index) * small
    if index < _LEADING:
        return index * private
    small_end = small_start + len(SMALL_TIERS) * MAX_ZONES * small
    resumed = -(-small_end // private)  # rounded up: a subnet starts at a multiple of its size
    return (resumed + index - _LEADING) * private


def _size(tier: Tier, private_prefix: int) -> int:
    """Addresses in one subnet of the tier."""
    return 1 << (32 - (private_prefix if tier is Tier.PRIVATE else SMALL_PREFIX))
