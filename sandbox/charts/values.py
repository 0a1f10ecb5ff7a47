"""Values of a release against the table of what its chart knows: `<chart>.yaml` beside this file.

Helm ignores a value that a chart does not know, unless the chart publishes a schema that says no; a
misspelt one then is a default nobody chose. What a table has was read in the chart of its version.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from sandbox.kubernetes import schemas

Plain = dict[str, Any]

HERE = Path(__file__).parent

ANY_KEY = "*"
"""The key of a table that stands for every key."""

_SCALARS = frozenset({"boolean", "integer", "number", "string"})


def charts() -> tuple[str, ...]:
    """Every chart that has a table."""
    return tuple(sorted(file.stem for file in HERE.glob("*.yaml")))


@cache
def table(chart: str) -> Plain | None:
    """A chart's table: the version it is of, and its values."""
    file = HERE / f"{chart}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else None


def problems(chart: str, version: str, values: Mapping[str, object]) -> list[tuple[str, str]]:
    """What the chart of this version does not know or cannot read: paths and reasons.

    A chart without a table, or of another version than its table, is not judged.
    """
    known = table(chart)
    if known is None or str(known["version"]) != version.removeprefix("v"):
        return []
    return schemas.refusals(_validator(chart), dict(values))


def refusal(chart: str, found: list[tuple[str, str]]) -> str:
    """The problems as Helm says them of a chart that has a schema."""
    lines = "\n".join(f"- {path or '(root)'}: {reason}" for path, reason in found)
    return (
        "values don't meet the specifications of the schema(s) in the following chart(s):\n"
        f"{chart}:\n{lines}"
    )


def schema(known: object) -> Plain:
    """The JSON Schema of a part of a table.

    A mapping is an object of these keys and no others, a list of one an array, `a|b` either; a name
    with dots is one of Kubernetes' own types. Null is everywhere: it deletes a chart's default.
    """
    if isinstance(known, dict):
        fields = cast("Plain", known)
        properties = {key: schema(inner) for key, inner in fields.items() if key != ANY_KEY}
        others = schema(fields[ANY_KEY]) if ANY_KEY in fields else False
        return {
            "type": ["object", "null"],
            "properties": properties,
            "additionalProperties": others,
        }
    if isinstance(known, list):
        (item,) = cast("list[object]", known)
        return {"type": ["array", "null"], "items": schema(item)}
    name = str(known)
    if name == "any":
        return {}
    if name == "strings":
        return schema({ANY_KEY: "string"})
    if "." in name:
        return schemas.reference(f"api.{name}")
    types = name.split("|")
    if unknown := set(types) - _SCALARS:
        raise ValueError(f"got {sorted(unknown)}, wanted a type of {sorted(_SCALARS)}")
    return {"type": [*types, "null"]}


@cache
def _validator(chart: str) -> Any:  # noqa: ANN401 - jsonschema's validators are untyped
    known = cast("Plain", table(chart))
    return schemas.compiled(schemas.named(f"chart/{chart}", schema(known["values"])))
