"""A component's inputs as the SDK wants them: outputs with dependencies, secrets and unknowns."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi
from pulumi.provider.experimental.property_value import Computed, PropertyValue, ResourceReference
from pulumi.resource import DependencyResource

from sandbox.eks.child import Child, existing
from sandbox.plugins.values import UNKNOWN, Properties, plain

_T = TypeVar("_T")


class Arguments:
    """The inputs of one component, or of an object within them."""

    def __init__(self, properties: Properties) -> None:
        self._properties = properties

    def __contains__(self, name: str) -> bool:
        """Whether it was given at all."""
        return self._value(name).value is not None

    def given(self) -> frozenset[str]:
        """The names of the inputs there are."""
        return frozenset(name for name in self._properties if name in self)

    def input(self, name: str) -> Any:  # noqa: ANN401 - an Input of whatever type the child declares
        """The input to hand on to a child; None where it is absent."""
        return _input(self._value(name)) if name in self else None

    def plain(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - likewise
        """An input that decides what is built, so it must be known now."""
        return plain(self._value(name)) if name in self else default

    def entries(self, name: str) -> dict[str, "Arguments"]:
        """An input that is a map of objects, by key; empty where it is absent."""
        value = self._value(name).value
        if not isinstance(value, Mapping):
            return {}
        return {key: Arguments(_fields(entry)) for key, entry in value.items()}

    def within(self, name: str) -> "Arguments":
        """An input that is an object; empty where it is absent."""
        return Arguments(_fields(self._value(name)))

    def inputs(self) -> dict[str, Any]:
        """Every input to hand on to a child."""
        return {name: _input(value) for name, value in self._properties.items()}

    def resource(self, name: str, *outputs: str) -> Child | None:
        """A resource given as an input, with some of its outputs; None where there is none."""
        value = self._value(name).value
        return existing(value.urn, outputs) if isinstance(value, ResourceReference) else None

    def _value(self, name: str) -> PropertyValue:
        return self._properties.get(name, PropertyValue.null())


def _fields(value: PropertyValue) -> Properties:
    return value.value if isinstance(value.value, Mapping) else {}


def _input(value: PropertyValue) -> Any:  # noqa: ANN401 - an Input of any type
    if isinstance(value.value, Computed) or value.value == UNKNOWN:
        return _output(None, value, known=False)
    inner = _inner(value)
    if not value.is_secret and not value.dependencies:
        return inner
    # Through `all`, because an output within the value must be waited for as well.
    return pulumi.Output.all(_output(None, value, known=True), inner).apply(_second)


def _second(pair: list[Any]) -> Any:  # noqa: ANN401 - an Input of any type
    return pair[1]


def _inner(value: PropertyValue) -> Any:  # noqa: ANN401 - an Input of any type
    match value.value:
        case Mapping() as mapping:
            return {key: _input(item) for key, item in mapping.items()}
        case tuple() as sequence:
            return [_input(item) for item in sequence]
        case ResourceReference(urn=urn, resource_id=identity):
            # An empty id is that of a resource which a preview has not made.
            return urn if identity is None else _input(_unless_empty(identity))
        case _:
            return plain(value)


def _unless_empty(value: PropertyValue) -> PropertyValue:
    return PropertyValue(UNKNOWN) if value.value in ("", None) else value


def _output(inner: object, value: PropertyValue, *, known: bool) -> pulumi.Output[Any]:
    resources: set[pulumi.Resource] = {DependencyResource(urn) for urn in value.dependencies}
    return pulumi.Output(resources, _resolved(inner), _resolved(known), _resolved(value.is_secret))


def _resolved(value: _T) -> asyncio.Future[_T]:
    future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
