"""Unknown output values, which `pulumi.provider.experimental` can neither read nor write.

On the wire an output value without a `value` is unknown. The SDK's `PropertyValue` wants one, and a
list of dependencies and a secretness that the protocol leaves out when they are empty.
"""

from collections.abc import Iterator

from google.protobuf.struct_pb2 import ListValue, Struct, Value
from pulumi.runtime.rpc import UNKNOWN

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key of special values (`resource.SigKey` of the Pulumi SDK)."""

_OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
"""The signature of output values (`resource.OutputValueSig`)."""


def complete(properties: Struct) -> None:
    """Fill in what the protocol leaves out, an unknown as the sentinel string."""
    for output in _outputs(properties):
        fields = output.fields
        if "value" not in fields:
            fields["value"].string_value = UNKNOWN
        if "dependencies" not in fields:
            fields["dependencies"].list_value.CopyFrom(ListValue())
        if "secret" not in fields:
            fields["secret"].bool_value = False


def abridge(properties: Struct) -> None:
    """Leave out what the protocol wants left out: the value of an unknown."""
    for output in _outputs(properties):
        if output.fields["value"].string_value == UNKNOWN:
            del output.fields["value"]


def _outputs(struct: Struct) -> Iterator[Struct]:
    """Every output value in a structure, inner ones first."""
    for value in struct.fields.values():
        yield from _within(value)
    if _SIGNATURE in struct.fields and struct.fields[_SIGNATURE].string_value == _OUTPUT_VALUE:
        yield struct


def _within(value: Value) -> Iterator[Struct]:
    if value.HasField("struct_value"):
        yield from _outputs(value.struct_value)
    elif value.HasField("list_value"):
        for item in value.list_value.values:
            yield from _within(item)
