"""Strict validation of objects against the schemas of one Kubernetes version.

The schemas are those of kubernetes-validate; its own `validate` parses 2 MB of them on every call,
so they are parsed here once per process.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

import jsonschema
from kubernetes_validate import utils as bundled
from referencing import Registry, Resource

from sandbox.kubernetes.custom import Definitions
from sandbox.plugins.values import UNKNOWN

BUILT_IN_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
"""API groups an API server serves itself; any other group's kinds are custom resources."""

_FOLDER = "kubernetes-json-schema"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BASE = "https://kubernetes.io/api/"  # of the identifiers in kubernetes-validate's files
_UNEXPECTED = re.compile(r"'([^']+)'(?=.*(?:was|were) unexpected)")

Plain = dict[str, object]


@cache
def versions() -> tuple[str, ...]:
    """Every Kubernetes version with schemas, as `major.minor`, oldest first."""
    return tuple(bundled.major_minor(version) for version in bundled.all_versions())


def nearest(version: str | None) -> str:
    """The newest version with schemas that is not newer than the one wanted."""
    if version is None:
        return versions()[-1]
    wanted = _numbers(version)
    older = [known for known in versions() if _numbers(known) <= wanted]
    return older[-1] if older else versions()[0]


def problems(
    document: Plain, version: str, definitions: Definitions | None = None
) -> list[tuple[str, str]]:
    """What an API server of this version would refuse: field paths and reasons.

    Unknown values count as absent, and what must not be absent is then not asked for.

    Args:
        document: The object.
        version: Of Kubernetes.
        definitions: What the cluster knows of custom resources. Without it, only what every object
            must have is checked of those.
    """
    api_version, kind = str(document.get("apiVersion", "")), str(document.get("kind", ""))
    if api_version.rpartition("/")[0] in BUILT_IN_GROUPS:
        validator = _validator(api_version, kind, version)
    elif definitions is None:
        return _custom(document)
    else:
        validator = _custom_validator(api_version, kind, version, definitions)
    if validator is None:
        return [("kind", f'no matches for kind "{kind}" in version "{api_version}" ({version})')]
    return refusals(validator, document)


def refusals(validator: Any, document: object) -> list[tuple[str, str]]:  # noqa: ANN401 - jsonschema's validators are untyped
    """What a schema says against a document: paths and reasons."""
    known = without_unknown(document)
    found = cast("Iterator[jsonschema.ValidationError]", validator.iter_errors(known))
    lenient = known != document
    return sorted(
        {
            problem
            for error in found
            for leaf in _leaves(error)
            if not (lenient and leaf.validator == "required")
            for problem in _words(leaf)
        }
    )


def without_unknown(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """The value without anything that is not known yet."""
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {key: without_unknown(item) for key, item in items if item != UNKNOWN}
    if isinstance(value, list):
        return [without_unknown(item) for item in cast("list[object]", value) if item != UNKNOWN]
    return value


def preload() -> None:
    """Parse the schemas that every provider process would otherwise parse for itself."""
    _definitions(versions()[-1])


def _custom(document: Plain) -> list[tuple[str, str]]:
    """A custom resource has no schema here: only what every object must have is checked."""
    found: list[tuple[str, str]] = [
        (field, "required value") for field in ("apiVersion", "kind") if not document.get(field)
    ]
    metadata = document.get("metadata", {})
    if not isinstance(metadata, Mapping) and metadata != UNKNOWN:
        found.append(("metadata", "wanted an object"))
    return found


@cache
def _validator(api_version: str, kind: str, version: str) -> Any | None:  # noqa: ANN401 - jsonschema's validators are untyped
    # "rbac.authorization.k8s.io/v1" is "rbac-v1" in the names of the schema files.
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    try:
        schema = _contents(f"{kind.lower()}-{group}", version)
    except FileNotFoundError:
        return None
    return compiled(schema, version)


@cache
def _custom_validator(
    api_version: str, kind: str, version: str, definitions: Definitions
) -> Any | None:  # noqa: ANN401 - see above
    schema = definitions.schema(api_version, kind)
    if schema is None:
        return None
    return compiled(named(f"custom/{kind.lower()}/{api_version}", schema), version)


def named(name: str, schema: Plain) -> Plain:
    """A schema with an identifier, by which it can refer to Kubernetes' own definitions."""
    return {**schema, "$schema": _DIALECT, "$id": f"{_BASE}{name}"}


def compiled(schema: Plain, version: str | None = None) -> Any:  # noqa: ANN401 - see above
    """A validator of a schema that may refer to Kubernetes' own definitions of a version."""
    version = version or versions()[-1]
    resource = Resource[Any].from_contents(schema)
    registry = resource @ (_definitions(version) @ Registry[Any]())
    return jsonschema.Draft202012Validator(schema, registry=registry)


def reference(definition: str) -> Plain:
    """A schema that is one of Kubernetes' own, by its name after `io.k8s.`."""
    return {"$ref": f"{_BASE}_definitions.json#/$defs/io.k8s.{definition}"}


@cache
def _definitions(version: str) -> "Resource[Any]":
    return Resource[Any].from_contents(_contents("_definitions", version))


def _contents(name: str, version: str) -> Any:  # noqa: ANN401 - parsed JSON
    folder = next(full for full in bundled.all_versions() if bundled.major_minor(full) == version)
    return bundled.schema_contents(f"{_FOLDER}/v{folder}-local-strict/{name}.json", version)


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.removeprefix("v").split(".")[:2]
    return int(major), int(minor)


def _leaves(error: jsonschema.ValidationError) -> Iterator[jsonschema.ValidationError]:
    """The errors of the alternative that came nearest, or the error itself."""
    if not error.context:
        yield error
        return
    nearest_one = max(error.context, key=lambda inner: len(inner.absolute_path))
    yield from _leaves(nearest_one)


def _words(error: jsonschema.ValidationError) -> Iterator[tuple[str, str]]:
    path = _path(error)
    if error.validator == "additionalProperties":
        for name in _UNEXPECTED.findall(error.message):
            yield (f"{path}.{name}" if path else name), "unknown field"
        return
    if error.validator == "required":
        name = error.message.partition("'")[2].partition("'")[0]
        yield (f"{path}.{name}" if path else name), "required value"
        return
    yield path, error.message


def _path(error: jsonschema.ValidationError) -> str:
    path = ""
    for part in error.absolute_path:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")
