"""A recording engine: runs a program without Pulumi's CLI and keeps what it registered.

It sees the raw requests, so unlike the SDK's mocks it knows parents, options and source lines.
Computed properties come from `sandbox.identifiers`; every invoke is refused, because components
look nothing up.
"""

import asyncio
import contextvars
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pulumi
import pulumi.runtime
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime import stack as pulumi_stack
from pulumi.runtime.proto import resource_pb2, source_pb2

from sandbox.identifiers import account_id_for, identify

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "superinc"
_SETTLING_ROUNDS, _SETTLING_SECONDS = 20, 0.05
UNKNOWN: Final = rpc.UNKNOWN

# The signatures of the wire format: pulumi/sdk/go/common/resource/sig/sig.go.
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A value the program marked as secret."""

    value: Any


@dataclass(kw_only=True)
class Recorded:
    """One registered resource, inputs and outputs in camelCase as sent."""

    urn: str
    type: str
    name: str
    parent: str | None
    custom: bool
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    provider: str | None
    depends_on: frozenset[str]
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]
    import_id: str | None
    source: str
    registrations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What `register_outputs` got, once per call; components only."""

    def policy(self, name: str) -> dict[str, Any]:
        """An input that is a JSON policy document, parsed."""
        return json.loads(self.inputs[name])


@dataclass(kw_only=True)
class Recording:
    """Everything a program did.

    Attributes:
        result: What the program returned.
        resources: In order of registration, the stack and stack references left out.
        references: Stack references by stack name, in order.
        exports: The stack's outputs.
    """

    result: Any = None
    resources: list[Recorded] = field(default_factory=list[Recorded])
    references: list[str] = field(default_factory=list[str])
    exports: dict[str, Any] = field(default_factory=dict[str, Any])

    def of(self, type_token: str) -> list[Recorded]:
        """The resources of a type: the whole token or its end, ``kms/key:Key`` or ``aws``."""
        return [
            found
            for found in self.resources
            if found.type == type_token or found.type.endswith((f":{type_token}", f"/{type_token}"))
        ]

    def one(self, type_token: str, name: str | None = None) -> Recorded:
        """The only resource of a type, or the only one with that name."""
        found = [one for one in self.of(type_token) if name in (None, one.name)]
        if len(found) != 1:
            names = [one.name for one in self.of(type_token)]
            raise AssertionError(f"got {len(found)} of {type_token} {name or ''}, seen {names}")
        return found[0]

    def names(self, type_token: str) -> set[str]:
        """The logical names of the resources of a type."""
        return {found.name for found in self.of(type_token)}

    def by_urn(self, urn: str) -> Recorded:
        """A resource by its URN."""
        return next(found for found in self.resources if found.urn == urn)

    def children(self, parent: Recorded) -> list[Recorded]:
        """The direct children of a component."""
        return [found for found in self.resources if found.parent == parent.urn]

    def components(self) -> Iterator[Recorded]:
        """Our own components."""
        return (found for found in self.resources if not found.custom)


class Recorder:
    """The resource monitor the SDK talks to; answers at once, from what it was told.

    Args:
        earlier: Outputs of earlier stacks by stack name.
        stack: The stack being run.
        preview: Whether ids and computed outputs stay unknown, as in a first preview.
    """

    def __init__(
        self, stack: str, *, earlier: Mapping[str, Mapping[str, Any]], preview: bool
    ) -> None:
        self.recording = Recording()
        self._stack = stack
        self._earlier = earlier
        self._preview = preview
        self._places: dict[str, tuple[str, str]] = {}

    def SupportsFeature(  # noqa: N802 - gRPC method
        self, request: resource_pb2.SupportsFeatureRequest
    ) -> resource_pb2.SupportsFeatureResponse:
        """Neither resource references nor output values: inputs stay plain."""
        has = request.id not in {"outputValues", "resourceReferences"}
        return resource_pb2.SupportsFeatureResponse(hasSupport=has)

    def RegisterPackage(  # noqa: N802 - gRPC method
        self, request: resource_pb2.RegisterPackageRequest
    ) -> resource_pb2.RegisterPackageResponse:
        """A package without a provider behind it."""
        return resource_pb2.RegisterPackageResponse(ref=request.name)

    def SignalAndWaitForShutdown(  # noqa: N802 - gRPC method
        self, request: empty_pb2.Empty
    ) -> empty_pb2.Empty:
        """Nothing to wait for."""
        return empty_pb2.Empty()

    def Invoke(  # noqa: N802 - gRPC method
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> None:
        """Refuse: components look nothing up."""
        raise AssertionError(f"the program invoked {request.tok}")

    Call = Invoke

    def ReadResource(  # noqa: N802 - gRPC method
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        """Resolve a stack reference; nothing else may be read."""
        if request.type != "pulumi:pulumi:StackReference":
            raise AssertionError(f"the program read {request.type} {request.id}")
        stack = str(request.id).rpartition("/")[2]
        if stack not in self._earlier:
            raise AssertionError(f"{self._stack} reads {stack}, known: {sorted(self._earlier)}")
        self.recording.references.append(stack)
        state: dict[str, Any] = {
            "name": request.id,
            "outputs": self._earlier[stack],
            "secretOutputNames": [],
        }
        urn = _urn(self._stack, "", request.type, request.name)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(state))

    def RegisterResource(  # noqa: N802 - gRPC method
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Keep the resource and answer as a provider would."""
        urn = _urn(self._stack, request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = _plain(request.object)
        resource_id, computed = self._identity(request, urn, inputs)
        outputs = {**inputs, **computed}
        self.recording.resources.append(
            Recorded(
                urn=urn,
                type=request.type,
                name=request.name,
                parent=None if "::pulumi:pulumi:Stack::" in request.parent else request.parent,
                custom=request.custom,
                id=resource_id,
                inputs=inputs,
                outputs=outputs,
                provider=_provider_name(request),
                depends_on=frozenset(request.dependencies),
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                ignore_changes=tuple(request.ignoreChanges),
                import_id=request.importId or None,
                source=_source(request),
            )
        )
        given_id = UNKNOWN if self._preview and request.custom else resource_id
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=given_id, object=_struct(inputs if self._preview else outputs)
        )

    def RegisterResourceOutputs(  # noqa: N802 - gRPC method
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Keep a component's outputs, or the stack's exports."""
        outputs = _plain(request.outputs)
        if "::pulumi:pulumi:Stack::" in request.urn:
            self.recording.exports = outputs
        else:
            self.recording.by_urn(request.urn).registrations.append(outputs)
        return empty_pb2.Empty()

    def _identity(
        self, request: resource_pb2.RegisterResourceRequest, urn: str, inputs: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        if not request.custom:
            return "", {}
        if request.type.startswith("pulumi:providers:"):
            ids = inputs.get("allowedAccountIds", "[]")
            allowed = json.loads(ids) if isinstance(ids, str) else ids
            account = allowed[0] if allowed and allowed[0] != UNKNOWN else account_id_for("?")
            self._places[urn] = (account, inputs.get("region", "eu-central-1"))
            return request.name, {}
        provider = str(request.provider).rpartition("::")[0]
        account, region = self._places.get(provider, (account_id_for("?"), "eu-central-1"))
        identity = identify(request.type, urn, inputs, account_id=account, region=region)
        return request.importId or identity.id, identity.outputs


def record(
    program: Callable[[], Any],
    *,
    stack: str = "staging",
    config: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
) -> Recording:
    """Run a program and return what it registered.

    Args:
        program: Called once inside the stack; its result is kept.
        stack: Name of the stack.
        config: Configuration by full key; objects are sent as JSON, like the engine does.
        earlier: Outputs of earlier stacks, for stack references.
        preview: Run as a first preview: ids and computed outputs unknown.
    """
    recorder = Recorder(stack, earlier=earlier or {}, preview=preview)

    def inside() -> None:
        settings.configure(
            mocks.MockSettings(
                monitor=recorder,
                engine=mocks.MockEngine(None),
                project=PROJECT,
                stack=stack,
                dry_run=preview,
                organization="organization",
                root_directory=str(ROOT),
            )
        )
        pulumi.runtime.set_all_config(
            {
                key: value if isinstance(value, str) else json.dumps(value)
                for key, value in (config or {}).items()
            }
        )

        # What a failed program left belongs to a loop that is closed.
        _kept_outputs().clear()

        async def run() -> None:
            recorder.recording.result = program()
            await _settled()

        asyncio.run(_finish(pulumi_stack.run_in_stack(run)))

    # A context of its own: the SDK keeps its settings, root and tasks in context variables.
    contextvars.Context().run(inside)
    return recorder.recording


def _kept_outputs() -> set[asyncio.Task[Any]]:
    kept: Any = settings.SETTINGS  # its properties are descriptors that the SDK does not type
    return kept.outputs


async def _settled() -> None:
    """Wait for all outputs at once, or until one fails: the SDK's own wait is quadratic."""
    while pending := [task for task in _kept_outputs() if not task.done()]:
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() is not None for task in done):
            return


async def _finish(program: Coroutine[Any, Any, None]) -> None:
    """Run to the end; after a failure the SDK leaves tasks that nobody has begun to await."""
    try:
        await program
    except BaseException:
        for _ in range(_SETTLING_ROUNDS):
            left = asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())}
            if not left:
                break
            done, _pending = await asyncio.wait(left, timeout=_SETTLING_SECONDS)
            for task in done:
                if not task.cancelled():
                    task.exception()
        raise


def _urn(stack: str, parent: str, type_token: str, name: str) -> str:
    inherited = parent.split("::")[2] if parent else ""
    prefix = f"{inherited}$" if inherited and inherited != "pulumi:pulumi:Stack" else ""
    return f"urn:pulumi:{stack}::{PROJECT}::{prefix}{type_token}::{name}"


def _provider_name(request: resource_pb2.RegisterResourceRequest) -> str | None:
    return str(request.provider).split("::")[-2] if request.provider else None


def _source(request: resource_pb2.RegisterResourceRequest) -> str:
    """Where our code asked for it; a provider's own position is in the SDK, one frame too deep."""
    # The SDK's stub of this field names a module that is not there.
    trace = cast("source_pb2.StackTrace", request.stackTrace)  # pyright: ignore[reportUnknownMemberType]
    for frame in trace.frames:
        path = Path(url2pathname(urlsplit(frame.pc.uri).path))
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            return f"{path.relative_to(ROOT).as_posix()}:{frame.pc.line}"
    return ""


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(cast("dict[str, Any]", _sent(values)), struct_pb2.Struct())


def _plain(properties: struct_pb2.Struct) -> dict[str, Any]:
    """Inputs as the program meant them: secrets marked, whole numbers as integers."""
    return {key: _meant(value) for key, value in json_format.MessageToDict(properties).items()}


def _meant(value: object) -> object:
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value)
        if inner.get(SIGNATURE) == SECRET_SIGNATURE:
            return Secret(value=_meant(inner["value"]))
        return {key: _meant(found) for key, found in inner.items()}
    if isinstance(value, list):
        return [_meant(found) for found in cast("list[object]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _sent(value: object) -> object:
    """The opposite of :func:`_meant`: secrets as the engine sends them."""
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET_SIGNATURE, "value": _sent(value.value)}
    if isinstance(value, Mapping):
        return {key: _sent(found) for key, found in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [_sent(found) for found in cast("list[object]", value)]
    return value
