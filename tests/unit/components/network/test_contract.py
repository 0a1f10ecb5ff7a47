import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from components.contracts import AccountKind
from components.network.cidr import Tier
from components.network.contract import (
    CONTRACT,
    HUB,
    RETENTION_DAYS,
    NatMode,
    NetworkConfig,
    organization_problems,
)
from components.network.endpoint_services import InterfaceService

IMAGE_ID = "ami-0123456789abcdef0"
PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
A_LETTER = "wanted a letter, a to f; the Region is the organisation's"
REMEDY = "with private subnets of /19, wanted a VPC of /17 or larger, or smaller private subnets"


VPN = {"client_cidr": "10.200.0.0/22", "saml_metadata": "x" * 1000, "groups": ["operators"]}
AN_IMAGE = "an image id or resolve:ssm: and the name of a parameter that holds one"
ONLY_THE_HUB = "wanted shared: it alone is rolled out before all others"
A_CHOICE = "wanted one of default, full, none, or a list of services"
EKS_SERVICES = "wanted a range apart from 172.20.0.0/16 of EKS services"


def config(**values: object) -> NetworkConfig:
    return NetworkConfig.model_validate({"cidr": "10.48.0.0/16", **values})


def problem(**values: object) -> str:
    with pytest.raises(ValidationError) as caught:
        config(**values)
    (error,) = caught.value.errors()
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"


def test_a_cidr_is_all_a_network_needs() -> None:
    found = config()
    assert found.availability_zones == ("a", "b", "c")
    assert found.nat is NatMode.SINGLE
    assert found.private_prefix == 19
    assert list(found.subnets()) == list(Tier)


def test_isolated_tiers_can_be_left_out_one_by_one() -> None:
    for tier in (Tier.DATABASE, Tier.ELASTICACHE, Tier.INTRA):
        found = config(tiers={tier.value: False})
        assert set(found.subnets()) == set(Tier) - {tier}


PROBLEMS: list[tuple[dict[str, Any], str]] = [
    ({"cidr": "10.0.0.0/15"}, "cidr: got 10.0.0.0/15, wanted a /16 or smaller"),
    (
        {"cidr": "8.8.0.0/16"},
        f"cidr: got 8.8.0.0/16, wanted a range within one of {', '.join(PRIVATE_RANGES)}",
    ),
    (
        {"cidr": "10.0.1.0/16"},
        "cidr: got '10.0.1.0/16', wanted an IPv4 CIDR such as 10.20.0.0/16",
    ),
    (
        {"cidr": "10.0.0.0/18"},
        f": got 10.0.0.0/18 for 3 zones {REMEDY}",
    ),
    (
        {"cidr": "172.20.0.0/16"},
        f"cidr: got 172.20.0.0/16, {EKS_SERVICES}",
    ),
    (
        {"access": "client-vpn", "client_vpn": {**VPN, "client_cidr": "172.20.4.0/22"}},
        f"client_vpn.client_cidr: got 172.20.4.0/22, {EKS_SERVICES}",
    ),
    (
        {"access": "client-vpn", "client_vpn": {**VPN, "client_cidr": "10.200.0.0/24"}},
        "client_vpn.client_cidr: got 10.200.0.0/24, wanted a range from /12 to /22",
    ),
    (
        {"access": "client-vpn", "client_vpn": {**VPN, "client_cidr": "10.48.128.0/22"}},
        ": client_vpn.client_cidr: got 10.48.128.0/22, wanted a range apart from 10.48.0.0/16",
    ),
    (
        {"access": "client-vpn", "client_vpn": {**VPN, "zones": 4}},
        ": client_vpn.zones: got 4, wanted at most 3, the network's own",
    ),
    (
        {"access": "client-vpn"},
        ": client_vpn: got none with access: client-vpn, wanted settings",
    ),
    (
        {"access": "none", "client_vpn": VPN},
        ": client_vpn: got settings with access: none, wanted none",
    ),
    (
        {"nat": "none", "endpoints": {"interface": ["sts", "ssm"]}},
        ": access: got jumphost with nat: none, wanted endpoints.interface with ssmmessages",
    ),
    (
        {"peers": ["shared", "shared"]},
        ": peers: got shared, shared, wanted each account once",
    ),
    (
        {"peers": ["shared"], "tiers": {"database": False}},
        ": peers: got the tier database with tiers.database: false, wanted it made",
    ),
    (
        {"peers": [{"account": "shared", "availability_zones": ["a", "a"]}]},
        "peers.0.availability_zones: got a, a, wanted at least one, and each once",
    ),
    (
        {"peers": [{"account": "shared", "tiers": []}]},
        "peers.0.tiers: got none, wanted at least one, and each once",
    ),
    (
        {"peers": [{"account": "shared", "tiers": ["public"]}]},
        "peers.0.tiers.0: got public, wanted one of private, database",
    ),
    (
        {"peers": ["monitoring"]},
        f"peers.0.account: got monitoring, {ONLY_THE_HUB}",
    ),
    (
        {"endpoints": {"interface": "most"}},
        f"endpoints.interface: got 'most', {A_CHOICE}",
    ),
    (
        {"endpoints": {"interface": ["sts", "s3"]}},
        f"endpoints.interface: got 's3', wanted services among {', '.join(InterfaceService)}",
    ),
    (
        {"jumphost": {"image": "latest"}},
        f"jumphost.image: got 'latest', wanted {AN_IMAGE}",
    ),
    (
        {"availability_zones": ["a", "b", "eu-central-1c"]},
        f"availability_zones.2: got 'eu-central-1c', {A_LETTER}",
    ),
    (
        {"availability_zones": ["a", "b", "a"]},
        ": availability_zones: got a, b, a, wanted each zone once",
    ),
    ({"nat": "fck-nat"}, ": fck_nat: got none with nat: fck-nat, wanted settings"),
    (
        {"nat": "single", "fck_nat": {"image_id": IMAGE_ID}},
        ": fck_nat: got settings with nat: single, wanted none",
    ),
    (
        {"nat": "fck-nat", "fck_nat": {"image_id": "fck-nat-al2023-*"}},
        f"fck_nat.image_id: got 'fck-nat-al2023-*', wanted an image id such as {IMAGE_ID}",
    ),
    (
        {"readable_buckets": ["*"]},
        "readable_buckets.0: got '*', wanted the name of a bucket, without wildcards",
    ),
    (
        {"flow_logs": {"retention_days": 0}},
        "flow_logs.retention_days: got 0, wanted one of "
        + ", ".join(str(days) for days in RETENTION_DAYS),
    ),
]


@pytest.mark.parametrize(("values", "wanted"), PROBLEMS)
def test_what_is_wrong_is_told_with_what_was_wanted(values: dict[str, Any], wanted: str) -> None:
    assert problem(**values) == wanted


@pytest.mark.parametrize(
    "values",
    [
        {"private_prefix": 22},
        {"availability_zones": ["a"]},
        {"availability_zones": ["a", "b", "c", "d", "e"]},
        {"nat": "regional"},
        {"flow_logs": {"aggregation_seconds": 30}},
        {"tiers": {"redshift": True}},
        {"vpc": True},
        {"access": "ssh"},
        {"peers": ["production"]},
        {"sessions": {"maximum_hours": 9}},
    ],
)
def test_other_values_are_refused_where_they_are(values: dict[str, Any]) -> None:
    (key,) = values
    assert problem(**values).startswith(key)


def test_a_smaller_vpc_does_where_it_fits() -> None:
    assert config(cidr="10.0.0.0/18", private_prefix=20).subnets()[Tier.INTRA][-1].cidr == (
        "10.0.62.0/24"
    )


def test_overlapping_accounts_are_told_apart_from_each_other() -> None:
    configs = {
        "staging": config(cidr="10.48.0.0/16"),
        "production": config(cidr="10.48.0.0/17"),
        "shared": config(cidr="10.16.0.0/16"),
    }
    assert organization_problems(configs) == [
        ("staging", "cidr", "got 10.48.0.0/16, wanted a range apart from production's 10.48.0.0/17")
    ]


def test_accounts_apart_are_no_problem() -> None:
    assert organization_problems({"staging": config(), "shared": config(cidr="10.16.0.0/16")}) == []


def test_vpn_clients_are_apart_from_every_network() -> None:
    configs = {
        "staging": config(access="client-vpn", client_vpn={**VPN, "client_cidr": "10.16.4.0/22"}),
        "shared": config(cidr="10.16.0.0/16"),
    }
    assert organization_problems(configs) == [
        (
            "staging",
            "client_vpn.client_cidr",
            "got 10.16.4.0/22, wanted a range apart from shared's 10.16.0.0/16",
        )
    ]


def test_a_peer_is_another_accounts_network_with_the_zones_it_has() -> None:
    hub = config(cidr="10.16.0.0/16", runs={"kafka": True})
    peering = config(peers=["shared"])
    assert organization_problems({"staging": peering, "shared": hub}) == []
    other = config(cidr="10.16.0.0/16", availability_zones=["a", "b"])
    assert organization_problems({"staging": peering, "shared": other}) == [
        ("staging", "peers", "got zones a, b, c of shared, wanted its own: a, b"),
        (
            "staging",
            "peers",
            "got shared without runs.kafka, wanted the connectors that read databases",
        ),
    ]
    itself = config(cidr="10.16.0.0/16", peers=["shared"])
    assert organization_problems({"shared": itself}) == [
        ("shared", "peers", "got shared itself, wanted another account's network")
    ]


@pytest.mark.parametrize("kind", AccountKind)
def test_a_network_without_peers_needs_nothing_of_earlier_accounts(kind: AccountKind) -> None:
    assert CONTRACT.reads(config(), kind) == ()


@pytest.mark.parametrize("kind", set(AccountKind) - {HUB})
def test_who_peers_reads_the_hub_and_nothing_else(kind: AccountKind) -> None:
    wanted = {"vpc_id", "subnet_cidrs", "route_table_ids", "security_group_ids"}
    found = CONTRACT.reads(config(peers=["shared"]), kind)
    assert {(read.kind, read.layer) for read in found} == {(HUB, "network")}
    assert {read.output for read in found} == wanted
    only_private = config(peers=[{"account": "shared", "tiers": ["private"]}])
    assert {read.output for read in CONTRACT.reads(only_private, kind)} == wanted - {
        "security_group_ids"
    }


def test_the_hub_reads_nothing_of_itself() -> None:
    assert CONTRACT.reads(config(peers=["shared"]), HUB) == ()


@pytest.mark.parametrize("layer", ["dns", "network"])
def test_a_contract_loads_without_pulumi(layer: str) -> None:
    program = f"import sys, components.{layer}.contract; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
