"""Free ranges: apart from every other, of the size asked for, with room to grow."""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from automation.free_ranges import PRIVATE_RANGES, free_range

TEN = IPv4Network("10.0.0.0/8")
NEAR = IPv4Network("10.48.0.0/16")


def networks(*cidrs: str) -> set[IPv4Network]:
    return {IPv4Network(cidr) for cidr in cidrs}


@st.composite
def private_networks(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(min_value=10, max_value=24))
    address = draw(st.integers(min_value=0, max_value=TEN.num_addresses - 1))
    return IPv4Network((int(TEN.network_address) + address >> 32 - prefix << 32 - prefix, prefix))


@given(st.sets(private_networks(), max_size=20), st.integers(min_value=16, max_value=24))
def test_a_free_range_is_private_aligned_and_apart_from_all(
    taken: set[IPv4Network], prefix: int
) -> None:
    found = free_range(prefix, taken, NEAR)
    assert found is not None  # the other private ranges are empty
    assert found.prefixlen == prefix
    assert not any(found.overlaps(other) for other in taken)
    assert any(found.subnet_of(private) for private in PRIVATE_RANGES)


@given(st.sets(private_networks(), max_size=6))
def test_one_account_after_another_gets_a_range_of_its_own(taken: set[IPv4Network]) -> None:
    for _ in range(4):
        found = free_range(20, taken, NEAR)
        assert found is not None
        assert not any(found.overlaps(other) for other in taken)
        taken = {*taken, found}


def test_the_largest_free_block_is_halved_so_that_all_keep_room() -> None:
    taken = networks("10.16.0.0/16", "10.32.0.0/16", "10.48.0.0/16", "10.64.0.0/16")
    found: list[str] = []
    for _ in range(4):
        one = free_range(16, taken, NEAR)
        assert one is not None
        found.append(str(one))
        taken.add(one)
    assert found == ["10.128.0.0/16", "10.192.0.0/16", "10.96.0.0/16", "10.160.0.0/16"]


def test_it_stays_in_the_private_range_of_the_others_while_that_has_room() -> None:
    near = IPv4Network("172.16.0.0/16")
    assert free_range(16, {near}, near) == IPv4Network("172.24.0.0/16")
    full = networks("172.16.0.0/12")
    assert free_range(16, full, near) == IPv4Network("10.0.0.0/16")


def test_there_is_none_where_everything_is_taken_or_too_small() -> None:
    assert free_range(16, set(PRIVATE_RANGES), NEAR) is None
    crumbs = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/17")
    assert free_range(16, crumbs, NEAR) is None
    assert free_range(17, crumbs, NEAR) == IPv4Network("192.168.128.0/17")
    assert int(IPv4Address("192.168.128.0")) % 2**15 == 0
