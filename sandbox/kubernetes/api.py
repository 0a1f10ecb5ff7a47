"""The REST API of one cluster: requests, discovery and the server's own words when it refuses."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode

import urllib3

Plain = dict[str, object]

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"

_JSON = "application/json"
_SECONDS = 30.0
_ATTEMPTS = 4
_PAUSE_SECONDS = 0.25
_UNAUTHORIZED, _NOT_FOUND, _TOO_MANY = 401, 404, 429
_AGAIN = (_TOO_MANY, 502, 503, 504)
_REFUSED = 400
_CONNECTIONS = 16

_HINTS = {
    _UNAUTHORIZED: "the server has asked for the client to provide credentials: the principal that"
    " asks has no access entry of this cluster"
}
"""What `kubectl` says of an answer that says nothing itself."""


class UnreachableError(Exception):
    """Nothing answers where the kubeconfig points to."""


class ApiError(Exception):
    """The server refused a request.

    Attributes:
        status: The HTTP status.
        reason: The machine-readable reason (`AlreadyExists`, `Forbidden`, …), often empty.
        kind: What the reason is about: the `kind` of its details (`namespaces`), empty without.
    """

    def __init__(self, status: int, body: Mapping[str, object]) -> None:
        self.status = status
        self.reason = str(body.get("reason") or "")
        details = cast("Mapping[str, object]", body.get("details") or {})
        self.kind = str(details.get("kind") or "")
        words = _HINTS.get(status) or body.get("message") or f"HTTP {status}"
        super().__init__(str(words))

    @property
    def missing(self) -> bool:
        """Whether what was asked for is not there."""
        return self.status == _NOT_FOUND

    @property
    def stranger(self) -> bool:
        """Whether the server does not know who asks."""
        return self.status == _UNAUTHORIZED


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


class Api:
    """One API server, with one identity; safe to use from threads."""

    def __init__(self, server: str, authority: bytes, token: Callable[[], str]) -> None:
        context = ssl.create_default_context(cadata=authority.decode("ascii"))
        # Proxies of the environment are not for loopback; a PoolManager takes no notice of them.
        self._pool = urllib3.PoolManager(
            ssl_context=context, maxsize=_CONNECTIONS, block=True, retries=False, timeout=_SECONDS
        )
        self._server = server.rstrip("/")
        self._token = token
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

    def get(self, path: str, **query: str) -> Plain:
        """Read an object or a list."""
        return self.request("GET", path, query=query)

    def find(self, path: str) -> Plain | None:
        """Read an object that may not be there."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.missing:
                return None
            raise

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        content: str = _JSON,
    ) -> Plain:
        """Send one request, again while the server is busy.

        Raises:
            ApiError: The server refused it.
            UnreachableError: No server.
        """
        payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        for attempt in range(1, _ATTEMPTS + 1):
            status, answer = self._once(method, path, payload if body else None, query, content)
            if status < _REFUSED:
                return answer
            # An eviction that a PodDisruptionBudget refuses is 429 as well: no busy server.
            busy = status in _AGAIN and not path.endswith("/eviction")
            if not busy or attempt == _ATTEMPTS:
                raise ApiError(status, answer)
            time.sleep(_PAUSE_SECONDS * attempt)
        raise AssertionError

    def _once(
        self,
        method: str,
        path: str,
        payload: bytes | None,
        query: Mapping[str, str] | None,
        content: str,
    ) -> tuple[int, Plain]:
        headers = {"Accept": _JSON, "Authorization": f"Bearer {self._token()}"}
        if payload is not None:
            headers["Content-Type"] = content
        url = f"{self._server}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            response = self._pool.request(method, url, body=payload, headers=headers)
            text = response.data
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(
                f"configured Kubernetes cluster is unreachable: {self._server}: {error}"
            ) from error
        return response.status, _object(text)

    def _discovered(self, api_version: str) -> dict[str, Endpoint]:
        try:
            answer = self.get(_root(api_version))
        except ApiError as error:
            if error.missing:
                return {}
            raise
        resources = cast("list[dict[str, Any]]", answer.get("resources") or [])
        return {
            str(resource["kind"]): Endpoint(str(resource["name"]), bool(resource["namespaced"]))
            for resource in resources
            if "/" not in str(resource["name"])
        }


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _object(text: bytes) -> Plain:
    try:
        parsed: object = json.loads(text) if text else {}
    except ValueError:
        parsed = {"message": text.decode(errors="replace").strip()}
    return cast("Plain", parsed) if isinstance(parsed, dict) else {}
