"""EKS Pod Identity: which role the pods of a service account have."""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.exceptions import (
    InvalidParameterException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import EKSBackend
from moto.moto_api._internal import mock_random

from sandbox.corrections.eks_words import held, role_of, trusts_pods
from sandbox.corrections.operations import Operations

_CHANGED = ("disableSessionTags", "policy", "targetRoleArn")


class PodIdentities(Operations):
    """Pod identity associations."""

    eks_backend: EKSBackend

    def create_pod_identity_association(self) -> ActionResult:
        """CreatePodIdentityAssociation: one for each service account."""
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        made = associate(
            cluster,
            self.eks_backend,
            self._get_param("namespace"),
            self._get_param("serviceAccount"),
            self._get_param("roleArn"),
        )
        made["tags"] = self._get_param("tags") or {}
        return ActionResult({"association": _changed(made, self)})

    def describe_pod_identity_association(self) -> ActionResult:
        """DescribePodIdentityAssociation."""
        return ActionResult({"association": _association(self.eks_backend, self)})

    def update_pod_identity_association(self) -> ActionResult:
        """UpdatePodIdentityAssociation: its role, and how sessions of that are."""
        found = _association(self.eks_backend, self)
        role = self._get_param("roleArn")
        if role:
            _need_role(role)
            found["roleArn"] = role
        return ActionResult({"association": _changed(found, self)})

    def delete_pod_identity_association(self) -> ActionResult:
        """DeletePodIdentityAssociation."""
        found = _association(self.eks_backend, self)
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        del held(cluster, "pod_identities")[found["associationId"]]
        return ActionResult({"association": found})

    def list_pod_identity_associations(self) -> ActionResult:
        """ListPodIdentityAssociations."""
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        wanted = {name: self._get_param(name) for name in ("namespace", "serviceAccount")}
        found = [
            one
            for one in held(cluster, "pod_identities").values()
            if all(value in {None, one[name]} for name, value in wanted.items())
        ]
        return ActionResult({"associations": found})


def associate(
    cluster: Any,  # noqa: ANN401 - moto's cluster
    backend: EKSBackend,
    namespace: str,
    service_account: str,
    role_arn: str,
) -> dict[str, Any]:
    """Give a service account a role.

    Raises:
        ResourceInUseException: It has one.
        InvalidParameterException: The role is not there, or does not trust EKS.
    """
    known = held(cluster, "pod_identities")
    for one in known.values():
        if (one["namespace"], one["serviceAccount"]) == (namespace, service_account):
            raise ResourceInUseException(
                clusterName=cluster.name,
                message=f"Association already exists: {one['associationId']}",
            )
    _need_role(role_arn)
    identity = f"a-{mock_random.get_random_string(17, lower_case=True)}"
    where = f"arn:aws:eks:{backend.region_name}:{backend.account_id}:podidentityassociation"
    known[identity] = {
        "clusterName": cluster.name,
        "namespace": namespace,
        "serviceAccount": service_account,
        "roleArn": role_arn,
        "associationArn": f"{where}/{cluster.name}/{identity}",
        "associationId": identity,
        "tags": {},
        "disableSessionTags": False,
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
    }
    return known[identity]


def _association(backend: EKSBackend, request: Operations) -> dict[str, Any]:
    cluster = backend.describe_cluster(request._get_param("name"))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the name that moto gives it
    identity = request._get_param("associationId")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    found = held(cluster, "pod_identities").get(identity)
    if found is None:
        raise ResourceNotFoundException(
            clusterName=cluster.name, message=f"No association found with id {identity}."
        )
    return found


def _changed(found: dict[str, Any], request: Operations) -> dict[str, Any]:
    for name in _CHANGED:
        value = request._get_param(name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        if value is not None:
            found[name] = value
    if found.get("targetRoleArn"):
        region, account = found["associationArn"].split(":")[3:5]
        found.setdefault(
            "externalId", f"{region}/{account}/{found['clusterName']}/{found['associationId']}"
        )
    found["modifiedAt"] = utcnow()
    return found


def _need_role(arn: str) -> None:
    role = role_of(arn)
    if role is None:
        raise InvalidParameterException(
            message=f"Role provided in the request does not exist: {arn}"
        )
    if not trusts_pods(role):
        raise InvalidParameterException(
            message="Trust policy of the role provided is invalid. Follow the official"
            " documentation to resolve the issue."
        )
