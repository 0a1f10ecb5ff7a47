"""The pools of machines Karpenter may start (playbook NODE-03, NODE-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.node_pool_settings import (
    SPOT_TAINT,
    Capacity,
    DisruptionConfig,
    NodePoolConfig,
    NodePoolsConfig,
)

_DRAIN_MINUTES = 30
"""How long the deletion of a pool waits for its machines to end."""


@dataclass(frozen=True, kw_only=True)
class NodePoolsArgs:
    """Inputs of :class:`NodePools`.

    Attributes:
        node_class: The name of the EC2NodeClass of their machines.
        config: The pools.
        provider: The cluster's provider.
        depends_on: Karpenter and the EC2NodeClass: both outlive the pools.
    """

    node_class: str
    config: NodePoolsConfig
    provider: kubernetes.Provider
    depends_on: Sequence[pulumi.Resource]


class NodePools(Component):
    """One NodePool per kind of machine: architecture by way of buying it.

    Deleting one drains and ends its machines, which waits for budgets of the pods on them; so it
    gets half an hour.
    """

    pools: list[str]

    def __init__(
        self, name: str, args: NodePoolsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        for pool, config in args.config.pools.items():
            kubernetes.apiextensions.CustomResource(
                f"{name}-{pool}",
                api_version="karpenter.sh/v1",
                kind="NodePool",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=pool),
                spec=_spec(config, args.config.disruption, args.node_class),
                opts=self.child(
                    provider=args.provider,
                    depends_on=list(args.depends_on),
                    custom_timeouts=pulumi.CustomTimeouts(delete=f"{_DRAIN_MINUTES}m"),
                ),
            )
        self.finish(pools=list(args.config.pools))


def _spec(config: NodePoolConfig, disruption: DisruptionConfig, node_class: str) -> dict[str, Any]:
    return {
        "weight": config.weight,
        "limits": {"cpu": str(config.cpu_limit), "memory": f"{config.memory_limit_gibibytes}Gi"},
        "disruption": {
            "consolidationPolicy": "WhenEmptyOrUnderutilized",
            "consolidateAfter": f"{config.consolidate_after_minutes}m",
            "budgets": _budgets(disruption),
        },
        "template": {
            "spec": {
                "nodeClassRef": {
                    "group": "karpenter.k8s.aws",
                    "kind": "EC2NodeClass",
                    "name": node_class,
                },
                "requirements": _requirements(config),
                "expireAfter": f"{config.expire_after_hours}h",
                "terminationGracePeriod": f"{config.termination_grace_hours}h",
                **_taints(config),
            }
        },
    }


def _budgets(disruption: DisruptionConfig) -> list[dict[str, Any]]:
    budgets: list[dict[str, Any]] = [{"nodes": f"{disruption.nodes_percent}%"}]
    if disruption.freeze_hours:
        budgets.append(
            {
                "nodes": "0",
                "schedule": disruption.freeze_schedule,
                "duration": f"{disruption.freeze_hours}h",
                # Empty nodes may go at any time: nobody notices.
                "reasons": ["Drifted", "Underutilized"],
            }
        )
    return budgets


def _requirements(config: NodePoolConfig) -> list[dict[str, Any]]:
    def within(key: str, *values: str) -> dict[str, Any]:
        return {"key": key, "operator": "In", "values": list(values)}

    requirements = [
        within("kubernetes.io/os", "linux"),
        within("kubernetes.io/arch", config.architecture.value),
        within("karpenter.sh/capacity-type", config.capacity.value),
        within("karpenter.k8s.aws/instance-category", *config.categories),
        {
            "key": "karpenter.k8s.aws/instance-generation",
            "operator": "Gt",
            "values": [str(config.least_generation - 1)],
        },
        {
            "key": "karpenter.k8s.aws/instance-family",
            "operator": "Exists",
            "minValues": config.least_families(),
        },
    ]
    if config.excluded_sizes:
        requirements.append(
            {
                "key": "karpenter.k8s.aws/instance-size",
                "operator": "NotIn",
                "values": list(config.excluded_sizes),
            }
        )
    return requirements


def _taints(config: NodePoolConfig) -> dict[str, Any]:
    # The CSI driver takes its taint away once it can attach volumes on the new node.
    volumes = {"key": "ebs.csi.aws.com/agent-not-ready", "effect": "NoExecute"}
    taints: dict[str, Any] = {"startupTaints": [volumes]}
    if config.capacity is Capacity.SPOT:
        taints["taints"] = [{"key": SPOT_TAINT, "value": "true", "effect": "NoSchedule"}]
    return taints
