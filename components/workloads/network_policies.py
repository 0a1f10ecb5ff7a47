"""Who may talk to the pods of a namespace, and to whom they may (playbook K8S-08, SEC-04). Pure.

The rules of all policies that select a pod add up, so a namespace denies everything once and each
policy after that opens one thing.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network

import pulumi_kubernetes as kubernetes

from components.eks.namespaces import KUBE_SYSTEM, NAME_LABEL
from components.network.cidr import SERVICE_RANGE
from components.workloads.application_settings import ApplicationConfig
from components.workloads.settings import EgressConfig

_net = kubernetes.networking.v1
_meta = kubernetes.meta.v1

Peer = kubernetes.networking.v1.NetworkPolicyPeerArgs
Egress = kubernetes.networking.v1.NetworkPolicyEgressRuleArgs
Ingress = kubernetes.networking.v1.NetworkPolicyIngressRuleArgs

ANYWHERE = "0.0.0.0/0"
NOT_THE_INTERNET = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
)
"""RFC 1918, RFC 6598 and link-local, where instance metadata is (RFC 3927)."""

POD_IDENTITY_AGENT = "169.254.170.23/32"
"""Where the EKS Pod Identity agent hands out credentials, on port 80 (EKS User Guide)."""

API_SERVICE = f"{IPv4Network(SERVICE_RANGE)[1]}/32"
"""The Service of the Kubernetes API: always the first address (Kubernetes, "Service ClusterIP")."""

DNS_PORT = 53
HTTP_PORT = 80
HTTPS_PORT = 443


def ports(
    *numbers: int, protocol: str = "TCP"
) -> list[kubernetes.networking.v1.NetworkPolicyPortArgs]:
    """Ports of one protocol."""
    return [_net.NetworkPolicyPortArgs(port=number, protocol=protocol) for number in numbers]


def every_pod() -> kubernetes.meta.v1.LabelSelectorArgs:
    """The selector of every pod."""
    return _meta.LabelSelectorArgs()


def namespace_peer(namespace: str) -> Peer:
    """Every pod of a namespace."""
    return Peer(namespace_selector=_meta.LabelSelectorArgs(match_labels={NAME_LABEL: namespace}))


def addresses(cidr: str, *, except_: Sequence[str] = ()) -> Peer:
    """Addresses; those of pods are better named by their labels."""
    block = _net.IPBlockArgs(cidr=cidr, except_=list(except_) or None)
    return Peer(ip_block=block)


def internet() -> Egress:
    """The internet, by HTTPS alone, as the network's own rules have it."""
    return Egress(to=[addresses(ANYWHERE, except_=NOT_THE_INTERNET)], ports=ports(HTTPS_PORT))


def egress_rules(config: EgressConfig) -> list[Egress]:
    """What an egress setting opens; nothing if it asks for nothing."""
    rules = [internet()] if config.internet else []
    rules += [Egress(to=[addresses(found.cidr)], ports=ports(*found.ports)) for found in config.to]
    if config.namespaces:
        rules.append(Egress(to=[namespace_peer(name) for name in config.namespaces]))
    return rules


def to_dns() -> Egress:
    """The cluster's resolvers."""
    resolvers = Peer(
        namespace_selector=_meta.LabelSelectorArgs(match_labels={NAME_LABEL: KUBE_SYSTEM}),
        pod_selector=_meta.LabelSelectorArgs(match_labels={"k8s-app": "kube-dns"}),
    )
    both = [*ports(DNS_PORT, protocol="UDP"), *ports(DNS_PORT, protocol="TCP")]
    return Egress(to=[resolvers], ports=both)


def application_ingress(config: ApplicationConfig, gateway_namespace: str | None) -> list[Ingress]:
    """Who may call an application besides its own namespace."""
    callers = list(config.callers)
    if config.route is not None and gateway_namespace is not None:
        callers.append(gateway_namespace)
    rules = (
        [Ingress(from_=[namespace_peer(name) for name in callers], ports=ports(config.port))]
        if callers
        else []
    )
    if (metrics := config.metrics) is not None:
        port = metrics.port or config.port
        rules.append(Ingress(from_=[namespace_peer(metrics.scraped_from)], ports=ports(port)))
    return rules


def application_egress(
    config: ApplicationConfig, *, database_cidrs: Sequence[str], vpc_cidr: str
) -> list[Egress]:
    """Whom an application may call besides DNS and its own namespace.

    Args:
        config: Its settings.
        database_cidrs: Where databases are.
        vpc_cidr: The network, where interface endpoints of AWS are.
    """
    rules = egress_rules(config.egress)
    if config.database is not None:
        peers = [addresses(cidr) for cidr in database_cidrs]
        rules.append(Egress(to=peers, ports=ports(config.database.port)))
    if config.aws:
        rules.append(Egress(to=[addresses(POD_IDENTITY_AGENT)], ports=ports(HTTP_PORT)))
        rules.append(Egress(to=[addresses(vpc_cidr)], ports=ports(HTTPS_PORT)))
        if not config.egress.internet:
            # Services without an endpoint of ours, and S3 even with one, have public addresses.
            rules.append(internet())
    if config.leader_election:
        # Before and after the Service is translated: which of both is judged differs by plugin.
        api = [addresses(API_SERVICE), addresses(vpc_cidr)]
        rules.append(Egress(to=api, ports=ports(HTTPS_PORT)))
    return rules
