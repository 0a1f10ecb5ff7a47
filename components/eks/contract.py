"""What the eks layer takes, reads and publishes; importable without a provider SDK."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.contracts import AccountKind, LayerConfig, LayerContract, Read, inside
from components.eks.settings import ClusterConfig, WorkloadIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pulumi
    import pulumi_kubernetes as kubernetes


class EksConfig(LayerConfig):
    """The Kubernetes platform. Nothing is made unless it is asked for.

    Attributes:
        cluster: The cluster (playbook K8S-01); absent, no cluster and nothing on it.
    """

    cluster: ClusterConfig | None = None


@dataclass(frozen=True, kw_only=True)
class EksOutputs:
    """What the eks layer publishes; all of it is absent where there is no cluster.

    Attributes:
        cluster_name: The cluster's name, which is the account's.
        cluster_arn: Its ARN.
        endpoint: Its API, private unless configured otherwise.
        certificate_authority: The authority of its API's certificate, base64.
        oidc_issuer: The issuer of its service account tokens, without ``https://``.
        oidc_provider_arn: IAM's identity provider for that issuer (playbook SEC-07, ``irsa``).
        kubernetes_version: Its Kubernetes version.
        kubeconfig: How to reach it as the one who deploys; asks AWS for a token, holds no secret.
        node_role_arn: The role of its nodes.
        cluster_security_group_id: The group EKS makes for its API and managed nodes.
        node_security_group_id: The group of its nodes, from the network layer.
        gateway: Namespace and name of the Gateway that routes attach to.
        secret_stores: Names of the ClusterSecretStores, by ``secrets-manager`` and
            ``parameter-store``.
        rbac_groups: Kubernetes groups of the cluster-wide roles, by what they do; the developers
            of one namespace are in :func:`developers_group`.
        pod_identity: How pods become IAM roles.
        provider: The Kubernetes provider of the cluster.
        foundations: What a later layer's objects depend on, by name: ``cluster``, ``nodes``,
            ``karpenter``, ``node-pools``, ``load-balancer-controller``, ``gateway-api``,
            ``traefik``, ``external-secrets``, ``secret-stores``, ``monitoring-crds``,
            ``metrics``, ``admission``.
    """

    cluster_name: "pulumi.Output[str] | None" = None
    cluster_arn: "pulumi.Output[str] | None" = None
    endpoint: "pulumi.Output[str] | None" = None
    certificate_authority: "pulumi.Output[str] | None" = None
    oidc_issuer: "pulumi.Output[str] | None" = None
    oidc_provider_arn: "pulumi.Output[str] | None" = None
    kubernetes_version: str | None = None
    kubeconfig: "pulumi.Output[str] | None" = None
    node_role_arn: "pulumi.Output[str] | None" = None
    cluster_security_group_id: "pulumi.Output[str] | None" = None
    node_security_group_id: "pulumi.Output[str] | None" = None
    gateway: dict[str, str] | None = None
    secret_stores: dict[str, str] | None = None
    rbac_groups: dict[str, str] | None = None
    pod_identity: WorkloadIdentity | None = None
    provider: "kubernetes.Provider | None" = inside()  # noqa: RUF009 - a field
    foundations: "Mapping[str, pulumi.Resource]" = inside(factory=dict)  # noqa: RUF009 - a field


ADMINISTRATORS_GROUP = "platform-administrators"
"""The Kubernetes group that may change everything (playbook K8S-09)."""

READERS_GROUP = "platform-readers"
"""The Kubernetes group that may read everything but Secrets (playbook K8S-09)."""


def developers_group(namespace: str) -> str:
    """The Kubernetes group of the developers of one namespace (playbook K8S-09)."""
    return f"{namespace}-developers"


def reads(config: EksConfig, kind: AccountKind) -> tuple[Read, ...]:
    """What the layer reads from earlier accounts: nothing."""
    del config, kind
    return ()


CONTRACT = LayerContract(name="eks", config=EksConfig, outputs=EksOutputs, reads=reads)
