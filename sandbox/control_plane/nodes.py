"""The nodes of a control plane: simulated by kwok, one for each that EKS or Karpenter would start.

`sync_nodes` makes them what node groups, NodePools and waiting pods ask for. `lose_zone` and
`lose_spot` take some away for a test, until `restore`.
"""

import contextlib
import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Callable, Container, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sandbox.control_plane import pools
from sandbox.control_plane.api import ApiError, Client
from sandbox.control_plane.groups import NodeGroup, groups_of
from sandbox.control_plane.instances import CAPACITY_TYPE, SPOT, ZONE, Offer, of_type, zones_of
from sandbox.control_plane.plane import ControlPlane
from sandbox.control_plane.pools import FOR_POD, Pool

SIMULATED: Final = "kwok.x-k8s.io/node"
"""The annotation by which kwok's own tools know simulated nodes."""

_NODES: Final = "/api/v1/nodes"
_GROUP: Final = "eks.amazonaws.com/nodegroup"
_LOST: Final = "lost.json"
_CONFLICT: Final = 409
_OVERLOOKED: Final = dt.timedelta(seconds=3)

Node = dict[str, Any]


def join(  # noqa: PLR0913 - what a node is
    control_plane: ControlPlane,
    name: str,
    *,
    labels: Mapping[str, str],
    taints: Sequence[Mapping[str, str]] = (),
    capacity: Mapping[str, str] | None = None,
    zone: str,
    for_pod: str = "",
) -> None:
    """Let a simulated node join, unless it has.

    Args:
        control_plane: What it joins.
        name: Its name.
        labels: Beside those that every node has.
        taints: As in a node's spec.
        capacity: As in its status; that of its instance type when left out.
        zone: Its availability zone.
        for_pod: The uid of the pod it was started for.
    """
    document = _document(control_plane, name, zone, labels, capacity or {})
    document["spec"]["taints"] = [dict(taint) for taint in taints]
    if for_pod:
        document["metadata"]["annotations"][FOR_POD] = for_pod
    with contextlib.closing(control_plane.client()) as client:
        try:
            client.request("POST", _NODES, document)
        except ApiError as error:
            if error.status != _CONFLICT:
                raise


def sync_nodes(
    control_plane: ControlPlane, *, groups: Sequence[NodeGroup] | None = None
) -> tuple[str, ...]:
    """Start and end nodes until they are what is asked for; the names of all there are then.

    A pod that no node has room for gets one of the first NodePool that it fits, once: call it again
    while pods wait.

    Args:
        control_plane: Whose nodes.
        groups: The node groups; those that EKS says when left out.
    """
    known = groups_of(control_plane) if groups is None else groups
    nudge(control_plane)
    with _exclusively(control_plane), contextlib.closing(control_plane.client()) as client:
        lost_zones, spot_lost = _lost(control_plane)
        present = {node["metadata"]["name"]: node for node in client.items(_NODES)}
        offered = pools.pools_of(client, control_plane.region)
        usable = [one.without(lost_zones, spot=spot_lost) for one in offered]
        wanted = _group_nodes(control_plane, known, lost_zones, spot=spot_lost)
        wanted |= {name: _pool_node(pool, offer) for pool in usable for name, offer in pool.first()}
        for name, arguments in wanted.items():
            if name not in present:
                join(control_plane, name, **arguments)
        sources = {group.name for group in known} | {pool.name for pool in offered}
        for name, node in present.items():
            if _is_simulated(node) and name not in wanted and not _stays(node, sources):
                _end(client, name)
        # A pod that waits may have room on what has just been started.
        waiting_for = usable if wanted.keys() <= present.keys() else []
        for pool, offer, pod in pools.for_waiting(client, waiting_for, list(present.values())):
            name = _unused(pool.node_name(offer.zone, pod["metadata"]["uid"]), present)
            join(control_plane, name, **_pool_node(pool, offer), for_pod=pod["metadata"]["uid"])
        return tuple(sorted(node["metadata"]["name"] for node in client.items(_NODES)))


def nudge(control_plane: ControlPlane) -> int:
    """Touch pods that were given a node a while ago and have not started; how many they were.

    kwok 0.8.0 overlooks one now and then, until something about it changes. Call it while waiting.
    """
    now = dt.datetime.now(dt.UTC)
    count = 0
    with contextlib.closing(control_plane.client()) as client:
        for pod in client.items("/api/v1/pods?fieldSelector=status.phase%3DPending"):
            if _overlooked(pod, now):
                count += 1
                meta = pod["metadata"]
                path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
                body = {"metadata": {"annotations": {"sandbox/nudged": now.isoformat()}}}
                # It may have gone meanwhile.
                with contextlib.suppress(ApiError):
                    client.request("PATCH", path, body, content="application/merge-patch+json")
    return count


def _overlooked(pod: Mapping[str, Any], now: dt.datetime) -> bool:
    for condition in pod.get("status", {}).get("conditions") or ():
        if condition["type"] == "PodScheduled" and condition["status"] == "True":
            since = dt.datetime.fromisoformat(condition["lastTransitionTime"])
            return now - since > _OVERLOOKED
    return False


def lose_zone(control_plane: ControlPlane, zone: str) -> tuple[str, ...]:
    """End every node of a zone and its pods with it; none starts there again before `restore`.

    Returns:
        The names of the nodes that were lost.
    """
    zones, spot = _lost(control_plane)
    _lose(control_plane, {*zones, zone}, spot=spot)
    return _end_where(control_plane, lambda labels: labels.get(ZONE) == zone)


def lose_spot(control_plane: ControlPlane) -> tuple[str, ...]:
    """End every spot node and its pods with it; no spot node starts again before `restore`.

    Returns:
        The names of the nodes that were lost.
    """
    _lose(control_plane, _lost(control_plane)[0], spot=True)
    return _end_where(
        control_plane,
        lambda labels: (
            SPOT
            in (labels.get(CAPACITY_TYPE), labels.get("eks.amazonaws.com/capacityType", "").lower())
        ),
    )


def restore(control_plane: ControlPlane) -> None:
    """Give back what was lost; `sync_nodes` starts the nodes."""
    (control_plane.directory / _LOST).unlink(missing_ok=True)


def _document(
    control_plane: ControlPlane,
    name: str,
    zone: str,
    labels: Mapping[str, str],
    capacity: Mapping[str, str],
) -> dict[str, Any]:
    kind = labels.get(CAPACITY_TYPE, "on-demand")
    instance_type = labels.get("node.kubernetes.io/instance-type", "m7g.xlarge")
    offer = of_type(instance_type, kind, control_plane.region, zone)
    digest = hashlib.sha256(f"{control_plane.directory.name}/{name}".encode()).digest()
    address = ".".join(map(str, (10, *digest[:3])))
    architecture = offer.labels["kubernetes.io/arch"]
    # The kubelet of a node group's node sets no label of Karpenter's.
    own = {key: value for key, value in offer.labels.items() if "karpenter" not in key}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {SIMULATED: "fake"},
            "labels": {**own, "kubernetes.io/hostname": name, **labels},
        },
        "spec": {"providerID": f"aws:///{zone}/i-{digest.hex()[:17]}"},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": address},
                {"type": "Hostname", "address": name},
            ],
            "allocatable": dict(capacity or offer.allocatable),
            "capacity": dict(capacity or offer.capacity),
            "nodeInfo": {
                **dict.fromkeys(("bootID", "kernelVersion", "machineID", "systemUUID"), ""),
                "architecture": architecture,
                "containerRuntimeVersion": "containerd://2.1",
                "kubeProxyVersion": "",
                "kubeletVersion": f"v{control_plane.version}.0",
                "operatingSystem": "linux",
                "osImage": "simulated",
            },
        },
    }


def _group_nodes(
    control_plane: ControlPlane, groups: Sequence[NodeGroup], lost: set[str], *, spot: bool
) -> dict[str, dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for group in groups:
        zones = [one for one in group.zones or zones_of(control_plane.region) if one not in lost]
        if group.spot and spot:
            continue
        for number in range(group.size if zones else 0):
            kind = "SPOT" if group.spot else "ON_DEMAND"
            own = {_GROUP: group.name, "eks.amazonaws.com/capacityType": kind}
            labels = {"node.kubernetes.io/instance-type": group.instance_type, **own}
            # Started where fewest are: an Auto Scaling group balances its zones.
            zone = zones[number % len(zones)]
            nodes[f"{group.name}-{number}-{zone}"] = {
                "labels": {**labels, **group.labels},
                "taints": group.taints,
                "zone": zone,
            }
    return nodes


def _pool_node(pool: Pool, offer: Offer) -> dict[str, Any]:
    return {"labels": pool.labels_on(offer), "taints": pool.taints, "zone": offer.zone}


def _unused(name: str, present: Container[str]) -> str:
    """The name, with a number behind it where a node has it already."""
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return name if name not in present else next(one for one in numbered if one not in present)


def _stays(node: Node, sources: set[str]) -> bool:
    """Whether it was started for a pod of a pool that is still there, or by hand."""
    labels, annotations = node["metadata"]["labels"], node["metadata"].get("annotations", {})
    source = labels.get(_GROUP) or labels.get(pools.POOL)
    return source is None or (source in sources and FOR_POD in annotations)


def _is_simulated(node: Node) -> bool:
    return SIMULATED in node["metadata"].get("annotations", {})


def _end_where(
    control_plane: ControlPlane, chosen: Callable[[Mapping[str, str]], bool]
) -> tuple[str, ...]:
    with _exclusively(control_plane), contextlib.closing(control_plane.client()) as client:
        nodes = [node["metadata"] for node in client.items(_NODES)]
        names = [node["name"] for node in nodes if chosen(node.get("labels", {}))]
        for name in names:
            _end(client, name)
    return tuple(names)


def _end(client: Client, name: str) -> None:
    client.delete(f"{_NODES}/{name}")
    # The garbage collector of pods would leave them for 40 s.
    for pod in client.items(f"/api/v1/pods?fieldSelector=spec.nodeName%3D{name}"):
        meta = pod["metadata"]
        client.delete(f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}")


def _lost(control_plane: ControlPlane) -> tuple[set[str], bool]:
    try:
        said = json.loads((control_plane.directory / _LOST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set(), False
    return set(said["zones"]), bool(said["spot"])


def _lose(control_plane: ControlPlane, zones: set[str], *, spot: bool) -> None:
    file = Path(control_plane.directory, _LOST)
    file.write_text(json.dumps({"zones": sorted(zones), "spot": spot}), encoding="utf-8")


@contextlib.contextmanager
def _exclusively(control_plane: ControlPlane) -> Generator[None]:
    from filelock import FileLock  # noqa: PLC0415 - only where nodes change

    with FileLock(control_plane.directory / "nodes.lock"):
        yield
