"""EKS clusters: all their settings, versions, a security group of their own, tags."""

import contextlib
import hashlib
import ipaddress
from collections.abc import Iterator
from typing import Any, Final, cast

from moto.backends import get_backend
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import DependencyViolationError
from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.eks.models import EKSBackend

from sandbox import corrections
from sandbox.corrections.eks_access import admit
from sandbox.corrections.eks_words import held, minor, role_of, updated
from sandbox.corrections.operations import Operations

_DEFAULT_VERSION: Final = "1.36"
"""What EKS takes for a cluster that asks for none: its newest (EKS API, CreateCluster)."""

_SETTINGS: Final = {
    "accessConfig": "access_config",
    "computeConfig": "compute_config",
    "controlPlaneScalingConfig": "control_plane_scaling_config",
    "deletionProtection": "deletion_protection",
    "remoteNetworkConfig": "remote_network_config",
    "storageConfig": "storage_config",
    "upgradePolicy": "upgrade_policy",
    "zonalShiftConfig": "zonal_shift_config",
}
"""Member of the API → where a cluster keeps it."""

_MODES: Final = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
"""Authentication modes in the one order that they change in (EKS user guide, "Access entries")."""

_LOGS: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_ZONES: Final = 2
_SERVICES: Final = "172.20.0.0/16"
_NODES_BEHIND: Final = 3
"""Minor versions that a kubelet may be behind (Kubernetes, "Version Skew Policy")."""


class Clusters(Operations):
    """Clusters that keep all their settings and change them as EKS lets them."""

    eks_backend: EKSBackend
    current_account: str
    region: str
    access_key: str

    def create_cluster(self) -> ActionResult:
        """CreateCluster: with subnets in two zones and a group of the cluster's own."""
        network = dict(self._get_param("resourcesVpcConfig"))
        ec2 = get_backend("ec2")[self.current_account][self.region]
        network["vpcId"] = _network_of(ec2, network.get("subnetIds") or [])
        _need_role(self._get_param("roleArn"))
        version = self._get_param("version") or _DEFAULT_VERSION
        minor(version)
        cluster: Any = self.eks_backend.create_cluster(
            name=self._get_param("name"),
            role_arn=self._get_param("roleArn"),
            resources_vpc_config=network,
            version=version,
            tags=self._get_param("tags"),
            encryption_config=self._get_param("encryptionConfig"),
        )
        given = {member: self._get_param(member) for member in _SETTINGS}
        access = dict(given.pop("accessConfig") or {})
        bootstrap = access.pop("bootstrapClusterCreatorAdminPermissions", True)
        cluster.access_config = {"authenticationMode": "CONFIG_MAP", **access}
        given["upgradePolicy"] = given["upgradePolicy"] or {"supportType": "EXTENDED"}
        for member, value in given.items():
            setattr(cluster, _SETTINGS[member], value)
        cluster.logging = _logging(self._get_param("logging"))
        _complete(cluster, self._get_param("kubernetesNetworkConfig") or {})
        network["clusterSecurityGroupId"] = _own_group(ec2, cluster.name, network["vpcId"])
        if bootstrap:
            admit(cluster, self.eks_backend, _caller(self.current_account, self.access_key))
        return ActionResult({"cluster": cluster})

    def describe_cluster(self) -> ActionResult:
        """DescribeCluster: its API server is the one that runs, where one does."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        directory = corrections.sandbox_directory()
        if directory is not None and (directory / "clusters").is_dir():
            from sandbox import control_plane  # noqa: PLC0415 - few emulators need it

            plane = control_plane.find(
                directory, account=self.current_account, region=self.region, name=cluster.name
            )
            if plane is not None:
                cluster.endpoint = plane.endpoint
                cluster.certificate_authority = {"data": plane.certificate_authority}
        return ActionResult({"cluster": cluster})

    def update_cluster_config(self) -> ActionResult:
        """UpdateClusterConfig: adds to the settings; moto puts them in the place of the old."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        access = self._get_param("accessConfig")
        if access:
            before, after = (
                cluster.access_config["authenticationMode"],
                access["authenticationMode"],
            )
            if _MODES.index(after) < _MODES.index(before):
                raise InvalidParameterException(
                    message=f"Unsupported authentication mode update from {before} to {after}"
                )
        for member, attribute in _SETTINGS.items():
            value = self._get_param(member)
            if isinstance(value, dict):
                known: dict[str, Any] = getattr(cluster, attribute) or {}
                setattr(cluster, attribute, {**known, **cast("dict[str, Any]", value)})
            elif value is not None:
                setattr(cluster, attribute, value)
        if self._get_param("logging"):
            cluster.logging = _logging(self._get_param("logging"), cluster.logging)
        cluster.resources_vpc_config.update(self._get_param("resourcesVpcConfig") or {})
        cluster.kubernetes_network_config.update(self._get_param("kubernetesNetworkConfig") or {})
        return updated("ConfigUpdate")

    def update_cluster_version(self) -> ActionResult:
        """UpdateClusterVersion: up by one minor version, with no node too far behind."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        before, after = cluster.version, str(self._get_param("version"))
        if before == after:
            raise InvalidParameterException(
                message=f"Cluster is already at the desired configuration with version {after}"
            )
        if minor(after) != minor(before) + 1:
            raise InvalidParameterException(
                message=f"Unsupported Kubernetes minor version update from {before} to {after}"
            )
        for group in cluster.nodegroups.values():
            if minor(after) - minor(group.version) > _NODES_BEHIND:
                raise InvalidParameterException(
                    message=f"Nodegroup {group.nodegroup_name} must be updated from"
                    f" {group.version} before cluster version {after}"
                )
        cluster.version = after
        return updated("VersionUpdate")

    def associate_encryption_config(self) -> ActionResult:
        """AssociateEncryptionConfig: once and for all."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        if cluster.encryption_config:
            raise InvalidParameterException(message="Encryption is already enabled on the cluster")
        cluster.encryption_config = self._get_param("encryptionConfig")
        return updated("AssociateEncryptionConfig")

    def delete_cluster(self) -> ActionResult:
        """DeleteCluster: unless it is protected; its security group goes with it."""
        name = self._get_param("name")
        cluster: Any = self.eks_backend.describe_cluster(name)
        if cluster.deletion_protection:
            raise InvalidRequestException(
                clusterName=name,
                message=f"Cluster {name} has deletion protection enabled. Disable deletion"
                " protection before deleting the cluster.",
            )
        self.eks_backend.delete_cluster(name)
        ec2 = get_backend("ec2")[self.current_account][self.region]
        # Something else may have the group: then it stays, as EKS's does.
        with contextlib.suppress(DependencyViolationError):
            ec2.delete_security_group(
                group_id=cluster.resources_vpc_config["clusterSecurityGroupId"]
            )
        cluster.status = "DELETING"
        return ActionResult({"cluster": cluster})


class Tags(Operations):
    """Tags of whatever a cluster has; moto has those of clusters only."""

    eks_backend: EKSBackend
    querystring: dict[str, list[str]]

    def tag_resource(self) -> EmptyResult:
        """TagResource."""
        _tags_of(self.eks_backend, self._get_param("resourceArn")).update(self._get_param("tags"))
        return EmptyResult()

    def untag_resource(self) -> EmptyResult:
        """UntagResource."""
        tags = _tags_of(self.eks_backend, self._get_param("resourceArn"))
        for key in self.querystring.get("tagKeys", []):
            tags.pop(key, None)
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """ListTagsForResource."""
        return ActionResult({"tags": _tags_of(self.eks_backend, self._get_param("resourceArn"))})


def _network_of(ec2: Any, subnet_ids: list[str]) -> str:  # noqa: ANN401 - moto's backend
    """The VPC of a cluster's subnets, which are in two zones or more (EKS user guide)."""
    subnets = [ec2.get_subnet(one) for one in subnet_ids]
    if len({one.availability_zone for one in subnets}) < _ZONES:
        raise InvalidParameterException(
            message="Subnets specified must be in at least two different AZs"
        )
    if len({one.vpc_id for one in subnets}) > 1:
        raise InvalidParameterException(message="Subnets specified must belong to the same VPC")
    return str(subnets[0].vpc_id)


def _need_role(arn: str) -> None:
    if role_of(arn) is None:
        raise InvalidParameterException(
            message=f"Role with arn: {arn}, could not be assumed because it does not exist or the"
            " trusted entity is not correct"
        )


def _complete(cluster: Any, network: dict[str, Any]) -> None:  # noqa: ANN401 - moto's cluster
    """Give a cluster what is its own; moto has one endpoint and one issuer for all of them."""
    digits = hashlib.sha256(cluster.arn.encode()).hexdigest().upper()
    region = cluster.arn.split(":")[3]
    cluster.endpoint = f"https://{digits[32:]}.gr7.{region}.eks.amazonaws.com"
    issuer = f"https://oidc.eks.{region}.amazonaws.com/id/{digits[:32]}"
    cluster.identity = {"oidc": {"issuer": issuer}}
    services = network.get("serviceIpv4Cidr") or _SERVICES
    ipaddress.ip_network(services)
    cluster.kubernetes_network_config = {
        "ipFamily": "ipv4",
        **network,
        "serviceIpv4Cidr": services,
    }


def _logging(given: Any, known: Any = None) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Which kinds of logs are on: those that were, changed by those that a request speaks of."""
    on = {kind for kind, enabled in _kinds(known) if enabled}
    for kind, enabled in _kinds(given):
        (on.add if enabled else on.discard)(kind)
    setups = [
        {"types": [kind for kind in _LOGS if kind in on], "enabled": True},
        {"types": [kind for kind in _LOGS if kind not in on], "enabled": False},
    ]
    return {"clusterLogging": [one for one in setups if one["types"]]}


def _kinds(logging: Any) -> Iterator[tuple[str, bool]]:  # noqa: ANN401 - JSON
    setups = cast("list[dict[str, Any]]", logging["clusterLogging"] if logging else [])
    for setup in setups:
        for kind in cast("list[str]", setup.get("types") or []):
            yield kind, bool(setup.get("enabled"))


def _own_group(ec2: Any, name: str, vpc_id: str) -> str:  # noqa: ANN401 - moto's backend
    """The security group that EKS gives the control plane's interfaces and every node."""
    group = ec2.create_security_group(
        f"eks-cluster-sg-{name}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master"
        " nodes, as well as any managed workloads.",
        vpc_id,
        tags={f"kubernetes.io/cluster/{name}": "owned", "aws:eks:cluster-name": name},
    )
    return str(group.id)


def _caller(account: str, access_key: str) -> str:
    """The principal of a request: a session counts as its role."""
    sts = get_backend("sts")[account]["aws"]
    session = sts.get_assumed_role_from_access_key(access_key)
    if session is not None:
        return str(session.role_arn)
    user = get_backend("iam")[account]["aws"].get_user_from_access_key_id(access_key)
    return str(user.arn) if user is not None else f"arn:aws:iam::{account}:root"


def _tags_of(backend: EKSBackend, arn: str) -> dict[str, str]:
    """The tags of one resource of EKS."""
    for cluster in backend.clusters.values():
        if cluster.arn == arn:
            return cluster.tags
        for group in cluster.nodegroups.values():
            if group.arn == arn:
                return group.tags
        for what, key in (
            ("access_entries", "accessEntryArn"),
            ("pod_identities", "associationArn"),
            ("addons", "addonArn"),
        ):
            for one in held(cluster, what).values():
                if one[key] == arn:
                    return one["tags"]
    raise ResourceNotFoundException(message=f"Resource was not found: {arn}")
