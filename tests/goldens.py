"""What the golden files say each stack registers, as committed and in every variant.

Reading them takes a second; synthesising the organisation and its variants takes minutes.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

FOLDER = Path(__file__).parent / "golden"

Plain = dict[str, Any]

_FREE_KEYS = frozenset({"annotations", "data", "labels", "matchLabels", "nodeSelector"})
"""Fields whose keys have dots, so that the rest of a path below them is one key."""


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A resource of a golden file.

    Attributes:
        where: `<stack>`, or `<variant>/<stack>`.
        type: Its type token.
        name: Its name in the program.
        inputs: As sent: texts of JSON are texts again, secrets are what they hide.
    """

    where: str
    type: str
    name: str
    inputs: Plain

    def __str__(self) -> str:
        return f"{self.where}: {self.type} {self.name}"


@cache
def registered() -> tuple[Registered, ...]:
    """Every resource of every stack, and of every variant what comes or is another."""
    stacks = _stacks()
    found = [_as_sent(name, urn, stacks[name][urn]) for name in stacks for urn in stacks[name]]
    for where, stack, parts in _variants():
        added: Plain = parts.get("added", {})
        found += [_as_sent(where, urn, item) for urn, item in added.items()]
        for urn, changes in parts.get("changed", {}).items():
            found.append(_as_sent(where, urn, changed(stacks[stack][urn], changes)))
    return tuple(found)


def of_type(prefix: str) -> Iterator[Registered]:
    """The resources whose type begins so."""
    return (item for item in registered() if item.type.startswith(prefix))


def differing() -> Iterator[tuple[Plain, Plain, Plain]]:
    """What a variant changes: the resource before, after, and the changes as the file has them."""
    for _, stack, parts in _variants():
        for urn, changes in parts.get("changed", {}).items():
            before = _stacks()[stack][urn]
            yield before, changed(before, changes), changes


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """The values of a resource by their paths, as the golden files of variants name them."""
    if isinstance(value, dict) and value:
        for key, inner in cast("Plain", value).items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path, value


def changed(item: Plain, changes: Mapping[str, list[Any]]) -> Plain:
    """A resource with the changes of a variant: path → what it was, what it is."""
    found = copy.deepcopy(item)
    for path, (before, after) in changes.items():
        # An empty object that was filled: its content has paths of its own.
        if not (before == {} and after is None):
            _put(found, path, after)
    return found


def _put(node: Plain, path: str, value: object) -> None:
    known = [key for key in node if path == key or path.startswith(f"{key}.")]
    key = max(known, key=len) if known else path.partition(".")[0]
    if path == key and value is None:
        node.pop(key, None)
    elif path == key:
        node[key] = value
    else:
        inner = node.setdefault(key, {})
        rest = path.removeprefix(f"{key}.")
        if key in _FREE_KEYS and not any(f"{rest}.".startswith(f"{one}.") for one in inner):
            inner[rest] = value
        else:
            _put(inner, rest, value)


@cache
def _stacks() -> dict[str, dict[str, Plain]]:
    documents = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(FOLDER.glob("stacks/*.json"))
    }
    return {
        stack: {item["urn"]: item for item in document["resources"]}
        for stack, document in documents.items()
    }


def _variants() -> Iterator[tuple[str, str, Plain]]:
    """Every stack of every variant: where it is, its stack, its parts."""
    for file in sorted(FOLDER.glob("variants/*.json")):
        stacks: dict[str, Plain] = json.loads(file.read_text(encoding="utf-8"))["stacks"]
        for stack, parts in stacks.items():
            yield f"{file.stem}/{stack}", stack, parts


def _as_sent(where: str, urn: str, item: Plain) -> Registered:
    *_, kind, name = urn.split("::")
    inputs = cast("Plain", _value(item.get("inputs", {})))
    return Registered(where=where, type=kind.rpartition("$")[2], name=name, inputs=inputs)


def _value(value: object) -> object:
    if isinstance(value, list):
        return [_value(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("Plain", value)
    if fields.keys() == {"json"}:
        return json.dumps(fields["json"])
    if fields.keys() == {"secret"}:
        return _value(fields["secret"])
    return {key: _value(inner) for key, inner in fields.items()}
