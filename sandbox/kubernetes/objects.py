"""What a Kubernetes object is called, where it lives and what an API server adds to it."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

from sandbox.foreign import CLUSTER_SCOPED

AUTONAMED = "pulumi.com/autonamed"
"""The annotation by which the real provider remembers that it chose the name."""

ALWAYS_THERE = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
"""The namespaces of a new cluster."""

_SUFFIX_BYTES = 4

IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "ClusterRoleBinding": ("roleRef",),
    "ConfigMap": ("data", "binaryData"),
    "Deployment": ("spec.selector",),
    "Job": ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    "PersistentVolumeClaim": (
        "spec.accessModes",
        "spec.resources",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    "ResourceQuota": ("spec.scopes",),
    "RoleBinding": ("roleRef",),
    "Secret": ("data", "stringData", "type"),
    "Service": ("spec.clusterIP",),
    "StatefulSet": (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    "StorageClass": ("parameters", "provisioner"),
}
"""Fields whose change makes a new object; ConfigMap and Secret as long as the provider is not told
otherwise (`forceNewProperties` of pulumi-kubernetes)."""

Plain = dict[str, object]


def kind_of(token: str) -> str:
    """The kind in a type token (``kubernetes:apps/v1:Deployment``)."""
    return token.rpartition(":")[2]


def api_version_of(token: str) -> str:
    """The API version in a type token; the core group has no name on the wire."""
    return token.split(":")[1].removeprefix("core/")


def metadata_of(document: Mapping[str, object]) -> Plain:
    """The object's metadata, empty where there is none or where it is unknown."""
    metadata = document.get("metadata")
    return dict(cast("Plain", metadata)) if isinstance(metadata, dict) else {}


def autonamed(document: Mapping[str, object]) -> bool:
    """Whether its name was chosen for it."""
    annotations = metadata_of(document).get("annotations")
    if not isinstance(annotations, dict):
        return False
    return cast("Plain", annotations).get(AUTONAMED) == "true"


def named(document: Plain, name: str, old: Mapping[str, object], seed: bytes) -> Plain:
    """The metadata with a name: the given one, the one chosen before, or a new one."""
    metadata = metadata_of(document)
    if "name" in metadata or "generateName" in metadata:
        return metadata
    annotations = dict(cast("Plain", metadata.get("annotations") or {}))
    if autonamed(old):
        chosen = metadata_of(old)["name"]
    else:
        chosen = f"{name}-{(seed or uuid.uuid4().bytes)[:_SUFFIX_BYTES].hex()}"
    return {**metadata, "name": chosen, "annotations": {**annotations, AUTONAMED: "true"}}


def identity(document: Mapping[str, object], namespace: str) -> str:
    """The id: ``namespace/name``, or the name alone where the kind has no namespace."""
    metadata = metadata_of(document)
    name = str(metadata.get("name") or f"{metadata.get('generateName', '')}{uuid.uuid4().hex[:5]}")
    where = namespace_of(document, namespace)
    return f"{where}/{name}" if where else name


def namespace_of(document: Mapping[str, object], default: str) -> str | None:
    """The object's namespace, or None where its kind has none.

    A custom resource's scope is in its definition, which is not here: one with a namespace is
    taken for namespaced, one without for cluster-wide.
    """
    given = metadata_of(document).get("namespace")
    if document.get("kind") in CLUSTER_SCOPED:
        return None
    if given is None and "." in str(document.get("apiVersion", "")).rpartition("/")[0]:
        return default if "k8s.io" in str(document["apiVersion"]) else None
    return str(given or default)


def completed(document: Plain, namespace: str) -> Plain:
    """The object as an API server answers: with what it fills in for everybody to read."""
    metadata = {**metadata_of(document), "uid": str(uuid.uuid4())}
    where = namespace_of(document, namespace)
    if where is not None:
        metadata["namespace"] = where
    result = {**document, "metadata": metadata}
    if document.get("kind") == "Service":
        spec = dict(cast("Plain", document.get("spec") or {}))
        if spec.get("type") == "LoadBalancer":
            host = f"{metadata['name']}.elb.amazonaws.com"
            result["status"] = {"loadBalancer": {"ingress": [{"hostname": host}]}}
    return result


def section(document: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """The object at a path, empty where there is none."""
    inner: Any = document
    for key in path:
        inner = cast("Mapping[str, Any]", inner).get(key) if isinstance(inner, Mapping) else None
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def entries(document: Mapping[str, Any], *path: str) -> list[dict[str, Any]]:
    """The list of objects at a path, empty where there is none."""
    *parents, last = path
    found = section(document, *parents).get(last)
    return cast("list[dict[str, Any]]", found) if isinstance(found, list) else []


def lookup(document: Mapping[str, object], path: str) -> object:
    """The value at a dotted path, None where there is none."""
    *parents, last = path.split(".")
    for part in parents:
        inner = document.get(part)
        if not isinstance(inner, dict):
            return None
        document = cast("Plain", inner)
    return document.get(last)
