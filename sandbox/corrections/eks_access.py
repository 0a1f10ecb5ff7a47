"""EKS access entries: who may enter a cluster, and with which of EKS's access policies."""

from typing import Any, Final

from moto.backends import get_backend
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.exceptions import (
    InvalidParameterException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import EKSBackend
from moto.moto_api._internal import mock_random

from sandbox.aws.access_entries import ADMINISTRATOR_POLICY, defaults_of
from sandbox.corrections.eks_words import held, need_access_entries, role_of
from sandbox.corrections.operations import Operations

_RESERVED: Final = ("amazon:", "aws:", "eks:", "iam:", "system:")
"""How no group and no user of an entry may begin (EKS user guide, "Create access entries")."""

_POLICIES: Final = "arn:aws:eks::aws:cluster-access-policy/"
_POLICY_NAMES: Final = frozenset(
    {
        "AIDevOpsAgentAccessPolicy",
        "AmazonAIOpsAssistantPolicy",
        "AmazonARCRegionSwitchScalingPolicy",
        "AmazonEKSAdminPolicy",
        "AmazonEKSAdminViewPolicy",
        "AmazonEKSAutoNodePolicy",
        "AmazonEKSClusterAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSSecretReaderPolicy",
        "AmazonEKSViewPolicy",
    }
)
"""Access policies for people (EKS user guide, "Review access policy permissions")."""


class AccessEntries(Operations):
    """Access entries."""

    eks_backend: EKSBackend

    def create_access_entry(self) -> ActionResult:
        """CreateAccessEntry: one for each principal, who exists."""
        cluster: Any = self.eks_backend.describe_cluster(self._get_param("name"))
        need_access_entries(cluster)
        principal = str(self._get_param("principalArn"))
        kind = self._get_param("type") or "STANDARD"
        groups, username = self._get_param("kubernetesGroups"), self._get_param("username")
        _refuse_names(kind, groups, username)
        _need_principal(principal)
        if principal in held(cluster, "access_entries"):
            raise ResourceInUseException(
                clusterName=cluster.name,
                message="The specified access entry resource is already in use on this cluster.",
            )
        entry = admit(
            cluster, self.eks_backend, principal, kind=kind, policies=(), made_by="program"
        )
        entry["tags"] = self._get_param("tags") or {}
        if username:
            entry["username"] = username
        if groups is not None:
            entry["kubernetesGroups"] = groups
        return ActionResult({"accessEntry": entry})

    def describe_access_entry(self) -> ActionResult:
        """DescribeAccessEntry."""
        return ActionResult({"accessEntry": _entry(self.eks_backend, self)})

    def update_access_entry(self) -> ActionResult:
        """UpdateAccessEntry: groups and user name; what is not said stays."""
        entry = _entry(self.eks_backend, self)
        groups, username = self._get_param("kubernetesGroups"), self._get_param("username")
        _refuse_names(entry["type"], groups, username)
        if groups is not None:
            entry["kubernetesGroups"] = groups
        if username:
            entry["username"] = username
        entry["modifiedAt"] = utcnow()
        return ActionResult({"accessEntry": entry})

    def delete_access_entry(self) -> ActionResult:
        """DeleteAccessEntry: its policies go with it."""
        entry = _entry(self.eks_backend, self)
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        del held(cluster, "access_entries")[entry["principalArn"]]
        return ActionResult({})

    def list_access_entries(self) -> ActionResult:
        """ListAccessEntries."""
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        return ActionResult({"accessEntries": sorted(held(cluster, "access_entries"))})


class AccessPolicies(Operations):
    """Access policies of entries."""

    eks_backend: EKSBackend

    def associate_access_policy(self) -> ActionResult:
        """AssociateAccessPolicy: a further time it changes the scope."""
        entry = _entry(self.eks_backend, self)
        policy = str(self._get_param("policyArn"))
        if policy.removeprefix(_POLICIES) not in _POLICY_NAMES:
            raise ResourceNotFoundException(
                message=f"The specified policyArn is invalid: {policy} does not exist"
            )
        if entry["type"] != "STANDARD":
            raise InvalidParameterException(
                message=f"Access policies cannot be associated with entries of type {entry['type']}"
            )
        scope = self._get_param("accessScope")
        if (scope["type"] == "namespace") != bool(scope.get("namespaces")):
            raise InvalidParameterException(
                message="Namespaces are required for access scope type namespace, and for that"
                " alone"
            )
        known = entry["policies"].get(policy, {})
        entry["policies"][policy] = {
            "policyArn": policy,
            "accessScope": scope,
            "associatedAt": known.get("associatedAt") or utcnow(),
            "modifiedAt": utcnow(),
        }
        return ActionResult(
            {
                "clusterName": self._get_param("name"),
                "principalArn": entry["principalArn"],
                "associatedAccessPolicy": entry["policies"][policy],
            }
        )

    def disassociate_access_policy(self) -> ActionResult:
        """DisassociateAccessPolicy."""
        entry = _entry(self.eks_backend, self)
        if entry["policies"].pop(self._get_param("policyArn"), None) is None:
            raise ResourceNotFoundException(message="No such policy is associated with the entry.")
        return ActionResult({})

    def list_associated_access_policies(self) -> ActionResult:
        """ListAssociatedAccessPolicies."""
        entry = _entry(self.eks_backend, self)
        return ActionResult(
            {
                "clusterName": self._get_param("name"),
                "principalArn": entry["principalArn"],
                "associatedAccessPolicies": list(entry["policies"].values()),
            }
        )


def admit(
    cluster: Any,  # noqa: ANN401 - moto's cluster with our settings
    backend: EKSBackend,
    principal: str,
    *,
    kind: str = "STANDARD",
    policies: tuple[str, ...] = (ADMINISTRATOR_POLICY,),
    made_by: str = "eks",
) -> dict[str, Any]:
    """Let a principal in, as EKS does with the creator of a cluster and with nodes."""
    username, groups = defaults_of(principal, kind)
    what, _, name = principal.partition(":")[2].rpartition(":")[2].partition("/")
    where = f"arn:aws:eks:{backend.region_name}:{backend.account_id}:access-entry/{cluster.name}"
    owner = principal.split(":")[4]
    entry: dict[str, Any] = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "accessEntryArn": f"{where}/{what}/{owner}/{name or what}/{mock_random.uuid4()}",
        "kubernetesGroups": list(groups),
        "username": username,
        "type": kind,
        "tags": {},
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "made_by": made_by,
        "policies": {
            policy: {
                "policyArn": policy,
                "accessScope": {"type": "cluster", "namespaces": []},
                "associatedAt": utcnow(),
                "modifiedAt": utcnow(),
            }
            for policy in policies
        },
    }
    held(cluster, "access_entries")[principal] = entry
    return entry


def _entry(backend: EKSBackend, request: Operations) -> dict[str, Any]:
    cluster: Any = backend.describe_cluster(request._get_param("name"))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the name that moto gives it
    need_access_entries(cluster)
    principal = str(request._get_param("principalArn"))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    found = held(cluster, "access_entries").get(principal)
    if found is None:
        raise ResourceNotFoundException(
            clusterName=cluster.name,
            message="The specified principalArn could not be found. You can view your available"
            " access entries with 'list-access-entries'.",
        )
    return found


def _need_principal(arn: str) -> None:
    """Refuse a role or user that is not there; sessions have ARNs of another service."""
    kind, _, name = arn.rpartition(":")[2].partition("/")
    users: Any = get_backend("iam")[arn.split(":")[4]]["aws"].users if kind == "user" else {}
    there = role_of(arn) is not None or any(one.arn == arn for one in users.values())
    if not arn.startswith("arn:aws:iam::") or not name or not there:
        raise InvalidParameterException(
            message="The specified principalArn is invalid: invalid principal."
        )


def _refuse_names(kind: str, groups: list[str] | None, username: str | None) -> None:
    if kind != "STANDARD" and (groups or username):
        raise InvalidParameterException(
            message=f"Kubernetes groups and usernames cannot be set for entries of type {kind}"
        )
    for group in groups or []:
        for start in _RESERVED:
            if group.startswith(start):
                raise InvalidParameterException(
                    message=f"The kubernetes group name {group} is invalid, it cannot start with"
                    f" {start}"
                )
    for start in _RESERVED:
        if username and username.startswith(start):
            raise InvalidParameterException(message=f"The username must not begin with {start}")
