"""The protocol between the engine and a provider, where the SDK's servicer needs more."""

from typing import Any

from google.protobuf.empty_pb2 import Empty
from pulumi.provider.experimental.provider import (
    DiffRequest,
    DiffResponse,
    PropertyDiffKind,
    Provider,
)
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime import proto

from sandbox.faults import Faults
from sandbox.plugins import wire
from sandbox.plugins.values import Properties, PropertyValue

_Context = Any
"""The SDK's servicer and gRPC's stubs disagree on the type of a call's context."""


class InputDiffRequest(DiffRequest):
    """A diff request that also carries the old inputs, which the SDK leaves out.

    Attributes:
        old_inputs: What Check returned when the resource was last created or updated.
    """

    def __init__(self, request: Any) -> None:  # noqa: ANN401 - a generated message
        super().__init__(
            request.urn,
            request.id,
            PropertyValue.unmarshal_map(request.olds),
            PropertyValue.unmarshal_map(request.news),
            list(request.ignoreChanges),
        )
        self.old_inputs: Properties = PropertyValue.unmarshal_map(request.old_inputs)


class Servicer(ProviderServicer):
    """Adds Handshake, Attach, old inputs in Diff, detailed DiffConfig and cancelled faults."""

    def __init__(
        self,
        *,
        version: str,
        provider: Provider,
        faults: Faults,
        engine_address: str,
        components: bool,
    ) -> None:
        super().__init__([], version, provider, engine_address)
        self._faults = faults
        self._components = components

    async def Handshake(self, request: Any, context: _Context) -> Any:  # noqa: ANN401, N802 - gRPC
        """Agree on the protocol's features before Configure."""
        del context
        if request.engine_address:
            self._engine_address = request.engine_address
        return proto.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=self._components,
            accept_outputs=self._components,
        )

    async def Attach(self, request: Any, context: _Context) -> Empty:  # noqa: ANN401, N802 - gRPC
        """Take orders from another engine."""
        del context
        self._engine_address = request.address
        return Empty()

    async def Cancel(self, request: Any, context: _Context) -> Any:  # noqa: ANN401, N802 - gRPC
        """Stop what can be stopped; the engine waits for the operations to answer."""
        self._faults.cancel()
        return await super().Cancel(request, context)

    async def Configure(self, request: Any, context: _Context) -> Any:  # noqa: ANN401, N802 - gRPC
        """Configure the provider; the features are those of the handshake, whatever it says."""
        response = await super().Configure(request, context)
        response.acceptSecrets = True
        response.acceptResources = self._components
        response.acceptOutputs = self._components
        return response

    async def Construct(self, request: Any, context: _Context) -> Any:  # noqa: ANN401, N802 - gRPC
        """Build a component; its inputs and outputs may be unknown."""
        wire.complete(request.inputs)
        response = await super().Construct(request, context)
        wire.abridge(response.state)
        return response

    async def Diff(self, request: Any, context: _Context) -> Any:  # noqa: ANN401, N802 - gRPC
        """Compare a resource with its new inputs."""
        del context
        return _diff_message(await self._provider.diff(InputDiffRequest(request)))

    async def DiffConfig(self, request: Any, context: _Context) -> Any:  # noqa: ANN401, N802 - gRPC
        """Compare a provider's configuration with its new one."""
        del context
        return _diff_message(await self._provider.diff_config(InputDiffRequest(request)))


_DIFF_KINDS = {
    PropertyDiffKind.ADD: proto.PropertyDiff.ADD,
    PropertyDiffKind.ADD_REPLACE: proto.PropertyDiff.ADD_REPLACE,
    PropertyDiffKind.DELETE: proto.PropertyDiff.DELETE,
    PropertyDiffKind.DELETE_REPLACE: proto.PropertyDiff.DELETE_REPLACE,
    PropertyDiffKind.UPDATE: proto.PropertyDiff.UPDATE,
    PropertyDiffKind.UPDATE_REPLACE: proto.PropertyDiff.UPDATE_REPLACE,
}


def _diff_message(response: DiffResponse) -> Any:  # noqa: ANN401 - a generated message
    changes = {
        None: proto.DiffResponse.DIFF_UNKNOWN,
        True: proto.DiffResponse.DIFF_SOME,
        False: proto.DiffResponse.DIFF_NONE,
    }[response.changes]
    return proto.DiffResponse(
        replaces=response.replaces,
        stables=response.stables,
        deleteBeforeReplace=response.delete_before_replace,
        changes=changes,
        diffs=response.diffs,
        detailedDiff={
            path: proto.PropertyDiff(kind=_DIFF_KINDS[diff.kind], inputDiff=diff.input_diff)
            for path, diff in response.detailed_diff.items()
        },
        hasDetailedDiff=bool(response.detailed_diff),
    )
