"""Reading resource properties: a value is known, missing, or unknown until the engine has run."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import cast

from pulumi_policy import proxy


class Absent(Enum):
    """Why a property has no value."""

    MISSING = "missing"
    UNKNOWN = "unknown"


MISSING = Absent.MISSING
UNKNOWN = Absent.UNKNOWN

# The engine's wire values for "computed"; see pulumi_policy.proxy.
_SENTINELS = frozenset(
    {
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
    }
)


def plain(value: object) -> object:
    """A property bag of CrossGuard as plain dicts and lists, with :data:`UNKNOWN` in it.

    The SDK's proxies raise on every unknown they are asked for, which ends a policy at the first
    one; here an unknown is a value like any other. Whole floats become integers, because the wire
    format has no integers.
    """
    if isinstance(value, str):
        return UNKNOWN if value in _SENTINELS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        raw = _unproxied(cast("Mapping[str, object]", value))
        return {key: plain(item) for key, item in cast("Mapping[str, object]", raw).items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        raw = _unproxied(cast("Sequence[object]", value))
        return [plain(item) for item in cast("Sequence[object]", raw)]
    return value


def _unproxied(value: Mapping[str, object] | Sequence[object]) -> object:
    if isinstance(value, dict | list):
        return cast("object", value)
    # The documented way out of a proxy: it answers this key with what it wraps.
    return cast("Mapping[str, object]", value)["__target"]


def recorded(value: object) -> object:
    """A value of the synth document: ``{"secret": v}`` opened, ``{"unknown": true}`` as UNKNOWN."""
    if isinstance(value, list):
        return [recorded(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    mapping = cast("dict[str, object]", value)
    if mapping == {"unknown": True}:
        return UNKNOWN
    if set(mapping) == {"secret"}:
        inner = recorded(mapping["secret"])
        return UNKNOWN if inner is None else inner
    return {key: recorded(item) for key, item in mapping.items()}


def read(value: object, *path: str) -> object:
    """The value at a path of mapping keys; MISSING where a step is absent or null."""
    for step in path:
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Mapping):
            return MISSING
        value = cast("Mapping[str, object]", value).get(step, MISSING)
    return MISSING if value is None else value


def mapping(value: object) -> Mapping[str, object]:
    """The value as a mapping; an empty one for anything else."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def items(value: object) -> tuple[object, ...]:
    """The elements of a list; none for anything else."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else ()


def one_or_many(value: object) -> tuple[object, ...]:
    """IAM writes one element bare and several as a list; both as a tuple."""
    if value is MISSING:
        return ()
    return tuple(cast("list[object]", value)) if isinstance(value, list) else (value,)


def decoded(value: object) -> object:
    """A JSON text as its value; a value that is no JSON text as it is.

    Policy documents and the engine's provider properties arrive as JSON texts.
    """
    if not isinstance(value, str):
        return value
    try:
        return plain(json.loads(value))
    except ValueError:
        return value


def statements(document: object) -> Iterator[Mapping[str, object]]:
    """The statements of an IAM policy document, given as JSON text or as an object."""
    for statement in one_or_many(read(decoded(document), "Statement")):
        if isinstance(statement, Mapping):
            yield mapping(cast("object", statement))


def words(value: object) -> frozenset[str]:
    """The strings of a value that IAM lets be one or many, in lower case."""
    return frozenset(item.lower() for item in one_or_many(value) if isinstance(item, str))
