"""Which nodes NodePools and waiting pods would get."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.control_plane.instances import ZONE, matches, of_type
from sandbox.control_plane.pools import FOR_POD, Pool, fits, for_waiting, pool_of, quantity

REGION = "eu-central-1"
ARM = {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}
SPOT = {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot", "on-demand"]}
TAINT = {"key": "team", "value": "data", "effect": "NoSchedule"}


def pool(*requirements: dict[str, Any], **spec: Any) -> Pool:  # noqa: ANN401 - parts of a NodePool
    taints = spec.pop("taints", [])
    template = {"spec": {"requirements": list(requirements), "taints": taints}}
    return pool_of({"metadata": {"name": "p"}, "spec": {"template": template, **spec}}, REGION)


def pod(cpu: str = "100m", uid: str = "1", **spec: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
    container = {"resources": {"requests": {"cpu": cpu}}}
    condition = {"type": "PodScheduled", "reason": "Unschedulable"}
    return {
        "metadata": {"uid": uid},
        "spec": {"containers": [container], **spec},
        "status": {"conditions": [condition]},
    }


class Pending:
    """An API server that knows pods alone."""

    def __init__(self, *pods: dict[str, Any]) -> None:
        self.pods = pods

    def items(self, _path: str) -> list[dict[str, Any]]:
        return list(self.pods)


def test_a_pool_begins_with_a_node_in_each_zone() -> None:
    first = dict(pool(ARM, SPOT).first())
    assert sorted(offer.zone[-1] for offer in first.values()) == ["a", "b", "c"]
    labels = [pool(ARM, SPOT).labels_on(offer) for offer in first.values()]
    assert {one["kubernetes.io/arch"] for one in labels} == {"arm64"}
    assert {one["karpenter.sh/capacity-type"] for one in labels} == {"spot"}
    assert {one["karpenter.sh/nodepool"] for one in labels} == {"p"}


def test_a_pool_that_says_no_capacity_type_is_on_demand() -> None:
    assert not any(offer.spot for offer in pool(ARM).offers)


def test_a_pool_without_spot_falls_back_to_what_else_it_allows() -> None:
    assert not any(offer.spot for _, offer in pool(SPOT).without(set(), spot=True).first())
    only = {**SPOT, "values": ["spot"]}
    assert list(pool(only).without(set(), spot=True).first()) == []


def test_a_limit_ends_what_a_pool_begins_with() -> None:
    assert len(list(pool(ARM, limits={"cpu": "8"}).first())) == 2


def test_a_label_of_the_teams_own_is_on_the_nodes() -> None:
    own = {"key": "team", "operator": "In", "values": ["data"]}
    chosen = pool(own)
    assert chosen.labels_on(chosen.offers[0])["team"] == "data"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, False),
        ({"tolerations": [{"key": "team", "operator": "Exists"}]}, True),
        ({"tolerations": [{"key": "team", "value": "web"}]}, False),
        ({"tolerations": [{"operator": "Exists"}], "nodeSelector": {"x": "y"}}, False),
        ({"tolerations": [{"operator": "Exists"}], "cpu": "64"}, False),
    ],
)
def test_a_pod_fits_where_it_tolerates_and_has_room(
    spec: dict[str, Any], *, expected: bool
) -> None:
    tainted = pool(ARM, taints=[TAINT])
    assert any(fits(pod(**spec), tainted, offer) for offer in tainted.offers) is expected


def node_for(uid: str) -> dict[str, Any]:
    metadata = {"name": f"node-of-{uid}", "annotations": {FOR_POD: uid}}
    return {"metadata": metadata, "status": {}}


def test_each_waiting_pod_gets_a_node_once_and_zones_take_turns() -> None:
    pods = [pod(uid=str(number)) for number in range(3)]
    client: Any = Pending(*pods)
    chosen = list(for_waiting(client, [pool(ARM)], []))
    assert sorted(offer.zone[-1] for _, offer, _ in chosen) == ["a", "b", "c"]
    served = [node_for(str(number)) for number in range(3)]
    assert list(for_waiting(client, [pool(ARM)], served)) == []


def test_a_pod_whose_node_went_to_another_gets_one_more() -> None:
    waiting, running = pod(uid="1"), pod(uid="2", nodeName="node-of-1")
    running["status"] = {}
    client: Any = Pending(waiting, running)
    nodes = [node_for("1"), node_for("2")]
    assert [one["metadata"]["uid"] for *_, one in for_waiting(client, [pool(ARM)], nodes)] == ["1"]
    more = {**node_for("1"), "metadata": {**node_for("1")["metadata"], "name": "another"}}
    assert list(for_waiting(client, [pool(ARM)], [*nodes, more])) == []


class Volumes(Pending):
    """An API server that knows a volume of zone b too, and the claim that has it."""

    def get(self, path: str) -> dict[str, Any]:
        values = [f"{REGION}b"]
        terms = [{"matchExpressions": [{**ARM, "key": ZONE, "values": values}]}]
        affinity = {"nodeAffinity": {"required": {"nodeSelectorTerms": terms}}}
        return {
            "/api/v1/namespaces/n/persistentvolumeclaims/c": {"spec": {"volumeName": "v"}},
            "/api/v1/persistentvolumes/v": {"spec": affinity},
        }[path]


@pytest.mark.parametrize(("lost", "zones"), [(set[str](), ["b"]), ({f"{REGION}b"}, [])])
def test_a_pod_gets_a_node_where_its_volume_is_and_none_elsewhere(
    lost: set[str], zones: list[str]
) -> None:
    waiting = pod(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}])
    waiting["metadata"]["namespace"] = "n"
    client: Any = Volumes(waiting)
    left = pool(ARM).without(lost, spot=False)
    assert [offer.zone[-1] for _, offer, _ in for_waiting(client, [left], [])] == zones


def test_no_node_is_started_beyond_the_limit_of_its_pool() -> None:
    client: Any = Pending(*(pod(cpu="3", uid=str(number)) for number in range(5)))
    assert len(list(for_waiting(client, [pool(ARM, limits={"cpu": 8})], []))) == 2


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("In", ["4", "8"], True),
        ("In", ["8"], False),
        ("NotIn", ["8"], True),
        ("NotIn", ["4"], False),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
        ("Gt", ["3"], True),
        ("Gt", ["4"], False),
        ("Lt", ["5"], True),
        ("Lt", ["4"], False),
    ],
)
def test_requirements_mean_what_kubernetes_says(
    operator: str, values: list[str], *, expected: bool
) -> None:
    assert matches({"n": "4"}, [{"key": "n", "operator": operator, "values": values}]) is expected


def test_an_unknown_instance_type_is_taken_by_its_name() -> None:
    offer = of_type("m9g.2xlarge", "on-demand", REGION, f"{REGION}a")
    assert (offer.cpu, offer.memory) == (8, 32768)
    assert offer.labels["kubernetes.io/arch"] == "arm64"


@pytest.mark.parametrize(
    ("text", "number"), [("100m", "0.1"), ("2", "2"), ("1Ki", "1024"), ("1.5G", "1500000000")]
)
def test_quantities_are_numbers(text: str, number: str) -> None:
    assert quantity(text) == Decimal(number)


def test_what_is_no_quantity_says_what_was_wanted() -> None:
    with pytest.raises(ValueError, match="got quantity '1 GB', wanted"):
        quantity("1 GB")
