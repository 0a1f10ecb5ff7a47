"""The configuration reference, written from the models: what is documented is what is checked."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel

from components import blueprint
from components.config import ORGANIZATION_KEY, Organization
from components.contracts import AccountKind, LayerContract

NAMESPACE = "superinc"
_ATTRIBUTE = re.compile(r"^    (\w+): ")
_UNITS = {"maxLength": " characters"}
_TYPES = {"boolean": "true or false", "integer": "whole number", "number": "number"}

INTRODUCTION = """\
# Configuration

Written by `make docs` from the models that check it; `platform validate` says which line is wrong.

`Pulumi.yaml` holds the organisation, `Pulumi.<account>.yaml` what one account runs: a key per
layer, below `config:`. A layer that is left out has its defaults. `<name>` stands for a name of
your own, `[]` for each entry of a list.
"""


def document() -> str:
    """The whole page."""
    parts = [INTRODUCTION, *_organization()]
    for name in blueprint.layer_names():
        parts += _layer(blueprint.contract(name))
    return "\n".join(parts)


def _organization() -> Iterator[str]:
    yield f"## `{NAMESPACE}:{ORGANIZATION_KEY}`\n"
    yield f"In `Pulumi.yaml`, below `value:`. {_summary(Organization)}\n"
    yield _table(Organization) + "\n"


def _layer(contract: LayerContract) -> Iterator[str]:
    kinds = [kind for kind in AccountKind if contract.name in blueprint.LAYERS[kind]]
    where = (
        "every account" if len(kinds) == len(AccountKind) else f"accounts of kind {_listed(kinds)}"
    )
    yield f"## `{NAMESPACE}:{contract.name}`\n"
    yield f"In {where}. {_summary(contract.config)}\n"
    yield settings(contract.name) + "\n"
    described = attributes(contract.outputs.__doc__ or "")
    yield "Publishes:\n"
    for output in fields(contract.outputs):
        yield f"- `{output.name}`: {described.get(output.name, '')}".rstrip(": ")
    yield ""


def settings(layer: str) -> str:
    """The table of a layer's settings, for the page about it."""
    model = blueprint.contract(layer).config
    return _table(model) if model.model_fields else "Nothing to set."


def _listed(names: list[AccountKind]) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}" if most else last


def _summary(model: type[BaseModel]) -> str:
    return " ".join(cleandoc(model.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")


def attributes(docstring: str) -> dict[str, str]:
    """The descriptions in the `Attributes:` part of a docstring, each on one line."""
    _, _, part = cleandoc(docstring).partition("\nAttributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in part.splitlines():
        if match := _ATTRIBUTE.match(line):
            name = match[1]
            found[name] = line[match.end() :].strip()
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return {name: text.replace("``", "`").removesuffix(".") for name, text in found.items()}


def _table(model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    rows = ["| Key | Value | Default | |", "|---|---|---|---|"]
    for path, entry, text, required in _rows(schema, schema.get("$defs", {}), ""):
        default = "required" if required else _default(entry.get("default"))
        rows.append(f"| `{path}` | {_cell(_kind(entry))} | {_cell(default)} | {_cell(text)} |")
    return "\n".join(rows)


def _default(value: object) -> str:
    if value in (None, {}, []):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


Row = tuple[str, Mapping[str, Any], str, bool]


def _rows(schema: Mapping[str, Any], definitions: Mapping[str, Any], prefix: str) -> Iterator[Row]:
    """Each setting: its path, its schema, its description, whether it must be given."""
    described = attributes(schema.get("description", ""))
    for name, raw in schema.get("properties", {}).items():
        entry = _resolved(raw, definitions)
        path = f"{prefix}{name}"
        required = name in schema.get("required", ())
        below, step = _below(entry, definitions)
        if below is None or step or _is_optional(raw):
            yield path, entry, described.get(name, ""), required
        if below is not None:
            yield from _rows(below, definitions, f"{path}{step}.")


def _is_optional(entry: Mapping[str, Any]) -> bool:
    return any(option.get("type") == "null" for option in entry.get("anyOf", ()))


def _resolved(entry: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry with its references followed and `null` left out of its alternatives."""
    if isinstance(entry.get("items"), dict):
        return {**entry, "items": _resolved(entry["items"], definitions)}
    if options := [option for option in entry.get("anyOf", ()) if option.get("type") != "null"]:
        return {**_resolved(options[0], definitions), **entry}
    if "$ref" in entry:
        return {**definitions[entry["$ref"].rsplit("/", 1)[1]], **entry}
    return entry


def _below(
    entry: Mapping[str, Any], definitions: Mapping[str, Any]
) -> tuple[Mapping[str, Any] | None, str]:
    """The model inside an entry, and how its path goes on from there."""
    named: list[Any] = [entry.get("additionalProperties")]
    named += entry.get("patternProperties", {}).values()
    for inside, step in ((entry.get("items"), "[]"), *((each, ".<name>") for each in named)):
        if inside and not isinstance(inside, bool):
            inner = _resolved(inside, definitions)
            return (inner, step) if "properties" in inner else (None, "")
    return (entry, "") if "properties" in entry else (None, "")


def _kind(entry: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    if "enum" in entry:
        return ", ".join(f"`{value}`" for value in entry["enum"])
    if "const" in entry:
        return f"`{entry['const']}`"
    if entry.get("type") == "array":
        values = entry.get("items", {}).get("enum", ())
        kind = "list" + (" of " if values else "") + ", ".join(f"`{value}`" for value in values)
        return " ".join([kind, *_limits(entry, ("minItems", "at least"), ("maxItems", "at most"))])
    if entry.get("type") == "object":
        return "mapping"
    limits = _limits(
        entry,
        ("minimum", "from"),
        ("exclusiveMinimum", "above"),
        ("maximum", "to"),
        ("exclusiveMaximum", "below"),
        ("maxLength", "up to"),
    )
    return " ".join([_TYPES.get(str(entry.get("type")), "string"), *limits])


def _limits(entry: Mapping[str, Any], *keys: tuple[str, str]) -> list[str]:
    return [f"{words} {entry[key]}{_UNITS.get(key, '')}" for key, words in keys if key in entry]
