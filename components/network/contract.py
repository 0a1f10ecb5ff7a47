"""What the network layer takes, reads and publishes; importable without a provider SDK."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.config import Cidr
from components.contracts import AccountKind, LayerConfig, LayerContract, Read, inside
from components.network.cidr import ISOLATED_TIERS, MAX_ZONES, Plan, Tier, overlaps, plan
from components.network.endpoint_services import ESSENTIAL, FULL, SESSIONS, InterfaceService
from components.network.flows import Flow, Outside, Role, flows_between
from components.network.settings import (
    HUB,
    RETENTION_DAYS,
    Access,
    Bucket,
    ClientVpn,
    Endpoints,
    EndpointSet,
    FlowLogs,
    Jumphost,
    NatInstance,
    NatMode,
    Peer,
    Runs,
    Sessions,
    Tiers,
    Zone,
    apart_from_services,
)

if TYPE_CHECKING:
    import pulumi

__all__ = [
    "CONTRACT",
    "HUB",
    "RETENTION_DAYS",
    "Access",
    "NatMode",
    "NetworkConfig",
    "NetworkOutputs",
    "organization_problems",
]

HUB_VPC = Read(kind=HUB, layer="network", output="vpc_id")
HUB_SUBNETS = Read(kind=HUB, layer="network", output="subnet_cidrs")
HUB_TABLES = Read(kind=HUB, layer="network", output="route_table_ids")
HUB_GROUPS = Read(kind=HUB, layer="network", output="security_group_ids")

_PRIVATE_RANGES = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598; a VPC with any other range hides a part of the internet from itself."""

_LARGEST_PREFIX = 16
"""A VPC is at most a /16 (Amazon VPC User Guide, "VPC CIDR blocks")."""


def _vpc_cidr(value: str) -> str:
    network = IPv4Network(value)
    if network.prefixlen < _LARGEST_PREFIX:
        raise ValueError(f"got {value}, wanted a /{_LARGEST_PREFIX} or smaller")
    if not any(network.subnet_of(private) for private in _PRIVATE_RANGES):
        wanted = ", ".join(map(str, _PRIVATE_RANGES))
        raise ValueError(f"got {value}, wanted a range within one of {wanted}")
    return apart_from_services(value)


class NetworkConfig(LayerConfig):
    """The network of one account.

    Attributes:
        cidr: The VPC's range; no two accounts' may overlap (playbook NET-01).
        availability_zones: Letters of the home Region's zones, pinned here because looking
            them up re-indexes subnets when AWS adds one. The position is a subnet's place:
            append, never insert or reorder.
        private_prefix: Size of a private subnet (playbook NET-03); fixed once rolled out.
        tiers: The isolated tiers to make.
        runs: What will run here; decides which roles get a security group.
        nat: How private subnets reach the internet (playbook NET-06).
        fck_nat: The NAT instance; given if and only if ``nat`` is ``fck-nat``.
        flow_logs: How flow logs are kept.
        readable_buckets: Buckets outside the organisation that may be read through the S3
            endpoint, besides those AWS itself needs.
        endpoints: The interface endpoints.
        peers: The networks this one peers with.
        access: How operators reach what is inside (playbook SEC-05).
        jumphost: The machine of mode ``jumphost``.
        client_vpn: The VPN; given if and only if ``access`` is ``client-vpn``.
        sessions: How operators' sessions are limited and recorded.
    """

    cidr: Annotated[Cidr, AfterValidator(_vpc_cidr)]
    availability_zones: Annotated[tuple[Zone, ...], Field(min_length=2, max_length=MAX_ZONES)] = (
        "a",
        "b",
        "c",
    )
    private_prefix: Literal[19, 20, 21] = 19
    tiers: Tiers = Tiers()
    runs: Runs = Runs()
    nat: NatMode = NatMode.SINGLE
    fck_nat: NatInstance | None = None
    flow_logs: FlowLogs = FlowLogs()
    readable_buckets: tuple[Bucket, ...] = ()
    endpoints: Endpoints = Endpoints()
    peers: tuple[Peer, ...] = ()
    access: Access = Access.JUMPHOST
    jumphost: Jumphost = Jumphost()
    client_vpn: ClientVpn | None = None
    sessions: Sessions = Sessions()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _each_once("availability_zones", self.availability_zones, "zone")
        _each_once("peers", [peer.account.value for peer in self.peers], "account")
        _given_with("fck_nat", self.fck_nat, "nat", self.nat, NatMode.FCK_NAT)
        _given_with("client_vpn", self.client_vpn, "access", self.access, Access.CLIENT_VPN)
        for problem in (*self._peer_problems(), *self._access_problems()):
            raise ValueError(problem)
        self.subnets()
        return self

    def _peer_problems(self) -> Iterator[str]:
        if self.linked_databases() and not self.tiers.database:
            yield "peers: got the tier database with tiers.database: false, wanted it made"

    def _access_problems(self) -> Iterator[str]:
        missing = SESSIONS.difference(self.interface_services())
        if self.access is Access.JUMPHOST and self.nat is NatMode.NONE and missing:
            wanted = ", ".join(sorted(missing))
            yield f"access: got jumphost with nat: none, wanted endpoints.interface with {wanted}"
        if self.client_vpn is not None:
            if self.client_vpn.zones > len(self.availability_zones):
                got, wanted = self.client_vpn.zones, len(self.availability_zones)
                yield f"client_vpn.zones: got {got}, wanted at most {wanted}, the network's own"
            if overlaps({"network": self.cidr, "vpn": self.client_vpn.client_cidr}):
                got = self.client_vpn.client_cidr
                yield f"client_vpn.client_cidr: got {got}, wanted a range apart from {self.cidr}"

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

    def interface_services(self) -> tuple[InterfaceService, ...]:
        """The services that get an interface endpoint."""
        chosen = self.endpoints.interface
        if not isinstance(chosen, EndpointSet):
            return chosen
        if chosen is EndpointSet.NONE:
            return ()
        return FULL if chosen is EndpointSet.FULL or self.nat is NatMode.NONE else ESSENTIAL

    def linked_databases(self) -> bool:
        """Whether a peer reads from the databases of this network."""
        return any(Tier.DATABASE in peer.tiers for peer in self.peers)

    def roles(self) -> tuple[Role, ...]:
        """The roles that have a security group of this layer, in the order of :class:`Role`."""
        present = {
            Role.APPLICATION: self.runs.cluster,
            Role.CACHE: self.tiers.elasticache,
            Role.CONNECTOR: self.runs.kafka,
            Role.CONTROL_PLANE: self.runs.cluster,
            Role.DATABASE: self.tiers.database,
            Role.ENDPOINT: bool(self.interface_services()),
            Role.JUMPHOST: self.access is Access.JUMPHOST,
            Role.KAFKA: self.runs.kafka,
            Role.LOAD_BALANCER: True,
            Role.NODE: self.runs.cluster,
            Role.VPN: self.access is Access.CLIENT_VPN,
        }
        return tuple(role for role in Role if present.get(role))

    def flows(self) -> tuple[Flow, ...]:
        """The rows of the table that this network has both ends of."""
        ends: set[Role | Outside] = {*self.roles(), Outside.S3, Outside.DYNAMODB}
        if self.nat is not NatMode.NONE:
            ends.add(Outside.INTERNET)
        if self.nat is NatMode.FCK_NAT:
            ends.add(Role.NAT)  # its group is the NAT instance's own
        return flows_between(ends)


def _each_once(key: str, values: Sequence[str], what: str) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"{key}: got {', '.join(values)}, wanted each {what} once")


def _given_with(key: str, given: object, mode_key: str, mode: str, wanted_mode: str) -> None:
    """Refuse settings of a mode that is off, and a mode without its settings."""
    if (mode == wanted_mode) != (given is not None):
        got, wanted = ("none", "settings") if given is None else ("settings", "none")
        raise ValueError(f"{key}: got {got} with {mode_key}: {mode}, wanted {wanted}")


@dataclass(frozen=True, kw_only=True)
class NetworkOutputs:
    """What the network layer publishes. Lists per tier are in the order of the zones.

    Attributes:
        vpc_id: The VPC.
        cidr: Its range.
        availability_zones: Full names of its zones.
        subnet_ids: Subnets by tier.
        subnet_cidrs: Their ranges by tier.
        route_table_ids: Route tables by tier: one per zone for private, else one.
        routing_ids: Associations and default routes by tier. A machine started before them has
            no way out, so whatever starts one must depend on them.
        nat_public_ips: Addresses that outbound traffic comes from.
        security_group_ids: Security groups by role (`flows.py`); an absent role has none.
        session_policy: What the role of a machine needs so that operators reach it by Session
            Manager, as a policy document; where operators come by jumphost.
        security_groups: The groups and the rules between them. A machine that goes after its rules
            cannot say goodbye, so whatever starts one must depend on them.
    """

    vpc_id: "pulumi.Output[str]"
    cidr: str
    availability_zones: list[str]
    subnet_ids: "dict[str, list[pulumi.Output[str]]]"
    subnet_cidrs: dict[str, list[str]]
    route_table_ids: "dict[str, list[pulumi.Output[str]]]"
    routing_ids: "dict[str, list[pulumi.Output[str]]]"
    nat_public_ips: "list[pulumi.Output[str]]"
    security_group_ids: "dict[str, pulumi.Output[str]]"
    session_policy: "pulumi.Output[str] | None" = None
    security_groups: "pulumi.Resource | None" = inside()  # noqa: RUF009 - a field


def reads(config: NetworkConfig, kind: AccountKind) -> tuple[Read, ...]:
    """What a network reads from the hub it peers with; the hub itself reads nothing."""
    if kind is HUB or not config.peers:
        return ()
    groups = (HUB_GROUPS,) if config.linked_databases() else ()
    return (HUB_VPC, HUB_SUBNETS, HUB_TABLES, *groups)


def organization_problems(configs: Mapping[str, NetworkConfig]) -> list[tuple[str, str, str]]:
    """What is wrong between the networks of an organisation: (stack, path, problem) each.

    Args:
        configs: The network Config of every stack that has one.
    """
    return [*_overlap_problems(configs), *_peer_problems(configs)]


def _overlap_problems(configs: Mapping[str, NetworkConfig]) -> Iterator[tuple[str, str, str]]:
    """Overlaps of networks, and of the addresses their VPN clients get."""
    places = {(stack, "cidr"): config.cidr for stack, config in configs.items()}
    for stack, config in configs.items():
        if config.client_vpn is not None:
            places[stack, "client_vpn.client_cidr"] = config.client_vpn.client_cidr
    named = {f"{stack} {path}": (stack, path) for stack, path in places}
    found = overlaps({name: places[place] for name, place in named.items()})
    for other, this in ((named[one], named[two]) for one, two in found):
        got, wanted = places[this], places[other]
        yield *this, f"got {got}, wanted a range apart from {other[0]}'s {wanted}"


def _peer_problems(configs: Mapping[str, NetworkConfig]) -> Iterator[tuple[str, str, str]]:
    """Peers that cannot be peered with. A hub by another name is left to the build to check."""
    for stack, config in configs.items():
        for peer in config.peers:
            hub = configs.get(peer.account.value)
            if stack == peer.account:
                yield stack, "peers", f"got {stack} itself, wanted another account's network"
            elif hub is not None:
                yield from ((stack, "peers", text) for text in _hub_problems(peer, hub))


def _hub_problems(peer: Peer, hub: NetworkConfig) -> Iterator[str]:
    if peer.availability_zones != hub.availability_zones:
        got, wanted = ", ".join(peer.availability_zones), ", ".join(hub.availability_zones)
        yield f"got zones {got} of {peer.account}, wanted its own: {wanted}"
    if Tier.DATABASE in peer.tiers and not hub.runs.kafka:
        yield f"got {peer.account} without runs.kafka, wanted the connectors that read databases"


CONTRACT = LayerContract(name="network", config=NetworkConfig, outputs=NetworkOutputs, reads=reads)
