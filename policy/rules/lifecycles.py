"""K8S: pods say how they are, and end gracefully (playbook APP-03, APP-04)."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.documents import partly_unknown
from policy.core.graph import Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, read
from policy.rules.pod_templates import (
    BARE,
    LONG_RUNNING,
    REPLICATED,
    Container,
    PodTemplate,
    Role,
    of_pods,
)

PROBES = {"livenessProbe": "/livez", "readinessProbe": "/readyz"}
"""Each probe with the path it asks for (playbook APP-04)."""

SHORTEST_GRACE = 30
"""Seconds between SIGTERM and SIGKILL; Kubernetes' own default."""


def _probed(resource: Resource, pods: PodTemplate) -> Iterator[Problem]:
    main = list(pods.containers(Role.MAIN))
    for probe, wanted in PROBES.items():
        found = [item for item in main if item.get(probe) is not MISSING]
        if not found and main:
            yield failed(resource, main[0].at(probe), f"got none, wanted one that asks {wanted}")
        for container in found:
            path = container.get(probe, "httpGet", "path")
            at = container.at(f"{probe}.httpGet.path")
            if path is UNKNOWN:
                yield undecided(resource, at)
            elif isinstance(path, str) and path != wanted:
                yield failed(resource, at, f"got {path}, wanted {wanted}")
    for container in main:
        yield from _different(resource, container)


def _different(resource: Resource, container: Container) -> Iterator[Problem]:
    # One endpoint for both restarts a pod whose database is away.
    live, ready = (container.get(probe) for probe in PROBES)
    asked = [name for name in ("exec", "grpc", "httpGet", "tcpSocket") if _asks(live, ready, name)]
    if asked:
        message = "got what the liveness probe asks too, wanted another question"
        yield advised(resource, container.at(f"readinessProbe.{asked[0]}"), message)


def _asks(live: object, ready: object, name: str) -> bool:
    """Whether both probes ask the same in this way."""
    asked = read(live, name)
    return asked is not MISSING and asked == read(ready, name) and not partly_unknown(asked)


def _graceful(resource: Resource, pods: PodTemplate) -> Iterator[Problem]:
    grace = pods.get("terminationGracePeriodSeconds")
    path = pods.at("terminationGracePeriodSeconds")
    if grace is UNKNOWN:
        yield undecided(resource, path)
    elif isinstance(grace, int) and grace < SHORTEST_GRACE:
        yield failed(resource, path, f"got {grace} s, wanted {SHORTEST_GRACE} or more")
    if items(pods.get("readinessGates")):
        return
    for container in pods.containers(Role.MAIN):
        # Only what is asked over the network has somebody to say good-bye to.
        if items(container.get("ports")) and container.get("lifecycle", "preStop") is MISSING:
            message = "got none, wanted a pause: routes forget a pod later than it is told to end"
            yield advised(resource, container.at("lifecycle.preStop"), message)


def _no_bare_pods(resource: Resource, _: Context) -> Iterator[Problem]:
    message = "got pods nobody rolls out or moves, wanted a Deployment, StatefulSet or Job"
    yield failed(resource, "", message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-17",
        title="Pods answer whether they live and whether they are ready, on two paths",
        severity=Severity.MEDIUM,
        remedy="add a livenessProbe on /livez and a readinessProbe on /readyz",
        types=LONG_RUNNING,
        resource=of_pods(_probed),
    ),
    Rule(
        id="K8S-27",
        title="Pods belong to something that rolls them out",
        severity=Severity.MEDIUM,
        remedy="make a Deployment, a StatefulSet or a Job of it",
        types=BARE,
        resource=_no_bare_pods,
    ),
    Rule(
        id="K8S-32",
        title="Pods get the time to end",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="leave terminationGracePeriodSeconds at 30 or more and add a preStop sleep",
        types=REPLICATED,
        resource=of_pods(_graceful),
    ),
)
