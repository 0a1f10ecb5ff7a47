"""Pulumi's camelCase properties as AWS parameters, by botocore's own shapes, and back.

`cidrBlock` finds `CidrBlock`, `sseAlgorithm` finds `SSEAlgorithm`, `subnetIds` finds `SubnetIds`:
names are compared without case; a plural finds its singular and the other way round. What AWS
calls something else entirely is a rename in the table.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

_NUMBERS: Final = frozenset({"integer", "long", "float", "double"})

_COUNTED: Final = {"Quantity", "Items"}
"""The members of what CloudFront has for a list."""

Names = Mapping[str, str]
"""Property → AWS member, where the names differ."""


def parameters(shape: StructureShape, values: Mapping[str, object], names: Names) -> dict[str, Any]:
    """The values that the shape has members for, each in its member's type."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        member = member_of(shape, key, names)
        if member is not None and value is not None:
            found[member] = convert(_members(shape)[member], value, names)
    if _members(shape).keys() >= _COUNTED:
        found.setdefault("Quantity", len(found.get("Items", [])))
    return found


def member_of(shape: StructureShape, key: str, names: Names) -> str | None:
    """The member of a shape that a property means."""
    members = _index(shape)
    renamed = names.get(key)
    if renamed is not None and renamed in _members(shape):
        return renamed
    name = key.lower()
    candidates = [name, f"{name}s", f"{name}es"]
    if name.endswith("ies"):
        candidates.append(f"{name[:-3]}y")
    if name.endswith("s"):
        candidates.append(name[:-1])
    return next((members[candidate] for candidate in candidates if candidate in members), None)


def convert(shape: Shape, value: object, names: Names) -> Any:  # noqa: ANN401 - parameters are whatever AWS wants
    """A value in the type of a shape."""
    if isinstance(shape, StructureShape):
        return _structure(shape, value, names)
    if isinstance(shape, ListShape):
        return _list(shape, value, names)
    if isinstance(shape, MapShape):
        items = cast("Mapping[str, object]", value)
        inner = shape.value
        return {key: convert(inner, item, names) for key, item in items.items()}
    return _scalar(shape.type_name, value)


def _structure(shape: StructureShape, value: object, names: Names) -> Any:  # noqa: ANN401 - see convert
    if isinstance(value, Mapping):
        return parameters(shape, cast("Mapping[str, object]", value), names)
    items = cast("list[object]", value) if isinstance(value, list) else []
    if _members(shape).keys() >= _COUNTED and isinstance(value, list):
        listed = convert(_members(shape)["Items"], items, names)
        return {"Quantity": len(items), **({"Items": listed} if items else {})}
    if len(items) == 1 and isinstance(items[0], Mapping):
        # Terraform's single blocks are lists of one; AWS has the object itself.
        return parameters(shape, cast("Mapping[str, object]", items[0]), names)
    members = _members(shape)
    wanted = shape.required_members[:1] or list(members)[:1]
    return {wanted[0]: convert(members[wanted[0]], cast("object", value), names)}


def _list(shape: ListShape, value: object, names: Names) -> list[Any]:
    item = shape.member
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        pair = _pair(item)
        if pair is not None:
            key, other = pair
            return [{key: name, other: _text(inner)} for name, inner in mapping.items()]
        return [convert(item, mapping, names)]
    if isinstance(value, str) or not isinstance(value, Sequence):
        return [convert(item, value, names)]
    return [convert(item, inner, names) for inner in cast("Sequence[object]", value)]


def _pair(shape: Shape) -> tuple[str, str] | None:
    """The two members of a shape that is a tag or a parameter: its name first, then its value."""
    if not isinstance(shape, StructureShape):
        return None
    members = list(_members(shape))
    keys = [name for name in members if name.lower().endswith(("key", "name"))]
    values = [name for name in members if name.lower().endswith("value")]
    return (keys[0], values[0]) if keys and values else None


def _scalar(kind: str, value: object) -> Any:  # noqa: ANN401 - see convert
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind in _NUMBERS:
        number = float(str(value))
        return int(number) if kind in {"integer", "long"} else number
    if kind == "blob":
        return _text(value).encode()
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping | list):
        return json.dumps(value)
    return str(value)


@cache
def _index(shape: StructureShape) -> dict[str, str]:
    return {name.lower(): name for name in _members(shape)}


def _members(shape: StructureShape) -> Mapping[str, Shape]:
    return cast("Mapping[str, Shape]", shape.members)


def _steps(path: str) -> list[str]:
    return [step for step in path.replace("[", ".[").split(".") if step]


def at(value: object, path: str) -> object:
    """What a dotted path leads to; ``[0]`` is an item, nothing when the path leads nowhere."""
    for step in _steps(path):
        if step.startswith("["):
            items = cast("list[object]", value) if isinstance(value, list) else []
            index = int(step[1:-1])
            value = items[index] if index < len(items) else None
        elif isinstance(value, Mapping):
            value = cast("Mapping[str, object]", value).get(step)
        else:
            return None
    return value


def shape_at(shape: Shape | None, path: str) -> Shape | None:
    """The shape a path leads to; nothing when AWS's model has no such member."""
    for step in _steps(path):
        if step.startswith("["):
            shape = shape.member if isinstance(shape, ListShape) else None
        elif isinstance(shape, StructureShape):
            shape = _members(shape).get(step)
        else:
            return None
    return shape


def find(described: object, name: str) -> object:
    """The member of a response that a property means, compared without case."""
    if not isinstance(described, Mapping):
        return None
    wanted = name.lower()
    for key, value in cast("Mapping[str, object]", described).items():
        if key.lower() == wanted:
            return value
    return None


def readable(value: object) -> object:
    """A value of a response as plain JSON with camelCase keys."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {camel(key): readable(item) for key, item in items}
    if isinstance(value, list):
        return [readable(item) for item in cast("list[object]", value)]
    return value


def camel(name: str) -> str:
    """AWS's PascalCase as Pulumi writes it: ``VpcId`` → ``vpcId``, ``ARN`` → ``arn``."""
    if name.isupper():
        return name.lower()
    return name[:1].lower() + name[1:]
