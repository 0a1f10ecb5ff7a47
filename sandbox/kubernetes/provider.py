"""The stand-in for pulumi-kubernetes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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

from sandbox.kubernetes import helm, nodes, objects, schemas
from sandbox.kubernetes.awaiting import AwaitError
from sandbox.kubernetes.cluster import cluster_of, decoded
from sandbox.kubernetes.live import Live, changed_inputs, tidy
from sandbox.kubernetes.recorded import Recorded, problems
from sandbox.kubernetes.releases import Releases
from sandbox.plugins.partial import PartialError
from sandbox.plugins.servicer import InputDiffRequest
from sandbox.plugins.tokens import token_of
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
_T = TypeVar("_T")

_THREADS = 32
"""Requests and waits at once: the engine's own default is four times the processors."""

_SECRET = ("data", "stringData")


class KubernetesProvider(Provider):
    """Applies objects to the cluster's API server; without one, validates and remembers them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cluster = cluster_of({})
        self._recorded = Recorded(store, self._cluster)
        self._live: Live | None = None
        self._threads = ThreadPoolExecutor(_THREADS)

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        """Learn which cluster this provider speaks to."""
        config = {key: decoded(value) for key, value in plain_map(request.args).items()}
        self._cluster = cluster_of(config)
        self._recorded = Recorded(self._store, self._cluster)
        self._live = None
        if self._cluster.live:
            start_nodes = nodes.starter(self._store.directory, self._cluster)
            self._live = Live(self._cluster, start_nodes)
        return await super().configure(request)

    async def diff_config(self, request: DiffRequest) -> DiffResponse:
        """Another kubeconfig is another cluster only when the engine is told so by its objects."""
        return DiffResponse(changes=bool(changed(request.old_state, request.new_inputs)))

    async def check(self, request: CheckRequest) -> CheckResponse:
        """Name the object and validate it."""
        inputs = dict(request.new_inputs)
        document, old = plain_map(inputs), plain_map(request.old_inputs)
        if token_of(request) == helm.TYPE:
            document["name"] = helm.name_of(document, request.name, old, request.random_seed)
            inputs["name"] = wrap(document["name"])
            found = helm.problems(document)
        else:
            _identify(document, inputs, token_of(request))
            if not contains_unknown(document.get("metadata")):
                metadata = objects.named(document, request.name, old, request.random_seed)
                document["metadata"] = metadata
                inputs |= _merged(inputs, {"metadata": metadata})
            found = problems(token_of(request), document, self._cluster.version)
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
            for path in self._replacing(token_of(request))
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
        """Apply the object, or have the server say what it would make of it."""
        inputs = plain_map(request.properties)
        if request.preview:
            await self._previewed(request.urn, token_of(request), inputs)
            return CreateResponse(resource_id="", properties=request.properties)
        identity, computed, failure = await self._made(
            request.urn, token_of(request), inputs, request.timeout
        )
        outputs: Plain = {**inputs, **computed}
        server = self._cluster.server
        self._store.put(request.urn, token_of(request), identity, "", server, "kubernetes", outputs)
        properties = _merged(request.properties, computed)
        if failure is not None:
            raise PartialError(identity, properties, [str(failure)]) from failure
        return CreateResponse(identity, properties)

    async def read(self, request: ReadRequest) -> ReadResponse:
        """The object as it is; without an id once it is gone."""
        inputs, old = plain_map(request.inputs), plain_map(request.properties)
        found = await self._found(token_of(request), request.resource_id, inputs or old)
        if found is None:
            return ReadResponse(resource_id="")
        if self._live is None or token_of(request) == helm.TYPE:
            if request.properties:
                return ReadResponse(request.resource_id, request.properties, request.inputs)
            known = wrap_map(found)
            return ReadResponse(request.resource_id, known, known)
        if not inputs:
            imported = wrap_map({key: value for key, value in found.items() if key != "status"})
            return ReadResponse(request.resource_id, wrap_map(found), imported)
        moved = changed_inputs(inputs, old, found)
        return ReadResponse(
            request.resource_id,
            _merged(request.properties, found),
            _merged(request.inputs, moved),
        )

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        """Apply the changed object."""
        inputs, old = plain_map(request.news), plain_map(request.olds)
        if request.preview:
            await self._previewed(request.urn, token_of(request), inputs)
            return UpdateResponse(properties=request.news)
        failure: AwaitError | None = None
        if self._live is None:
            computed = self._recorded.update(token_of(request), inputs, old)
        elif token_of(request) == helm.TYPE:
            namespace = helm.namespace_of(inputs, self._cluster.namespace)
            upgrade = Releases(self._live.api).upgrade
            revision = await self._run(upgrade, inputs, namespace)
            computed = helm.outputs(inputs, namespace, revision=revision)
        else:
            _, computed, failure = await self._made(
                request.urn, token_of(request), inputs, request.timeout
            )
        outputs: Plain = {**inputs, **computed}
        self._store.update(
            token_of(request), request.resource_id, outputs, region=self._cluster.server
        )
        properties = _merged(request.news, computed)
        if failure is not None:
            raise PartialError(request.resource_id, properties, [str(failure)]) from failure
        return UpdateResponse(properties)

    async def delete(self, request: DeleteRequest) -> None:
        """Delete the object and wait until it is gone."""
        document, live = plain_map(request.properties), self._live
        if live is not None and token_of(request) == helm.TYPE:
            namespace = helm.namespace_of(document, self._cluster.namespace)
            await self._run(
                live.unless_unreachable, Releases(live.api).uninstall, document, namespace
            )
        elif live is not None:
            await self._run(
                live.unless_unreachable, live.delete, request.urn, token_of(request),
                request.resource_id, document, request.timeout,
            )  # fmt: skip
        self._store.delete(token_of(request), request.resource_id, urn=request.urn)

    async def _made(
        self, urn: str, token: str, inputs: Plain, seconds: float
    ) -> tuple[str, Plain, AwaitError | None]:
        """Id and computed outputs of an applied object, and why it does not work, if so."""
        live = self._live
        if live is None:
            return *self._recorded.create(token, inputs), None
        if token == helm.TYPE:
            namespace = helm.namespace_of(inputs, self._cluster.namespace)
            await self._run(Releases(live.api).install, inputs, namespace)
            computed = helm.outputs(inputs, namespace, revision=1)
            return f"{namespace}/{inputs['name']}", computed, None
        try:
            applied = await self._run(live.apply, urn, inputs, seconds)
        except AwaitError as error:
            applied = tidy(error.found)
            return live.identity(applied), applied, error
        return live.identity(applied), applied, None

    async def _previewed(self, urn: str, token: str, inputs: Plain) -> None:
        """Let the server judge what is known already; it refuses as it would later."""
        if self._live is not None and token != helm.TYPE and not contains_unknown(inputs):
            await self._run(self._live.preview, urn, inputs)

    async def _found(self, token: str, identity: str, document: Plain) -> Plain | None:
        live = self._live
        if live is None:
            return self._recorded.read(token, identity)
        if token == helm.TYPE:
            namespace, _, name = identity.rpartition("/")
            revision = await self._run(Releases(live.api).revision, name, namespace)
            record = self._store.get(token, identity, region=self._cluster.server)
            return (record.outputs if record else document) if revision else None
        return await self._run(live.read, token, identity, document)

    async def _run(self, work: Callable[..., _T], *arguments: object) -> _T:
        """Speak to the API server without keeping the other requests of the engine waiting."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, work, *arguments)

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


def _merged(properties: Properties, computed: Plain) -> dict[str, PropertyValue]:
    """The properties with computed ones over them; what was a secret stays one."""
    merged = dict(properties)
    is_secret = computed.get("kind") == "Secret"
    for key, value in computed.items():
        given = merged.get(key)
        hidden = given is not None and given.contains_secret()
        merged[key] = wrap(value, secret=hidden or (is_secret and key in _SECRET))
    return merged
