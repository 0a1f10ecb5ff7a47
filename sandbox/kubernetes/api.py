"""The REST API of one cluster: requests with a token, and discovery of how kinds are served."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from sandbox.control_plane.api import APPLY, MERGE, ApiError, ApiServer, UnreachableError

__all__ = ["APPLY", "MERGE", "Api", "ApiError", "Endpoint", "NoMatchError", "UnreachableError"]

_PATIENCE_SECONDS = 1.5


class NoMatchError(Exception):
    """The server has no such kind."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(
            f'no matches for kind "{kind}" in version "{api_version}": the API server has no such'
            " resource; a CustomResourceDefinition must be applied before"
        )


@dataclass(frozen=True)
class Endpoint:
    """How a kind is served: its plural and whether its objects live in namespaces."""

    plural: str
    namespaced: bool


class Api(ApiServer):
    """One API server, with one identity; safe to use from threads."""

    def __init__(self, server: str, authority: bytes, token: Callable[[], str]) -> None:
        def tls() -> ssl.SSLContext:
            return ssl.create_default_context(cadata=authority.decode("ascii"))

        super().__init__(server, tls, token=token, patience=_PATIENCE_SECONDS)
        self._known: dict[str, dict[str, Endpoint]] = {}
        self._lock = threading.Lock()

    def endpoint(self, api_version: str, kind: str) -> Endpoint:
        """How the server serves a kind.

        Raises:
            NoMatchError: It does not.
        """
        found = self._known.get(api_version, {}).get(kind)
        if found is None:
            kinds = self._discovered(api_version)
            with self._lock:
                self._known[api_version] = kinds
            found = kinds.get(kind)
        if found is None:
            raise NoMatchError(api_version, kind)
        return found

    def path(self, api_version: str, kind: str, namespace: str | None, name: str = "") -> str:
        """The path of an object, or of a collection when there is no name."""
        endpoint = self.endpoint(api_version, kind)
        parts = [_root(api_version)]
        if endpoint.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(endpoint.plural)
        if name:
            parts.append(quote(name, safe=":"))
        return "/".join(parts)

    def _discovered(self, api_version: str) -> dict[str, Endpoint]:
        answer = self.find(_root(api_version)) or {}
        resources = cast("list[dict[str, Any]]", answer.get("resources") or [])
        return {
            str(resource["kind"]): Endpoint(str(resource["name"]), bool(resource["namespaced"]))
            for resource in resources
            if "/" not in str(resource["name"])
        }


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
