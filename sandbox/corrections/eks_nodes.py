"""EKS node groups: all their settings, versions, and the access that EKS gives their role."""

from typing import Any

from moto.core.responses import ActionResult
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend

from sandbox.corrections.eks_access import admit
from sandbox.corrections.eks_words import held, minor, role_of, updated
from sandbox.corrections.operations import Operations

_PLAIN = {
    "amiType": "ami_type",
    "capacityType": "capacity_type",
    "diskSize": "disk_size",
    "instanceTypes": "instance_types",
    "labels": "labels",
    "launchTemplate": "launch_template",
    "releaseVersion": "release_version",
    "remoteAccess": "remote_access",
    "scalingConfig": "scaling_config",
    "tags": "tags",
    "taints": "taints",
}
"""Member of the API → the parameter of moto's node group."""

_KEPT = {
    "nodeRepairConfig": "node_repair_config",
    "updateConfig": "update_config",
    "warmPoolConfig": "warm_pool_config",
}
"""What moto's has no parameter for."""


class NodeGroups(Operations):
    """Managed node groups."""

    eks_backend: EKSBackend

    def create_nodegroup(self) -> ActionResult:
        """CreateNodegroup: no newer than its cluster; EKS lets the role's nodes in."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        version = self._get_param("version") or cluster.version
        _refuse_newer(cluster, version)
        _refuse_scaling(self._get_param("scalingConfig") or {})
        role = str(self._get_param("nodeRole"))
        if role_of(role) is None:
            raise InvalidParameterException(
                message=f"Following required resource role {role} does not exist"
            )
        group: Any = self.eks_backend.create_nodegroup(
            cluster_name=cluster.name,
            node_role=role,
            nodegroup_name=self._get_param("nodegroupName"),
            subnets=self._get_param("subnets"),
            version=version,
            **{name: self._get_param(member) for member, name in _PLAIN.items()},
        )
        if not self._get_param("releaseVersion"):
            group.release_version = _release(version)
        for member, name in _KEPT.items():
            setattr(group, name, self._get_param(member))
        with_entries = cluster.access_config["authenticationMode"] != "CONFIG_MAP"
        if with_entries and role not in held(cluster, "access_entries"):
            admit(cluster, self.eks_backend, role, kind="EC2_LINUX", policies=())
        return ActionResult({"nodegroup": group})

    def update_nodegroup_config(self) -> ActionResult:
        """UpdateNodegroupConfig."""
        cluster, name = self._get_param("name"), self._get_param("nodegroupName")
        group: Any = self.eks_backend.describe_nodegroup(cluster, name)
        scaling = self._get_param("scalingConfig")
        _refuse_scaling({**group.scaling_config, **(scaling or {})})
        warm = self._get_param("warmPoolConfig")
        group.warm_pool_config = warm or group.warm_pool_config
        self.eks_backend.update_nodegroup_config(
            cluster_name=cluster,
            nodegroup_name=name,
            labels=self._get_param("labels"),
            taints=self._get_param("taints"),
            scaling_config=scaling,
            update_config=self._get_param("updateConfig"),
            node_repair_config=self._get_param("nodeRepairConfig"),
        )
        return updated("ConfigUpdate")

    def update_nodegroup_version(self) -> ActionResult:
        """UpdateNodegroupVersion: Kubernetes, the image's release, the launch template."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        group: Any = self.eks_backend.describe_nodegroup(
            cluster.name, self._get_param("nodegroupName")
        )
        version = self._get_param("version") or group.version
        _refuse_newer(cluster, version)
        if minor(version) < minor(group.version):
            raise InvalidParameterException(
                message=f"Unsupported nodegroup version update from {group.version} to {version}"
            )
        release = self._get_param("releaseVersion")
        if release or version != group.version:
            group.release_version = release or _release(version)
        group.version = version
        template = self._get_param("launchTemplate")
        if template:
            group.launch_template = {**(group.launch_template or {}), **template}
        return updated("VersionUpdate")

    def delete_nodegroup(self) -> ActionResult:
        """DeleteNodegroup: the last one of a role takes the access that EKS gave it along."""
        group: Any = self.eks_backend.delete_nodegroup(
            self._get_param("name"), self._get_param("nodegroupName")
        )
        cluster: Any = self.eks_backend.describe_cluster(group.cluster_name)
        entry = held(cluster, "access_entries").get(group.node_role)
        others = {one.node_role for one in cluster.nodegroups.values()}
        if entry is not None and entry["made_by"] == "eks" and group.node_role not in others:
            del held(cluster, "access_entries")[group.node_role]
        group.status = "DELETING"
        return ActionResult({"nodegroup": group})


def _refuse_newer(cluster: Any, version: str) -> None:  # noqa: ANN401 - moto's cluster
    if minor(version) > minor(cluster.version):
        raise InvalidParameterException(
            clusterName=cluster.name,
            message=f"Nodegroup Kubernetes version {version} cannot be newer than the version"
            f" {cluster.version} of the cluster",
        )


def _refuse_scaling(given: dict[str, int]) -> None:
    least, wanted, most = (given.get(f"{word}Size", 1) for word in ("min", "desired", "max"))
    if least > wanted:
        raise InvalidParameterException(
            message=f"Minimum capacity {least} can't be greater than desired size {wanted}"
        )
    if wanted > most:
        raise InvalidParameterException(
            message=f"Desired capacity {wanted} can't be greater than max size {most}"
        )


def _release(version: str) -> str:
    """A release of the image for a version; EKS takes the newest (EKS API, CreateNodegroup)."""
    return f"{version}.0-20260101"
