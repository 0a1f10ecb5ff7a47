"""The NodePools as objects."""

from typing import Any

import pytest

from tests.unit.components.eks.platform_ground import platform

POOLS = ("ondemand-amd64", "ondemand-arm64", "spot-amd64", "spot-arm64")


def spec(pool: str, config: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = platform(config).one("NodePool", f"eks-pools-{pool}").inputs["spec"]
    return found


def requirement(pool: str, key: str) -> dict[str, Any]:
    (found,) = [one for one in spec(pool)["template"]["spec"]["requirements"] if one["key"] == key]
    return found


@pytest.mark.parametrize("pool", POOLS)
def test_a_pool_is_bounded_and_rotates(pool: str) -> None:
    found = spec(pool)
    assert found["limits"] == {"cpu": "64", "memory": "256Gi"}
    assert found["disruption"]["consolidationPolicy"] == "WhenEmptyOrUnderutilized"
    template = found["template"]["spec"]
    assert (template["expireAfter"], template["terminationGracePeriod"]) == ("720h", "24h")


@pytest.mark.parametrize("pool", POOLS)
def test_a_pool_is_what_its_name_says(pool: str) -> None:
    kind, architecture = pool.split("-")
    bought = {"ondemand": "on-demand", "spot": "spot"}[kind]
    assert requirement(pool, "kubernetes.io/arch")["values"] == [architecture]
    assert requirement(pool, "karpenter.sh/capacity-type")["values"] == [bought]


@pytest.mark.parametrize("pool", POOLS)
def test_only_spot_nodes_are_tainted(pool: str) -> None:
    taint = {"key": "superinc.com/spot", "value": "true", "effect": "NoSchedule"}
    wanted = [taint] if pool.startswith("spot") else None
    assert spec(pool)["template"]["spec"].get("taints") == wanted


def test_spot_pools_choose_among_five_families_of_new_and_large_machines() -> None:
    assert requirement("spot-arm64", "karpenter.k8s.aws/instance-family")["minValues"] == 5
    generation = requirement("spot-arm64", "karpenter.k8s.aws/instance-generation")
    assert (generation["operator"], generation["values"]) == ("Gt", ["4"])
    assert "medium" in requirement("spot-arm64", "karpenter.k8s.aws/instance-size")["values"]


def test_working_hours_freeze_what_moves_pods_but_not_the_removal_of_empty_nodes() -> None:
    tenth, frozen = spec("spot-arm64")["disruption"]["budgets"]
    assert tenth == {"nodes": "10%"}
    assert frozen == {
        "nodes": "0",
        "schedule": "0 6 * * mon-fri",
        "duration": "12h",
        "reasons": ["Drifted", "Underutilized"],
    }


def test_the_freeze_can_be_left_out() -> None:
    config = {"node_pools": {"disruption": {"freeze_hours": 0, "nodes_percent": 20}}}
    assert spec("spot-arm64", config)["disruption"]["budgets"] == [{"nodes": "20%"}]


def test_pools_are_those_configured() -> None:
    only = {"architecture": "amd64", "capacity": "on-demand", "weight": 1, "cpu_limit": 8}
    recording = platform({"node_pools": {"pools": {"general": only}}})
    assert recording.names("NodePool") == {"eks-pools-general"}


def test_a_pool_goes_before_karpenter_and_its_class() -> None:
    recording = platform()
    needs = {
        recording.by_urn(urn).name
        for urn in recording.one("NodePool", f"eks-pools-{POOLS[0]}").depends_on
    }
    assert {"eks-karpenter-chart", "eks-node-class-class"} <= needs
