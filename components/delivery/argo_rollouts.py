"""Argo Rollouts: canary and blue-green beside rolling and recreate (playbook DEP-01)."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.delivery.closed_namespace import (
    ClosedNamespace,
    ClosedNamespaceArgs,
)
from components.delivery.images import ImageSource
from components.delivery.settings import Upstream
from components.eks.chart_release import Chart, release, resources, spread
from components.versions import ARGO_CHARTS, ARGO_ROLLOUTS_CHART, ROLLOUTS_GATEWAY_PLUGIN

NAMESPACE = "argo-rollouts"
CHART = Chart(name="argo-rollouts", repository=ARGO_CHARTS, version=ARGO_ROLLOUTS_CHART)
METRICS_PORT = 8090
"""``controller.containerPorts.metrics`` of the chart."""

GATEWAY_PLUGIN = "argoproj-labs/gatewayAPI"
"""What a Rollout calls the plugin in `trafficRouting.plugins`. STATE: every Rollout names it."""

_PLUGIN_BINARY = "rollouts-plugin-trafficrouter-gatewayapi"
_PLUGIN_IMAGE = f"argoproj-labs/{_PLUGIN_BINARY}"
_PLUGINS = "/plugins"
_PLUGIN_USER = 999
"""The user of Argo's own images, and of the plugin's."""

_LABELS = {"app.kubernetes.io/instance": CHART.name}


@dataclass(frozen=True, kw_only=True)
class ArgoRolloutsArgs:
    """Inputs of :class:`ArgoRollouts`.

    Attributes:
        provider: The cluster.
        images: Where images come from.
    """

    provider: kubernetes.Provider
    images: ImageSource


class ArgoRollouts(Component):
    """Argo Rollouts with the plugin that weighs HTTPRoutes, from its chart.

    Traffic comes to Traefik by a load balancer that is not the cluster's, so of the ways Rollouts
    splits it only the Gateway API is one here. Deleting it leaves its CRDs: with
    them every Rollout would go, and its pods. While it is away a Rollout stays as it is.
    """

    release: pulumi.Output[str]

    def __init__(
        self, name: str, args: ArgoRolloutsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        place = ClosedNamespace(
            f"{name}-namespace",
            ClosedNamespaceArgs(
                namespace=NAMESPACE,
                provider=args.provider,
                pods=6,
                memory="2Gi",
                cpu="1",
                metrics=(METRICS_PORT, METRICS_PORT),
            ),
            self.child(),
        )
        self._release = release(
            self,
            f"{name}-release",
            CHART,
            namespace=NAMESPACE,
            values=argo_rollouts_values(args.images),
            provider=args.provider,
            depends_on=[place],
        )
        self.finish(release=self._release.name)

    @property
    def ready(self) -> pulumi.Resource:
        """What a Rollout depends on: its CRD and its controller are there."""
        return self._release


def argo_rollouts_values(images: ImageSource) -> dict[str, Any]:
    """The chart's values."""
    image = images.image(Upstream.QUAY, "argoproj/argo-rollouts")
    return {
        "installCRDs": True,
        "keepCRDs": True,
        "controller": {
            "replicas": 2,
            "pdb": {"enabled": True, "maxUnavailable": 1},
            "image": {"registry": image.registry, "repository": image.repository},
            "resources": resources("50m", "256Mi"),
            "metrics": {"enabled": True},
            "topologySpreadConstraints": spread(_LABELS),
            **_plugin(images),
        },
        # Whose objects it may change: those of the Gateway API, and of no other router.
        "providerRBAC": {
            "enabled": True,
            "providers": {
                **dict.fromkeys(_OTHER_ROUTERS, False),
                "gatewayAPI": True,
            },
        },
        "dashboard": {"enabled": False},
    }


_OTHER_ROUTERS = (
    "ambassador",
    "apisix",
    "awsAppMesh",
    "awsLoadBalancerController",
    "contour",
    "glooPlatform",
    "istio",
    "smi",
    "traefik",
)


def _plugin(images: ImageSource) -> dict[str, object]:
    """The plugin, copied from its image: of the node's architecture, and not downloaded at start.

    Plugin documentation, "Installing the plugin via init containers".
    """
    mount = {"name": "plugins", "mountPath": _PLUGINS}
    image = pulumi.Output.concat(
        images.image(Upstream.GHCR, _PLUGIN_IMAGE).name, ":", ROLLOUTS_GATEWAY_PLUGIN
    )
    copy = {
        "name": "gateway-plugin",
        "image": image,
        "command": ["cp", f"/bin/{_PLUGIN_BINARY}", _PLUGINS],
        "resources": resources("10m", "64Mi"),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _PLUGIN_USER,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [mount],
    }
    return {
        "initContainers": [copy],
        "volumes": [{"name": "plugins", "emptyDir": {}}],
        "volumeMounts": [mount],
        "trafficRouterPlugins": [
            {"name": GATEWAY_PLUGIN, "location": f"file://{_PLUGINS}/{_PLUGIN_BINARY}"}
        ],
    }
