"""One provider instance, driven the way the engine drives it."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffResponse,
    InvokeRequest,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
)
from pulumi.runtime import proto

from sandbox.aws.provider import AwsProvider
from sandbox.plugins.servicer import InputDiffRequest
from sandbox.plugins.values import plain_map, wrap_map
from sandbox.store import Store

_Answer = TypeVar("_Answer")

HOME = "eu-central-1"
MANAGEMENT = "111122223333"
STAGING = "444455556666"


def run(coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
    return asyncio.run(coroutine)


class Driver:
    """One provider instance, driven the way the engine drives it."""

    def __init__(self, store: Store, **settings: object) -> None:
        self.provider = AwsProvider(store)
        request = ConfigureRequest({}, wrap_map({"region": HOME, **settings}), True, True)
        run(self.provider.configure(request))

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:staging::superinc::superinc:network:Vpc${token}::{name}"

    def check(
        self, token: str, name: str, old: Mapping[str, Any] | None = None, /, **inputs: object
    ) -> tuple[dict[str, Any], list[str]]:
        request = CheckRequest(
            self.urn(token, name), wrap_map(old or {}), wrap_map(inputs), b"seed"
        )
        response = run(self.provider.check(request))
        failures = [f"{one.property}: {one.reason}" for one in response.failures or []]
        return plain_map(response.inputs or {}), failures

    def create(self, token: str, name: str, /, **inputs: object) -> "Made":
        checked, failures = self.check(token, name, **inputs)
        assert not failures, failures
        return self.create_unchecked(token, name, **checked)

    def create_unchecked(self, token: str, name: str, /, **inputs: object) -> "Made":
        request = CreateRequest(self.urn(token, name), wrap_map(inputs), 0, False)
        response = run(self.provider.create(request))
        assert response.resource_id
        return Made(self, token, name, response.resource_id, inputs, response.properties)

    def preview(self, token: str, name: str, /, **inputs: object) -> dict[str, Any]:
        request = CreateRequest(self.urn(token, name), wrap_map(inputs), 0, True)
        return plain_map(run(self.provider.create(request)).properties)

    def invoke(self, token: str, /, **args: object) -> dict[str, Any]:
        response = run(self.provider.invoke(InvokeRequest(token, wrap_map(args))))
        return plain_map(response.return_value or {})


class Made:
    """A resource that a driver has made."""

    def __init__(
        self,
        driver: Driver,
        token: str,
        name: str,
        identity: str,
        inputs: dict[str, Any],
        properties: dict[str, PropertyValue],
    ) -> None:
        self.driver, self.token, self.name = driver, token, name
        self.id, self.inputs, self.properties = identity, inputs, properties
        self.urn = driver.urn(token, name)

    @property
    def outputs(self) -> dict[str, Any]:
        return plain_map(self.properties)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - an output may be anything
        return self.outputs[name]

    def diff(self, **changes: object) -> DiffResponse:
        new = _with(self.inputs, changes)
        message = proto.DiffRequest(
            urn=self.urn,
            id=self.id,
            olds=PropertyValue.marshal_map(self.properties),
            news=PropertyValue.marshal_map(wrap_map(new)),
            old_inputs=PropertyValue.marshal_map(wrap_map(self.inputs)),
        )
        return run(self.driver.provider.diff(InputDiffRequest(message)))

    def update(self, **changes: object) -> "Made":
        difference = self.diff(**changes)
        assert difference.changes
        assert not difference.replaces
        new = _with(self.inputs, changes)
        request = UpdateRequest(self.urn, self.id, self.properties, wrap_map(new), 0, [], False)
        self.properties = run(self.driver.provider.update(request)).properties
        self.inputs = new
        return self

    def read(self, driver: Driver | None = None) -> ReadResponse:
        request = ReadRequest(self.urn, self.id, self.properties, wrap_map(self.inputs))
        return run((driver or self.driver).provider.read(request))

    def drift(self) -> dict[str, Any]:
        """What a refresh would show as changed, or the word that it is gone."""
        response = self.read()
        if not response.resource_id:
            return {"gone": True}
        before = {**self.outputs, "inputs": self.inputs}
        after = {**plain_map(response.properties), "inputs": plain_map(response.inputs)}
        return {key: after.get(key) for key in before if before[key] != after.get(key)}

    def delete(self) -> None:
        request = DeleteRequest(self.urn, self.id, self.properties, 0)
        run(self.driver.provider.delete(request))


def _with(inputs: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = {**inputs, **changes}
    return {key: value for key, value in merged.items() if value is not None}
