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
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pulumi
import pulumi.runtime
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, settings
from pulumi.runtime import stack as pulumi_stack
from pulumi.runtime.proto import provider_pb2, resource_pb2, source_pb2

from automation.synth import remote
from automation.synth.transforms import Transforms
from sandbox.identifiers import account_id_for, identify
from tests.wire import (
    UNKNOWN,
    plain,
    struct,
)

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "superinc"
_SETTLING_ROUNDS, _SETTLING_SECONDS = 20, 0.05


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
        self.transforms = Transforms()
        self._stack = stack
        self._earlier = earlier
        self._preview = preview
        self._places: dict[str, tuple[str, str]] = {}
        self._apart: dict[str, resource_pb2.RegisterResourceRequest] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take note of the loop that the program runs on."""
        self._loop = loop

    def SupportsFeature(  # noqa: N802 - gRPC method
        self, request: resource_pb2.SupportsFeatureRequest
    ) -> resource_pb2.SupportsFeatureResponse:
        """All of them; output values are sent for remote components alone."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)

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
    ) -> provider_pb2.InvokeResponse:
        """Give a registered resource; refuse the rest: components look nothing up."""
        if request.tok != remote.GET_RESOURCE:
            raise AssertionError(f"the program invoked {request.tok}")
        found = self.recording.by_urn(plain(request.args)["urn"])
        state = found.inputs if self._preview else found.outputs
        return remote.registered(found.urn, self._id_of(found.urn), struct(state))

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
        return resource_pb2.ReadResourceResponse(urn=urn, properties=struct(state))

    def RegisterResource(  # noqa: N802 - gRPC method
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Keep the resource and answer as a provider would."""
        urn = _urn(self._stack, request.parent, request.type, request.name)
        if urn in self._apart:
            # A plugin registers its component anew: it is the one our code asked for.
            request = self._apart[urn]
        elif tokens := self.transforms.of(request):
            self._on_loop(self.transforms.apply(tokens, request))
        self.transforms.remember(urn, request)
        if remote.comes_apart(request) and urn not in self._apart:
            return self._take_apart(urn, request)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = plain(request.object)
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
                source=_source(self._shown(request)),
            )
        )
        given_id = UNKNOWN if self._preview and request.custom else resource_id
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=given_id, object=struct(inputs if self._preview else outputs)
        )

    def RegisterResourceOutputs(  # noqa: N802 - gRPC method
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Keep a component's outputs, or the stack's exports."""
        outputs = plain(request.outputs)
        if "::pulumi:pulumi:Stack::" in request.urn:
            self.recording.exports = outputs
        elif request.urn not in self._apart:
            self.recording.by_urn(request.urn).registrations.append(outputs)
        return empty_pb2.Empty()

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something where the program runs: the SDK calls us from threads of its own."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _id_of(self, urn: str) -> str:
        found = self.recording.by_urn(urn)
        return found.id if found.custom and not self._preview else ""

    def _take_apart(
        self, urn: str, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Have a plugin's stand-in make the children of a remote component."""
        self._apart[urn] = request
        made = self._on_loop(remote.construct(request, self._id_of))
        self.recording.by_urn(urn).outputs = plain(made.state)
        return remote.answered(urn, made)

    def _shown(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceRequest:
        """What our code registered: for a plugin's resource, its component."""
        ancestor = request.parent
        while ancestor:
            if ancestor in self._apart:
                return self._apart[ancestor]
            known = [one for one in self.recording.resources if one.urn == ancestor]
            ancestor = (known[0].parent or "") if known else ""
        return request

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

        # Without a server: our own, which runs transforms where the engine would.
        _kept().callbacks = recorder.transforms.callbacks

        # What a failed program left belongs to a loop that is closed.
        _kept().outputs.clear()

        async def run() -> None:
            recorder.begin(asyncio.get_running_loop())
            recorder.recording.result = program()
            await _settled()

        asyncio.run(_finish(pulumi_stack.run_in_stack(run)))

    # A context of its own: the SDK keeps its settings, root and tasks in context variables.
    contextvars.Context().run(inside)
    return recorder.recording


def _kept() -> Any:  # noqa: ANN401 - its properties are descriptors that the SDK does not type
    return settings.SETTINGS


async def _settled() -> None:
    """Wait for all outputs at once, or until one fails: the SDK's own wait is quadratic."""
    while pending := [task for task in _kept().outputs if not task.done()]:
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
