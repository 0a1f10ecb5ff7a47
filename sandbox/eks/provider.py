"""The stand-in for pulumi-eks: components only, no resources of its own."""

from operator import itemgetter
from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import ConstructRequest, ConstructResponse, Provider
from pulumi.runtime import rpc

from sandbox.eks.arguments import Arguments
from sandbox.eks.cluster import Cluster
from sandbox.eks.nodes import Addon, ManagedNodeGroup
from sandbox.eks.supported import UnsupportedError
from sandbox.plugins import wire
from sandbox.store import Store

_ON_CLUSTERS = {"eks:index:ManagedNodeGroup": ManagedNodeGroup, "eks:index:Addon": Addon}
_CLUSTER = "eks:index:Cluster"
_CORE = ("cluster", "subnetIds")


class EksProvider(Provider):
    """Builds the components of pulumi-eks out of real children."""

    def __init__(self, store: Store) -> None:
        # Its children are the aws provider's to record.
        del store

    async def construct(self, request: ConstructRequest) -> ConstructResponse:
        """Register a component and its children with the engine.

        Raises:
            UnsupportedError: There is no such component here, or it cannot do what is asked.
        """
        arguments = Arguments(request.inputs)
        component: Cluster | ManagedNodeGroup | Addon
        if request.resource_type == _CLUSTER:
            component = Cluster(request.name, arguments, request.options)
        elif request.resource_type in _ON_CLUSTERS:
            core = await _core(arguments)
            build = _ON_CLUSTERS[request.resource_type]
            component = build(request.name, arguments, core, request.options)
        else:
            wanted = ", ".join([_CLUSTER, *_ON_CLUSTERS])
            raise UnsupportedError(f"got {request.resource_type}, the sandbox has {wanted}")
        state = await _properties(component.state)
        urn = await component.urn.future()
        return ConstructResponse(urn=str(urn), state=state, state_dependencies={})


async def _core(arguments: Arguments) -> dict[str, Any]:
    """The core data of the cluster given: that of the component or the `core` output itself.

    A resource within it is its id, which for a cluster is its name.
    """
    component = arguments.resource("cluster", "core")
    if component is None:
        return arguments.input("cluster")
    return {name: component.output("core").apply(itemgetter(name)) for name in _CORE}


async def _properties(state: dict[str, Any]) -> dict[str, PropertyValue]:
    present = {key: value for key, value in state.items() if value is not None}
    message = await rpc.serialize_properties(present, {}, keep_output_values=True)
    wire.complete(message)
    return PropertyValue.unmarshal_map(message)
