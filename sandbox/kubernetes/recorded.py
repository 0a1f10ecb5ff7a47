"""Objects of a cluster without an API server: validated by the published schemas and remembered."""

from collections.abc import Mapping

from sandbox.kubernetes import helm, objects, schemas
from sandbox.kubernetes.cluster import Cluster
from sandbox.store import Store

Plain = dict[str, object]


class RefusedError(Exception):
    """What an API server would answer instead of creating the object."""


class Recorded:
    """The objects of one cluster, in the store alone."""

    def __init__(self, store: Store, cluster: Cluster) -> None:
        self._store = store
        self._cluster = cluster

    def create(self, token: str, document: Plain) -> tuple[str, Plain]:
        """The id of a new object, and what an API server would add to it.

        Raises:
            RefusedError: An API server would not take it.
        """
        if token == helm.TYPE:
            namespace = helm.namespace_of(document, self._cluster.namespace)
            self._want_namespace(namespace, created=bool(document.get("createNamespace")))
            return f"{namespace}/{document['name']}", helm.outputs(document, namespace, revision=1)
        self._refuse(token, document)
        self._want_namespace(objects.namespace_of(document, self._cluster.namespace))
        identity = objects.identity(document, self._cluster.namespace)
        return identity, self._computed(document)

    def update(self, token: str, document: Plain, old: Plain) -> Plain:
        """What an API server would add to a changed object.

        Raises:
            RefusedError: An API server would not take it.
        """
        if token == helm.TYPE:
            namespace = helm.namespace_of(document, self._cluster.namespace)
            return helm.outputs(document, namespace, revision=helm.revision_of(old) + 1)
        self._refuse(token, document)
        return self._computed(document)

    def read(self, token: str, identity: str) -> Plain | None:
        """The object as it was accepted; None once it is gone."""
        record = self._store.get(token, identity, region=self._cluster.server)
        return record.outputs if record is not None else None

    def _refuse(self, token: str, document: Plain) -> None:
        found = problems(token, document, self._cluster.version)
        if found:
            kind, name = document.get("kind"), objects.metadata_of(document).get("name")
            details = "; ".join(f"{path}: {reason}" for path, reason in found)
            raise RefusedError(f"{kind} {name} is invalid: {details}")

    def _want_namespace(self, namespace: str | None, *, created: bool = False) -> None:
        if namespace is None or created or namespace in objects.ALWAYS_THERE:
            return
        server = self._cluster.server
        made = any(
            record.how == "kubernetes"
            and record.region == server
            and _makes(record.type, record.outputs, namespace)
            for record in self._store.live()
        )
        if not made:
            raise RefusedError(f'namespaces "{namespace}" not found')

    def _computed(self, document: Plain) -> Plain:
        """Only the parts that the server changes, so that secrets elsewhere stay such."""
        completed = objects.completed(document, self._cluster.namespace)
        return {key: value for key, value in completed.items() if value is not document.get(key)}


def problems(token: str, document: Plain, version: str) -> list[tuple[str, str]]:
    """What an API server of this version would refuse in an object."""
    if objects.kind_of(token).endswith("Patch"):
        # A patch is a part of an object: no schema says which parts must be there.
        return []
    return schemas.problems(document, version)


def _makes(token: str, outputs: Mapping[str, object], namespace: str) -> bool:
    if token == helm.TYPE:
        return bool(outputs.get("createNamespace")) and outputs.get("namespace") == namespace
    return objects.kind_of(token) == "Namespace" and (
        objects.metadata_of(outputs).get("name") == namespace
    )
