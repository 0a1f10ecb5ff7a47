"""What applications stand on: the cluster, its way in, its secret stores and its network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.base import LayerContext
from components.eks.contract import EksOutputs
from components.eks.workload_role import ClusterIdentity, identity_of
from components.network.cidr import Tier
from components.network.contract import NetworkOutputs

if TYPE_CHECKING:
    import pulumi_kubernetes as kubernetes

    from components.eks.settings import WorkloadIdentity

NAME = "workloads"
"""First part of every logical name of this layer. STATE: part of every URN."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """All that an application may know of what was built before it.

    Attributes:
        account: The account's name; the first part of its secrets' names.
        provider: The provider of the cluster.
        identity: The cluster, as the roles of its pods know it.
        pod_identity: How pods become those roles.
        gateway: Namespace and name of the Gateway; None without one.
        secret_stores: Names of the ClusterSecretStores, by what they read from.
        vpc_cidr: The network.
        database_cidrs: Where databases are in it.
        security_groups: Security groups of the network, by role.
        foundations: What objects depend on, by name.
    """

    account: str
    provider: "kubernetes.Provider"
    identity: ClusterIdentity
    pod_identity: "WorkloadIdentity"
    gateway: Mapping[str, str] | None
    secret_stores: Mapping[str, str]
    vpc_cidr: str
    database_cidrs: Sequence[str]
    security_groups: Mapping[str, pulumi.Input[str]]
    foundations: Mapping[str, pulumi.Resource]

    def needs(self, *names: str) -> list[pulumi.Resource]:
        """The foundations of these names.

        Raises:
            pulumi.RunError: The cluster has no such part.
        """
        missing = sorted(set(names) - self.foundations.keys())
        if missing:
            raise pulumi.RunError(
                f"superinc:workloads: got a cluster without {', '.join(missing)}, wanted it:"
                " an application asks for it"
            )
        return [self.foundations[name] for name in names]


def ground(context: LayerContext) -> Ground:
    """The ground of this account.

    Raises:
        pulumi.RunError: The account has no cluster.
    """
    cluster = context.layer(EksOutputs)
    if cluster.provider is None or cluster.pod_identity is None:
        raise pulumi.RunError(
            "superinc:workloads: got applications without a cluster, wanted superinc:eks.cluster"
        )
    network = context.layer(NetworkOutputs)
    return Ground(
        account=context.account_name,
        provider=cluster.provider,
        identity=identity_of(context, cluster),
        pod_identity=cluster.pod_identity,
        gateway=cluster.gateway,
        secret_stores=cluster.secret_stores or {},
        vpc_cidr=network.cidr,
        database_cidrs=network.subnet_cidrs.get(Tier.DATABASE, []),
        security_groups=network.security_group_ids,
        foundations=cluster.foundations,
    )
