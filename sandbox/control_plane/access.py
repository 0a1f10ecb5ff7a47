"""What access entries allow: the access policies of EKS as roles, each bound to a group.

EKS authorises them in an authoriser of its own. Here the token's review adds groups, and these
bindings give the groups what the policies allow (EKS: access policy permissions).
"""

from collections.abc import Mapping
from typing import Final

from sandbox.control_plane.api import Client

GROUP: Final = "eks:access:"
REVIEWS: Final = "/moto-api/sandbox/token-reviews/"
"""Answered by the emulator process, which knows who assumed which role."""

ADMIN_VIEW: Final = "eks-access-admin-view"
POLICIES: Final[Mapping[str, tuple[str, str]]] = {
    "AmazonEKSClusterAdminPolicy": ("cluster-admin", "cluster-admin"),
    "AmazonEKSAdminPolicy": ("admin", "admin"),
    "AmazonEKSEditPolicy": ("edit", "edit"),
    "AmazonEKSViewPolicy": ("view", "view"),
    "AmazonEKSAdminViewPolicy": ("admin-view", ADMIN_VIEW),
    "AmazonEKSSecretReaderPolicy": ("secret-reader", "eks-access-secret-reader"),
}
"""Access policy → the end of its group's name, and the ClusterRole."""

_READ: Final = ["get", "list", "watch"]
_RBAC: Final = "/apis/rbac.authorization.k8s.io/v1"


def review_path(account: str, region: str, name: str) -> str:
    """Where the tokens of one cluster are reviewed."""
    return f"{REVIEWS}{account}/{region}/{name}"


def group(policy_arn: str, namespace: str = "") -> str | None:
    """The group of an access policy, in the whole cluster or one namespace; None if unknown."""
    known = POLICIES.get(policy_arn.rpartition("/")[2])
    if known is None:
        return None
    return f"{GROUP}{known[0]}" + (f":{namespace}" if namespace else "")


def bind(client: Client) -> None:
    """Make the roles and the bindings of all policies whose scope is the cluster."""
    everything = [
        {"apiGroups": ["*"], "resources": ["*"], "verbs": _READ},
        {"nonResourceURLs": ["*"], "verbs": ["get"]},
    ]
    secrets = [{"apiGroups": [""], "resources": ["secrets"], "verbs": _READ}]
    for name, rules in ((ADMIN_VIEW, everything), ("eks-access-secret-reader", secrets)):
        client.apply(f"{_RBAC}/clusterroles/{name}", _object("ClusterRole", name, rules=rules))
    for suffix, role in POLICIES.values():
        name = f"eks-access-{suffix}"
        binding = _binding("ClusterRoleBinding", name, role, f"{GROUP}{suffix}")
        client.apply(f"{_RBAC}/clusterrolebindings/{name}", binding)


def bind_in(client: Client, namespace: str, policy_arn: str) -> None:
    """Bind the group of a policy whose scope is a namespace, which must be there."""
    suffix, role = POLICIES[policy_arn.rpartition("/")[2]]
    name = f"eks-access-{suffix}"
    binding = _binding("RoleBinding", name, role, f"{GROUP}{suffix}:{namespace}")
    client.apply(f"{_RBAC}/namespaces/{namespace}/rolebindings/{name}", binding)


def _binding(kind: str, name: str, role: str, member: str) -> dict[str, object]:
    api = "rbac.authorization.k8s.io"
    return _object(
        kind,
        name,
        roleRef={"apiGroup": api, "kind": "ClusterRole", "name": role},
        subjects=[{"apiGroup": api, "kind": "Group", "name": member}],
    )


def _object(kind: str, name: str, **rest: object) -> dict[str, object]:
    api = "rbac.authorization.k8s.io/v1"
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, **rest}
