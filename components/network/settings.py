"""The parts of the network's Config; `components.network.contract` puts them together."""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from components.config import Cidr
from components.contracts import AccountKind, LayerConfig
from components.network.cidr import MAX_ZONES, SERVICE_RANGE, Tier, overlaps
from components.network.endpoint_services import InterfaceService

HUB = AccountKind.SHARED
"""Whose network the others peer with (playbook CDC, "VPC-peering spider")."""

REACHABLE_TIERS = (Tier.PRIVATE, Tier.DATABASE)
"""The tiers a peer may reach: others hold nothing that is anybody else's business."""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""The values CloudWatch Logs accepts (API reference, PutRetentionPolicy)."""

LATEST_AMAZON_LINUX = (
    "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
)
"""AWS's own parameter, read by EC2 at each launch (EC2 User Guide, "Reference AMIs using Systems
Manager parameters"): nothing is looked up while building, and a new machine is a patched one."""

_IMAGE_ID = re.compile(r"^ami-([0-9a-f]{8}|[0-9a-f]{17})$")
_LAUNCH_IMAGE = re.compile(r"^(ami-([0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:/[\w./-]+)$")
_ZONE = re.compile(r"^[a-f]$")
_BUCKET = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
_CLIENT_PREFIXES = range(12, 23)


class NatMode(StrEnum):
    """How private subnets reach the internet. Not how it reaches them: that is the edge layer."""

    SINGLE = "single"
    PER_AZ = "per-az"
    FCK_NAT = "fck-nat"
    NONE = "none"


class Access(StrEnum):
    """How operators reach what is inside (playbook SEC-05). Not who they are: that is identity."""

    JUMPHOST = "jumphost"
    CLIENT_VPN = "client-vpn"
    NONE = "none"


class EndpointSet(StrEnum):
    """A named choice of interface endpoints."""

    DEFAULT = "default"
    FULL = "full"
    NONE = "none"


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


def _launch_image(value: str) -> str:
    if not _LAUNCH_IMAGE.fullmatch(value):
        wanted = "an image id or resolve:ssm: and the name of a parameter that holds one"
        raise ValueError(f"got {value!r}, wanted {wanted}")
    return value


def _bucket(value: str) -> str:
    if not _BUCKET.fullmatch(value):
        raise ValueError(f"got {value!r}, wanted the name of a bucket, without wildcards")
    return value


def _client_cidr(value: str) -> str:
    if int(value.rpartition("/")[2]) not in _CLIENT_PREFIXES:
        first, last = _CLIENT_PREFIXES[0], _CLIENT_PREFIXES[-1]
        raise ValueError(f"got {value}, wanted a range from /{first} to /{last}")
    return apart_from_services(value)


def apart_from_services(value: str) -> str:
    """A range that no cluster's services hide.

    Raises:
        ValueError: It overlaps theirs.
    """
    if overlaps({"services": SERVICE_RANGE, "this": value}):
        raise ValueError(f"got {value}, wanted a range apart from {SERVICE_RANGE} of EKS services")
    return value


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or len(set(values)) != len(values):
        raise ValueError(f"got {', '.join(values) or 'none'}, wanted at least one, and each once")
    return values


def _endpoint_choice(value: object) -> object:
    """Refuse what is no choice with one message; each half of the union would have its own."""
    if isinstance(value, str) and value not in set(EndpointSet):
        wanted = ", ".join(EndpointSet)
        raise ValueError(f"got {value!r}, wanted one of {wanted}, or a list of services")
    names = cast("list[object]", value if isinstance(value, list) else [])
    if unknown := [name for name in names if name not in set(InterfaceService)]:
        wanted = ", ".join(InterfaceService)
        raise ValueError(f"got {unknown[0]!r}, wanted services among {wanted}")
    return cast("object", value)


def _one_of(*values: str) -> WithJsonSchema:
    """What the configuration reference says of a value that only some of an enumeration may be."""
    return WithJsonSchema({"type": "string", "enum": [str(value) for value in values]})


def _hub(value: AccountKind) -> AccountKind:
    if value is not HUB:
        raise ValueError(f"got {value}, wanted {HUB}: it alone is rolled out before all others")
    return value


def _reachable(value: Tier) -> Tier:
    if value not in REACHABLE_TIERS:
        raise ValueError(f"got {value}, wanted one of {', '.join(REACHABLE_TIERS)}")
    return value


Retention = Annotated[int, AfterValidator(_retention)]
Zone = Annotated[str, AfterValidator(_zone)]
Bucket = Annotated[str, AfterValidator(_bucket)]
InstanceType = Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]


class Tiers(LayerConfig):
    """Which isolated tiers to make; private and public are always there (playbook NET-04).

    Attributes:
        database: Subnets and role for databases.
        elasticache: Subnets and role for caches.
        intra: Subnets for what needs no way out: interface endpoints, the control plane.
    """

    database: bool = True
    elasticache: bool = True
    intra: bool = True


class Runs(LayerConfig):
    """What will run here, besides what the tiers say; decides which roles get a security group.

    Attributes:
        cluster: A Kubernetes cluster: roles application, node and control-plane.
        kafka: Kafka and its connectors: roles kafka and connector. Others peer with it.
    """

    cluster: bool = True
    kafka: bool = False


class NatInstance(LayerConfig):
    """The NAT instance of mode ``fck-nat``.

    Attributes:
        image_id: The fck-nat image in the home Region. Pinned, because it is a third party's
            (owner 568608671756) and "most recent" is an open door.
        instance_type: Its size; a t4g.micro sustains 64 Mbit/s (fck-nat, "Choosing an instance
            size").
    """

    image_id: Annotated[str, AfterValidator(_image_id)]
    instance_type: InstanceType = "t4g.micro"


class FlowLogs(LayerConfig):
    """How flow logs are kept (playbook NET-11, LOG-06).

    Attributes:
        retention_days: A year by default (Security Hub control CloudWatch.16).
        aggregation_seconds: The window a record sums up.
    """

    retention_days: Retention = 365
    aggregation_seconds: Literal[60, 600] = 60


class Endpoints(LayerConfig):
    """Which services have an interface endpoint (playbook NET-09, SEC-11).

    Attributes:
        interface: ``default`` is the essential five, or the full set where ``nat`` is ``none``;
            ``full``, ``none``, or the names of services.
    """

    interface: Annotated[
        EndpointSet | tuple[InterfaceService, ...], BeforeValidator(_endpoint_choice)
    ] = EndpointSet.DEFAULT


class Peer(LayerConfig):
    """A network this one peers with; it may be written as the account's kind alone.

    Attributes:
        account: Whose network. Only the hub: it is earlier in every rollout, and there is one.
        availability_zones: The zones of that network, for the routes in its tables.
        tiers: The tiers of this network that it reaches. Least access: the databases alone.
    """

    account: Annotated[AccountKind, AfterValidator(_hub), _one_of(HUB)]
    availability_zones: Annotated[
        tuple[Zone, ...], Field(min_length=2, max_length=MAX_ZONES), AfterValidator(_each_once)
    ] = ("a", "b", "c")
    tiers: Annotated[
        tuple[Annotated[Tier, AfterValidator(_reachable), _one_of(*REACHABLE_TIERS)], ...],
        AfterValidator(_each_once),
    ] = (Tier.DATABASE,)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the YAML says
        return {"account": given} if isinstance(given, str) else given


class Jumphost(LayerConfig):
    """The machine of mode ``jumphost``.

    Attributes:
        image: An image id, or ``resolve:ssm:`` and the name of a parameter that holds one.
        instance_type: Its size; it only forwards.
        lifetime_days: How long it lives before a fresh one replaces it.
    """

    image: Annotated[str, AfterValidator(_launch_image)] = LATEST_AMAZON_LINUX
    instance_type: InstanceType = "t4g.nano"
    lifetime_days: Annotated[int, Field(ge=1, le=365)] = 14


class Sessions(LayerConfig):
    """How operators' sessions are limited and recorded, by jumphost and by VPN alike.

    Attributes:
        retention_days: How long records are kept.
        idle_minutes: A shell without input ends after so long (1 to 60, Session Manager).
        maximum_hours: The longest session; Client VPN knows 8, 10, 12 and 24 only.
    """

    retention_days: Retention = 365
    idle_minutes: Annotated[int, Field(ge=1, le=60)] = 20
    maximum_hours: Literal[8, 10, 12, 24] = 8


class ClientVpn(LayerConfig):
    """The endpoint of mode ``client-vpn``.

    Attributes:
        client_cidr: What clients get their addresses from; fixed once rolled out.
        saml_metadata: The metadata document of the identity provider's application for it.
        groups: Ids of the identity provider's groups that may connect.
        zones: In how many zones it stands, from the first; each bills by the hour.
        server_certificate_arn: Its certificate; that of the account's zone when left out.
    """

    client_cidr: Annotated[Cidr, AfterValidator(_client_cidr)]
    saml_metadata: Annotated[str, Field(min_length=1000, max_length=10_000_000)]
    groups: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    zones: Annotated[int, Field(ge=1, le=MAX_ZONES)] = 1
    server_certificate_arn: (
        Annotated[str, Field(pattern=r"^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+$")] | None
    ) = None
