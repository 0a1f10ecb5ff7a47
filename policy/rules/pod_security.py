"""K8S: what containers may do on their node (Pod Security Standards, *restricted*)."""

from collections.abc import Iterator

from policy.core.graph import Resource
from policy.core.objects import namespace_of, tokens
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, read, strings
from policy.rules.pod_templates import (
    CARRIERS,
    Container,
    PodTemplate,
    of_containers,
    of_pods,
)

SERVICE_ACCOUNTS = tokens("core/v1", "ServiceAccount")

ROOT = 0
ADDABLE = frozenset({"NET_BIND_SERVICE"})
"""The one capability the *restricted* standard lets a container add."""

PROFILES = frozenset({"Localhost", "RuntimeDefault"})
HOST_NAMESPACES = ("hostPID", "hostIPC", "hostNetwork")

NODE_AGENTS = frozenset({"fluent-bit", "logging", "node-exporter"})
"""Namespaces of agents whose work is to read the node: its logs and metrics (playbook LOG, MET)."""


def _not_root(resource: Resource, pods: PodTemplate, container: Container) -> Iterator[Problem]:
    if pods.windows:
        return
    settled = pods.effective(container, "runAsNonRoot")
    user = pods.effective(container, "runAsUser")
    path = container.at("securityContext.runAsNonRoot")
    if settled is UNKNOWN or user is UNKNOWN:
        yield undecided(resource, path)
    elif settled is not True:
        got = "nothing" if settled is MISSING else "false"
        yield failed(resource, path, f"got {got}, wanted true on the container or its pod")
    if user == ROOT and not isinstance(user, bool):
        yield failed(resource, container.at("securityContext.runAsUser"), "got 0, wanted a user")


def _confined(resource: Resource, pods: PodTemplate, container: Container) -> Iterator[Problem]:
    if pods.windows:
        return
    for path, verdict in (
        ("allowPrivilegeEscalation", _escalation(container)),
        ("capabilities.drop", _dropped(container)),
        ("capabilities.add", _added(container)),
        ("seccompProfile.type", _profile(pods, container)),
    ):
        at = container.at(f"securityContext.{path}")
        if verdict is UNKNOWN:
            yield undecided(resource, at)
        elif isinstance(verdict, str):
            yield failed(resource, at, verdict)


def _escalation(container: Container) -> object:
    value = container.get("securityContext", "allowPrivilegeEscalation")
    if value is UNKNOWN:
        return UNKNOWN
    return None if value is False else "got true, which it is unless said, wanted false"


def _dropped(container: Container) -> object:
    value = container.get("securityContext", "capabilities", "drop")
    if "ALL" in strings(value):
        return None
    if value is UNKNOWN or UNKNOWN in items(value):
        return UNKNOWN
    return f"got {', '.join(strings(value)) or 'none'}, wanted ALL"


def _added(container: Container) -> object:
    value = container.get("securityContext", "capabilities", "add")
    more = sorted(set(strings(value)) - ADDABLE)
    if more:
        return f"got {', '.join(more)}, wanted {', '.join(ADDABLE)} at most"
    return UNKNOWN if value is UNKNOWN or UNKNOWN in items(value) else None


def _profile(pods: PodTemplate, container: Container) -> object:
    value = pods.effective(container, "seccompProfile", "type")
    if value is UNKNOWN or value in PROFILES:
        return UNKNOWN if value is UNKNOWN else None
    got = "none" if value is MISSING else value
    return f"got {got}, wanted RuntimeDefault on the container or its pod"


def _apart_from_the_host(resource: Resource, pods: PodTemplate) -> Iterator[Problem]:
    if namespace_of(resource) in NODE_AGENTS:
        return
    for field in HOST_NAMESPACES:
        value = pods.get(field)
        if value is UNKNOWN:
            yield undecided(resource, pods.at(field))
        elif value is True:
            yield failed(resource, pods.at(field), "got true, wanted the pod's own")
    for index, volume in enumerate(items(pods.get("volumes"))):
        if read(volume, "hostPath") not in (MISSING, UNKNOWN):
            name = read(volume, "name")
            path = pods.at(f"volumes[{name if isinstance(name, str) else index}].hostPath")
            yield failed(resource, path, "got a folder of the node, wanted a volume of the pod")
    for container in pods.containers():
        yield from _unprivileged(resource, container)


def _unprivileged(resource: Resource, container: Container) -> Iterator[Problem]:
    privileged = container.get("securityContext", "privileged")
    path = container.at("securityContext.privileged")
    if privileged is UNKNOWN:
        yield undecided(resource, path)
    elif privileged is True:
        yield failed(resource, path, "got true, wanted false")
    mount = container.get("securityContext", "procMount")
    if mount not in (MISSING, UNKNOWN, "Default"):
        path = container.at("securityContext.procMount")
        yield failed(resource, path, f"got {mount}, wanted Default")
    for port in items(container.get("ports")):
        number = read(port, "hostPort")
        if number not in (MISSING, UNKNOWN, 0):
            message = f"got {number}, wanted none: pods are reached by their own address"
            yield failed(resource, container.at("ports.hostPort"), message)


def _read_only(resource: Resource, pods: PodTemplate, container: Container) -> Iterator[Problem]:
    value = container.get("securityContext", "readOnlyRootFilesystem")
    path = container.at("securityContext.readOnlyRootFilesystem")
    if value is UNKNOWN:
        yield undecided(resource, path)
    elif value is not True and not pods.windows:
        yield failed(resource, path, "got a root file system that is written to, wanted true")


def _tokens_where_needed(resource: Resource, pods: PodTemplate) -> Iterator[Problem]:
    account = pods.get("serviceAccountName")
    mounted = pods.get("automountServiceAccountToken")
    path = pods.at("automountServiceAccountToken")
    if UNKNOWN in (account, mounted):
        yield undecided(resource, path)
    elif account in (MISSING, "", "default") and mounted is not False:
        yield advised(resource, path, "got a token of the default service account, wanted false")


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-13",
        title="No container runs as root",
        severity=Severity.HIGH,
        remedy="set securityContext.runAsNonRoot=true and a runAsUser that is not 0",
        types=CARRIERS,
        resource=of_containers(_not_root),
        controls=("CIS Kubernetes 1.10 5.2.7",),
    ),
    Rule(
        id="K8S-14",
        title="Containers cannot gain privileges, have no capabilities and a seccomp profile",
        severity=Severity.HIGH,
        remedy="set allowPrivilegeEscalation=false, drop ALL and seccompProfile RuntimeDefault",
        types=CARRIERS,
        resource=of_containers(_confined),
        controls=("CIS Kubernetes 1.10 5.2.6", "CIS Kubernetes 1.10 5.2.9"),
    ),
    Rule(
        id="K8S-15",
        title="Pods are kept apart from their node",
        severity=Severity.CRITICAL,
        remedy="take privileged, host namespaces, hostPath and hostPort out",
        types=CARRIERS,
        resource=of_pods(_apart_from_the_host),
        controls=("CIS EKS 1.5 4.2.1", "CIS EKS 1.5 4.2.4", "CIS Kubernetes 1.10 5.2.2"),
    ),
    Rule(
        id="K8S-16",
        title="Containers do not write to their root file system",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="set readOnlyRootFilesystem=true and mount an emptyDir where it writes",
        types=CARRIERS,
        resource=of_containers(_read_only),
    ),
    Rule(
        id="K8S-23",
        title="Pods get a service account token only where they need one",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="set automountServiceAccountToken=false, or name the service account it is for",
        types=CARRIERS,
        resource=of_pods(_tokens_where_needed),
        controls=("CIS Kubernetes 1.10 5.1.5", "CIS Kubernetes 1.10 5.1.6"),
    ),
)
