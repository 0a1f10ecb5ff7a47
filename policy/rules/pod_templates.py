"""Pods, wherever an object describes them: one reader for every kind that makes pods."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.objects import is_patch, kind_of, tokens
from policy.core.results import Problem
from policy.core.rule import ResourceCheck, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, read

TEMPLATE = ("spec", "template")
WHERE: Mapping[str, tuple[str, ...]] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "DaemonSet": TEMPLATE,
    "Deployment": TEMPLATE,
    "Job": TEMPLATE,
    "Pod": (),
    "ReplicaSet": TEMPLATE,
    "ReplicationController": TEMPLATE,
    "Rollout": TEMPLATE,
    "StatefulSet": TEMPLATE,
}
"""Where each kind holds the template of its pods."""

DEPLOYMENTS = tokens("apps/v1", "Deployment")
STATEFUL_SETS = tokens("apps/v1", "StatefulSet")
ROLLOUTS = tokens("argoproj.io/v1alpha1", "Rollout")
REPLICATED = (*DEPLOYMENTS, *STATEFUL_SETS, *ROLLOUTS)
"""What runs a number of like pods that somebody chooses."""

LONG_RUNNING = (*REPLICATED, *tokens("apps/v1", "DaemonSet", "ReplicaSet"))
BARE = (
    *tokens("core/v1", "Pod", "ReplicationController"),
    *tokens("apps/v1", "ReplicaSet"),
)
"""What makes pods that nothing rolls out anew."""

CARRIERS = tuple(
    dict.fromkeys(
        (
            *LONG_RUNNING,
            *BARE,
            *tokens("batch/v1", "Job", "CronJob"),
            *tokens("apps/v1beta1", "Deployment", "StatefulSet"),
            *tokens("apps/v1beta2", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"),
            *tokens("batch/v1beta1", "CronJob"),
            *tokens("extensions/v1beta1", "Deployment", "DaemonSet", "ReplicaSet"),
        )
    )
)
"""Every type with pods in it, of API versions that are gone as well."""


class Role(StrEnum):
    """What a container is in its pod."""

    MAIN = "containers"
    INIT = "initContainers"
    EPHEMERAL = "ephemeralContainers"


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container of a pod.

    Attributes:
        role: What it is in the pod.
        path: Where it stands, by its name: findings survive a change of order.
        spec: What is said of it.
    """

    role: Role
    path: str
    spec: Mapping[str, object]

    @property
    def sidecar(self) -> bool:
        """Whether it runs beside the main containers (Kubernetes 1.29, native sidecars)."""
        return self.role is Role.INIT and self.get("restartPolicy") == "Always"

    def get(self, *path: str) -> object:
        """A value of it."""
        return read(self.spec, *path)

    def at(self, path: str) -> str:
        """The path of a property of it."""
        return f"{self.path}.{path}"


@dataclass(frozen=True, kw_only=True)
class PodTemplate:
    """The pods of an object.

    Attributes:
        path: Where its `spec` is, dotted.
        template: Metadata and spec; UNKNOWN before the engine has run.
    """

    path: str
    template: object

    def get(self, *path: str) -> object:
        """A value of the pod's spec."""
        return read(self.template, "spec", *path)

    def at(self, path: str) -> str:
        """The path of a property of the pod's spec."""
        return f"{self.path}.{path}"

    @property
    def labels(self) -> object:
        """The labels of the pods."""
        return read(self.template, "metadata", "labels")

    @property
    def windows(self) -> bool:
        """Whether the pods run Windows, which has no users with numbers and no seccomp."""
        return self.get("os", "name") == "windows"

    @cached_property
    def uncertain(self) -> str | None:
        """The first list of containers that is not known yet."""
        for role in Role:
            listed = self.get(role)
            if listed is UNKNOWN or UNKNOWN in items(listed):
                return self.at(role)
        return None

    def containers(self, *roles: Role) -> Iterator[Container]:
        """Its containers that are known; all of them unless roles are named."""
        for role in roles or Role:
            for index, found in enumerate(items(self.get(role))):
                if spec := mapping(found):
                    name = read(spec, "name")
                    label = name if isinstance(name, str) else index
                    yield Container(role=role, path=self.at(f"{role}[{label}]"), spec=spec)

    def effective(self, container: Container, *path: str) -> object:
        """A setting of the security context: the container's, else the pod's."""
        own = container.get("securityContext", *path)
        return self.get("securityContext", *path) if own is MISSING else own


def pods_of(resource: Resource) -> PodTemplate:
    """The pods an object describes."""
    where = WHERE[kind_of(resource)]
    return PodTemplate(
        path=".".join((*where, "spec")),
        template=resource.get(*where) if where else resource.props,
    )


Check = Callable[[Resource, PodTemplate, Container], Iterator[Problem]]
PodCheck = Callable[[Resource, PodTemplate], Iterator[Problem]]


def of_pods(check: PodCheck) -> ResourceCheck:
    """Hold the pods of an object against a check; what a patch leaves out is nobody's fault."""

    def run(resource: Resource, _: Context) -> Iterator[Problem]:
        if is_patch(resource):
            return
        pods = pods_of(resource)
        if pods.uncertain:
            yield undecided(resource, pods.uncertain)
        else:
            yield from check(resource, pods)

    return run


def of_containers(check: Check, *roles: Role, patches: bool = False) -> ResourceCheck:
    """Hold each container of an object against a check.

    Args:
        check: The check of one container.
        roles: Which containers; all unless named.
        patches: Whether patches are held as well: for what must not be said.
    """

    def run(resource: Resource, _: Context) -> Iterator[Problem]:
        if is_patch(resource) and not patches:
            return
        pods = pods_of(resource)
        if pods.uncertain:
            yield undecided(resource, pods.uncertain)
        for container in pods.containers(*roles):
            yield from check(resource, pods, container)

    return run
