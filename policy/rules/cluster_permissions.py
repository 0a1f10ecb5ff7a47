"""K8S: who may do what inside a cluster (playbook K8S-06, K8S-09)."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.objects import tokens
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import UNKNOWN, items, mapping, read, strings

SECRETS = tokens("core/v1", "Secret")
ROLES = tokens("rbac.authorization.k8s.io/v1", "ClusterRole", "Role")
BINDINGS = tokens("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "RoleBinding")

SUPERUSER_ROLE = "cluster-admin"
ADMINISTRATORS = frozenset({"platform-administrators"})
"""Groups that may do everything: an access entry puts roles of the whole account in them."""

NOBODYS_SUBJECTS = frozenset(
    {"system:anonymous", "system:authenticated", "system:masters", "system:unauthenticated"}
)
"""Subjects that are everybody, or that RBAC does not hold."""

ESCALATIONS = frozenset({"bind", "escalate", "impersonate"})
READS = frozenset({"get", "list", "watch"})
EVERYTHING = "*"

ARGO_KIND = "argocd.argoproj.io/secret-type"
DESCRIPTIVE = frozenset({"enableOCI", "name", "namespaces", "project", "server", "type", "url"})
"""Keys of Argo CD's Secrets about repositories and clusters that are no secret."""


def _roles(resource: Resource, _: Context) -> Iterator[Problem]:
    rules = resource.get("rules")
    if rules is UNKNOWN or UNKNOWN in items(rules):
        yield undecided(resource, "rules")
    for index, rule in enumerate(items(rules)):
        yield from _narrow(resource, f"rules[{index}]", rule)


def _narrow(resource: Resource, path: str, rule: object) -> Iterator[Problem]:
    for field in ("apiGroups", "resources", "verbs"):
        if EVERYTHING in strings(read(rule, field)):
            yield failed(resource, f"{path}.{field}", "got *, wanted them named")
    verbs = frozenset(strings(read(rule, "verbs")))
    if more := sorted(verbs & ESCALATIONS):
        message = f"got {', '.join(more)}, which gives whatever another may do; wanted none"
        yield failed(resource, f"{path}.verbs", message)
    everywhere = "ClusterRole" in resource.type and not items(read(rule, "resourceNames"))
    if everywhere and "secrets" in strings(read(rule, "resources")) and verbs & READS:
        message = "got every Secret of the cluster, wanted a Role in a namespace, or names"
        yield failed(resource, f"{path}.resources", message)


def _bindings(resource: Resource, _: Context) -> Iterator[Problem]:
    subjects = resource.get("subjects")
    if subjects is UNKNOWN or UNKNOWN in items(subjects):
        yield undecided(resource, "subjects")
        return
    names = [read(subject, "name") for subject in items(subjects)]
    if everybody := sorted(str(name) for name in names if name in NOBODYS_SUBJECTS):
        yield failed(resource, "subjects", f"got {', '.join(everybody)}, wanted them named")
    role = resource.get("roleRef", "name")
    if role is UNKNOWN:
        yield undecided(resource, "roleRef.name")
    elif role == SUPERUSER_ROLE:
        if UNKNOWN in names:
            yield undecided(resource, "subjects")
        elif more := sorted({str(name) for name in names} - ADMINISTRATORS):
            message = f"got {SUPERUSER_ROLE} for {', '.join(more)}, wanted what the job needs"
            yield failed(resource, "roleRef.name", message)


def _permissions(resource: Resource, context: Context) -> Iterator[Problem]:
    check = _roles if resource.type in ROLES else _bindings
    yield from check(resource, context)


def _no_literals(resource: Resource, _: Context) -> Iterator[Problem]:
    described = resource.get("metadata", "labels", ARGO_KIND)
    allowed = DESCRIPTIVE if isinstance(described, str) else frozenset[str]()
    for path in ("data", "stringData"):
        value = resource.get(path)
        if value is UNKNOWN:
            yield undecided(resource, path)
        elif keys := sorted(set(mapping(value)) - allowed):
            # Keys alone: the engine hands values to policies in the clear.
            message = f"got {', '.join(keys)} from this program, wanted an ExternalSecret"
            yield failed(resource, path, message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-21",
        title="Secrets come from a secret store, not from code",
        severity=Severity.HIGH,
        production_only=True,
        remedy="keep the value in Secrets Manager and make an ExternalSecret of it",
        types=SECRETS,
        resource=_no_literals,
        controls=("CIS EKS 1.5 4.4.2",),
    ),
    Rule(
        id="K8S-22",
        title="RBAC gives what a job needs",
        severity=Severity.HIGH,
        remedy="name the groups, resources and verbs, and bind a Role in the namespace",
        types=(*ROLES, *BINDINGS),
        resource=_permissions,
        controls=(
            "CIS EKS 1.5 4.1.1",
            "CIS EKS 1.5 4.1.2",
            "CIS EKS 1.5 4.1.3",
            "CIS Kubernetes 1.10 5.1.1",
            "CIS Kubernetes 1.10 5.1.8",
        ),
    ),
)
