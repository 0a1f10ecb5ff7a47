"""What the platform stands on: the account's side, the cluster and the way to its API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.base import LayerContext
from components.edge.contract import EdgeOutputs
from components.eks.cluster import Cluster
from components.eks.settings import ClusterConfig
from components.eks.workload_role import ClusterIdentity
from components.keys.contract import KeysOutputs
from components.network.contract import NetworkOutputs
from components.network.flows import Role

if TYPE_CHECKING:
    import pulumi_kubernetes as kubernetes

NAME = "eks"
"""First part of every logical name of this layer. STATE: part of every URN."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """All that what runs on the cluster may know.

    Attributes:
        context: What the layer may know; ``context.options()`` for AWS resources.
        config: The cluster's settings.
        network: The account's network.
        keys: Its keys.
        edge: Its load balancers and names; None where the account has no edge layer.
        cluster: The cluster.
        identity: The cluster as `WorkloadRole` needs it.
        provider: The provider of everything in Kubernetes. It waits for the deploy role's access
            entry, so whoever uses it depends on the cluster, and is deleted before it.
        node_role_arn: The role of all nodes, those of Karpenter too.
        node_role_name: Its name, as an EC2NodeClass wants it.
        node_group_ids: The security groups of all nodes.
        ready: What a chart depends on: nodes with a network, DNS and the pod identity agent.
        foundations: The same by name, for `EksOutputs.foundations`.
    """

    context: LayerContext
    config: ClusterConfig
    network: NetworkOutputs
    keys: KeysOutputs
    edge: EdgeOutputs | None
    cluster: Cluster
    identity: ClusterIdentity
    provider: "kubernetes.Provider"
    node_role_arn: pulumi.Output[str]
    node_role_name: pulumi.Output[str]
    node_group_ids: list[pulumi.Output[str]]
    ready: list[pulumi.Resource]
    foundations: Mapping[str, pulumi.Resource]

    @property
    def region(self) -> str:
        """The home Region."""
        return self.context.organization.regions.home

    def key(self, domain: str) -> pulumi.Output[str]:
        """The account's key for a risk domain, by ARN."""
        return key(self.context, domain)

    def group(self, role: Role) -> pulumi.Output[str]:
        """The security group of a role of the network."""
        return group(self.context, role)


def key(context: LayerContext, domain: str) -> pulumi.Output[str]:
    """The account's key for a risk domain, by ARN.

    Raises:
        pulumi.RunError: It has none.
    """
    arns = context.layer(KeysOutputs).arns
    if domain not in arns:
        got = ", ".join(sorted(arns)) or "none"
        raise pulumi.RunError(
            f"superinc:keys.domains: got {got}, wanted {domain} among them for superinc:eks"
        )
    return arns[domain]


def group(context: LayerContext, role: Role) -> pulumi.Output[str]:
    """The security group of a role of the network.

    Raises:
        pulumi.RunError: The network has none.
    """
    groups = context.layer(NetworkOutputs).security_group_ids
    if role not in groups:
        got = ", ".join(sorted(groups)) or "none"
        raise pulumi.RunError(
            f"superinc:network.runs.cluster: got security groups {got}, wanted {role} among them"
            " for superinc:eks.cluster"
        )
    return groups[role]
