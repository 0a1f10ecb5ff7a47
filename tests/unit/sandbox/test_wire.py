"""Unknown output values on their way through the SDK, which cannot represent them."""

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from sandbox.plugins import wire
from sandbox.plugins.values import UNKNOWN

SIGNATURE = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage] - what is pinned here
OUTPUT = rpc._special_output_value_sig  # pyright: ignore[reportPrivateUsage] - likewise


def struct_of(value: dict[str, object]) -> Struct:
    return json_format.ParseDict(value, Struct())


def unknown() -> dict[str, object]:
    return {SIGNATURE: OUTPUT, "dependencies": ["urn:pulumi:a::b::c::d"]}


def test_an_unknown_output_value_becomes_one_the_sdk_can_read() -> None:
    message = struct_of({"top": unknown(), "nested": {"list": [unknown(), 1]}})
    wire.complete(message)
    values = PropertyValue.unmarshal_map(message)
    assert values["top"].value == UNKNOWN
    assert values["top"].dependencies == {"urn:pulumi:a::b::c::d"}
    assert not values["top"].is_secret


def test_the_way_back_leaves_the_value_out_again() -> None:
    message = struct_of({"top": unknown(), "nested": {"list": [unknown(), 1]}})
    wire.complete(message)
    wire.abridge(message)
    top = message.fields["top"].struct_value.fields
    inner = message.fields["nested"].struct_value.fields["list"].list_value.values[0].struct_value
    assert "value" not in top
    assert "value" not in inner.fields


def test_known_output_values_and_plain_ones_stay_as_they_are() -> None:
    known = {SIGNATURE: OUTPUT, "value": "x", "dependencies": ["u"], "secret": True}
    before = {"known": known, "plain": {"value": "y"}, "unknown": UNKNOWN}
    message = struct_of(dict(before))
    wire.complete(message)
    wire.abridge(message)
    assert json_format.MessageToDict(message) == before
