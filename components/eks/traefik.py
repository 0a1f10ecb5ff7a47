"""Traefik: serves the Gateway, and routes inside the cluster (playbook K8S-03, K8S-05)."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.chart_release import Chart, release
from components.eks.namespaces import TRAEFIK
from components.eks.platform_namespace import PlatformNamespace, PlatformNamespaceArgs
from components.eks.platform_settings import GatewayConfig
from components.eks.traefik_values import (
    METRICS_PORT,
    PING_PORT,
    WEB_PORT,
    traefik_values,
)
from components.network.flows import ANY_HIGH_PORT, HTTPS_PORT
from components.versions import TRAEFIK_CHART, TRAEFIK_CHARTS

CHART = Chart(name="traefik", repository=TRAEFIK_CHARTS, version=TRAEFIK_CHART)

SERVICE = "traefik"
"""Its Service, which bindings refer to."""


@dataclass(frozen=True, kw_only=True)
class TraefikArgs:
    """Inputs of :class:`Traefik`.

    Attributes:
        config: How many pods.
        trusted_ranges: The subnets of the load balancer.
        priority_class: The priority of its pods.
        provider: The cluster's provider.
        ready: The Gateway API, nodes, and the CRDs of what scrapes it.
    """

    config: GatewayConfig
    trusted_ranges: Sequence[str]
    priority_class: str
    provider: kubernetes.Provider
    ready: Sequence[pulumi.Resource]


class Traefik(Component):
    """The chart in a namespace of its own, as a ClusterIP Service and nothing more.

    It asks for no load balancer and watches no Ingress. Deleting it closes the way in.
    """

    namespace: str
    service: str

    def __init__(
        self, name: str, args: TraefikArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        namespace = PlatformNamespace(
            f"{name}-namespace",
            PlatformNamespaceArgs(
                namespace=TRAEFIK,
                provider=args.provider,
                # A rollout has one pod more than there may be at most.
                pods=args.config.most_replicas + 5,
                memory=f"{(args.config.most_replicas + 5) * 256}Mi",
                cpu=f"{(args.config.most_replicas + 5) * 200}m",
                way_in=[(port, port) for port in (WEB_PORT, PING_PORT, METRICS_PORT)],
                # The Kubernetes API, and pods of any port of their own.
                way_out=[(HTTPS_PORT, HTTPS_PORT), ANY_HIGH_PORT],
            ),
            self.child(),
        )
        release(
            self,
            f"{name}-chart",
            CHART,
            namespace=TRAEFIK,
            values=traefik_values(
                service=SERVICE,
                trusted_ranges=args.trusted_ranges,
                replicas=args.config.replicas,
                most_replicas=args.config.most_replicas,
                priority_class=args.priority_class,
            ),
            provider=args.provider,
            depends_on=[namespace, *args.ready],
        )
        self.finish(namespace=TRAEFIK, service=SERVICE)
