"""Remote components, taken apart: what their plugin would register is registered here.

A remote component is made of children that only its plugin knows. The engine asks the plugin;
offline, the sandbox's stand-in of that plugin is asked in its place, and talks to the same monitor
as the program. So its children are there for policies, transforms and readers of the document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import ConstructRequest, Provider
from pulumi.resource import DependencyProviderResource, DependencyResource
from pulumi.runtime.proto import provider_pb2, resource_pb2

from automation.synth.values import RESOURCE_SIGNATURE, SIGNATURE
from sandbox.plugins import wire

if TYPE_CHECKING:
    from sandbox.store import Store

GET_RESOURCE: Final = "pulumi:pulumi:getResource"
"""The engine's own function by which a program gets a registered resource by its URN."""

_PACKAGE: Final = "eks:"
"""The one package whose components have a stand-in."""


class MissingStandInError(Exception):
    """A stand-in exists, but what it needs is not installed."""


@dataclass(frozen=True, kw_only=True)
class Constructed:
    """A component after its plugin has made it.

    Attributes:
        state: Its outputs as the program gets them.
        dependencies: The URNs each output depends on.
    """

    state: Struct
    dependencies: Mapping[str, list[str]]


def comes_apart(request: resource_pb2.RegisterResourceRequest) -> bool:
    """Whether a registration is of a remote component that has a stand-in."""
    return request.remote and request.type.startswith(_PACKAGE)


async def construct(
    request: resource_pb2.RegisterResourceRequest, id_of: Callable[[str], str]
) -> Constructed:
    """Make a component's children, as the engine would have its plugin make them.

    Args:
        request: The registration of the component.
        id_of: Gives the id of a registered resource by its URN; empty for a component.

    Raises:
        MissingStandInError: The sandbox's packages are not installed.
    """
    made = await _provider().construct(
        ConstructRequest(
            resource_type=request.type,
            name=request.name,
            inputs=_inputs(request),
            options=_options(request),
        )
    )
    state = PropertyValue.marshal_map({name: _bare(found) for name, found in made.state.items()})
    _name_ids(state, id_of)
    return Constructed(
        state=state,
        dependencies={name: sorted(found.all_dependencies()) for name, found in made.state.items()},
    )


def answered(urn: str, made: Constructed) -> resource_pb2.RegisterResourceResponse:
    """What the program is told of a component that was made."""
    dependencies = {
        name: resource_pb2.RegisterResourceResponse.PropertyDependencies(urns=urns)
        for name, urns in made.dependencies.items()
    }
    return resource_pb2.RegisterResourceResponse(
        urn=urn, object=made.state, propertyDependencies=dependencies
    )


def registered(urn: str, known_id: str, state: Struct) -> provider_pb2.InvokeResponse:
    """The answer to :data:`GET_RESOURCE`.

    Args:
        urn: The resource.
        known_id: Its id; empty while it is unknown, and for a component.
        state: Its outputs as the program got them.
    """
    found = Struct()
    found.update({"urn": urn, "id": known_id})
    found.fields["state"].struct_value.CopyFrom(state)
    response = provider_pb2.InvokeResponse()
    cast("Struct", getattr(response, "return")).CopyFrom(found)
    return response


def _provider() -> Provider:
    try:
        from sandbox.eks.provider import (  # noqa: PLC0415 - most programs have no such component
            EksProvider,
        )
    except ImportError as error:
        raise MissingStandInError(
            f"got no package {error.name}, wanted it to take components of eks apart:"
            " pip install 'superinc-platform[sandbox]'"
        ) from error
    # Children are recorded by whom they are registered with, so there is nothing to store.
    return EksProvider(cast("Store", None))


def _inputs(request: resource_pb2.RegisterResourceRequest) -> dict[str, PropertyValue]:
    """The inputs, each with what it depends on: a child that takes one depends on the same."""
    given = Struct()
    given.CopyFrom(request.object)
    wire.complete(given)
    inputs = PropertyValue.unmarshal_map(given)
    # The SDK's stubs of generated maps lose the type of their values.
    joined = cast("Mapping[str, Any]", request.propertyDependencies)
    for name, dependencies in joined.items():
        if name in inputs:
            known = inputs[name].dependencies
            inputs[name] = inputs[name].with_dependencies(known.union(dependencies.urns))
    return inputs


def _options(request: resource_pb2.RegisterResourceRequest) -> pulumi.ResourceOptions:
    providers = cast("Mapping[str, str]", request.providers)
    return pulumi.ResourceOptions(
        parent=DependencyResource(request.parent) if request.parent else None,
        depends_on=[DependencyResource(urn) for urn in request.dependencies],
        protect=request.protect,
        providers={
            package: DependencyProviderResource(reference)
            for package, reference in providers.items()
        },
    )


def _name_ids(properties: Struct, id_of: Callable[[str], str]) -> None:
    """Give every resource among the values its id: the SDK's `PropertyValue` loses it."""
    for value in properties.fields.values():
        for item in (value, *value.list_value.values):
            if item.HasField("struct_value"):
                _name_ids(item.struct_value, id_of)
    fields = properties.fields
    if SIGNATURE in fields and fields[SIGNATURE].string_value == RESOURCE_SIGNATURE:
        known_id = id_of(fields["urn"].string_value)
        if known_id:
            fields["id"].string_value = known_id


def _bare(value: PropertyValue) -> PropertyValue:
    """A value without its dependencies, which the answer holds beside it."""
    inner = value.value
    if isinstance(inner, Mapping):
        inner = {name: _bare(found) for name, found in inner.items()}
    elif isinstance(inner, tuple):
        inner = [_bare(found) for found in inner]
    return PropertyValue(inner, is_secret=value.is_secret)
