"""A namespace of the platform's own charts."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component

DNS_PORT = 53

Ports = tuple[int, int]
"""The first and the last of a range."""

POD_SECURITY = "restricted"
"""The strictest Pod Security Standard; the charts of the platform keep it."""


@dataclass(frozen=True, kw_only=True)
class PlatformNamespaceArgs:
    """Inputs of :class:`PlatformNamespace`.

    Attributes:
        namespace: Its name.
        provider: The cluster's provider.
        pods: Pods it may have at most.
        memory: Memory its pods may ask for in all.
        cpu: Processors its pods may ask for in all.
        way_in: TCP ports its pods answer on; security groups say whom.
        way_out: TCP ports its pods connect to, besides DNS.
    """

    namespace: str
    provider: kubernetes.Provider
    pods: int
    memory: str
    cpu: str
    way_in: Sequence[Ports]
    way_out: Sequence[Ports]


class PlatformNamespace(Component):
    """A namespace with its quota, its defaults and its network policy (playbook NODE-08, K8S-08).

    The quota lets nobody make a load balancer or a node port. The defaults give memory to init
    containers of charts that forget it, and no CPU limit. Deleting it deletes all that is in it.
    """

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: PlatformNamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        namespace = kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            kubernetes.core.v1.NamespaceInitArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=args.namespace,
                    labels={
                        f"pod-security.kubernetes.io/{mode}": POD_SECURITY
                        for mode in ("enforce", "warn")
                    },
                ),
            ),
            opts=self.child(provider=args.provider),
        )
        self._quota(name, args, namespace)
        self._defaults(name, args, namespace)
        self._network(name, args, namespace)
        self.finish(name=namespace.metadata.name)

    def _quota(
        self, name: str, args: PlatformNamespaceArgs, namespace: kubernetes.core.v1.Namespace
    ) -> None:
        kubernetes.core.v1.ResourceQuota(
            f"{name}-quota",
            kubernetes.core.v1.ResourceQuotaInitArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name="platform", namespace=args.namespace
                ),
                spec=kubernetes.core.v1.ResourceQuotaSpecArgs(
                    hard={
                        "limits.memory": args.memory,
                        "pods": str(args.pods),
                        "requests.cpu": args.cpu,
                        "requests.memory": args.memory,
                        "services.loadbalancers": "0",
                        "services.nodeports": "0",
                    }
                ),
            ),
            opts=self.child(provider=args.provider, depends_on=[namespace]),
        )

    def _defaults(
        self, name: str, args: PlatformNamespaceArgs, namespace: kubernetes.core.v1.Namespace
    ) -> None:
        kubernetes.core.v1.LimitRange(
            f"{name}-defaults",
            kubernetes.core.v1.LimitRangeInitArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name="platform", namespace=args.namespace
                ),
                spec=kubernetes.core.v1.LimitRangeSpecArgs(
                    limits=[
                        kubernetes.core.v1.LimitRangeItemArgs(
                            type="Container",
                            default={"memory": "128Mi"},
                            default_request={"cpu": "50m", "memory": "128Mi"},
                        )
                    ]
                ),
            ),
            opts=self.child(provider=args.provider, depends_on=[namespace]),
        )

    def _network(
        self, name: str, args: PlatformNamespaceArgs, namespace: kubernetes.core.v1.Namespace
    ) -> None:
        api = kubernetes.networking.v1
        names = [_port(protocol, (DNS_PORT, DNS_PORT)) for protocol in ("TCP", "UDP")]
        way_in = api.NetworkPolicyIngressRuleArgs(
            ports=[_port("TCP", found) for found in args.way_in]
        )
        way_out = api.NetworkPolicyEgressRuleArgs(
            ports=[*names, *[_port("TCP", found) for found in args.way_out]]
        )
        # Policies add up: one that allows nothing closes the pods to all but the other.
        for role, ingress, egress in (("closed", None, None), ("ways", [way_in], [way_out])):
            api.NetworkPolicy(
                f"{name}-{role}",
                api.NetworkPolicyInitArgs(
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(
                        name=f"platform-{role}", namespace=args.namespace
                    ),
                    spec=api.NetworkPolicySpecArgs(
                        pod_selector=kubernetes.meta.v1.LabelSelectorArgs(),
                        policy_types=["Ingress", "Egress"],
                        ingress=ingress,
                        egress=egress,
                    ),
                ),
                opts=self.child(provider=args.provider, depends_on=[namespace]),
            )


def _port(protocol: str, ports: Ports) -> kubernetes.networking.v1.NetworkPolicyPortArgs:
    first, last = ports
    return kubernetes.networking.v1.NetworkPolicyPortArgs(
        protocol=protocol, port=first, end_port=last if last > first else None
    )
