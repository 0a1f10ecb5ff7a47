"""Argo CD: the cluster follows a repository (playbook DEP-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.delivery.argo_cd_values import FULL_NAME, SERVER_PORT
from components.delivery.closed_namespace import (
    ClosedNamespace,
    ClosedNamespaceArgs,
    Opening,
)
from components.eks.chart_release import Chart, release
from components.versions import ARGO_CD_CHART, ARGO_CHARTS

NAMESPACE = "argocd"
CHART = Chart(name="argo-cd", repository=ARGO_CHARTS, version=ARGO_CD_CHART)
SERVER = f"{FULL_NAME}-server"
"""The Service of its API and pages (chart ``argo-cd``, ``argo-cd.server.fullname``)."""

SERVICE_PORT = 80
_METRICS_PORTS = (8082, 8084)
"""``containerPorts.metrics`` of the chart: controller, server, repository server."""


@dataclass(frozen=True, kw_only=True)
class ArgoCdArgs:
    """Inputs of :class:`ArgoCd`.

    Attributes:
        provider: The cluster.
        gateway_namespace: Where requests from outside come from.
        values: The chart's values.
    """

    provider: kubernetes.Provider
    gateway_namespace: str
    values: Mapping[str, Any]


class ArgoCd(Component):
    """Argo CD in a namespace of its own, from its chart.

    It holds the rights to change the cluster, so its namespace is closed but for the gateway and
    for scrapers. Deleting it leaves its CRDs: with them every Application would go, and with it
    what it deployed. Costs the nodes it runs on.
    """

    release: pulumi.Output[str]

    def __init__(
        self, name: str, args: ArgoCdArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        place = ClosedNamespace(
            f"{name}-namespace",
            ClosedNamespaceArgs(
                namespace=NAMESPACE,
                provider=args.provider,
                pods=30,
                memory="12Gi",
                cpu="4",
                metrics=_METRICS_PORTS,
                openings=[_gateway(args)],
            ),
            self.child(),
        )
        self._release = release(
            self,
            f"{name}-release",
            CHART,
            namespace=NAMESPACE,
            values=args.values,
            provider=args.provider,
            depends_on=[place],
        )
        self.finish(release=self._release.name)

    @property
    def ready(self) -> pulumi.Resource:
        """What an Application depends on: its CRD and its controller are there."""
        return self._release


def _gateway(args: ArgoCdArgs) -> Opening:
    return Opening(
        role="gateway",
        pods={"app.kubernetes.io/instance": CHART.name, "app.kubernetes.io/name": SERVER},
        namespace=args.gateway_namespace,
        port=SERVER_PORT,
    )
