"""Who may talk to whom, as one table. Pure; `security_groups.py` makes each row into rules.

A **role** is what a machine, a pod or an endpoint is for, and one security group stands for each.
A row lets one role open connections to another, and security groups being stateful, answers come
back by themselves. What is in no row does not pass: there is no row from the internet, none with
every protocol, and none to the internet but HTTPS.

Two things are not in the table. Resolvers, time and instance metadata of the VPC, because security
groups do not filter them (VPC User Guide, "Security groups"). And ingress of load balancers,
because it depends on how the origin is protected: the edge layer adds it.

Without security groups for pods a pod has the groups of its node, so nodes then carry
``application`` beside ``node``; with them, only ``node`` (playbook SEC-10).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """What something in the network is for. STATE: part of every URN of its group and rules."""

    APPLICATION = "application"
    CACHE = "cache"
    CONNECTOR = "connector"
    CONTROL_PLANE = "control-plane"
    DATABASE = "database"
    ENDPOINT = "endpoint"
    JUMPHOST = "jumphost"
    KAFKA = "kafka"
    LOAD_BALANCER = "load-balancer"
    NAT = "nat"
    NODE = "node"
    VPN = "vpn"


class Outside(StrEnum):
    """What is reached beyond the VPC. Not a CIDR: the component knows the address of each."""

    DYNAMODB = "dynamodb"
    INTERNET = "internet"
    S3 = "s3"


DESCRIPTIONS = {
    Role.APPLICATION: "Pods, and nodes where pods have no groups of their own",
    Role.CACHE: "Caches",
    Role.CONNECTOR: "Kafka connectors",
    Role.CONTROL_PLANE: "The Kubernetes API",
    Role.DATABASE: "Databases and their proxies",
    Role.ENDPOINT: "Interface endpoints of AWS services",
    Role.JUMPHOST: "The jumphost of operators",
    Role.KAFKA: "Kafka brokers",
    Role.LOAD_BALANCER: "Load balancers",
    Role.NODE: "Kubernetes nodes",
    Role.VPN: "Operators on the client VPN",
}
"""What each group of ours is for. STATE: AWS replaces a group whose description changes."""

Port = int | tuple[int, int]
"""One port, or the first and the last of a range."""

ANY_HIGH_PORT = (1024, 65535)
"""Among pods only: which of them may talk is the matter of network policies."""

APPLICATION_PORTS = (8000, 8099)
"""Where pods listen for a load balancer and for probes; Traefik's entry point and its ping are
8000 and 8080 (chart defaults). A hundred ports is the widest range that policy lets pass."""

DATABASE_PORT = 5432
"""PostgreSQL: the playbook's database (its section "Database")."""

CACHE_PORT = 6379
"""Valkey and Redis (ElastiCache User Guide)."""

KAFKA_PORT = 9098
"""Brokers with IAM authentication over TLS (MSK Developer Guide, "Port information")."""

DNS_PORT = 53
HTTPS_PORT = 443

KUBELET_PORT = 10250
"""The kubelet's API; webhooks of several charts use it too, as the port that is always open."""

WEBHOOK_PORT = 9443
"""Where controllers built on controller-runtime serve admission webhooks by default."""

EXTENSION_PORTS = {
    4443: "Extension APIs by their own certificate",
    6443: "The API of external metrics",
    8443: "Webhooks on the alternative HTTPS port",
    10251: "The API of resource metrics",
}
"""Where the Kubernetes API reaches what extends it: 10251 is the metrics server as an EKS addon,
6443 the Prometheus adapter (defaults of their charts). Without its port a webhook times out, and
with it every object it is about."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One row: who may open a connection to whom, over what, and why.

    Attributes:
        source: The role that opens it.
        target: The role that takes it, or what is outside.
        protocol: The transport.
        first_port: The only port, or the first of a range.
        last_port: The last port; the same for a single one.
        why: The description of the rules.
    """

    source: Role
    target: Role | Outside
    protocol: Literal["tcp", "udp"]
    first_port: int
    last_port: int
    why: str

    @property
    def port(self) -> str:
        """The port or the range, as names carry it."""
        single = self.first_port == self.last_port
        return f"{self.first_port}" if single else f"{self.first_port}-{self.last_port}"


def _tcp(source: Role, target: Role | Outside, port: Port, why: str) -> Flow:
    first, last = (port, port) if isinstance(port, int) else port
    return Flow(
        source=source, target=target, protocol="tcp", first_port=first, last_port=last, why=why
    )


def _dns(source: Role, target: Role) -> tuple[Flow, Flow]:
    """Names over UDP, and over TCP where the answer is too long (RFC 7766)."""
    why = "Names of the cluster"
    tcp = _tcp(source, target, DNS_PORT, why)
    udp = Flow(
        source=source,
        target=target,
        protocol="udp",
        first_port=DNS_PORT,
        last_port=DNS_PORT,
        why=why,
    )
    return tcp, udp


FLOWS: tuple[Flow, ...] = (
    # From the edge to the pods. Load balancers have no other way on.
    _tcp(Role.LOAD_BALANCER, Role.APPLICATION, APPLICATION_PORTS, "Requests and health checks"),
    # Among pods, and between pods and the nodes under them.
    _tcp(Role.APPLICATION, Role.APPLICATION, ANY_HIGH_PORT, "Pods to pods; policies decide which"),
    *_dns(Role.APPLICATION, Role.APPLICATION),
    *_dns(Role.APPLICATION, Role.NODE),
    *_dns(Role.NODE, Role.NODE),
    _tcp(Role.NODE, Role.APPLICATION, APPLICATION_PORTS, "Probes of the kubelet"),
    _tcp(Role.NODE, Role.NODE, KUBELET_PORT, "Metrics of the kubelet"),
    # The Kubernetes API, both ways.
    _tcp(Role.APPLICATION, Role.CONTROL_PLANE, HTTPS_PORT, "Controllers to the Kubernetes API"),
    _tcp(Role.NODE, Role.CONTROL_PLANE, HTTPS_PORT, "Nodes to the Kubernetes API"),
    _tcp(Role.CONTROL_PLANE, Role.NODE, KUBELET_PORT, "Logs, exec and webhooks"),
    _tcp(Role.CONTROL_PLANE, Role.NODE, WEBHOOK_PORT, "Admission webhooks"),
    *(_tcp(Role.CONTROL_PLANE, Role.NODE, port, why) for port, why in EXTENSION_PORTS.items()),
    # Data. Nothing here opens a connection by itself but a proxy to its database.
    _tcp(Role.APPLICATION, Role.DATABASE, DATABASE_PORT, "Applications to their database"),
    _tcp(Role.DATABASE, Role.DATABASE, DATABASE_PORT, "A proxy to its database"),
    _tcp(Role.APPLICATION, Role.CACHE, CACHE_PORT, "Applications to their cache"),
    _tcp(Role.APPLICATION, Role.KAFKA, KAFKA_PORT, "Applications to their streams"),
    _tcp(Role.CONNECTOR, Role.KAFKA, KAFKA_PORT, "Connectors to the streams"),
    # Operators come by the jumphost or by the VPN, and by nothing else (playbook SEC-05).
    *(
        _tcp(way, target, port, why)
        for way in (Role.JUMPHOST, Role.VPN)
        for target, port, why in (
            (Role.CONTROL_PLANE, HTTPS_PORT, "Operators to the Kubernetes API"),
            (Role.DATABASE, DATABASE_PORT, "Operators to databases"),
            (Role.CACHE, CACHE_PORT, "Operators to caches"),
            (Role.KAFKA, KAFKA_PORT, "Operators to streams"),
        )
    ),
    # AWS APIs inside the VPC. With private names every caller is sent here, VPN clients too.
    *(
        _tcp(caller, Role.ENDPOINT, HTTPS_PORT, "AWS APIs")
        for caller in (
            Role.APPLICATION,
            Role.CONNECTOR,
            Role.JUMPHOST,
            Role.NAT,
            Role.NODE,
            Role.VPN,
        )
    ),
    # Gateway endpoints are routes, not machines: the rules name their prefix lists.
    *(
        _tcp(caller, Outside.S3, HTTPS_PORT, "Buckets, through the gateway endpoint")
        for caller in (Role.APPLICATION, Role.CONNECTOR, Role.JUMPHOST, Role.NODE)
    ),
    _tcp(Role.APPLICATION, Outside.DYNAMODB, HTTPS_PORT, "Tables, through the gateway endpoint"),
    # The internet, where there is a NAT (playbook SEC-04).
    *(
        _tcp(caller, Outside.INTERNET, HTTPS_PORT, "HTTPS to the internet, through NAT")
        for caller in (Role.APPLICATION, Role.JUMPHOST, Role.NODE)
    ),
)
"""Every flow of the network; an account has those whose two ends it has."""


PEER_FLOW = _tcp(
    Role.CONNECTOR, Role.DATABASE, DATABASE_PORT, "Change data capture reads the database"
)
"""The one flow between accounts: from the hub's connectors to the databases of those who peer."""


def flows_between(ends: Collection[Role | Outside]) -> tuple[Flow, ...]:
    """The rows of the table whose source and target both exist."""
    return tuple(flow for flow in FLOWS if flow.source in ends and flow.target in ends)
