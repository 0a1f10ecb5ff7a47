"""Values on the engine's wire, and as the program meant them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

UNKNOWN: Final = rpc.UNKNOWN

# The signatures of the wire format: pulumi/sdk/go/common/resource/sig/sig.go.
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A value the program marked as secret."""

    value: Any


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Values as the engine sends them."""
    return json_format.ParseDict(cast("dict[str, Any]", _sent(values)), struct_pb2.Struct())


def plain(properties: struct_pb2.Struct) -> dict[str, Any]:
    """Inputs as the program meant them: secrets marked, whole numbers as integers."""
    return {key: _meant(value) for key, value in json_format.MessageToDict(properties).items()}


def _meant(value: object) -> object:
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value)
        special = _SPECIAL.get(str(inner.get(SIGNATURE)))
        return special(inner) if special else {key: _meant(found) for key, found in inner.items()}
    if isinstance(value, list):
        return [_meant(found) for found in cast("list[object]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _output(fields: Mapping[str, object]) -> object:
    held = _meant(fields.get("value", UNKNOWN))
    return Secret(value=held) if fields.get("secret") else held


_SPECIAL: Final[Mapping[str, Callable[[Mapping[str, object]], object]]] = {
    SECRET_SIGNATURE: lambda fields: Secret(value=_meant(fields["value"])),
    OUTPUT_SIGNATURE: _output,
    RESOURCE_SIGNATURE: lambda fields: fields.get("id", fields["urn"]),
}


def _sent(value: object) -> object:
    """The opposite of :func:`_meant`: secrets as the engine sends them."""
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET_SIGNATURE, "value": _sent(value.value)}
    if isinstance(value, Mapping):
        return {key: _sent(found) for key, found in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [_sent(found) for found in cast("list[object]", value)]
    return value
