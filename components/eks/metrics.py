"""What autoscalers read: CPU and memory always, metrics of Prometheus by choice (NODE-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.chart_release import ON_BASE_NODES, Chart, release, resources, spread
from components.eks.namespaces import KUBE_SYSTEM
from components.eks.platform_settings import MetricsConfig
from components.network.flows import KUBELET_PORT
from components.versions import (
    METRICS_SERVER_CHART,
    METRICS_SERVER_CHARTS,
    PROMETHEUS_ADAPTER_CHART,
    PROMETHEUS_CHARTS,
)

SERVER = Chart(
    name="metrics-server", repository=METRICS_SERVER_CHARTS, version=METRICS_SERVER_CHART
)
ADAPTER = Chart(
    name="prometheus-adapter", repository=PROMETHEUS_CHARTS, version=PROMETHEUS_ADAPTER_CHART
)


@dataclass(frozen=True, kw_only=True)
class MetricsArgs:
    """Inputs of :class:`Metrics`.

    Attributes:
        config: Whether external metrics are served.
        provider: The cluster's provider.
        ready: Nodes, and the CRDs of what scrapes it.
    """

    config: MetricsConfig
    provider: kubernetes.Provider
    ready: Sequence[pulumi.Resource]


class Metrics(Component):
    """The metrics server, and the Prometheus adapter where external metrics are wanted.

    Both answer the API server on the kubelet's port, the one it may always reach nodes on.
    A cluster has one external metrics API: KEDA and the adapter exclude each other. Deleting them
    stops every HorizontalPodAutoscaler where it stands.
    """

    external: bool

    def __init__(
        self, name: str, args: MetricsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        release(
            self,
            f"{name}-server",
            SERVER,
            namespace=KUBE_SYSTEM,
            values=_server(),
            provider=args.provider,
            depends_on=args.ready,
        )
        if args.config.external_metrics:
            release(
                self,
                f"{name}-adapter",
                ADAPTER,
                namespace=KUBE_SYSTEM,
                values=_adapter(args.config.prometheus),
                provider=args.provider,
                depends_on=args.ready,
            )
        self.finish(external=args.config.external_metrics)


def _server() -> dict[str, Any]:
    return {
        **ON_BASE_NODES,
        "replicas": 2,
        "containerPort": KUBELET_PORT,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "priorityClassName": "system-cluster-critical",
        "resources": resources("100m", "256Mi"),
        "topologySpreadConstraints": spread({"app.kubernetes.io/name": "metrics-server"}),
        "metrics": {"enabled": True},
        "serviceMonitor": {"enabled": True},
    }


def _adapter(prometheus: str) -> dict[str, Any]:
    address = urlsplit(prometheus)
    return {
        **ON_BASE_NODES,
        "replicas": 2,
        "listenPort": KUBELET_PORT,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "priorityClassName": "system-cluster-critical",
        "resources": resources("100m", "256Mi"),
        "prometheus": {
            "url": f"{address.scheme}://{address.hostname}",
            "port": address.port or {"http": 80, "https": 443}[address.scheme],
        },
        # CPU and memory are the metrics server's.
        "rules": {"default": False, "external": [_rule()]},
    }


def _rule() -> dict[str, Any]:
    """Series that a recording rule named ``autoscaling:…``, by namespace: chosen ones alone."""
    return {
        "seriesQuery": '{__name__=~"^autoscaling:.+",namespace!=""}',
        "resources": {"overrides": {"namespace": {"resource": "namespace"}}},
        "name": {"matches": "^autoscaling:(.*)$", "as": "$1"},
        "metricsQuery": "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
    }
