"""Property values as plain Python and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import StringAsset
from pulumi.provider.experimental.property_value import PropertyValue, ResourceReference

from sandbox.plugins.values import UNKNOWN, changed, contains_unknown, plain, wrap, wrap_map

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_plain_values_survive_the_way_there_and_back(value: object) -> None:
    assert plain(wrap(value)) == value


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(TypeError, match="got object, wanted a JSON value"):
        wrap(object())


def test_special_values_become_plain() -> None:
    reference = ResourceReference("urn:x", PropertyValue("vpc-1"))
    assert plain(PropertyValue(reference)) == "vpc-1"
    assert plain(PropertyValue(ResourceReference("urn:x"))) == "urn:x"
    assert plain(PropertyValue.computed()) == UNKNOWN
    assert plain(PropertyValue(StringAsset("hello"))) == {"text": "hello"}
    assert plain(PropertyValue("s", is_secret=True)) == "s"


def test_an_unknown_is_found_however_deep() -> None:
    assert contains_unknown({"a": [{"b": UNKNOWN}]})
    assert not contains_unknown({"a": [{"b": "known"}]})


def test_differences_ignore_secretness_but_not_unknowns() -> None:
    old = {**wrap_map({"same": 1, "other": [1], "gone": True}), "secret": wrap("s", secret=True)}
    new = wrap_map({"same": 1, "other": [2], "secret": "s", "new": UNKNOWN})
    assert changed(old, new) == ["gone", "new", "other"]
    assert changed(new, new) == ["new"]
