"""Property values as plain Python and back.

An unknown is the engine's sentinel string on both sides: that is what
`pulumi.provider.experimental` hands over, and the only form of it that it can send.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from pulumi import Archive, Asset
from pulumi.provider.experimental.property_value import (
    Computed,
    PropertyValue,
    ResourceReference,
)
from pulumi.runtime.rpc import UNKNOWN

Properties = Mapping[str, PropertyValue]

__all__ = [
    "UNKNOWN",
    "Properties",
    "changed",
    "contains_unknown",
    "plain",
    "plain_map",
    "wrap",
    "wrap_map",
]


def plain(value: PropertyValue) -> object:
    """The value without its wrapping: no secrets, references as ids, whole numbers as int."""
    match value.value:
        case float() as number:
            return int(number) if number.is_integer() else number
        case bool() | str() | None as scalar:
            return scalar
        case Mapping() as mapping:
            return plain_map(mapping)
        case Computed() | ResourceReference() | Asset() | Archive() as special:
            return _special(special)
        case sequence:
            return [plain(item) for item in cast("Sequence[PropertyValue]", sequence)]


def _special(value: Computed | ResourceReference | Asset | Archive) -> object:
    match value:
        case Computed():
            return UNKNOWN
        case ResourceReference(urn=urn, resource_id=identity):
            return urn if identity is None else plain(identity)
        case asset:
            return {key: str(inner) for key, inner in vars(asset).items()}


def plain_map(properties: Properties) -> dict[str, object]:
    """Every property without its wrapping."""
    return {key: plain(value) for key, value in properties.items()}


def wrap(value: object, *, secret: bool = False) -> PropertyValue:
    """A plain JSON value as a property value.

    Raises:
        TypeError: Not a JSON value.
    """
    inner: bool | float | str | list[PropertyValue] | dict[str, PropertyValue] | None
    match value:
        case None | bool() | str():
            inner = value
        case int() | float():
            inner = float(value)
        case Mapping():
            inner = wrap_map(cast("Mapping[str, object]", value))
        case list() | tuple():
            inner = [wrap(item) for item in cast("Sequence[object]", value)]
        case _:
            raise TypeError(f"got {type(value).__name__}, wanted a JSON value")
    return PropertyValue(inner, is_secret=secret)


def wrap_map(
    values: Mapping[str, object], *, secrets: frozenset[str] = frozenset()
) -> dict[str, PropertyValue]:
    """Plain JSON values as properties, those named in `secrets` as secrets."""
    return {key: wrap(value, secret=key in secrets) for key, value in values.items()}


def contains_unknown(value: object) -> bool:
    """Whether a plain value is or holds an unknown."""
    if isinstance(value, str):
        return value == UNKNOWN
    if isinstance(value, Mapping):
        return any(contains_unknown(item) for item in cast("Mapping[str, object]", value).values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in cast("list[object]", value))
    return False


def changed(old: Properties, new: Properties) -> list[str]:
    """The top-level properties that differ; an unknown differs from everything."""
    before, after = plain_map(old), plain_map(new)
    return sorted(
        key
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key) or contains_unknown(after.get(key))
    )
