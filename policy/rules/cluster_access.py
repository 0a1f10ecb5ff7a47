"""EKS: who may use a cluster, by IAM (playbook SEC-07)."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.objects import name_of, namespace_of, tokens
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, strings
from policy.rules.clusters import CLUSTER, COMPONENT
from policy.rules.permissions import ADMINISTRATORS

ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
ROLE = "aws:iam/role:Role"
CONFIG_MAPS = tokens("core/v1", "ConfigMap")

MAPPINGS = ("roleMappings", "userMappings")
SUPERUSERS = "system:masters"
"""The group that RBAC does not hold: whatever it may do cannot be taken from it."""

CLUSTER_ADMINISTRATION = "AmazonEKSClusterAdminPolicy"
MAY_ADMINISTER = ADMINISTRATORS | {"deploy", "organizationaccountaccessrole"}
"""Roles that may be administrators of a cluster, without `superinc-` before the name: those of the
whole account, and the one that rolls out, which in a new account is the one AWS makes."""


def _by_entries(resource: Resource, _: Context) -> Iterator[Problem]:
    mode = resource.get("accessConfig", "authenticationMode")
    path = "accessConfig.authenticationMode"
    if mode is UNKNOWN:
        yield undecided(resource, path)
    elif mode == "API_AND_CONFIG_MAP":
        yield advised(resource, path, "got API_AND_CONFIG_MAP, wanted API")
    elif mode != "API":
        got = "CONFIG_MAP, as nothing is said" if mode is MISSING else mode
        yield failed(resource, path, f"got {got}, wanted API")
    creator = resource.get("accessConfig", "bootstrapClusterCreatorAdminPermissions")
    path = "accessConfig.bootstrapClusterCreatorAdminPermissions"
    if creator is UNKNOWN:
        yield undecided(resource, path)
    elif creator is not False:
        message = "got whoever creates it as administrator for good, wanted false"
        yield failed(resource, path, message)


def _no_mappings(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == COMPONENT:
        for path in MAPPINGS:
            if items(resource.get(path)):
                yield failed(resource, path, "got mappings in a ConfigMap, wanted access entries")
    elif (namespace_of(resource), name_of(resource)) == ("kube-system", "aws-auth"):
        yield failed(resource, "metadata.name", "got aws-auth, wanted access entries")


def _roles_alone(graph: Graph, _: Context) -> Iterator[Problem]:
    for entry in graph.of_type(ENTRY):
        principal = entry.get("principalArn")
        if isinstance(principal, str) and ":user/" in principal:
            yield failed(entry, "principalArn", "got a user, wanted a role")
        if SUPERUSERS in strings(entry.get("kubernetesGroups")):
            message = f"got {SUPERUSERS}, wanted a group that RBAC gives permissions"
            yield failed(entry, "kubernetesGroups", message)
    for association in graph.of_type(ASSOCIATION):
        yield from _administers(graph, association)


def _administers(graph: Graph, association: Resource) -> Iterator[Problem]:
    policy = association.get("policyArn")
    if policy is UNKNOWN:
        yield undecided(association, "policyArn")
    if not isinstance(policy, str) or not policy.endswith(CLUSTER_ADMINISTRATION):
        return
    names = _principals(graph, association)
    if names is None:
        yield undecided(association, "principalArn")
    elif not any(name.lower().removeprefix("superinc-") in MAY_ADMINISTER for name in names):
        message = f"got {CLUSTER_ADMINISTRATION} for {', '.join(names)}, wanted a narrower policy"
        yield failed(association, "policyArn", message)


def _principals(graph: Graph, association: Resource) -> tuple[str, ...] | None:
    """What the principal is called; None where it is not known yet."""
    principal = association.get("principalArn")
    if isinstance(principal, str):
        return (principal.rpartition("/")[2],)
    roles = graph.joined(association, "principalArn", ROLE)
    if not roles:
        # It may come by an access entry of the same principal.
        entries = graph.joined(association, "principalArn", ENTRY) or ()
        roles = tuple(
            role for entry in entries for role in graph.joined(entry, "principalArn", ROLE) or ()
        )
    names = [name for role in roles if isinstance(name := role.get("name"), str)]
    return tuple(names or [role.name for role in roles]) or None


RULES: tuple[Rule, ...] = (
    Rule(
        id="EKS-04",
        title="People and roles enter a cluster by access entries",
        severity=Severity.HIGH,
        remedy="set authentication_mode=API and no permissions for the creator",
        types=(CLUSTER,),
        resource=_by_entries,
        controls=("CIS EKS 1.5 5.5.1",),
    ),
    Rule(
        id="EKS-05",
        title="Nobody enters a cluster by the ConfigMap aws-auth",
        severity=Severity.HIGH,
        remedy="make an access entry for the role instead",
        types=(*CONFIG_MAPS, COMPONENT),
        resource=_no_mappings,
        controls=("CIS EKS 1.5 4.1.7",),
    ),
    Rule(
        id="EKS-10",
        title="Access entries are for roles, and administrators are few",
        severity=Severity.HIGH,
        remedy="make the entry for a role, with a group that RBAC gives what its job needs",
        types=(ENTRY, ASSOCIATION),
        stack=_roles_alone,
        controls=("CIS EKS 1.5 4.1.1", "CIS EKS 1.5 4.1.7"),
    ),
)
