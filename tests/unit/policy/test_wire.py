"""The wire format, read as Pulumi's own SDK reads it."""

from typing import Any

from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import proxy
from pulumi_policy.deserialize import (
    SPECIAL_SECRET_SIG,
    SPECIAL_SIG_KEY,
    deserialize_properties,
)

from policy.core.values import UNKNOWN, UNKNOWN_VALUES, plain
from policy.core.wire import OUTPUT_SIGNATURE, SECRET_SIGNATURE, SIGNATURE, properties

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**50), 2**50),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=8),
    st.sampled_from(sorted(UNKNOWN_VALUES)),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=4), inner, max_size=3),
        inner.map(lambda value: {SIGNATURE: SECRET_SIGNATURE, "value": value}),
    ),
    max_leaves=8,
)


def struct(fields: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    json_format.ParseDict(fields, made)
    return made


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4))
def test_a_bag_reads_as_the_sdk_reads_it(fields: dict[str, Any]) -> None:
    wire = struct(fields)
    sdk = deserialize_properties(json_format.MessageToDict(wire))
    assert properties(wire) == plain(sdk)


def test_the_marks_are_those_of_the_sdk() -> None:
    names = [name for name in vars(proxy) if name.startswith("UNKNOWN_")]
    assert {getattr(proxy, name) for name in names} == UNKNOWN_VALUES
    assert (SPECIAL_SIG_KEY, SPECIAL_SECRET_SIG) == (SIGNATURE, SECRET_SIGNATURE)


def test_an_output_without_a_value_is_unknown() -> None:
    known = {SIGNATURE: OUTPUT_SIGNATURE, "value": 7.0}
    read = properties(struct({"known": known, "unknown": {SIGNATURE: OUTPUT_SIGNATURE}}))
    assert read == {"known": 7, "unknown": UNKNOWN}


def test_an_asset_is_left_as_it_is() -> None:
    asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "hello"}
    assert properties(struct({"source": asset})) == {"source": asset}
