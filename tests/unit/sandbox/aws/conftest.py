"""A moto server on loopback and providers that call it."""

import asyncio
import os
import select
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffResponse,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
)

from sandbox.aws.connection import Connection, Credentials
from sandbox.aws.provider import AwsProvider
from sandbox.plugins.servicer import InputDiffRequest
from sandbox.plugins.values import plain_map, wrap_map
from sandbox.store import Store

_Answer = TypeVar("_Answer")

MANAGEMENT = "111122223333"
STAGING = "444455556666"
HOME = "eu-central-1"

_SERVER = """
import sys
import moto.iam.models
from werkzeug.serving import make_server
from moto.server import DomainDispatcherApplication, create_backend_app
# MOTO_ACCOUNT_ID would be the account of every request, whoever signed it; this is the account of
# keys that moto did not issue.
moto.iam.models.DEFAULT_ACCOUNT_ID = sys.argv[1]
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


def run(coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
    return asyncio.run(coroutine)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """One emulator for the whole session; tests must not depend on its being empty."""
    environment = {**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER, MANAGEMENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], 60)
        assert ready, "the moto server did not start"
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment that a provider process of the sandbox has."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", HOME)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    return endpoint


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


class Driver:
    """One provider instance, driven the way the engine drives it."""

    def __init__(self, store: Store, **settings: object) -> None:
        self.provider = AwsProvider(store)
        request = ConfigureRequest({}, wrap_map({"region": HOME, **settings}), True, True)
        run(self.provider.configure(request))

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:staging::superinc::superinc:network:Vpc${token}::{name}"

    def check(self, token: str, name: str, old: dict[str, Any] | None = None, /, **inputs: object):
        request = CheckRequest(
            self.urn(token, name), wrap_map(old or {}), wrap_map(inputs), b"seed"
        )
        response = run(self.provider.check(request))
        failures = [f"{one.property}: {one.reason}" for one in response.failures or []]
        return plain_map(response.inputs or {}), failures

    def create(self, token: str, name: str, /, **inputs: object) -> "Made":
        checked, failures = self.check(token, name, **inputs)
        assert failures == [], failures
        return self.create_unchecked(token, name, **checked)

    def create_unchecked(self, token: str, name: str, /, **inputs: object) -> "Made":
        request = CreateRequest(self.urn(token, name), wrap_map(inputs), 0, False)
        response = run(self.provider.create(request))
        assert response.resource_id
        return Made(self, token, name, response.resource_id, inputs, response.properties)

    def preview(self, token: str, name: str, /, **inputs: object) -> dict[str, Any]:
        request = CreateRequest(self.urn(token, name), wrap_map(inputs), 0, True)
        return plain_map(run(self.provider.create(request)).properties)


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

    def __getitem__(self, name: str) -> Any:
        return self.outputs[name]

    def diff(self, **changes: object) -> DiffResponse:
        new = _with(self.inputs, changes)
        request = type("Message", (), {})()
        request.urn, request.id = self.urn, self.id
        request.olds = PropertyValue.marshal_map(self.properties)
        request.news = PropertyValue.marshal_map(wrap_map(new))
        request.old_inputs = PropertyValue.marshal_map(wrap_map(self.inputs))
        request.ignoreChanges = []
        return run(self.driver.provider.diff(InputDiffRequest(request)))

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


@pytest.fixture
def driver(aws: str, store: Store) -> Driver:
    """A provider of the management account."""
    return Driver(store, defaultTags={"tags": {"owner": "platform"}})


@pytest.fixture
def connect(aws: str) -> Callable[[str], Connection]:
    """A connection of one's own into an account, to see what is really there."""

    def connection(account: str) -> Connection:
        base = Connection(Credentials("test", "test"), HOME, aws)
        if account == MANAGEMENT:
            return base
        return base.assume([{"roleArn": f"arn:aws:iam::{account}:role/Access"}])

    return connection
