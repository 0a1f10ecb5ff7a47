"""K8S: workloads outlive a node, a zone and an upgrade (playbook NODE-04 to NODE-06, APP-05)."""

from collections.abc import Iterator
from math import ceil

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.objects import apart, is_patch, selects
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, read, spread
from policy.rules.pod_templates import (
    DEPLOYMENTS,
    REPLICATED,
    ROLLOUTS,
    pods_of,
)
from policy.rules.replication import AUTOSCALERS, replication_of

BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
STATELESS = (*DEPLOYMENTS, *ROLLOUTS)
ZONE = "topology.kubernetes.io/zone"
SEVERAL = 2
WHOLE = 100


def _workloads(graph: Graph, *types: str) -> Iterator[Resource]:
    for workload in graph.of_type(*types):
        # A patch may leave out what it does not change; a Rollout may refer to a Deployment.
        if not is_patch(workload) and workload.get("spec", "workloadRef") is MISSING:
            yield workload


def _budgets(graph: Graph, workload: Resource) -> tuple[list[Resource], bool]:
    """The budgets that cover a workload's pods, and whether none may be added yet."""
    labels = pods_of(workload).labels
    found: list[Resource] = []
    certain = True
    for budget in graph.of_type(BUDGET):
        verdict = _covers(budget, workload, labels)
        certain = certain and verdict is not None
        if verdict:
            found.append(budget)
    return found, certain


def _covers(budget: Resource, workload: Resource, labels: object) -> bool | None:
    if apart(budget, workload):
        return False
    selector = budget.get("spec", "selector")
    return False if selector is MISSING else selects(selector, labels)


def _budgeted(graph: Graph, _: Context) -> Iterator[Problem]:
    for workload in _workloads(graph, *REPLICATED):
        several = replication_of(graph, workload).several
        found, certain = _budgets(graph, workload)
        if found or several is False:
            continue
        if several is None or not certain:
            yield undecided(workload, "spec.template.metadata.labels")
        else:
            message = "got pods that a drain may stop all at once, wanted a PodDisruptionBudget"
            yield failed(workload, "", message)


def _drains_end(graph: Graph, _: Context) -> Iterator[Problem]:
    for budget in graph.of_type(BUDGET):
        yield from _allows_something(budget)
    for workload in _workloads(graph, *REPLICATED):
        found, _certain = _budgets(graph, workload)
        if len(found) > 1:
            message = f"got {len(found)} budgets for the same pods, which no eviction passes"
            yield failed(workload, "", f"{message}; wanted one")
        for budget in found:
            yield from _leaves_room(budget, replication_of(graph, workload).least)


def _allows_something(budget: Resource) -> Iterator[Problem]:
    least, most = (budget.get("spec", name) for name in ("minAvailable", "maxUnavailable"))
    if UNKNOWN in (least, most):
        yield undecided(budget, "spec")
    elif (least is MISSING) == (most is MISSING):
        got = "neither" if least is MISSING else "both"
        yield failed(budget, "spec", f"got {got} of minAvailable and maxUnavailable, wanted one")
    elif _percentage(most) == 0 or most == 0:
        yield failed(budget, "spec.maxUnavailable", f"got {most}, wanted 1 or more")
    elif (share := _percentage(least)) is not None and share >= WHOLE:
        yield failed(budget, "spec.minAvailable", f"got {least}, wanted room for one pod")


def _leaves_room(budget: Resource, replicas: int | None) -> Iterator[Problem]:
    least = budget.get("spec", "minAvailable")
    share = _percentage(least)
    # Kubernetes rounds a percentage up (disruption controller, GetScaledValueFromIntOrPercent).
    kept = least if share is None or replicas is None else ceil(share * replicas / WHOLE)
    if share is not None and share >= WHOLE:
        return  # Whatever their number: said of the budget itself.
    if replicas and isinstance(kept, int) and kept >= replicas:
        message = f"got {least} of {replicas} pods, wanted room for one to go"
        yield failed(budget, "spec.minAvailable", message)


def _percentage(value: object) -> float | None:
    if not isinstance(value, str) or not value.endswith("%"):
        return None
    try:
        return float(value[:-1])
    except ValueError:
        return None


def _replicated(graph: Graph, _: Context) -> Iterator[Problem]:
    for workload in _workloads(graph, *REPLICATED):
        replication = replication_of(graph, workload)
        least = replication.least
        if least is None:
            yield undecided(workload, "spec.replicas")
        elif 0 < least < SEVERAL:
            if replication.autoscaler is None:
                yield failed(workload, "spec.replicas", f"got {least}, wanted {SEVERAL} or more")
            else:
                message = f"got {least}, wanted {SEVERAL} or more"
                yield failed(replication.autoscaler, "spec.minReplicas", message)


def _scaled(graph: Graph, _: Context) -> Iterator[Problem]:
    for workload in _workloads(graph, *STATELESS):
        replication = replication_of(graph, workload)
        if replication.autoscaler is None:
            if replication.certain:
                message = "got a fixed number of pods, wanted a HorizontalPodAutoscaler"
                yield advised(workload, "", message)
        elif read(workload.inputs, "spec", "replicas") is not MISSING:
            message = "got a number beside a HorizontalPodAutoscaler, wanted it left to that"
            yield advised(workload, "spec.replicas", message)


def _spread(graph: Graph, _: Context) -> Iterator[Problem]:
    for workload in _workloads(graph, *REPLICATED):
        if not replication_of(graph, workload).several:
            continue
        pods = pods_of(workload)
        constraints = pods.get("topologySpreadConstraints")
        keys = tuple(spread(constraints, "topologyKey"))
        affinity = mapping(pods.get("affinity", "podAntiAffinity"))
        path = pods.at("topologySpreadConstraints")
        if constraints is UNKNOWN or UNKNOWN in (*keys, *items(constraints)):
            yield undecided(workload, path)
        elif ZONE not in keys and not _keeps_apart(affinity):
            yield failed(workload, path, f"got none over zones, wanted one with {ZONE}")


def _keeps_apart(affinity: object) -> bool:
    required = spread(affinity, "requiredDuringSchedulingIgnoredDuringExecution", "topologyKey")
    path = ("preferredDuringSchedulingIgnoredDuringExecution", "podAffinityTerm", "topologyKey")
    return ZONE in (*required, *spread(affinity, *path))


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-09",
        title="Workloads of several pods have a PodDisruptionBudget",
        severity=Severity.HIGH,
        production_only=True,
        remedy="add a PodDisruptionBudget that selects the pods, with maxUnavailable 1",
        types=(*REPLICATED, BUDGET),
        stack=_budgeted,
    ),
    Rule(
        id="K8S-10",
        title="PodDisruptionBudgets never block a drain",
        severity=Severity.HIGH,
        remedy="use maxUnavailable 1, and one budget for the same pods",
        types=(*REPLICATED, BUDGET),
        stack=_drains_end,
    ),
    Rule(
        id="K8S-11",
        title="Workloads have two pods or more",
        severity=Severity.MEDIUM,
        production_only=True,
        remedy="set replicas, or minReplicas of the autoscaler, to 2 or more",
        types=(*REPLICATED, *AUTOSCALERS),
        stack=_replicated,
    ),
    Rule(
        id="K8S-12",
        title="Stateless workloads are scaled by one object alone",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="add a HorizontalPodAutoscaler and leave spec.replicas out",
        types=(*STATELESS, *AUTOSCALERS),
        stack=_scaled,
    ),
    Rule(
        id="K8S-26",
        title="Pods are spread over zones",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy=f"add a topologySpreadConstraint with topologyKey {ZONE}",
        types=REPLICATED,
        stack=_spread,
    ),
)
