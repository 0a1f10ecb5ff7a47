"""A namespace for a part of the platform: closed, but for what is opened."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.namespaces import NAME_LABEL
from components.eks.platform_namespace import (
    PlatformNamespace,
    PlatformNamespaceArgs,
    Ports,
)

HTTPS: Ports = (443, 443)
"""What the Kubernetes API, source repositories and identity providers answer on."""

_Policy = kubernetes.networking.v1.NetworkPolicy
_PolicySpec = kubernetes.networking.v1.NetworkPolicySpecArgs
_Peer = kubernetes.networking.v1.NetworkPolicyPeerArgs
_Port = kubernetes.networking.v1.NetworkPolicyPortArgs
_Ingress = kubernetes.networking.v1.NetworkPolicyIngressRuleArgs
_Egress = kubernetes.networking.v1.NetworkPolicyEgressRuleArgs
_Selector = kubernetes.meta.v1.LabelSelectorArgs
_Meta = kubernetes.meta.v1.ObjectMetaArgs


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Who may open a connection to pods of the namespace.

    Attributes:
        role: What it is for; part of names.
        pods: Labels of the pods.
        namespace: From where.
        port: Their port.
    """

    role: str
    pods: dict[str, str]
    namespace: str
    port: int


@dataclass(frozen=True, kw_only=True)
class ClosedNamespaceArgs:
    """Inputs of :class:`ClosedNamespace`.

    Attributes:
        namespace: Its name.
        provider: The cluster.
        pods: Pods it may have at most.
        memory: Memory its pods may ask for in all.
        cpu: Processors its pods may ask for in all.
        metrics: Ports that scrapers read, the first and the last; at least one, because without
            any the platform's policy would open all.
        openings: Who may come in besides, by namespace.
    """

    namespace: str
    provider: kubernetes.Provider
    pods: int
    memory: str
    cpu: str
    metrics: Ports
    openings: Sequence[Opening] = ()


class ClosedNamespace(Component):
    """A namespace whose pods hear each other, and nobody else unless it is opened to them.

    Scrapers read their metrics. They reach DNS and, on 443, the Kubernetes API and the outside:
    what a repository is or where it moves to, no network policy can say. Deleting it deletes all
    that is in it.
    """

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: ClosedNamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = PlatformNamespace(
            f"{name}-platform",
            PlatformNamespaceArgs(
                namespace=args.namespace,
                provider=args.provider,
                pods=args.pods,
                memory=args.memory,
                cpu=args.cpu,
                way_in=[args.metrics],
                way_out=[HTTPS],
            ),
            self.child(),
        )
        policies = {
            "within": _within(),
            **{opening.role: _opened(opening) for opening in args.openings},
        }
        for role, spec in policies.items():
            _Policy(
                f"{name}-{role}",
                metadata=_Meta(name=role, namespace=args.namespace),
                spec=spec,
                opts=self.child(provider=args.provider, depends_on=[made]),
            )
        self.finish(name=made.name)


def _within() -> _PolicySpec:
    own = _Peer(pod_selector=_Selector())
    return _PolicySpec(
        pod_selector=_Selector(),
        policy_types=["Ingress", "Egress"],
        ingress=[_Ingress(from_=[own])],
        egress=[_Egress(to=[own])],
    )


def _opened(opening: Opening) -> _PolicySpec:
    names = {NAME_LABEL: opening.namespace}
    peer = _Peer(namespace_selector=_Selector(match_labels=names))
    return _PolicySpec(
        pod_selector=_Selector(match_labels=opening.pods),
        policy_types=["Ingress"],
        ingress=[_Ingress(from_=[peer], ports=[_Port(port=opening.port, protocol="TCP")])],
    )
