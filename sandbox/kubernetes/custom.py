"""Custom resources against the schemas of their CustomResourceDefinitions, without an API server.

A definition has a structural OpenAPI schema (Kubernetes docs, "Extend the Kubernetes API with
CustomResourceDefinitions", "Specifying a structural schema"). Here it becomes the JSON Schema of
what a server accepts under strict field validation. Its CEL rules and formats are left to a server.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import yaml

Plain = dict[str, Any]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_GROUP = re.compile(r"^  group: (\S+)$", re.MULTILINE)
_KIND = re.compile(r"^    kind: (\S+)$", re.MULTILINE)

_META = "/api/_definitions.json#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_STRING: Plain = {"type": "string"}
_EVERY_OBJECT: Plain = {"apiVersion": _STRING, "kind": _STRING, "metadata": {"$ref": _META}}

_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_INT_OR_STRING = "x-kubernetes-int-or-string"


class Definitions:
    """The kinds that some files define; a file is parsed when one of its objects is asked for.

    Args:
        files: One CustomResourceDefinition each, as `kubectl get -o yaml` prints them; what else
            is among them counts for nothing.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._schemas: dict[Path, dict[str, Plain]] = {}

    def schema(self, api_version: str, kind: str) -> Plain | None:
        """The JSON Schema of a kind; none where no file serves it in this version."""
        group, _, version = api_version.rpartition("/")
        file = self._by_kind.get((group, kind))
        if file is None:
            return None
        if file not in self._schemas:
            self._schemas[file] = _served(file)
        return self._schemas[file].get(version)

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], Path]:
        # A pattern reads a file 1,000 times as fast as YAML.
        found: dict[tuple[str, str], Path] = {}
        for file in self._files:
            text = file.read_text(encoding="utf-8")
            group, kind = _GROUP.search(text), _KIND.search(text)
            if group is not None and kind is not None:
                found[group[1], kind[1]] = file
        return found


def strict(schema: Mapping[str, Any]) -> Plain:
    """The JSON Schema of one level of a structural schema, and of those below."""
    if schema.get(_EMBEDDED):
        own: Mapping[str, Any] = schema.get("properties") or {}
        schema = {**schema, "properties": {**_EVERY_OBJECT, **own}}
    found: Plain = {name: value for name, value in schema.items() if not name.startswith("x-")}
    properties: Mapping[str, Any] = schema.get("properties") or {}
    if properties:
        found["properties"] = {name: strict(inner) for name, inner in properties.items()}
        found["required"] = _still_required(found, properties)
    if isinstance(schema.get("items"), dict):
        found["items"] = strict(schema["items"])
    values = schema.get("additionalProperties")
    if isinstance(values, dict):
        found["additionalProperties"] = strict(cast("Plain", values))
    elif values is None and schema.get("type") == "object" and not schema.get(_PRESERVE):
        found["additionalProperties"] = False
    if schema.get(_INT_OR_STRING):
        found["type"] = ["integer", "string"]
    if schema.get("nullable"):
        _allow_null(found)
    return found


def _still_required(schema: Plain, properties: Mapping[str, Any]) -> list[str]:
    """Without what the server sets by default before it looks what is missing."""
    required: list[str] = schema.get("required", [])
    return [name for name in required if "default" not in properties.get(name, {})]


def _allow_null(schema: Plain) -> None:
    types: Any = schema.get("type")
    if types is not None:
        schema["type"] = [*(types if isinstance(types, list) else [types]), "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]


def _served(file: Path) -> dict[str, Plain]:
    """The schemas of the versions that a definition serves."""
    document: Plain = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - the safe one, in C where it is built
    spec: Plain = document["spec"]
    return {
        version["name"]: _whole(version["schema"]["openAPIV3Schema"])
        for version in spec["versions"]
        if version["served"]
    }


def _whole(schema: Plain) -> Plain:
    """The schema of an object: what it is, and what every object has."""
    own: Mapping[str, Any] = schema.get("properties", {})
    found = strict(schema)
    found["properties"] = {**{name: strict(own[name]) for name in own}, **_EVERY_OBJECT}
    found["required"] = [*found.get("required", []), "apiVersion", "kind", "metadata"]
    return found
