"""The Kubernetes provider as the engine sees it, with plain values."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from sandbox.kubernetes.provider import KubernetesProvider
from sandbox.plugins.values import wrap_map
from sandbox.store import Store

SEED = bytes(range(32))
Values = Mapping[str, object]


def urn_of(token: str, name: str = "it") -> str:
    return f"urn:pulumi:staging::superinc::{token}::{name}"


class Client:
    """One provider instance, asked in turn."""

    def __init__(self, directory: Path, **config: object) -> None:
        self.provider = KubernetesProvider(Store.open(directory))
        if config:
            self.configure(**config)

    def configure(self, **config: object) -> None:
        request = ConfigureRequest({}, wrap_map(config), True, True)
        asyncio.run(self.provider.configure(request))

    def check(self, token: str, new: Values, old: Values | None = None) -> CheckResponse:
        request = CheckRequest(urn_of(token), wrap_map(old or {}), wrap_map(new), SEED)
        return asyncio.run(self.provider.check(request))

    def failures(self, token: str, new: Values) -> list[tuple[str, str]]:
        found = self.check(token, new).failures or []
        return [(failure.property, failure.reason) for failure in found]

    def create(
        self, token: str, inputs: Values, *, preview: bool = False, seconds: float = 0
    ) -> CreateResponse:
        request = CreateRequest(urn_of(token), wrap_map(inputs), seconds, preview)
        return asyncio.run(self.provider.create(request))

    def read(
        self, token: str, identity: str, state: Values | None = None, inputs: Values | None = None
    ) -> ReadResponse:
        request = ReadRequest(
            urn_of(token), identity, wrap_map(state or {}), wrap_map(inputs or {})
        )
        return asyncio.run(self.provider.read(request))

    def diff(self, token: str, old: Values, new: Values) -> DiffResponse:
        request = DiffRequest(urn_of(token), "x", wrap_map(old), wrap_map(new), [])
        return asyncio.run(self.provider.diff(request))

    def update(
        self, token: str, identity: str, old: Values, new: Values, *, preview: bool = False
    ) -> UpdateResponse:
        request = UpdateRequest(
            urn_of(token), identity, wrap_map(old), wrap_map(new), 0, [], preview
        )
        return asyncio.run(self.provider.update(request))

    def delete(self, token: str, identity: str, state: Values, *, seconds: float = 0) -> None:
        request = DeleteRequest(urn_of(token), identity, wrap_map(state), seconds)
        asyncio.run(self.provider.delete(request))
