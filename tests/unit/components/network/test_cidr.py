from collections.abc import Sequence
from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.cidr import (
    MAX_ZONES,
    SMALL_TIERS,
    LayoutError,
    PlannedSubnet,
    Tier,
    overlaps,
    plan,
)

ZONES = ("a", "b", "c")

zone_counts = st.integers(min_value=1, max_value=MAX_ZONES)
tier_sets = st.sets(st.sampled_from(list(Tier)))
private_prefixes = st.sampled_from([19, 20, 21])


def network(prefix: int, number: int) -> str:
    return str(IPv4Network(((number << (32 - prefix)) % 2**32, prefix)))


networks = st.builds(
    network,
    prefix=st.integers(min_value=8, max_value=28),
    number=st.integers(min_value=0, max_value=2**28 - 1),
)


def cidrs(subnets: Sequence[PlannedSubnet]) -> list[str]:
    return [subnet.cidr for subnet in subnets]


def test_a_16_is_laid_out_as_the_playbook_draws_it() -> None:
    made = plan("10.64.0.0/16", zones=ZONES, tiers=set(Tier), private_prefix=19)
    assert {tier: cidrs(subnets) for tier, subnets in made.items()} == {
        Tier.PRIVATE: ["10.64.0.0/19", "10.64.32.0/19", "10.64.64.0/19"],
        Tier.PUBLIC: ["10.64.96.0/24", "10.64.97.0/24", "10.64.98.0/24"],
        Tier.DATABASE: ["10.64.100.0/24", "10.64.101.0/24", "10.64.102.0/24"],
        Tier.ELASTICACHE: ["10.64.104.0/24", "10.64.105.0/24", "10.64.106.0/24"],
        Tier.INTRA: ["10.64.108.0/24", "10.64.109.0/24", "10.64.110.0/24"],
    }


@pytest.mark.parametrize(
    ("prefix", "private", "public"),
    [
        (19, ["0.0", "32.0", "64.0", "128.0"], ["96.0", "97.0", "98.0", "99.0"]),
        (20, ["0.0", "16.0", "32.0", "64.0"], ["48.0", "49.0", "50.0", "51.0"]),
        (21, ["0.0", "8.0", "16.0", "40.0"], ["24.0", "25.0", "26.0", "27.0"]),
    ],
)
def test_a_fourth_zone_lies_behind_the_small_tiers(
    prefix: int, private: list[str], public: list[str]
) -> None:
    made = plan("10.0.0.0/16", zones=(*ZONES, "d"), tiers=set(Tier), private_prefix=prefix)
    assert cidrs(made[Tier.PRIVATE]) == [f"10.0.{place}/{prefix}" for place in private]
    assert cidrs(made[Tier.PUBLIC]) == [f"10.0.{place}/24" for place in public]


def test_zones_keep_their_names_and_tiers_their_order() -> None:
    made = plan("10.0.0.0/16", zones=("c", "a"), tiers=set(Tier), private_prefix=19)
    assert list(made) == list(Tier)
    assert all([subnet.zone for subnet in subnets] == ["c", "a"] for subnets in made.values())


def test_only_the_tiers_asked_for_are_planned() -> None:
    made = plan("10.0.0.0/16", zones=ZONES, tiers={Tier.INTRA, Tier.PUBLIC}, private_prefix=19)
    assert list(made) == [Tier.PUBLIC, Tier.INTRA]


@given(networks, zone_counts, tier_sets, private_prefixes)
def test_subnets_never_overlap_and_never_leave_the_vpc(
    cidr: str, count: int, tiers: set[Tier], prefix: int
) -> None:
    try:
        made = plan(cidr, zones="abcd"[:count], tiers=tiers, private_prefix=prefix)
    except LayoutError:
        return
    subnets = [IPv4Network(c) for subnets in made.values() for c in cidrs(subnets)]
    assert len(subnets) == count * len(tiers)
    assert all(subnet.subnet_of(IPv4Network(cidr)) for subnet in subnets)
    assert overlaps({str(number): str(subnet) for number, subnet in enumerate(subnets)}) == []


@given(networks, zone_counts, tier_sets, private_prefixes)
def test_what_is_refused_fits_into_the_size_the_error_names_and_into_no_smaller_one(
    cidr: str, count: int, tiers: set[Tier], prefix: int
) -> None:
    zones = "abcd"[:count]
    try:
        plan(cidr, zones=zones, tiers=tiers, private_prefix=prefix)
    except LayoutError as error:
        wanted = int(str(error).partition("a VPC of /")[2].split()[0])
        assert wanted < IPv4Network(cidr).prefixlen
        plan(f"10.0.0.0/{wanted}", zones=zones, tiers=tiers, private_prefix=prefix)
        with pytest.raises(LayoutError):
            plan(f"10.0.0.0/{wanted + 1}", zones=zones, tiers=tiers, private_prefix=prefix)


@given(
    st.integers(min_value=1, max_value=MAX_ZONES - 1),
    tier_sets,
    st.sampled_from(Tier),
    private_prefixes,
)
def test_adding_a_zone_or_a_tier_moves_nothing(
    count: int, tiers: set[Tier], added: Tier, prefix: int
) -> None:
    before = plan("10.0.0.0/16", zones="abcd"[:count], tiers=tiers, private_prefix=prefix)
    after = plan(
        "10.0.0.0/16", zones="abcd"[: count + 1], tiers=tiers | {added}, private_prefix=prefix
    )
    for tier, subnets in before.items():
        assert after[tier][:count] == subnets


@given(zone_counts, tier_sets, private_prefixes)
def test_the_size_of_the_vpc_moves_nothing_inside_it(
    count: int, tiers: set[Tier], prefix: int
) -> None:
    smaller, larger = (
        plan(f"10.0.0.0/{size}", zones="abcd"[:count], tiers=tiers, private_prefix=prefix)
        for size in (15, 16)
    )
    assert smaller == larger


def test_the_smallest_vpc_of_the_playbook_is_a_17() -> None:
    made = plan("10.0.0.0/17", zones=ZONES, tiers=set(Tier), private_prefix=19)
    assert cidrs(made[Tier.INTRA])[-1] == "10.0.110.0/24"
    with pytest.raises(
        LayoutError,
        match=r"got 10\.0\.0\.0/18 for 3 zones with private subnets of /19, wanted a VPC of /17 ",
    ):
        plan("10.0.0.0/18", zones=ZONES, tiers=set(Tier), private_prefix=19)


def test_more_zones_than_places_are_refused() -> None:
    with pytest.raises(LayoutError, match="got 5 zones, wanted at most 4"):
        plan("10.0.0.0/16", zones="abcde", tiers=set(Tier), private_prefix=21)


def test_no_small_tier_runs_into_the_next() -> None:
    made = plan("10.0.0.0/16", zones="abcd", tiers=set(SMALL_TIERS), private_prefix=19)
    blocks = [cidr for subnets in made.values() for cidr in cidrs(subnets)]
    assert blocks == [f"10.0.{block}.0/24" for block in range(96, 112)]


def test_overlaps_are_named_once_in_order() -> None:
    assert overlaps(
        {
            "staging": "10.0.0.0/16",
            "production": "10.0.128.0/17",
            "shared": "10.1.0.0/16",
            "monitoring": "10.0.0.0/8",
        }
    ) == [
        ("monitoring", "production"),
        ("monitoring", "shared"),
        ("monitoring", "staging"),
        ("production", "staging"),
    ]


def test_neighbours_do_not_overlap() -> None:
    assert overlaps({"staging": "10.0.0.0/16", "production": "10.1.0.0/16"}) == []


@given(st.dictionaries(st.sampled_from("abcdef"), networks))
def test_an_overlap_is_a_shared_address(named: dict[str, str]) -> None:
    found = set(overlaps(named))
    for (one, left), (other, right) in combinations(sorted(named.items()), 2):
        left_range, right_range = IPv4Network(left), IPv4Network(right)
        first = max(left_range.network_address, right_range.network_address)
        last = min(left_range.broadcast_address, right_range.broadcast_address)
        assert ((one, other) in found) is (first <= last)
