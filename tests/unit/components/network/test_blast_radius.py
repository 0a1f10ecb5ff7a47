"""A change of configuration touches what it is about and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from components.network import flows
from components.network.endpoint_services import ESSENTIAL, FULL
from components.network.flows import Flow, Role
from tests.difference import Difference
from tests.recording import Recording

NetworkRecorder = Callable[..., Recording]

FCK_NAT: dict[str, Any] = {"nat": "fck-nat", "fck_nat": {"image_id": "ami-0123456789abcdef0"}}
EGRESS = {f"network-private-egress-{zone}" for zone in "abc"}


def of_zone(zone: str) -> set[str]:
    tiers = ("private", "public", "database", "elasticache", "intra")
    return {
        *(f"network-{tier}-{part}-{zone}" for tier in tiers for part in ("subnet", "association")),
        f"network-private-table-{zone}",
        f"network-private-egress-{zone}",
    }


GATEWAYS = {f"network-endpoint-{service}": ["routeTableIds"] for service in ("dynamodb", "s3")}
IN_EVERY_ZONE = {
    **{f"network-privatelink-{service.replace('.', '-')}": ["subnetIds"] for service in ESSENTIAL},
    "network-jumphost-instances": ["vpcZoneIdentifiers"],
}
TO_THE_INTERNET = {
    f"network-security-{role}-to-internet-tcp-443" for role in ("application", "jumphost", "node")
}


def test_a_new_zone_adds_only_what_is_in_it(network: NetworkRecorder) -> None:
    found = Difference(
        network(nat="per-az"), network(nat="per-az", availability_zones=["a", "b", "c", "d"])
    )
    nat = {"network-nat-gateway-d", "network-nat-address-d"}
    assert found.added == of_zone("d") | nat
    assert found.removed == set()
    assert found.changed == GATEWAYS | IN_EVERY_ZONE


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
        "network-security-cache",
        *(
            f"network-security-{rule}-tcp-6379"
            for role in ("application", "jumphost")
            for rule in (f"cache-from-{role}", f"{role}-to-cache")
        ),
    }
    assert found.removed == set()
    assert found.changed == GATEWAYS


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
    others = {name for name in found.added | found.removed if not name.startswith("network-nat")}
    assert others == {
        "network-security-endpoint-from-nat-tcp-443",
        "network-security-nat-to-endpoint-tcp-443",
    }
    assert found.changed == {name: ["natGatewayId", "networkInterfaceId"] for name in EGRESS}


def test_without_nat_only_what_leads_out_goes(network: NetworkRecorder) -> None:
    full = {"endpoints": {"interface": "full"}}
    found = Difference(network(nat="single", **full), network(nat="none", **full))
    assert found.added == set()
    assert found.removed == {
        *EGRESS,
        *TO_THE_INTERNET,
        "network-nat",
        "network-nat-address-a",
        "network-nat-gateway-a",
    }
    assert found.changed == {}


def test_without_nat_the_full_set_of_endpoints_takes_its_place(network: NetworkRecorder) -> None:
    found = Difference(network(nat="single"), network(nat="none"))
    assert found.added == {f"network-privatelink-{one}" for one in set(FULL) - set(ESSENTIAL)}
    assert found.changed == {}


def test_a_new_endpoint_adds_only_itself(network: NetworkRecorder) -> None:
    found = Difference(
        network(endpoints={"interface": ["sts"]}), network(endpoints={"interface": ["sts", "kms"]})
    )
    assert (found.added, found.removed) == ({"network-privatelink-kms"}, set())
    assert found.changed == {}


def test_a_new_flow_adds_only_its_two_ends(
    network: NetworkRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = network()
    added = Flow(
        source=Role.NODE,
        target=Role.CACHE,
        protocol="tcp",
        first_port=6380,
        last_port=6380,
        why="A row more",
    )
    monkeypatch.setattr(flows, "FLOWS", (added, *flows.FLOWS))
    found = Difference(before, network(fresh=True))
    assert found.added == {
        "network-security-cache-from-node-tcp-6380",
        "network-security-node-to-cache-tcp-6380",
    }
    assert (found.removed, found.changed) == (set(), {})


def test_a_new_peer_adds_only_its_connection(network: NetworkRecorder) -> None:
    found = Difference(network(), network(peers=["shared"]))
    assert all(name.startswith("network-peer-shared") or name == "shared" for name in found.added)
    assert (found.removed, found.changed) == (set(), {})


def test_a_peer_that_reaches_another_tier_adds_only_routes(network: NetworkRecorder) -> None:
    peer = {"account": "shared"}
    found = Difference(
        network(peers=[{**peer, "tiers": ["database"]}]),
        network(peers=[{**peer, "tiers": ["database", "private"]}]),
    )
    assert found.added == {
        *(f"network-peer-shared-route-private-{one}-to-{two}" for one in "abc" for two in "abc"),
        *(f"network-peer-shared-return-{one}-to-private-{two}" for one in "abc" for two in "abc"),
    }
    assert (found.removed, found.changed) == (set(), {})


def test_without_a_jumphost_only_what_is_its_own_goes(network: NetworkRecorder) -> None:
    found = Difference(network(access="jumphost"), network(access="none"))
    assert all(
        name.startswith(("network-jumphost", "network-sessions")) or "jumphost" in name
        for name in found.removed
    )
    assert (found.added, found.changed) == (set(), {})


@pytest.mark.parametrize(
    ("values", "changed"),
    [
        ({"flow_logs": {"retention_days": 30}}, {"network-flow-group": ["retentionInDays"]}),
        (
            {"flow_logs": {"aggregation_seconds": 600}},
            {"network-flow-log": ["maxAggregationInterval"]},
        ),
        ({"readable_buckets": ["packages.example.org"]}, {"network-endpoint-s3": ["policy"]}),
        (
            {"jumphost": {"instance_type": "t4g.micro"}},
            {"network-jumphost-template": ["instanceType"]},
        ),
        (
            {"jumphost": {"lifetime_days": 7}},
            {"network-jumphost-instances": ["maxInstanceLifetime"]},
        ),
        ({"sessions": {"idle_minutes": 5}}, {"network-sessions-preferences": ["content"]}),
        ({"sessions": {"retention_days": 90}}, {"network-sessions-group": ["retentionInDays"]}),
    ],
)
def test_a_setting_changes_its_own_resource(
    network: NetworkRecorder, values: dict[str, Any], changed: dict[str, list[str]]
) -> None:
    found = Difference(network(), network(**values))
    assert (found.added, found.removed, found.changed) == (set(), set(), changed)
