"""What the network layer takes and publishes; importable without a provider SDK."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.config import Cidr
from components.contracts import AccountKind, LayerConfig, LayerContract, Read
from components.network.cidr import ISOLATED_TIERS, MAX_ZONES, Plan, Tier, overlaps, plan

if TYPE_CHECKING:
    import pulumi

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""The values CloudWatch Logs accepts (API reference, PutRetentionPolicy)."""

_PRIVATE_RANGES = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598; a VPC with any other range hides a part of the internet from itself."""

_LARGEST_PREFIX = 16
"""A VPC is at most a /16 (Amazon VPC User Guide, "VPC CIDR blocks")."""

_IMAGE_ID = re.compile(r"^ami-([0-9a-f]{8}|[0-9a-f]{17})$")
_ZONE = re.compile(r"^[a-f]$")
_BUCKET = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")


class NatMode(StrEnum):
    """How private subnets reach the internet. Not how it reaches them: that is the edge layer."""

    SINGLE = "single"
    PER_AZ = "per-az"
    FCK_NAT = "fck-nat"
    NONE = "none"


def _vpc_cidr(value: str) -> str:
    network = IPv4Network(value)
    if network.prefixlen < _LARGEST_PREFIX:
        raise ValueError(f"got {value}, wanted a /{_LARGEST_PREFIX} or smaller")
    if not any(network.subnet_of(private) for private in _PRIVATE_RANGES):
        wanted = ", ".join(map(str, _PRIVATE_RANGES))
        raise ValueError(f"got {value}, wanted a range within one of {wanted}")
    return value


def _retention(value: int) -> int:
    if value not in RETENTION_DAYS:
        wanted = ", ".join(map(str, RETENTION_DAYS))
        raise ValueError(f"got {value}, wanted one of {wanted}")
    return value


def _zone(value: str) -> str:
    if not _ZONE.fullmatch(value):
        raise ValueError(
            f"got {value!r}, wanted a letter, a to f; the Region is the organisation's"
        )
    return value


def _image_id(value: str) -> str:
    if not _IMAGE_ID.fullmatch(value):
        raise ValueError(f"got {value!r}, wanted an image id such as ami-0123456789abcdef0")
    return value


def _bucket(value: str) -> str:
    if not _BUCKET.fullmatch(value):
        raise ValueError(f"got {value!r}, wanted the name of a bucket, without wildcards")
    return value


class Tiers(LayerConfig):
    """Which isolated tiers to make; private and public are always there (playbook NET-04)."""

    database: bool = True
    elasticache: bool = True
    intra: bool = True


class NatInstance(LayerConfig):
    """The NAT instance of mode ``fck-nat``.

    Attributes:
        image_id: The fck-nat image in the home Region. Pinned, because it is a third party's
            (owner 568608671756) and "most recent" is an open door.
        instance_type: Its size; a t4g.micro sustains 64 Mbit/s (fck-nat, "Choosing an instance
            size").
    """

    image_id: Annotated[str, AfterValidator(_image_id)]
    instance_type: str = Field(default="t4g.micro", pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")


class FlowLogs(LayerConfig):
    """How flow logs are kept (playbook NET-11, LOG-06).

    Attributes:
        retention_days: A year by default (Security Hub control CloudWatch.16).
        aggregation_seconds: The window a record sums up.
    """

    retention_days: Annotated[int, AfterValidator(_retention)] = 365
    aggregation_seconds: Literal[60, 600] = 60


class NetworkConfig(LayerConfig):
    """The network of one account.

    Attributes:
        cidr: The VPC's range; no two accounts' may overlap (playbook NET-01).
        availability_zones: Letters of the home Region's zones, pinned here because looking
            them up re-indexes subnets when AWS adds one. The position is a subnet's place:
            append, never insert or reorder.
        private_prefix: Size of a private subnet (playbook NET-03); fixed once rolled out.
        tiers: The isolated tiers to make.
        nat: How private subnets reach the internet (playbook NET-06).
        fck_nat: The NAT instance; given if and only if ``nat`` is ``fck-nat``.
        flow_logs: How flow logs are kept.
        readable_buckets: Buckets outside the organisation that may be read through the S3
            endpoint, besides those AWS itself needs.
    """

    cidr: Annotated[Cidr, AfterValidator(_vpc_cidr)]
    availability_zones: Annotated[
        tuple[Annotated[str, AfterValidator(_zone)], ...],
        Field(min_length=2, max_length=MAX_ZONES),
    ] = ("a", "b", "c")
    private_prefix: Literal[19, 20, 21] = 19
    tiers: Tiers = Tiers()
    nat: NatMode = NatMode.SINGLE
    fck_nat: NatInstance | None = None
    flow_logs: FlowLogs = FlowLogs()
    readable_buckets: tuple[Annotated[str, AfterValidator(_bucket)], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        zones = self.availability_zones
        if len(set(zones)) != len(zones):
            raise ValueError(f"availability_zones: got {', '.join(zones)}, wanted each zone once")
        if (self.nat is NatMode.FCK_NAT) != (self.fck_nat is not None):
            wanted = "settings" if self.fck_nat is None else "none"
            got = "none" if self.fck_nat is None else "settings"
            raise ValueError(f"fck_nat: got {got} with nat: {self.nat}, wanted {wanted}")
        self.subnets()
        return self

    def subnets(self) -> Plan:
        """Every subnet of this VPC.

        Raises:
            LayoutError: They do not fit.
        """
        wanted = {tier for tier in ISOLATED_TIERS if getattr(self.tiers, tier)}
        return plan(
            self.cidr,
            zones=self.availability_zones,
            tiers={Tier.PRIVATE, Tier.PUBLIC, *wanted},
            private_prefix=self.private_prefix,
        )


@dataclass(frozen=True, kw_only=True)
class NetworkOutputs:
    """What the network layer publishes. Lists per tier are in the order of the zones.

    Attributes:
        vpc_id: The VPC.
        cidr: Its range.
        availability_zones: Full names of its zones.
        subnet_ids: Subnets by tier.
        route_table_ids: Route tables by tier: one per zone for private, else one.
        routing_ids: Associations and default routes by tier. A machine started before them has
            no way out, so whatever starts one must depend on them.
        nat_public_ips: Addresses that outbound traffic comes from.
    """

    vpc_id: "pulumi.Output[str]"
    cidr: str
    availability_zones: list[str]
    subnet_ids: "dict[str, list[pulumi.Output[str]]]"
    route_table_ids: "dict[str, list[pulumi.Output[str]]]"
    routing_ids: "dict[str, list[pulumi.Output[str]]]"
    nat_public_ips: "list[pulumi.Output[str]]"


def reads(_config: NetworkConfig, _kind: AccountKind) -> tuple[Read, ...]:
    """What a network reads from earlier accounts: nothing; who peers with it reads this one."""
    return ()


def organization_problems(configs: Mapping[str, NetworkConfig]) -> list[tuple[str, str, str]]:
    """What is wrong between the networks of an organisation: (stack, path, problem) each.

    Args:
        configs: The network Config of every stack that has one.
    """
    cidrs = {stack: config.cidr for stack, config in configs.items()}
    return [
        (stack, "cidr", f"got {cidrs[stack]}, wanted a range apart from {other}'s {cidrs[other]}")
        for other, stack in overlaps(cidrs)
    ]


CONTRACT = LayerContract(name="network", config=NetworkConfig, outputs=NetworkOutputs, reads=reads)
