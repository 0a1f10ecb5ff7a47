"""The cluster's settings: plain values, every "or" of the playbook among them."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components import versions
from components.config import Cidr
from components.contracts import LayerConfig
from components.eks.platform_settings import PlatformConfig
from components.network.settings import RETENTION_DAYS

NARROWEST_WORLD = 8
"""Prefix length up to which a range is no restriction at all."""

RoleName = Annotated[str, Field(pattern=r"^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$")]
Namespace = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$")]
InstanceType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")]
AddonVersion = Annotated[str, Field(pattern=r"^v\d+\.\d+\.\d+-eksbuild\.\d+$")]
KubernetesVersion = Annotated[str, Field(pattern=r"^1\.\d{2}$")]


class Endpoint(StrEnum):
    """From where the cluster's API is reached (playbook K8S-01)."""

    PRIVATE = "private"
    PUBLIC = "public-with-cidrs"


class WorkloadIdentity(StrEnum):
    """How a pod becomes an IAM role (playbook K8S-07)."""

    POD_IDENTITY = "pod-identity"
    IRSA = "irsa"


class Architecture(StrEnum):
    """The processors of a node."""

    ARM64 = "arm64"
    AMD64 = "amd64"


INSTANCE_TYPES: Mapping[Architecture, tuple[str, ...]] = {
    Architecture.ARM64: ("m7g.large", "m6g.large"),
    Architecture.AMD64: ("m7i.large", "m6i.large"),
}
"""Two generations each, so that one without capacity stops nothing; 8 GiB hold the controllers."""


def _retention(value: int) -> int:
    if value not in RETENTION_DAYS:
        wanted = ", ".join(map(str, RETENTION_DAYS))
        raise ValueError(f"got {value}, wanted one of {wanted}")
    return value


def _narrow(value: str) -> str:
    if IPv4Network(value).prefixlen <= NARROWEST_WORLD:
        raise ValueError(f"got {value}, wanted a range smaller than /{NARROWEST_WORLD}")
    return value


class NodeGroupConfig(LayerConfig):
    """The base node group: small, fixed and tainted (playbook NODE-01).

    Attributes:
        architecture: The processors of its nodes.
        instance_types: Types to start, the preferred first; by the architecture if left out.
        min_size: Fewest nodes; the controllers' replicas need two, in two zones.
        desired_size: Nodes at the beginning; later only EKS moves it.
        max_size: Most nodes. The same as the fewest: Karpenter makes all others.
        disk_gib: Size of a node's disk.
    """

    architecture: Architecture = Architecture.ARM64
    instance_types: tuple[InstanceType, ...] = ()
    min_size: Annotated[int, Field(ge=2, le=20)] = 3
    desired_size: Annotated[int, Field(ge=2, le=20)] = 3
    max_size: Annotated[int, Field(ge=2, le=20)] = 3
    disk_gib: Annotated[int, Field(ge=20, le=1000)] = 40

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min_size <= self.desired_size <= self.max_size:
            got = f"{self.min_size}, {self.desired_size}, {self.max_size}"
            raise ValueError(
                f"min_size, desired_size, max_size: got {got}, wanted none below the one before"
            )
        return self

    def types(self) -> tuple[str, ...]:
        """The instance types to start."""
        return self.instance_types or INSTANCE_TYPES[self.architecture]


class AddonsConfig(LayerConfig):
    """Versions of the EKS addons, where the blueprint's are not the right ones.

    Attributes:
        vpc_cni: The pod network.
        kube_proxy: Services on every node.
        pod_identity_agent: Credentials for pods.
        coredns: Names of the cluster.
        ebs_csi_driver: Volumes.
        node_monitoring_agent: Health of nodes.
    """

    vpc_cni: AddonVersion = versions.ADDON_VPC_CNI
    kube_proxy: AddonVersion = versions.ADDON_KUBE_PROXY
    pod_identity_agent: AddonVersion = versions.ADDON_POD_IDENTITY_AGENT
    coredns: AddonVersion = versions.ADDON_COREDNS
    ebs_csi_driver: AddonVersion = versions.ADDON_EBS_CSI_DRIVER
    node_monitoring_agent: AddonVersion = versions.ADDON_NODE_MONITORING_AGENT


class AccessConfig(LayerConfig):
    """Which roles of this account are people on the cluster, besides the one rollouts assume.

    A role goes by its name with its path: ``superinc-administrator``, or, from Identity Center,
    ``aws-reserved/sso.amazonaws.com/<region>/AWSReservedSSO_<set>_<hash>``.

    Attributes:
        administrators: May change everything (group ``platform-administrators``).
        readers: May read everything but Secrets (group ``platform-readers``).
        developers: By namespace, may change what runs there (group ``<namespace>-developers``).
    """

    administrators: tuple[RoleName, ...] = ()
    readers: tuple[RoleName, ...] = ()
    developers: dict[Namespace, tuple[RoleName, ...]] = Field(
        default_factory=dict[str, tuple[str, ...]]
    )

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        roles = {*self.administrators, *self.readers}
        roles.update(*self.developers.values())
        names = sorted(role.rpartition("/")[2].lower() for role in roles)
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"got roles of one name, {', '.join(twice)}, wanted names apart from their paths"
            )
        return self


class ClusterConfig(LayerConfig):
    """The cluster.

    Attributes:
        kubernetes_version: Its Kubernetes version; one minor at a time, and never back.
        endpoint: From where its API is reached. ``public-with-cidrs`` keeps the private way too.
        public_cidrs: Who may come by the public endpoint; given if and only if there is one.
        base_nodes: The base node group.
        addons: Versions of the addons.
        access: Who are people on it.
        workload_identity: How pods become IAM roles.
        security_groups_for_pods: Whether pods may have security groups of their own (playbook
            SEC-10); nodes then carry the group ``node`` alone.
        log_retention_days: How long its logs are kept.
        deletion_protection: Whether EKS and Pulumi refuse to delete it.
        zonal_shift: Whether traffic may be shifted away from a zone in trouble.
        platform: What runs on it besides applications.
    """

    kubernetes_version: KubernetesVersion = versions.KUBERNETES
    endpoint: Endpoint = Endpoint.PRIVATE
    public_cidrs: tuple[Annotated[Cidr, AfterValidator(_narrow)], ...] = ()
    base_nodes: NodeGroupConfig = NodeGroupConfig()
    addons: AddonsConfig = AddonsConfig()
    access: AccessConfig = AccessConfig()
    workload_identity: WorkloadIdentity = WorkloadIdentity.POD_IDENTITY
    security_groups_for_pods: bool = False
    log_retention_days: Annotated[int, AfterValidator(_retention)] = 90
    deletion_protection: bool = False
    zonal_shift: bool = True
    platform: PlatformConfig = PlatformConfig()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        public = self.endpoint is Endpoint.PUBLIC
        if public != bool(self.public_cidrs):
            got = ", ".join(self.public_cidrs) or "none"
            wanted = "some" if public else "none"
            yield f"public_cidrs: got {got} with endpoint: {self.endpoint}, wanted {wanted}"
        if not self.addons.kube_proxy.startswith(f"v{self.kubernetes_version}."):
            got, wanted = self.addons.kube_proxy, self.kubernetes_version
            yield f"addons.kube_proxy: got {got}, wanted a build for Kubernetes {wanted}"
