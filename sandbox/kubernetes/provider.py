"""The stand-in for pulumi-kubernetes."""

from collections.abc import Mapping

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from sandbox.kubernetes import helm, objects, schemas
from sandbox.kubernetes.cluster import cluster_of, decoded
from sandbox.plugins.servicer import InputDiffRequest
from sandbox.plugins.values import (
    Properties,
    changed,
    contains_unknown,
    plain_map,
    wrap,
    wrap_map,
)
from sandbox.store import Store

Plain = dict[str, object]


class RefusedError(Exception):
    """What an API server would answer instead of creating the object."""


class KubernetesProvider(Provider):
    """Validates objects strictly and remembers those it accepted; runs nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cluster = cluster_of({})

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        """Learn which cluster this provider speaks to."""
        config = {key: decoded(value) for key, value in plain_map(request.args).items()}
        self._cluster = cluster_of(config)
        return await super().configure(request)

    async def diff_config(self, request: DiffRequest) -> DiffResponse:
        """Another kubeconfig is another cluster only when the engine is told so by its objects."""
        return DiffResponse(changes=bool(changed(request.old_state, request.new_inputs)))

    async def check(self, request: CheckRequest) -> CheckResponse:
        """Name the object and validate it."""
        inputs = dict(request.new_inputs)
        document, old = plain_map(inputs), plain_map(request.old_inputs)
        if request.type == helm.TYPE:
            document["name"] = helm.name_of(document, request.name, old, request.random_seed)
            inputs["name"] = wrap(document["name"])
            found = helm.problems(document)
        else:
            _identify(document, inputs, request.type)
            if not contains_unknown(document.get("metadata")):
                metadata = objects.named(document, request.name, old, request.random_seed)
                document["metadata"] = metadata
                inputs |= _merged(inputs, {"metadata": metadata})
            found = self._problems(request.type, document)
        failures = [CheckFailure(path, reason) for path, reason in found]
        return CheckResponse(inputs=inputs, failures=failures)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        """Compare inputs with inputs: what the API server added is no difference."""
        old = request.old_state
        if isinstance(request, InputDiffRequest) and request.old_inputs:
            old = dict(request.old_inputs)
        differing = changed(old, request.new_inputs)
        before, after = plain_map(old), plain_map(request.new_inputs)
        replaces = [
            path
            for path in self._replacing(request.type)
            if differing and objects.lookup(before, path) != objects.lookup(after, path)
        ]
        return DiffResponse(
            changes=bool(differing),
            diffs=differing,
            replaces=replaces,
            # Two objects cannot have one name: the old one goes first unless names are chosen.
            delete_before_replace=bool(replaces) and not objects.autonamed(after),
        )

    async def create(self, request: CreateRequest) -> CreateResponse:
        """Accept the object.

        Raises:
            RefusedError: An API server would not.
        """
        if request.preview:
            return CreateResponse(resource_id="", properties=request.properties)
        inputs = plain_map(request.properties)
        if request.type == helm.TYPE:
            namespace = helm.namespace_of(inputs, self._cluster.namespace)
            self._want_namespace(namespace, created=bool(inputs.get("createNamespace")))
            identity = f"{namespace}/{inputs['name']}"
            computed = helm.outputs(inputs, namespace, revision=1)
        else:
            self._refuse(request.type, inputs)
            namespace = objects.namespace_of(inputs, self._cluster.namespace)
            self._want_namespace(namespace)
            identity = objects.identity(inputs, self._cluster.namespace)
            computed = _computed(inputs, self._cluster.namespace)
        outputs: Plain = {**inputs, **computed}
        server = self._cluster.server
        self._store.put(request.urn, request.type, identity, "", server, "kubernetes", outputs)
        return CreateResponse(identity, _merged(request.properties, computed))

    async def read(self, request: ReadRequest) -> ReadResponse:
        """The object as it was accepted; without an id once it is gone."""
        record = self._store.get(request.type, request.resource_id, region=self._cluster.server)
        if record is None:
            return ReadResponse(resource_id="")
        if request.properties:
            return ReadResponse(request.resource_id, request.properties, request.inputs)
        known = wrap_map(record.outputs)
        return ReadResponse(request.resource_id, known, known)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        """Accept the changed object.

        Raises:
            RefusedError: An API server would not.
        """
        if request.preview:
            return UpdateResponse(properties=request.news)
        inputs = plain_map(request.news)
        if request.type == helm.TYPE:
            namespace = helm.namespace_of(inputs, self._cluster.namespace)
            computed = helm.outputs(inputs, namespace, revision=_revision(request.olds) + 1)
        else:
            self._refuse(request.type, inputs)
            computed = _computed(inputs, self._cluster.namespace)
        outputs: Plain = {**inputs, **computed}
        self._store.update(request.type, request.resource_id, outputs, region=self._cluster.server)
        return UpdateResponse(_merged(request.news, computed))

    async def delete(self, request: DeleteRequest) -> None:
        """Forget the object."""
        self._store.delete(request.type, request.resource_id, urn=request.urn)

    def _problems(self, token: str, document: Plain) -> list[tuple[str, str]]:
        if objects.kind_of(token).endswith("Patch"):
            # A patch is a part of an object: no schema says which parts must be there.
            return []
        return schemas.problems(document, self._cluster.version)

    def _refuse(self, token: str, document: Plain) -> None:
        found = self._problems(token, document)
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

    def _replacing(self, token: str) -> tuple[str, ...]:
        if token == helm.TYPE:
            return helm.REPLACING
        kind = objects.kind_of(token)
        immutable = () if kind in self._cluster.mutable else objects.IMMUTABLE.get(kind, ())
        return ("metadata.name", "metadata.namespace", *immutable)


def preload() -> None:
    """Fill the caches a zygote shares with its children."""
    schemas.preload()


def _identify(document: Plain, inputs: dict[str, PropertyValue], token: str) -> None:
    """Give the object the API version and kind of its type, as the real provider does."""
    kind = objects.kind_of(token).removesuffix("Patch")
    for key, value in (("apiVersion", objects.api_version_of(token)), ("kind", kind)):
        if key not in document:
            document[key] = value
            inputs[key] = wrap(value)


def _computed(inputs: Plain, namespace: str) -> Plain:
    """What the API server adds; only the parts it changes, so that secrets elsewhere stay such."""
    completed = objects.completed(inputs, namespace)
    return {key: value for key, value in completed.items() if value is not inputs.get(key)}


def _merged(properties: Properties, computed: Plain) -> dict[str, PropertyValue]:
    """The properties with computed ones over them; what was a secret stays one."""
    merged = dict(properties)
    for key, value in computed.items():
        given = merged.get(key)
        merged[key] = wrap(value, secret=given is not None and given.contains_secret())
    return merged


def _revision(olds: Properties) -> int:
    status = plain_map(olds).get("status")
    number = status.get("revision") if isinstance(status, dict) else 0  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - JSON
    return int(number) if isinstance(number, int) else 0


def _makes(token: str, outputs: Mapping[str, object], namespace: str) -> bool:
    if token == helm.TYPE:
        return bool(outputs.get("createNamespace")) and outputs.get("namespace") == namespace
    return objects.kind_of(token) == "Namespace" and (
        objects.metadata_of(outputs).get("name") == namespace
    )
