"""The kinds that say what is scraped: ServiceMonitor, PodMonitor, PrometheusRule."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.chart_release import Chart, release
from components.eks.namespaces import KUBE_SYSTEM
from components.versions import MONITORING_CRDS_CHART, PROMETHEUS_CHARTS

CHART = Chart(
    name="prometheus-operator-crds", repository=PROMETHEUS_CHARTS, version=MONITORING_CRDS_CHART
)


@dataclass(frozen=True, kw_only=True)
class MonitoringCrdsArgs:
    """Inputs of :class:`MonitoringCrds`.

    Attributes:
        provider: The cluster's provider.
        ready: The cluster.
    """

    provider: kubernetes.Provider
    ready: Sequence[pulumi.Resource]


class MonitoringCrds(Component):
    """The Prometheus Operator's CRDs, before any chart that brings a monitor (playbook APP-06).

    VictoriaMetrics reads the same kinds. Deleting them deletes every monitor and every alert.
    """

    version: str

    def __init__(
        self, name: str, args: MonitoringCrdsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        release(
            self,
            f"{name}-chart",
            CHART,
            namespace=KUBE_SYSTEM,
            values={"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}},
            provider=args.provider,
            depends_on=args.ready,
        )
        self.finish(version=MONITORING_CRDS_CHART)
