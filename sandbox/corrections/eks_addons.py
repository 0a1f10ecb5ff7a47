"""EKS add-ons: what they are asked to be, kept and said again."""

import re
from typing import Any, Final

import yaml
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.exceptions import (
    InvalidParameterException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import EKSBackend
from moto.moto_api._internal import mock_random

from sandbox.corrections.eks_identities import associate
from sandbox.corrections.eks_words import held, updated
from sandbox.corrections.operations import Operations

_NAMES: Final = frozenset(
    {
        "adot",
        "amazon-cloudwatch-observability",
        "amazon-sagemaker-hyperpod-taskgovernance",
        "amazon-sagemaker-hyperpod-training-operator",
        "aws-ebs-csi-driver",
        "aws-efs-csi-driver",
        "aws-fsx-csi-driver",
        "aws-guardduty-agent",
        "aws-mountpoint-s3-csi-driver",
        "aws-network-flow-monitoring-agent",
        "aws-privateca-connector-for-kubernetes",
        "aws-secrets-store-csi-driver-provider",
        "cert-manager",
        "coredns",
        "eks-node-monitoring-agent",
        "eks-pod-identity-agent",
        "external-dns",
        "fluent-bit",
        "kube-proxy",
        "kube-state-metrics",
        "metrics-server",
        "prometheus-node-exporter",
        "snapshot-controller",
        "vpc-cni",
    }
)
"""AWS's own and the community's (EKS user guide, "AWS add-ons", "Community add-ons"); those of the
Marketplace have a vendor before an underscore."""

_VERSION: Final = re.compile(r"v\d+\.\d+\.\d+(-[0-9A-Za-z.]+)*-eksbuild\.\d+")
_NAMESPACES: Final = {
    "amazon-cloudwatch-observability": "amazon-cloudwatch",
    "cert-manager": "cert-manager",
    "external-dns": "external-dns",
}


class Addons(Operations):
    """Add-ons."""

    eks_backend: EKSBackend

    def create_addon(self) -> ActionResult:
        """CreateAddon: one of each name."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        name = str(self._get_param("addonName"))
        known = held(cluster, "addons")
        if name in known:
            raise ResourceInUseException(
                clusterName=cluster.name, addonName=name, message="Addon already exists."
            )
        if name not in _NAMES and "_" not in name:
            raise InvalidParameterException(
                message=f"Addon {name} specified is not supported in {cluster.version} kubernetes"
                " version"
            )
        where = f"arn:aws:eks:{self.eks_backend.region_name}:{self.eks_backend.account_id}"
        addon: dict[str, Any] = {
            "addonName": name,
            "clusterName": cluster.name,
            "addonArn": f"{where}:addon/{cluster.name}/{name}/{mock_random.uuid4()}",
            "addonVersion": f"v{cluster.version}.0-eksbuild.1",
            "status": "ACTIVE",
            "health": {"issues": []},
            "tags": self._get_param("tags") or {},
            "podIdentityAssociations": [],
            "namespaceConfig": self._get_param("namespaceConfig")
            or {"namespace": _NAMESPACES.get(name, "kube-system")},
            "createdAt": utcnow(),
        }
        _change(addon, self)
        _associate(cluster, self.eks_backend, addon, self._get_param("podIdentityAssociations"))
        known[name] = addon
        return ActionResult({"addon": addon})

    def describe_addon(self) -> ActionResult:
        """DescribeAddon."""
        return ActionResult({"addon": _addon(self.eks_backend, self)})

    def update_addon(self) -> ActionResult:
        """UpdateAddon: its version, values and roles; what is not said stays."""
        addon = _addon(self.eks_backend, self)
        _change(addon, self)
        given = self._get_param("podIdentityAssociations")
        if given is not None:
            cluster = self.eks_backend.describe_cluster(self._get_param("name"))
            _associate(cluster, self.eks_backend, addon, given)
        return updated("AddonUpdate")

    def delete_addon(self) -> ActionResult:
        """DeleteAddon."""
        addon = _addon(self.eks_backend, self)
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        _associate(cluster, self.eks_backend, addon, [])
        return ActionResult({"addon": held(cluster, "addons").pop(addon["addonName"])})

    def list_addons(self) -> ActionResult:
        """ListAddons."""
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        return ActionResult({"addons": sorted(held(cluster, "addons"))})


def _addon(backend: EKSBackend, request: Operations) -> dict[str, Any]:
    cluster = backend.describe_cluster(request._get_param("name"))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the name that moto gives it
    name = request._get_param("addonName")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    found = held(cluster, "addons").get(name)
    if found is None:
        raise ResourceNotFoundException(
            clusterName=cluster.name, addonName=name, message=f"No addon: {name} found in cluster:"
            f" {cluster.name}"
        )  # fmt: skip
    return found


def _change(addon: dict[str, Any], request: Operations) -> None:
    values = request._get_param("configurationValues")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    version = request._get_param("addonVersion")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    role = request._get_param("serviceAccountRoleArn")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    if version and not _VERSION.fullmatch(version):
        raise InvalidParameterException(
            addonName=addon["addonName"], message="Addon version specified is not supported"
        )
    if values and not _is_object(values):
        raise InvalidParameterException(
            addonName=addon["addonName"],
            message="ConfigurationValue provided in request is not supported: it is neither a JSON"
            " nor a YAML object",
        )
    given = {
        "addonVersion": version,
        "configurationValues": values,
        "serviceAccountRoleArn": role,
        "modifiedAt": utcnow(),
    }
    addon.update({name: value for name, value in given.items() if value is not None})


def _is_object(text: str) -> bool:
    try:
        return isinstance(yaml.safe_load(text), dict)
    except yaml.YAMLError:
        return False


def _associate(
    cluster: Any,  # noqa: ANN401 - moto's cluster
    backend: EKSBackend,
    addon: dict[str, Any],
    given: list[dict[str, str]] | None,
) -> None:
    """Give the add-on's service accounts their roles, in the place of those that they had."""
    known = held(cluster, "pod_identities")
    for identity in [
        name for name, one in known.items() if one.get("ownerArn") == addon["addonArn"]
    ]:
        del known[identity]
    arns: list[str] = []
    for one in given or []:
        made = associate(
            cluster,
            backend,
            addon["namespaceConfig"]["namespace"],
            one["serviceAccount"],
            one["roleArn"],
        )
        made["ownerArn"] = addon["addonArn"]
        arns.append(made["associationArn"])
    addon["podIdentityAssociations"] = arns
