"""Physical names and their limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.naming import (
    ACCOUNT_ALIAS_LIMIT,
    LOAD_BALANCER_LIMIT,
    key_alias,
    physical_name,
    role_arn,
    root_arn,
)

PARTS = st.lists(st.from_regex(r"[a-z0-9]{1,40}", fullmatch=True), min_size=1, max_size=4)


def test_a_name_within_the_limit_is_the_parts_joined() -> None:
    assert physical_name("superinc", "staging", limit=ACCOUNT_ALIAS_LIMIT) == "superinc-staging"


def test_a_cut_name_ends_in_a_hash_of_the_whole() -> None:
    long = "very-long-application-name-of-a-team"
    blue = physical_name(long, "blue", limit=LOAD_BALANCER_LIMIT)
    green = physical_name(long, "green", limit=LOAD_BALANCER_LIMIT)
    assert blue[:20] == green[:20]
    assert blue != green


@given(PARTS, st.integers(min_value=8, max_value=64))
def test_every_name_keeps_to_its_limit(parts: list[str], limit: int) -> None:
    name = physical_name(*parts, limit=limit)
    assert len(name) <= limit
    assert not name.startswith("-")


@given(PARTS, PARTS)
def test_different_names_stay_different_when_cut(one: list[str], other: list[str]) -> None:
    same = "-".join(one) == "-".join(other)
    assert same == (physical_name(*one, limit=32) == physical_name(*other, limit=32))


def test_an_empty_part_is_refused() -> None:
    with pytest.raises(ValueError, match="none of them empty"):
        physical_name("superinc", "", limit=32)


def test_a_limit_without_room_for_the_hash_is_refused() -> None:
    with pytest.raises(ValueError, match="got limit 7, wanted at least 8"):
        physical_name("superinc", limit=7)


def test_names_that_other_systems_know() -> None:
    assert key_alias("staging", "data") == "alias/staging/data"
    assert role_arn("444455556666", "x") == "arn:aws:iam::444455556666:role/x"
    assert root_arn("444455556666") == "arn:aws:iam::444455556666:root"
