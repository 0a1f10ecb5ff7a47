"""Node pools one cannot configure."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.eks.node_pool_settings import DEFAULT_POOLS, Capacity, NodePoolsConfig

SPOT = {"architecture": "arm64", "capacity": "spot", "weight": 2}
ON_DEMAND = {"architecture": "arm64", "capacity": "on-demand", "weight": 1}


@pytest.mark.parametrize(
    ("pools", "message"),
    [
        ({"spot": SPOT}, r"got only Spot pools \(spot\), wanted one of on-demand nodes too"),
        ({"a": ON_DEMAND, "b": {**SPOT, "weight": 1}}, "at least 2 characters|pattern"),
        (
            {"aa": ON_DEMAND, "bb": {**SPOT, "weight": 1}},
            r"got weights \[1, 1\], wanted each once",
        ),
        (
            {"aa": ON_DEMAND, "bb": {**SPOT, "families": 2}},
            "got 2 with capacity: spot, wanted at least 5",
        ),
        ({"aa": {**ON_DEMAND, "least_generation": 4}}, "greater than or equal to 5"),
        ({"aa": {**ON_DEMAND, "expire_after_hours": 0}}, "greater than or equal to 24"),
    ],
)
def test_pools_that_would_not_do_are_refused(pools: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        NodePoolsConfig.model_validate({"pools": pools})


def test_the_default_has_both_architectures_bought_both_ways() -> None:
    assert set(DEFAULT_POOLS) == {
        "ondemand-amd64",
        "ondemand-arm64",
        "spot-amd64",
        "spot-arm64",
    }
    assert NodePoolsConfig().pools == dict(DEFAULT_POOLS)


@pytest.mark.parametrize("kind", ["ondemand", "spot"])
def test_a_pod_that_names_no_architecture_lands_on_amd64(kind: str) -> None:
    assert DEFAULT_POOLS[f"{kind}-amd64"].weight > DEFAULT_POOLS[f"{kind}-arm64"].weight


def test_spot_is_tried_first_and_diverse_without_being_told() -> None:
    spot = [pool for pool in DEFAULT_POOLS.values() if pool.capacity is Capacity.SPOT]
    rest = [pool for pool in DEFAULT_POOLS.values() if pool.capacity is not Capacity.SPOT]
    assert min(pool.weight for pool in spot) > max(pool.weight for pool in rest)
    assert {pool.least_families() for pool in spot} == {5}
    assert {pool.least_families() for pool in rest} == {1}
