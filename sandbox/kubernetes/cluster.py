"""Which cluster a provider speaks to, as far as its configuration tells."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import yaml

from sandbox.kubernetes.schemas import nearest
from sandbox.plugins.values import UNKNOWN

VERSION_EXTENSION = "sandbox/version"
"""A kubeconfig extension by which the eks stand-in tells what to validate against."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The target of one provider instance.

    Attributes:
        server: Its API endpoint, empty while unknown; tells objects of equal names apart.
        version: The Kubernetes version to validate against.
        namespace: Where objects without a namespace go.
        mutable: Kinds whose data changes in place because the provider is told so.
    """

    server: str
    version: str
    namespace: str
    mutable: frozenset[str]


def cluster_of(config: Mapping[str, object]) -> Cluster:
    """The cluster in a provider's configuration."""
    endpoint = _endpoint(config.get("kubeconfig"))
    flags = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
    return Cluster(
        server=str(endpoint.get("server") or ""),
        version=nearest(_version(endpoint)),
        namespace=str(config.get("namespace") or "default"),
        mutable=frozenset(kind for kind, flag in flags.items() if _true(config.get(flag))),
    )


def _endpoint(kubeconfig: object) -> dict[str, object]:
    """The first cluster in a kubeconfig, given as text or as an object; empty while unknown."""
    document = kubeconfig
    if isinstance(kubeconfig, str):
        try:
            document = cast("object", yaml.safe_load(kubeconfig))
        except yaml.YAMLError:
            return {}
    try:
        clusters = cast("dict[str, list[dict[str, dict[str, object]]]]", document)["clusters"]
        return clusters[0]["cluster"]
    except (IndexError, KeyError, TypeError):
        return {}


def _version(endpoint: Mapping[str, object]) -> str | None:
    """The version the eks stand-in left in the kubeconfig it made."""
    extensions = cast("list[dict[str, object]]", endpoint.get("extensions") or [])
    for extension in extensions:
        if extension.get("name") == VERSION_EXTENSION:
            version = cast("dict[str, object]", extension["extension"]).get("version")
            return str(version) if version else None
    return None


def decoded(value: object) -> object:
    """A configuration value: nested ones arrive as JSON text."""
    if isinstance(value, str) and value != UNKNOWN:
        try:
            return cast("object", json.loads(value))
        except ValueError:
            return value
    return value


def _true(value: object) -> bool:
    return value is True or value == "true"
