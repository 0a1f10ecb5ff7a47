"""Values as the SDK sends them (protobuf, with signatures) and as the document holds them.

In the document a secret is ``{"secret": null}``: whatever is in the secret is never written.
An unknown is ``{"unknown": true}``, a resource its id, an asset ``{"asset": {…}}``, an archive
``{"archive": {…}}``.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast

from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_WIRE

# The signatures of the wire format: pulumi/sdk/go/common/resource/sig/sig.go.
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a type tag of the wire format, not a password
ASSET_SIGNATURE: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"

_MARKERS = ({"secret"}, {"unknown"})


def plain(properties: Struct, root: Path) -> dict[str, object]:
    """Properties as the document holds them.

    Args:
        properties: What the SDK sent.
        root: The project; paths of assets below it are written relative to it.
    """
    return {key: _plain(properties.fields[key], root) for key in sorted(properties.fields)}


def _plain(value: Value, root: Path) -> object:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return {"unknown": True} if value.string_value == UNKNOWN_WIRE else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_plain(item, root) for item in value.list_value.values]
    if kind == "struct_value":
        return _structure(value.struct_value, root)
    return None


def _structure(value: Struct, root: Path) -> object:
    fields = value.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else None
    if signature is None:
        return plain(value, root)
    special = _SPECIAL.get(signature)
    return special(value, root) if special else plain(value, root)


def _secret(_value: Struct, _root: Path) -> object:
    return {"secret": None}


def _output(value: Struct, root: Path) -> object:
    """What an output holds; without a value it is unknown (only remote components are sent it)."""
    fields = value.fields
    if "secret" in fields and fields["secret"].bool_value:
        return {"secret": None}
    return _plain(fields["value"], root) if "value" in fields else {"unknown": True}


def _resource(value: Struct, root: Path) -> object:
    """A resource as a value is its id, or for a component its URN."""
    fields = value.fields
    return _plain(fields["id" if "id" in fields else "urn"], root)


def _asset(value: Struct, root: Path) -> object:
    fields = value.fields
    if "text" in fields:
        return {"asset": {"text": _plain(fields["text"], root)}}
    if "path" in fields:
        path = root / fields["path"].string_value
        found: dict[str, object] = {"path": _below(path, root)}
        if path.is_file():
            found["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        return {"asset": found}
    return {"asset": {"uri": fields["uri"].string_value}}


def _archive(value: Struct, root: Path) -> object:
    fields = value.fields
    if "assets" in fields:
        return {"archive": {"assets": _plain(fields["assets"], root)}}
    if "path" in fields:
        return {"archive": {"path": _below(root / fields["path"].string_value, root)}}
    return {"archive": {"uri": fields["uri"].string_value}}


def _below(path: Path, root: Path) -> str:
    """The path relative to the project: no document holds a path of this machine."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


_SPECIAL: Final[Mapping[str, Callable[[Struct, Path], object]]] = {
    SECRET_SIGNATURE: _secret,
    OUTPUT_SIGNATURE: _output,
    RESOURCE_SIGNATURE: _resource,
    ASSET_SIGNATURE: _asset,
    ARCHIVE_SIGNATURE: _archive,
}


def is_marker(value: object) -> bool:
    """Whether a value of the document stands for one it does not hold: a secret or an unknown."""
    return isinstance(value, dict) and set(cast("dict[str, object]", value)) in _MARKERS


def hide(properties: Struct, name: str) -> None:
    """Make a property of the wire a secret, unless it is one already."""
    value = properties.fields[name]
    if is_secret(value):
        return
    inner = Value()
    inner.CopyFrom(value)
    secret = Struct()
    secret.fields[SIGNATURE].string_value = SECRET_SIGNATURE
    secret.fields["value"].CopyFrom(inner)
    value.struct_value.CopyFrom(secret)


def is_secret(value: Value) -> bool:
    """Whether a value of the wire is a secret."""
    return (
        value.WhichOneof("kind") == "struct_value"
        and SIGNATURE in value.struct_value.fields
        and value.struct_value.fields[SIGNATURE].string_value == SECRET_SIGNATURE
    )


def contains_secret(value: Value) -> bool:
    """Whether a value of the wire is or holds a secret."""
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return any(contains_secret(item) for item in value.list_value.values)
    if kind == "struct_value":
        fields = value.struct_value.fields
        return is_secret(value) or any(contains_secret(fields[name]) for name in fields)
    return False
