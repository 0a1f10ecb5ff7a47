"""Property bags as the engine sends them, read once into plain values.

`pulumi_policy` unpacks a bag anew for every policy and wraps it in proxies that raise at the first
unknown. With a hundred rules that would be most of the pack's work, so the pack reads the wire
format itself. The engine writes it in `sdk/go/common/resource/plugin/rpc.go`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from policy.core.values import UNKNOWN, UNKNOWN_VALUES

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key of an object that stands for something else: a secret, an asset, a reference."""

SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not one
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def properties(struct: "Struct") -> Mapping[str, object]:
    """A property bag as plain dicts and lists: unknowns as UNKNOWN, secrets opened.

    Whole numbers become integers, because the wire format knows floats alone.
    """
    return {name: _value(value) for name, value in struct.fields.items()}


def _value(value: "Value") -> object:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in UNKNOWN_VALUES else text
    if kind == "struct_value":
        return _opened(properties(value.struct_value))
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def _opened(fields: Mapping[str, object]) -> object:
    if fields.get(SIGNATURE) in {SECRET_SIGNATURE, OUTPUT_SIGNATURE}:
        return fields.get("value", UNKNOWN)
    return fields
