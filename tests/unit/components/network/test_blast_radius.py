"""A change of configuration touches what it is about and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.recording import Recording

NetworkRecorder = Callable[..., Recording]

FCK_NAT: dict[str, Any] = {"nat": "fck-nat", "fck_nat": {"image_id": "ami-0123456789abcdef0"}}
EGRESS = {f"network-private-egress-{zone}" for zone in "abc"}


class Difference:
    """What an update would do, by logical name, going by URNs and inputs."""

    def __init__(self, before: Recording, after: Recording) -> None:
        old = {one.urn: one for one in before.resources}
        new = {one.urn: one for one in after.resources}
        self.added = {one.name for urn, one in new.items() if urn not in old}
        self.removed = {one.name for urn, one in old.items() if urn not in new}
        self.changed = {
            one.name: sorted(
                key
                for key in one.inputs.keys() | old[urn].inputs.keys()
                if one.inputs.get(key) != old[urn].inputs.get(key)
            )
            for urn, one in new.items()
            if urn in old and one.inputs != old[urn].inputs
        }


def of_zone(zone: str) -> set[str]:
    tiers = ("private", "public", "database", "elasticache", "intra")
    return {
        *(f"network-{tier}-{part}-{zone}" for tier in tiers for part in ("subnet", "association")),
        f"network-private-table-{zone}",
        f"network-private-egress-{zone}",
    }


ENDPOINTS = {f"network-endpoint-{service}": ["routeTableIds"] for service in ("dynamodb", "s3")}


def test_a_new_zone_adds_only_what_is_in_it(network: NetworkRecorder) -> None:
    found = Difference(
        network(nat="per-az"), network(nat="per-az", availability_zones=["a", "b", "c", "d"])
    )
    nat = {"network-nat-gateway-d", "network-nat-address-d"}
    assert found.added == of_zone("d") | nat
    assert found.removed == set()
    assert found.changed == ENDPOINTS


def test_a_new_tier_adds_only_its_own(network: NetworkRecorder) -> None:
    found = Difference(network(tiers={"elasticache": False}), network())
    assert found.added == {
        "network-elasticache",
        "network-elasticache-table",
        *(
            f"network-elasticache-{part}-{zone}"
            for part in ("subnet", "association")
            for zone in "abc"
        ),
    }
    assert found.removed == set()
    assert found.changed == ENDPOINTS


def test_more_nat_gateways_keep_the_first_and_turn_the_other_routes(
    network: NetworkRecorder,
) -> None:
    found = Difference(network(nat="single"), network(nat="per-az"))
    assert found.added == {
        f"network-nat-{part}-{z}" for part in ("gateway", "address") for z in "bc"
    }
    assert found.removed == set()
    turned = {f"network-private-egress-{zone}": ["natGatewayId"] for zone in "bc"}
    assert found.changed == turned


def test_a_nat_instance_takes_over_by_turning_the_routes(network: NetworkRecorder) -> None:
    found = Difference(network(nat="single"), network(**FCK_NAT))
    assert all(name.startswith("network-nat") for name in found.added | found.removed)
    assert found.changed == {name: ["natGatewayId", "networkInterfaceId"] for name in EGRESS}


def test_without_nat_only_nat_and_its_routes_go(network: NetworkRecorder) -> None:
    found = Difference(network(nat="single"), network(nat="none"))
    assert found.added == set()
    assert found.removed == {
        *EGRESS,
        "network-nat",
        "network-nat-address-a",
        "network-nat-gateway-a",
    }
    assert found.changed == {}


@pytest.mark.parametrize(
    ("values", "changed"),
    [
        ({"flow_logs": {"retention_days": 30}}, {"network-flow-group": ["retentionInDays"]}),
        (
            {"flow_logs": {"aggregation_seconds": 600}},
            {"network-flow-log": ["maxAggregationInterval"]},
        ),
        ({"readable_buckets": ["packages.example.org"]}, {"network-endpoint-s3": ["policy"]}),
    ],
)
def test_a_setting_changes_its_own_resource(
    network: NetworkRecorder, values: dict[str, Any], changed: dict[str, list[str]]
) -> None:
    found = Difference(network(), network(**values))
    assert (found.added, found.removed, found.changed) == (set(), set(), changed)
