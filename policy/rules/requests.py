"""K8S: what containers ask for and may take (playbook NODE-07)."""

from collections.abc import Iterator

from policy.core.graph import Resource
from policy.core.quantities import quantity
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN
from policy.rules.pod_templates import (
    CARRIERS,
    Container,
    PodTemplate,
    Role,
    of_containers,
)

REQUEST = "resources.requests"
LIMIT = "resources.limits"


def _memory_is_fixed(
    resource: Resource, pods: PodTemplate, container: Container
) -> Iterator[Problem]:
    if _of_the_pod(pods):
        return
    limit = container.get("resources", "limits", "memory")
    request = container.get("resources", "requests", "memory")
    if limit is UNKNOWN or request is UNKNOWN:
        yield undecided(resource, container.at(f"{LIMIT}.memory"))
    elif limit is MISSING:
        message = "got none, wanted the container's memory request"
        yield failed(resource, container.at(f"{LIMIT}.memory"), message)
    elif quantity(limit) is None:
        path = container.at(f"{LIMIT}.memory")
        yield failed(resource, path, f"got {limit}, wanted an amount such as 512Mi")
    elif request is MISSING:
        message = "got none, which makes it the limit; wanted it said"
        yield advised(resource, container.at(f"{REQUEST}.memory"), message)
    elif quantity(request) != quantity(limit):
        message = f"got {request} requested and {limit} as limit, wanted the same"
        yield failed(resource, container.at(f"{REQUEST}.memory"), message)


def _of_the_pod(pods: PodTemplate) -> bool:
    """Whether the pod as a whole has a fixed amount of memory (Kubernetes 1.34)."""
    limit = quantity(pods.get("resources", "limits", "memory"))
    request = pods.get("resources", "requests", "memory")
    return limit is not None and (request is MISSING or quantity(request) == limit)


def _processor_is_requested(
    resource: Resource, pods: PodTemplate, container: Container
) -> Iterator[Problem]:
    request = container.get("resources", "requests", "cpu")
    path = container.at(f"{REQUEST}.cpu")
    if request is UNKNOWN:
        yield undecided(resource, path)
    elif request is MISSING:
        if pods.get("resources", "requests", "cpu") is MISSING:
            yield failed(resource, path, "got none, wanted what the container needs on average")
    elif quantity(request) is None:
        yield failed(resource, path, f"got {request}, wanted an amount such as 250m")


def _processor_is_free(
    resource: Resource, _: PodTemplate, container: Container
) -> Iterator[Problem]:
    limit = container.get("resources", "limits", "cpu")
    path = container.at(f"{LIMIT}.cpu")
    if limit is UNKNOWN:
        yield undecided(resource, path)
    elif limit is not MISSING:
        message = f"got {limit}, wanted none: it slows a container down while the node is idle"
        yield failed(resource, path, message)


RUNNING = (Role.MAIN, Role.INIT)
"""Ephemeral containers have no resources (Kubernetes API, EphemeralContainer)."""

RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-06",
        title="Containers get the memory they ask for, neither less nor more",
        severity=Severity.HIGH,
        remedy="set requests.memory and limits.memory to the same amount",
        types=CARRIERS,
        resource=of_containers(_memory_is_fixed, *RUNNING),
    ),
    Rule(
        id="K8S-07",
        title="Containers ask for processor time",
        severity=Severity.MEDIUM,
        remedy="set requests.cpu; the scheduler and the autoscaler count by it",
        types=CARRIERS,
        resource=of_containers(_processor_is_requested, *RUNNING),
    ),
    Rule(
        id="K8S-08",
        title="Containers have no processor limit",
        severity=Severity.MEDIUM,
        remedy="leave limits.cpu out; requests.cpu is what shares are divided by",
        types=CARRIERS,
        resource=of_containers(_processor_is_free, *RUNNING, patches=True),
    ),
)
