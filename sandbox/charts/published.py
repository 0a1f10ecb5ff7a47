"""Compares the tables beside this file, and releases, with the charts as published.

The charts are not in this repository. After a change of a pin, fetch each one and look:

    helm pull <chart> --repo <repository> --version <version> --untar --untardir charts
    platform synth --out synth
    python -m sandbox.charts.published charts synth
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema
import yaml

from sandbox.charts.values import ANY_KEY, charts, table
from sandbox.kubernetes import helm
from sandbox.plugins.values import UNKNOWN

Plain = dict[str, Any]

_DEPENDENCIES = "charts/*/values.yaml"
_REFERENCE = "$ref"


def findings(folder: Path, releases: list[Plain]) -> Iterator[str]:
    """What is other in the charts of a folder than in our tables and releases."""
    for chart in charts():
        if not (folder / chart / "Chart.yaml").exists():
            yield f"{chart}: not in {folder}"
            continue
        yield from _versions(folder / chart)
        yield from (f"{chart}: no value {path}" for path in unknown(folder / chart))
    for release in releases:
        chart = helm.chart_of(release)
        values = cast("Plain", release.get("values") or {})
        yield from (f"{chart}: {problem}" for problem in refused(folder / chart, values))


def unknown(chart: Path) -> Iterator[str]:
    """The paths of a chart's table that neither its values nor its schema has."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in chart.rglob("values.yaml"))
    schema = _schema(chart) or {}
    known = cast("Plain", table(chart.name))
    published = _defaults(chart)
    for path in _missing(known["values"], published, schema, schema):
        # Optional values are often in a comment only: "# minAvailable: 1".
        if not re.search(rf"^\s*#+\s*{re.escape(path[-1])}:", text, re.MULTILINE):
            yield ".".join(path)


def refused(chart: Path, values: Mapping[str, object]) -> list[str]:
    """What a chart's own schema says against values; nothing where it publishes none."""
    schema = _schema(chart)
    if schema is None:
        return []
    validator: Any = jsonschema.Draft202012Validator(schema)
    found = cast("Iterator[jsonschema.ValidationError]", validator.iter_errors(dict(values)))
    return [f"{error.json_path}: {error.message}" for error in found]


def _defaults(chart: Path) -> Plain:
    """A chart's own values over those of its dependencies, which have a key each."""
    below = {file.parent.name: _defaults(file.parent) for file in chart.glob(_DEPENDENCIES)}
    text = (chart / "values.yaml").read_text(encoding="utf-8")
    return _merged(below, cast("Plain", yaml.safe_load(text) or {}))


def _merged(below: Plain, above: Plain) -> Plain:
    both = {
        key: _merged(below[key], above[key])
        for key in below.keys() & above.keys()
        if isinstance(below[key], dict) and isinstance(above[key], dict)
    }
    return {**below, **above, **both}


def _versions(chart: Path) -> Iterator[str]:
    text = (chart / "Chart.yaml").read_text(encoding="utf-8")
    got, wanted = yaml.safe_load(text)["version"], cast("Plain", table(chart.name))["version"]
    if got != wanted:
        yield f"{chart.name}: got version {got}, the table is of {wanted}"


def _schema(chart: Path) -> Plain | None:
    file = chart / "values.schema.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _missing(
    known: object, published: object, schema: Plain, root: Plain
) -> Iterator[tuple[str, ...]]:
    """Paths of a table without what has a value by default and what a schema names."""
    if not isinstance(known, dict) or (not published and not schema):
        # An empty default takes what it is given.
        return
    defaults = cast("Plain", published) if isinstance(published, dict) else {}
    properties: Plain = _resolved(schema, root).get("properties") or {}
    for key, inner in cast("Plain", known).items():
        if key == ANY_KEY:
            continue
        if key in defaults or key in properties or not (defaults or properties):
            below = _missing(inner, defaults.get(key), properties.get(key) or {}, root)
            yield from ((key, *path) for path in below)
        else:
            yield (key,)


def _resolved(schema: Plain, root: Plain) -> Plain:
    found = schema
    while _REFERENCE in found:
        target: Any = root
        for part in str(found[_REFERENCE]).removeprefix("#/").split("/"):
            target = target[part]
        found = cast("Plain", target)
    return found


def _releases(folder: Path) -> list[Plain]:
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")]
    return [
        cast("Plain", _shown(item["inputs"]))
        for document in documents
        for item in document["resources"]
        if item["type"] == helm.TYPE
    ]


def _shown(value: object) -> object:
    """A value as Helm gets it: secrets in the clear, unknown ones left out."""
    if isinstance(value, list):
        return [_shown(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("Plain", value)
    if fields.keys() == {"secret"}:
        return _shown(fields["secret"])
    left_out = ({"unknown": True}, UNKNOWN)
    return {key: _shown(inner) for key, inner in fields.items() if inner not in left_out}


def main(arguments: list[str]) -> int:
    """Print the findings; 1 when there are any."""
    charts_folder, synth = (Path(argument) for argument in arguments)
    found = list(findings(charts_folder, _releases(synth)))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
