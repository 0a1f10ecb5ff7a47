"""Who may use an EKS cluster: its access entries and their policies, for whoever must decide.

The control plane's token webhook reads them here. They are in the store beside the emulator because
the webhook is a process without AWS credentials.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sandbox.store import Record, Store

CLUSTER: Final = "aws:eks/cluster:Cluster"
ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
POLICY: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
CREATOR: Final = "creatorArn"
"""Under this name the store keeps, with a cluster, who made it."""

ADMINISTRATOR_POLICY: Final = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

_NODE: Final = "system:node:{{EC2PrivateDNSName}}"
_SESSION: Final = "system:node:{{SessionName}}"
_NODE_KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "EC2": (_NODE, ("system:nodes",)),
    "EC2_LINUX": (_NODE, ("system:nodes",)),
    "EC2_WINDOWS": (_NODE, ("eks:kube-proxy-windows", "system:nodes")),
    "FARGATE_LINUX": (
        _SESSION,
        ("system:bootstrappers", "system:node-proxier", "system:nodes"),
    ),
    "HYBRID_LINUX": (_SESSION, ("system:nodes",)),
    "HYPERPOD_LINUX": (_SESSION, ("system:nodes",)),
}
"""User name and groups of entries of nodes (EKS user guide, "Create access entries")."""


@dataclass(frozen=True, kw_only=True)
class PolicyAssociation:
    """An access policy of EKS that an entry has.

    Attributes:
        policy_arn: ``arn:aws:eks::aws:cluster-access-policy/…``.
        namespaces: Where it holds; empty means the whole cluster.
    """

    policy_arn: str
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccessEntry:
    """One IAM principal and what it is in a cluster.

    Attributes:
        principal_arn: The role (without a path's session) or user.
        username: What Kubernetes calls it; ``{{SessionName}}``, ``{{SessionNameRaw}}`` and
            ``{{EC2PrivateDNSName}}`` are the caller's.
        groups: Its Kubernetes groups; those that EKS gives nodes included.
        kind: ``STANDARD``, ``EC2_LINUX``, ….
        policies: The access policies associated with it.
    """

    principal_arn: str
    username: str
    groups: tuple[str, ...]
    kind: str = "STANDARD"
    policies: tuple[PolicyAssociation, ...] = ()


def entries_of(store: Store, account: str, region: str, cluster: str) -> tuple[AccessEntry, ...]:
    """Every access entry of a cluster, those that EKS makes by itself included.

    Those are the creator's (`bootstrapClusterCreatorAdminPermissions`) and one for the role of each
    managed node group. An entry that the program makes for the same principal wins.

    Args:
        store: The sandbox's.
        account: The cluster's account.
        region: The cluster's Region.
        cluster: Its name.
    """
    found: dict[str, AccessEntry] = {}
    policies: dict[str, list[PolicyAssociation]] = {}
    for record in store.live():
        if (record.account, record.region) != (account, region):
            continue
        given = record.outputs
        if record.type == CLUSTER and record.id == cluster and given.get(CREATOR):
            principal = str(given[CREATOR])
            found.setdefault(principal, _entry(principal))
            policies.setdefault(principal, []).append(
                PolicyAssociation(policy_arn=ADMINISTRATOR_POLICY)
            )
        if given.get("clusterName") != cluster:
            continue
        if record.type == ENTRY:
            found[str(given["principalArn"])] = _given(record)
        elif record.type == NODE_GROUP and given.get("nodeRoleArn"):
            role = str(given["nodeRoleArn"])
            found.setdefault(role, _entry(role, "EC2_LINUX"))
        elif record.type == POLICY:
            scope = cast("Mapping[str, Any]", given.get("accessScope") or {})
            policies.setdefault(str(given["principalArn"]), []).append(
                PolicyAssociation(
                    policy_arn=str(given["policyArn"]),
                    namespaces=tuple(cast("Sequence[str]", scope.get("namespaces") or ())),
                )
            )
    return tuple(
        AccessEntry(
            principal_arn=entry.principal_arn,
            username=entry.username,
            groups=entry.groups,
            kind=entry.kind,
            policies=tuple(policies.get(entry.principal_arn, ())),
        )
        for entry in found.values()
    )


def defaults_of(principal_arn: str, kind: str) -> tuple[str, tuple[str, ...]]:
    """The user name and the groups that EKS gives an entry that says neither."""
    if kind in _NODE_KINDS:
        return _NODE_KINDS[kind]
    return _username(principal_arn), ()


def _given(record: Record) -> AccessEntry:
    given = record.outputs
    principal, kind = str(given["principalArn"]), str(given.get("type") or "STANDARD")
    username, groups = defaults_of(principal, kind)
    return AccessEntry(
        principal_arn=principal,
        username=str(given.get("userName") or username),
        groups=tuple(cast("Sequence[str]", given.get("kubernetesGroups") or groups)),
        kind=kind,
    )


def _entry(principal: str, kind: str = "STANDARD") -> AccessEntry:
    username, groups = defaults_of(principal, kind)
    return AccessEntry(principal_arn=principal, username=username, groups=groups, kind=kind)


def _username(principal_arn: str) -> str:
    """A role's sessions by their names, a user by its ARN."""
    head, _, path = principal_arn.partition(":role/")
    if not path:
        return principal_arn
    name = path.rpartition("/")[2]
    return f"{head.replace(':iam:', ':sts:')}:assumed-role/{name}/{{{{SessionName}}}}"
