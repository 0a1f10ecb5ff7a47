"""Which cluster a provider speaks to, as far as its configuration tells."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import yaml

from sandbox.kubernetes.schemas import nearest
from sandbox.plugins.values import UNKNOWN

VERSION_EXTENSION = "sandbox/version"
"""A kubeconfig extension by which the eks stand-in tells what to validate against."""


_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PEM = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The target of one provider instance.

    Attributes:
        server: Its API endpoint, empty while unknown; tells objects of equal names apart.
        version: The Kubernetes version to validate against.
        namespace: Where objects without a namespace go.
        mutable: Kinds whose data changes in place because the provider is told so.
        authority: The certificate of its authority, PEM.
        command: What the kubeconfig runs for a token: `aws` and its arguments.
        delete_unreachable: Forget objects of a cluster that does not answer.
    """

    server: str
    version: str
    namespace: str
    mutable: frozenset[str]
    authority: bytes = b""
    command: tuple[str, ...] = ()
    delete_unreachable: bool = False

    @property
    def live(self) -> bool:
        """Whether there is an API server: control planes of the sandbox listen on loopback only.

        A cluster without one has an endpoint of the form that EKS gives, where nothing listens.
        """
        return urlsplit(self.server).hostname in _LOOPBACK and bool(self.authority)


def cluster_of(config: Mapping[str, object]) -> Cluster:
    """The cluster in a provider's configuration."""
    kubeconfig = _document(config.get("kubeconfig"))
    endpoint = _first(kubeconfig, "clusters", "cluster")
    execution = cast("dict[str, object]", _first(kubeconfig, "users", "user").get("exec") or {})
    arguments = cast("list[object]", execution.get("args") or [])
    flags = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
    return Cluster(
        server=str(endpoint.get("server") or ""),
        version=nearest(_version(endpoint)),
        namespace=str(config.get("namespace") or "default"),
        mutable=frozenset(kind for kind, flag in flags.items() if _true(config.get(flag))),
        authority=_authority(endpoint.get("certificate-authority-data")),
        command=tuple(map(str, [execution.get("command", ""), *arguments])) if execution else (),
        delete_unreachable=_true(config.get("deleteUnreachable")),
    )


def _document(kubeconfig: object) -> object:
    """A kubeconfig given as text or as an object; None while it is unknown."""
    if not isinstance(kubeconfig, str):
        return kubeconfig
    try:
        return cast("object", yaml.safe_load(kubeconfig))
    except yaml.YAMLError:
        return None


def _first(document: object, many: str, one: str) -> dict[str, object]:
    """The first cluster or user of a kubeconfig; empty where there is none."""
    try:
        entries = cast("dict[str, list[dict[str, dict[str, object]]]]", document)[many]
        return entries[0][one]
    except (IndexError, KeyError, TypeError):
        return {}


def _authority(data: object) -> bytes:
    try:
        decoded_data = base64.b64decode(str(data or ""), validate=True)
    except binascii.Error:
        return b""
    return decoded_data if decoded_data.startswith(_PEM) else b""


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
