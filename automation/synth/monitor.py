"""The engine's side of one program: registers every resource, invents what the cloud would answer.

The methods are those of the resource monitor's gRPC service that the SDK calls. They answer as
the engine does in a preview, but ids and computed outputs are known: :mod:`sandbox.identifiers`
makes them. What would ask a real cloud is refused (design D9).
"""

import sys
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pulumi.errors
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, resource_pb2

from automation.synth import remote, values
from automation.synth.placement import Placement
from automation.synth.references import REFERENCE_TYPE, References
from automation.synth.sources import Sources
from automation.synth.transforms import Transforms
from sandbox.identifiers import identify

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"

_Answer = resource_pb2.RegisterResourceResponse


class RefusedError(Exception):
    """A program asked for what an offline synthesis cannot and a rollout should not give.

    Attributes:
        source: Where in the project, when known.
    """

    def __init__(self, message: str, source: str | None = None) -> None:
        super().__init__(message)
        self.source = source


@dataclass(slots=True)
class Recorded:
    """One registered resource.

    Attributes:
        urn: Its URN.
        request: The registration, after transforms.
        inputs: Its inputs as the document holds them.
        outputs: Its outputs as the document holds them.
        account: The name of the account it lives in.
        region: The Region it lives in.
        source: The line that makes it, relative to the project.
        state: Its outputs as the program got them.
    """

    urn: str
    request: resource_pb2.RegisterResourceRequest
    inputs: dict[str, object]
    account: str
    region: str
    source: str | None
    outputs: dict[str, object] = field(default_factory=dict[str, object])
    state: Struct = field(default_factory=Struct)


class RecordingMonitor:
    """Records one stack.

    Attributes:
        resources: Everything registered, by URN, in order of registration.
        stack_outputs: What the program exported, as sent.
    """

    def __init__(
        self,
        urn_prefix: str,
        placement: Placement,
        references: References,
        sources: Sources,
        *,
        disabled_providers: frozenset[str] = frozenset(),
    ) -> None:
        self.resources: dict[str, Recorded] = {}
        self.stack_outputs = Struct()
        self.transforms = Transforms()
        self._prefix = urn_prefix
        self._placement = placement
        self._references = references
        self._sources = sources
        self._disabled_providers = disabled_providers
        self._apart: dict[str, resource_pb2.RegisterResourceRequest] = {}

    def stub(self) -> SimpleNamespace:
        """This monitor as the SDK calls it, by the names of the gRPC methods."""
        return SimpleNamespace(
            Call=self.call,
            Invoke=self.invoke,
            ReadResource=self.read,
            RegisterErrorHook=_accept,
            RegisterPackage=_package,
            RegisterResource=self.register,
            RegisterResourceHook=_accept,
            RegisterResourceOutputs=self.register_outputs,
            RegisterStackInvokeTransform=_accept,
            RegisterStackTransform=self.transforms.RegisterStackTransform,
            SignalAndWaitForShutdown=_accept,
            SupportsFeature=_supports,
        )

    def register(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> _Answer | Coroutine[object, object, _Answer]:
        """Register a resource: at once, or when its transforms have run."""
        whole = self._apart.get(self._urn(request.parent, request.type, request.name))
        if whole is not None and not request.remote:
            # The plugin registers its component anew: it is the one the program asked for.
            return self._register(whole)
        tokens = self.transforms.of(request)
        if tokens or remote.comes_apart(request):
            return self._transformed(tokens, request)
        return self._register(request)

    async def _transformed(
        self, tokens: list[str], request: resource_pb2.RegisterResourceRequest
    ) -> _Answer:
        await self.transforms.apply(tokens, request)
        return await self._take_apart(request) if request.remote else self._register(request)

    async def _take_apart(self, request: resource_pb2.RegisterResourceRequest) -> _Answer:
        """Register a remote component with the children its plugin would make."""
        if not remote.comes_apart(request):
            return self._register(request)
        urn = self._urn(request.parent, request.type, request.name)
        self._refuse(urn, request, _position(request))
        self._apart[urn] = request
        try:
            made = await remote.construct(request, self._id_of)
        except (remote.MissingStandInError, pulumi.errors.InputPropertiesError) as error:
            raise RefusedError(str(error), _position(request)) from error
        self.resources[urn].outputs = values.plain(made.state, self._sources.root)
        self.resources[urn].state = made.state
        return remote.answered(urn, made)

    def _register(self, request: resource_pb2.RegisterResourceRequest) -> _Answer:
        urn = self._urn(request.parent, request.type, request.name)
        source = self._source(request)
        self._refuse(urn, request, source)
        inputs = values.plain(request.object, self._sources.root)
        account, region = self._placement.of(request, inputs)
        recorded = Recorded(urn, request, inputs, account, region, source)
        self.resources[urn] = recorded
        self.transforms.remember(urn, request)
        answer = _Answer(urn=urn, object=request.object)
        if request.custom or (request.remote and urn not in self._apart):
            answer.id = self._identify(recorded, answer.object)
        recorded.state = answer.object
        if request.type.startswith(PROVIDER_PREFIX):
            self._placement.add_provider(urn, inputs)
        return answer

    def _source(self, request: resource_pb2.RegisterResourceRequest) -> str | None:
        """The line that makes a resource; of a plugin's resource, the line of its component."""
        ancestor = request.parent
        while ancestor:
            if ancestor in self._apart:
                return _position(self._apart[ancestor])
            known = self.resources.get(ancestor)
            ancestor = known.request.parent if known else ""
        return _position(request)

    def _refuse(
        self, urn: str, request: resource_pb2.RegisterResourceRequest, source: str | None
    ) -> None:
        if urn in self.resources:
            raise RefusedError(
                f"got two resources {request.name!r} of type {request.type}, wanted one per name",
                source,
            )
        package = request.type.partition(":")[0]
        if request.custom and not request.provider and package in self._disabled_providers:
            raise RefusedError(
                f"got no provider for {request.name!r} ({request.type}), wanted an explicit one:"
                f" the default provider of {package} is disabled",
                source,
            )

    def _identify(self, recorded: Recorded, answer: Struct) -> str:
        """Complete an answer with what the cloud would compute; returns the resource's id."""
        request = recorded.request
        known = {
            name: value for name, value in recorded.inputs.items() if not values.is_marker(value)
        }
        identity = identify(
            request.type,
            recorded.urn,
            known,
            account_id=self._placement.id_of(recorded.account),
            region=recorded.region,
        )
        for name, value in identity.outputs.items():
            # What holds a secret keeps the value that was sent: the invented one is in clear.
            if name not in answer.fields or not values.contains_secret(answer.fields[name]):
                answer.update({name: cast("Any", value)})
        for name in request.additionalSecretOutputs:
            if name in answer.fields:
                values.hide(answer, name)
        recorded.outputs = {
            "id": identity.id,
            **values.plain(answer, self._sources.root),
        }
        return identity.id

    def register_outputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Take a component's outputs, or the stack's exports."""
        recorded = self.resources[request.urn]
        if recorded.request.type == STACK_TYPE:
            self.stack_outputs.CopyFrom(request.outputs)
        elif request.urn not in self._apart:
            recorded.outputs = values.plain(request.outputs, self._sources.root)
        return empty_pb2.Empty()

    def read(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        """Answer a reference to another stack; refuse to read anything else."""
        if request.type != REFERENCE_TYPE:
            raise RefusedError(
                f"got a read of {request.type} {request.id!r}, wanted no look-up in a program:"
                " facts come from configuration or from outputs of earlier stacks",
                _position(request),
            )
        urn = self._urn(request.parent, request.type, request.name)
        properties = self._references.resolve(request.id, _position(request))
        account, region = self._placement.home
        name: dict[str, object] = {"name": request.id}
        registration = resource_pb2.RegisterResourceRequest(
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=True,
            dependencies=request.dependencies,
        )
        source = _position(request)
        self.resources[urn] = Recorded(urn, registration, name, account, region, source, dict(name))
        return resource_pb2.ReadResourceResponse(urn=urn, properties=properties)

    def invoke(self, request: resource_pb2.ResourceInvokeRequest) -> provider_pb2.InvokeResponse:
        """Give a registered resource; refuse a function of a provider: it would ask the cloud."""
        if request.tok != remote.GET_RESOURCE:
            raise self._look_up(request.tok)
        urn = request.args.fields["urn"].string_value
        return remote.registered(urn, self._id_of(urn), self.resources[urn].state)

    def _id_of(self, urn: str) -> str:
        found = self.resources[urn]
        return str(found.outputs["id"]) if found.request.custom else ""

    def call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:
        """Refuse a method of a remote component: it would run in a provider."""
        raise self._look_up(request.tok)

    def _look_up(self, token: str) -> RefusedError:
        return RefusedError(
            f"got a call of {token}, wanted no look-up in a program:"
            " facts come from configuration or from outputs of earlier stacks",
            self._sources.nearest(sys._getframe(1)),  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the documented way to walk the stack
        )

    def _urn(self, parent: str, type_token: str, name: str) -> str:
        qualified = parent.split("::")[2] if parent else ""
        path = f"{qualified}${type_token}" if qualified not in {"", STACK_TYPE} else type_token
        return f"{self._prefix}::{path}::{name}"


def _position(request: Any) -> str | None:  # noqa: ANN401 - the SDK's stubs lose this field's type
    position = request.sourcePosition
    return f"{position.uri}:{position.line}" if position.uri else None


def _accept(_request: object) -> empty_pb2.Empty:
    return empty_pb2.Empty()


def _package(
    request: resource_pb2.RegisterPackageRequest,
) -> resource_pb2.RegisterPackageResponse:
    return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")


def _supports(
    _request: resource_pb2.SupportsFeatureRequest,
) -> resource_pb2.SupportsFeatureResponse:
    return resource_pb2.SupportsFeatureResponse(hasSupport=True)


def by_type(resources: Mapping[str, Recorded], type_token: str) -> list[Recorded]:
    """The recorded resources of a type."""
    return [found for found in resources.values() if found.request.type == type_token]
