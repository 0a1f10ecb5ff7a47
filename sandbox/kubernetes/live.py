"""Objects on a real API server: applied, read back and deleted as the real provider does.

Server-side apply with strict field validation: the server refuses unknown fields, runs its
admission policies and fills in defaults. A preview is the same request with `dryRun=All`.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import cast

from sandbox.kubernetes import awaiting, controllers, objects
from sandbox.kubernetes.api import APPLY, Api, ApiError, NoMatchError, UnreachableError
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.credentials import Credentials

Plain = dict[str, object]

FIELD_MANAGER = "pulumi"
"""The owner of every field the program sets."""

FORCE = "pulumi.com/patchForce"
"""The annotation by which an object takes fields from other owners; without it they conflict."""

PROPAGATION = "pulumi.com/deletionPropagationPolicy"
"""The annotation by which an object's dependents are kept or left to go later."""

_LEFT_OUT = ("managedFields", "selfLink")
"""Metadata that only the server reads."""


class Live:
    """The objects of one cluster."""

    def __init__(self, cluster: Cluster, start_nodes: Callable[[], None]) -> None:
        self._cluster = cluster
        self._start_nodes = start_nodes
        self.api = Api(cluster.server, cluster.authority, Credentials(cluster).token)

    def preview(self, urn: str, document: Plain) -> Plain | None:
        """The object as the server would keep it, or None where it cannot tell yet.

        It cannot while it does not answer or does not know who asks (the cluster is about to be
        made), has no such kind (its definition is about to be applied) or no such namespace.

        Raises:
            ApiError: The server would refuse it.
        """
        if _is_patch(urn) or not objects.metadata_of(document).get("name"):
            return None
        try:
            return self._apply(urn, document, dry_run=True)
        except (NoMatchError, UnreachableError):
            return None
        except ApiError as error:
            if error.stranger or (error.missing and error.kind == "namespaces"):
                return None
            raise

    def apply(self, urn: str, document: Plain, seconds: float) -> Plain:
        """Apply the object and wait until it does what it is for.

        Raises:
            ApiError: The server refused it.
            AwaitError: It is there, but does not come to do its work.
        """
        applied = self._apply(urn, document, dry_run=False)
        controllers.after(self.api, applied)
        ready = awaiting.until_ready(
            self.api, applied, document, seconds=seconds, start_nodes=self._start_nodes
        )
        return tidy(ready)

    def identity(self, applied: Plain) -> str:
        """The id: ``namespace/name``, or the name alone where the kind has no namespace."""
        metadata = objects.metadata_of(applied)
        namespace, name = metadata.get("namespace"), metadata["name"]
        return f"{namespace}/{name}" if namespace else str(name)

    def read(self, token: str, identity: str, document: Mapping[str, object]) -> Plain | None:
        """The object as it is; None where it is gone, its kind with it or alone."""
        try:
            found = self.api.find(self._path(token, identity, document))
        except NoMatchError:
            return None
        return tidy(found) if found is not None else None

    def delete(self, urn: str, token: str, identity: str, document: Plain, seconds: float) -> None:
        """Delete the object and wait until it is gone; nothing to do where it is.

        Raises:
            ApiError: The server refused it.
            AwaitError: A finalizer keeps it.
        """
        try:
            path = self._path(token, identity, document)
            if _is_patch(urn):
                self._release(urn, path, document)
                return
            annotations = objects.section(document, "metadata", "annotations")
            policy = annotations.get(PROPAGATION, "foreground")
            options = {
                "apiVersion": "v1",
                "kind": "DeleteOptions",
                "propagationPolicy": str(policy).capitalize(),
            }
            self.api.request("DELETE", path, options)
            controllers.after_deletion(self.api, path)
            awaiting.until_gone(self.api, path, seconds=seconds)
        except NoMatchError:
            return
        except ApiError as error:
            if not error.missing:
                raise

    def unless_unreachable(self, work: Callable[..., None], *arguments: object) -> None:
        """Do what deletes, unless nothing answers and the provider is told not to mind."""
        try:
            work(*arguments)
        except UnreachableError:
            if not self._cluster.delete_unreachable:
                raise

    def _apply(self, urn: str, document: Plain, *, dry_run: bool) -> Plain:
        api_version, kind = str(document["apiVersion"]), str(document["kind"])
        metadata = objects.metadata_of(document)
        body, namespace = document, None
        if self.api.endpoint(api_version, kind).namespaced:
            namespace = str(metadata.get("namespace") or self._cluster.namespace)
            body = {**document, "metadata": {**metadata, "namespace": namespace}}
        query = {"fieldManager": _manager(urn), "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        name = str(metadata.get("name") or "")
        if not name:
            path = self.api.path(api_version, kind, namespace)
            return self.api.request("POST", path, body, query=query)
        path = self.api.path(api_version, kind, namespace, name)
        if _is_patch(urn):
            self.api.get(path)
        query["force"] = "true" if _forced(document) else "false"
        return self.api.request("PATCH", path, body, query=query, content=APPLY)

    def _release(self, urn: str, path: str, document: Plain) -> None:
        """Give up the fields of a patch: apply nothing as their owner."""
        metadata = objects.metadata_of(document)
        kept = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
        body = {
            "apiVersion": document["apiVersion"],
            "kind": document["kind"],
            "metadata": kept,
        }
        query = {"fieldManager": _manager(urn), "force": "true"}
        self.api.request("PATCH", path, body, query=query, content=APPLY)

    def _path(self, token: str, identity: str, document: Mapping[str, object]) -> str:
        api_version = str(document.get("apiVersion") or objects.api_version_of(token))
        kind = str(document.get("kind") or objects.kind_of(token).removesuffix("Patch"))
        namespace, _, name = identity.rpartition("/")
        return self.api.path(api_version, kind, namespace or None, name)


def tidy(document: Plain) -> Plain:
    """The object without what only the server reads."""
    metadata = objects.metadata_of(document)
    kept = {key: value for key, value in metadata.items() if key not in _LEFT_OUT}
    return {**document, "metadata": kept}


def changed_inputs(inputs: Plain, before: Plain, now: Plain) -> Plain:
    """The inputs that are otherwise in the cluster than when they were applied."""
    known, live = _with_texts(before), _with_texts(now)
    found = {key: drifted(value, known.get(key), live.get(key)) for key, value in inputs.items()}
    return {key: value for key, value in found.items() if value != inputs[key]}


def _with_texts(document: Plain) -> Plain:
    """A Secret with its data as the texts they were given as; the server returns base64 only."""
    data = objects.section(document, "data")
    if document.get("kind") != "Secret" or not data:
        return document
    texts = {
        key: base64.b64decode(str(value)).decode(errors="replace") for key, value in data.items()
    }
    return {**document, "stringData": texts}


def drifted(inputs: object, before: object, now: object) -> object:
    """The inputs as the cluster has them now.

    What the server still returns as it did when the object was applied is unchanged, however it
    writes it (`1024Mi` comes back as `1Gi`); what was never an input is not one now.
    """
    if before == now:
        return inputs
    if isinstance(inputs, Mapping) and isinstance(now, Mapping):
        given, live = cast("Plain", inputs), cast("Plain", now)
        old = cast("Plain", before) if isinstance(before, Mapping) else {}
        return {
            key: drifted(value, old.get(key), live[key]) if key in live else value
            for key, value in given.items()
            if key in live or key not in old
        }
    if isinstance(inputs, list) and isinstance(now, list) and isinstance(before, list):
        items, live_items = cast("list[object]", inputs), cast("list[object]", now)
        old_items = cast("list[object]", before)
        if len(items) == len(live_items) == len(old_items):
            return [drifted(*three) for three in zip(items, old_items, live_items, strict=True)]
    return cast("object", now)


def _is_patch(urn: str) -> bool:
    return urn.split("::")[-2].endswith("Patch")


def _manager(urn: str) -> str:
    """A patch owns its fields by itself, or deleting one would delete another's."""
    if not _is_patch(urn):
        return FIELD_MANAGER
    return f"{FIELD_MANAGER}-{hashlib.sha256(urn.encode()).hexdigest()[:8]}"


def _forced(document: Plain) -> bool:
    return objects.section(document, "metadata", "annotations").get(FORCE) == "true"
