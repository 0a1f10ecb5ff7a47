"""Karpenter's NodePools and the pods that wait: which node would be started for whom.

A small part of what Karpenter decides: the first pool by weight, the first offer that has room.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from sandbox.control_plane.api import ApiError, Client
from sandbox.control_plane.instances import (
    CAPACITY_TYPE,
    ON_DEMAND,
    Offer,
    chosen_labels,
    matches,
    offers,
    zones_of,
)

POOL: Final = "karpenter.sh/nodepool"
FOR_POD: Final = "sandbox/for-pod"
"""The annotation of a node that was started for a waiting pod: its uid."""

_PATH: Final = "/apis/karpenter.sh/v1/nodepools"
_FIRST_CPU: Final = 4
"""vCPUs of the node that a pool begins with in each zone."""

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_UNLIMITED: Final = Decimal(1_000_000)
_UNITS: Final = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTP", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTP", start=1)},
}
_QUANTITY: Final = re.compile(r"([0-9.]+)([a-zA-Z]*)")

Pod = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A NodePool.

    Attributes:
        name: Its name.
        labels: Of its template.
        taints: Of its template; those that end with a node's start are left out.
        requirements: On its nodes.
        offers: What meets them, the preferred first.
        weight: Pools with more are asked first.
        cpu_limit: vCPUs that its nodes may have together.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: tuple[Mapping[str, str], ...] = ()
    requirements: tuple[Mapping[str, Any], ...] = ()
    offers: tuple[Offer, ...] = ()
    weight: int = 0
    cpu_limit: Decimal = _UNLIMITED

    def without(self, zones: AbstractSet[str], *, spot: bool) -> "Pool":
        """The same pool while some zones, or all spot capacity, are lost."""
        left = [one for one in self.offers if one.zone not in zones and not (spot and one.spot)]
        return replace(self, offers=tuple(left))

    def first(self) -> Iterator[tuple[str, Offer]]:
        """The node that it begins with in each zone, within its limit."""
        room = self.cpu_limit
        for zone in dict.fromkeys(one.zone for one in self.offers):
            here = [one for one in self.offers if one.zone == zone]
            offer = next((one for one in here if one.cpu >= _FIRST_CPU), here[-1])
            room -= offer.cpu
            if room >= 0:
                yield self.node_name(zone, offer.labels[CAPACITY_TYPE]), offer

    def node_name(self, zone: str, which: str) -> str:
        """The name of one of its nodes."""
        return f"{self.name}-{zone}-{which[:13].rstrip('-')}"

    def labels_on(self, offer: Offer) -> dict[str, str]:
        """The labels of a node of this pool on an offer."""
        registered = {POOL: self.name, "karpenter.sh/registered": "true"}
        own = dict(chosen_labels(self.requirements)) | dict(offer.labels)
        return {**own, **self.labels, **registered, "karpenter.sh/initialized": "true"}


def pools_of(client: Client, region: str) -> list[Pool]:
    """The NodePools of a cluster, in the order in which they are asked for nodes."""
    found = [pool_of(document, region) for document in client.items(_PATH)]
    return sorted(found, key=lambda pool: (-pool.weight, pool.name))


def pool_of(document: Mapping[str, Any], region: str) -> Pool:
    """One NodePool."""
    spec = document["spec"]
    template = spec["template"]
    requirements = tuple(template["spec"].get("requirements") or ())
    labels: dict[str, str] = dict(_at(template, "metadata", "labels") or {})
    if not any(one["key"] == CAPACITY_TYPE for one in requirements):
        # Karpenter's default where a pool does not say.
        requirements += ({"key": CAPACITY_TYPE, "operator": "In", "values": [ON_DEMAND]},)
    limit = _at(spec, "limits", "cpu")
    own = dict(chosen_labels(requirements)) | labels
    return Pool(
        name=document["metadata"]["name"],
        labels=labels,
        taints=tuple(template["spec"].get("taints") or ()),
        requirements=requirements,
        offers=tuple(
            one
            for one in offers(region, zones_of(region))
            if matches({**own, **one.labels}, requirements)
        ),
        weight=int(spec.get("weight") or 0),
        cpu_limit=_UNLIMITED if limit is None else quantity(limit),
    )


def for_waiting(
    client: Client, pools: Sequence[Pool], nodes: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Pool, Offer, Pod]]:
    """A pool and an offer for each pod that no node has room for, and that none was started for.

    The scheduler may give a pod's node to another that waits: then it gets one more.
    """
    reserved = _reserved(nodes)
    taken = _taken(client) if reserved else set[str]()
    served = {pod for node, pod in reserved.items() if node not in taken}
    used = {pool.name: _used(pool, nodes) for pool in pools}
    path = "/api/v1/pods?fieldSelector=spec.nodeName%3D%2Cstatus.phase%3DPending"
    count = 0
    for pod in client.items(path):
        if pod["metadata"]["uid"] in served or not _unschedulable(pod):
            continue
        volumes = list(_volumes(client, pod))
        for pool in pools:
            fitting = [
                one
                for one in pool.offers
                if fits(pod, pool, one) and _within_reach(volumes, pool.labels_on(one))
            ]
            if not fitting or used[pool.name] + fitting[0].cpu > pool.cpu_limit:
                continue
            # Zones in turn: pods that wait together usually spread.
            zones = list(dict.fromkeys(one.zone for one in fitting))
            zone = zones[count % len(zones)]
            offer = next(one for one in fitting if one.zone == zone)
            used[pool.name] += offer.cpu
            count += 1
            yield pool, offer, pod
            break


def _reserved(nodes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Nodes that were started for a pod → its uid."""
    found = {node["metadata"]["name"]: node["metadata"].get("annotations", {}) for node in nodes}
    return {name: own[FOR_POD] for name, own in found.items() if FOR_POD in own}


def _taken(client: Client) -> set[str]:
    """The nodes that have a pod already."""
    pods = client.items("/api/v1/pods?fieldSelector=spec.nodeName%21%3D")
    return {str(pod["spec"].get("nodeName", "")) for pod in pods}


def fits(pod: Pod, pool: Pool, offer: Offer) -> bool:
    """Whether a pod could run on a node of this pool and offer, were it empty."""
    spec, labels = pod["spec"], pool.labels_on(offer)
    selector: Mapping[str, str] = spec.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    affinity = _at(spec, "affinity", "nodeAffinity", _REQUIRED)
    terms: list[Mapping[str, Any]] = _at(affinity, "nodeSelectorTerms") or [{}]
    if not any(matches(labels, term.get("matchExpressions") or ()) for term in terms):
        return False
    tolerations = spec.get("tolerations") or ()
    if not all(_tolerated(taint, tolerations) for taint in pool.taints):
        return False
    free = offer.allocatable
    return all(
        requested(pod, resource) <= quantity(free[resource]) for resource in ("cpu", "memory")
    )


def _volumes(client: Client, pod: Pod) -> Iterator[Mapping[str, Any]]:
    """The volumes of a pod that are there already: they are in a zone (Karpenter: volumes)."""
    claims = [
        _at(one, "persistentVolumeClaim", "claimName") for one in pod["spec"].get("volumes") or ()
    ]
    for claim in filter(None, claims):
        space = f"/api/v1/namespaces/{pod['metadata']['namespace']}"
        found = _found(client, f"{space}/persistentvolumeclaims/{claim}")
        if name := _at(found, "spec", "volumeName"):
            yield _found(client, f"/api/v1/persistentvolumes/{name}")


def _found(client: Client, path: str) -> dict[str, Any]:
    try:
        return client.get(path)
    except ApiError:
        return {}


def _within_reach(volumes: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> bool:
    """Whether a node with these labels can attach the volumes."""
    wanted = [_at(one, "spec", "nodeAffinity", "required", "nodeSelectorTerms") for one in volumes]
    return all(
        any(matches(labels, term.get("matchExpressions") or ()) for term in terms)
        for terms in wanted
        if terms
    )


def requested(pod: Pod, resource: str) -> Decimal:
    """What the containers of a pod ask for together."""
    return sum(
        (
            quantity(_at(one, "resources", "requests", resource) or "0")
            for one in pod["spec"]["containers"]
        ),
        Decimal(0),
    )


def quantity(text: object) -> Decimal:
    """A Kubernetes quantity as a number."""
    match = _QUANTITY.fullmatch(str(text))
    if match is None or match[2] not in _UNITS:
        raise ValueError(f"got quantity {text!r}, wanted a number such as 100m or 2Gi")
    return Decimal(match[1]) * _UNITS[match[2]]


def _used(pool: Pool, nodes: Iterable[Mapping[str, Any]]) -> Decimal:
    """The vCPUs of the nodes that a pool has."""
    return sum(
        (
            quantity(node["status"]["capacity"]["cpu"])
            for node in nodes
            if node["metadata"].get("labels", {}).get(POOL) == pool.name
        ),
        Decimal(0),
    )


def _unschedulable(pod: Pod) -> bool:
    conditions = pod.get("status", {}).get("conditions") or ()
    return any(
        one["type"] == "PodScheduled" and one.get("reason") == "Unschedulable" for one in conditions
    )


def _at(document: Any, *path: str) -> Any:  # noqa: ANN401 - any part of an object
    for name in path:
        document = document.get(name) if document else None
    return document


def _tolerated(taint: Mapping[str, str], tolerations: Iterable[Mapping[str, str]]) -> bool:
    """Whether a taint keeps no pod away (Kubernetes: taints and tolerations)."""
    return taint["effect"] == "PreferNoSchedule" or any(
        one.get("effect") in {None, "", taint["effect"]}
        and (
            (one.get("operator") == "Exists" and one.get("key") in {None, "", taint["key"]})
            or (
                one.get("operator", "Equal") == "Equal"
                and one.get("key") == taint["key"]
                and one.get("value", "") == taint.get("value", "")
            )
        )
        for one in tolerations
    )
