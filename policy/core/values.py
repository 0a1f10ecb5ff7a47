"""Reading resource properties: a value is known, missing, or unknown until the engine has run."""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import cast


class Absent(Enum):
    """Why a property has no value."""

    MISSING = "missing"
    UNKNOWN = "unknown"


MISSING = Absent.MISSING
UNKNOWN = Absent.UNKNOWN

UNKNOWN_VALUES = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a string
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)
"""What the engine sends for a value it does not have yet, by the type it will have (the constants
`Unknown…Value` of its `resource/plugin/rpc.go`; also in `pulumi_policy.proxy`)."""


def plain(value: object) -> object:
    """A value of `json.loads` with :data:`UNKNOWN` in it; whole floats as integers.

    The engine writes JSON texts with unknowns inside (a provider's `allowedAccountIds`).
    """
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_VALUES else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [plain(item) for item in cast("list[object]", value)]
    return value


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


def spread(value: object, *path: str) -> Iterator[object]:
    """The values at a path that may lead through lists; MISSING for each step that is absent."""
    if isinstance(value, list):
        for element in cast("list[object]", value):
            yield from spread(element, *path)
    elif not path:
        yield MISSING if value is None else value
    else:
        yield from spread(read(value, path[0]), *path[1:])


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


def words(value: object) -> frozenset[str]:
    """The strings of a value that IAM lets be one or many, in lower case."""
    return frozenset(item.lower() for item in one_or_many(value) if isinstance(item, str))


def strings(value: object) -> tuple[str, ...]:
    """The string elements of a list."""
    return tuple(item for item in items(value) if isinstance(item, str))
