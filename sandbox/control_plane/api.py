"""The REST API of one API server: JSON over HTTPS, and the server's own words when it refuses."""

import functools
import json
import ssl
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

if TYPE_CHECKING:
    import urllib3

APPLY: Final = "application/apply-patch+yaml"
MERGE: Final = "application/merge-patch+json"
FIELD_OWNER: Final = "sandbox"

_JSON: Final = "application/json"
_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.25
_CONNECTIONS: Final = 16
_BUSY: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "the server has asked for the client to provide credentials: the"
    " principal that asks has no access entry of this cluster"
}
"""What `kubectl` says of an answer that says nothing itself."""


class UnreachableError(ConnectionError):
    """Nothing answers where the API server should be."""


class ApiError(Exception):
    """The API server refused a request.

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
        return self.status == HTTPStatus.NOT_FOUND

    @property
    def stranger(self) -> bool:
        """Whether the server does not know who asks."""
        return self.status == HTTPStatus.UNAUTHORIZED


class ApiServer:
    """One API server, with one identity; safe to use from threads.

    Args:
        address: `https://` and its host and port.
        tls: Makes the context of its connections: whom they trust, and a client certificate.
        token: Makes a bearer token for each request; none is sent without it.
        patience: How long to ask again while it is busy.
    """

    def __init__(
        self,
        address: str,
        tls: Callable[[], ssl.SSLContext],
        *,
        token: Callable[[], str] | None = None,
        patience: float = _SECONDS,
    ) -> None:
        self._address = address.rstrip("/")
        self._tls = tls
        self._token = token
        self._patience = patience

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read an object or a list.

        Raises:
            ApiError: It was refused.
            UnreachableError: No server.
        """
        return self.request("GET", path, query=query)

    def find(self, path: str) -> dict[str, Any] | None:
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
    ) -> dict[str, Any]:
        """Send one request, again while the server is busy.

        Raises:
            ApiError: It was refused.
            UnreachableError: No server.
        """
        url = f"{path}?{urlencode(query)}" if query else path
        payload = body if isinstance(body, str) or body is None else json.dumps(body)
        deadline = time.monotonic() + self._patience
        while True:
            status, answer = self._send(method, url, payload, content)
            if status < HTTPStatus.BAD_REQUEST:
                return answer
            # An eviction that a PodDisruptionBudget refuses is 429 as well: no busy server.
            busy = status in _BUSY and not path.endswith("/eviction")
            if not busy or time.monotonic() > deadline:
                raise ApiError(status, answer)
            time.sleep(_PAUSE_SECONDS)

    def close(self) -> None:
        """Close the connections, if there are any; the next request opens one again."""
        pool: urllib3.PoolManager | None = vars(self).pop("_pool", None)
        if pool is not None:
            pool.clear()

    def _send(
        self, method: str, url: str, payload: str | None = None, content: str = _JSON
    ) -> tuple[int, dict[str, Any]]:
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - see _pool

        headers = {"Accept": _JSON}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token()}"
        if payload is not None:
            headers["Content-Type"] = content
        try:
            answer = self._pool.request(
                method, f"{self._address}{url}", body=payload, headers=headers
            )
        except HTTPError as error:
            raise UnreachableError(
                f"configured Kubernetes cluster is unreachable: {self._address}: {error}"
            ) from error
        return answer.status, _object(answer.data)

    @functools.cached_property
    def _pool(self) -> "urllib3.PoolManager":
        # 50 ms; every command of a sandbox imports this, and most ask no API server.
        import urllib3  # noqa: PLC0415 - see above

        # Proxies of the environment are not for loopback; a PoolManager takes no notice of them.
        # It opens a connection again that the server closed because nobody used it.
        return urllib3.PoolManager(
            ssl_context=self._tls(),
            maxsize=_CONNECTIONS,
            block=True,
            retries=False,
            timeout=_SECONDS,
        )


class Client(ApiServer):
    """An API server of ours, as its administrator: with the client certificate in its files."""

    def __init__(self, endpoint: str, pki: Path) -> None:
        super().__init__(endpoint, functools.partial(_certified, pki))

    def ready(self) -> bool:
        """Whether the API server says that it is ready."""
        try:
            return self._send("GET", "/readyz")[0] == HTTPStatus.OK
        except OSError:
            return False

    def items(self, path: str) -> list[dict[str, Any]]:
        """The items of a list; none where the server does not know the kind."""
        found = self.find(path)
        return cast("list[dict[str, Any]]", found["items"]) if found is not None else []

    def apply(self, path: str, body: Mapping[str, object]) -> None:
        """Apply an object on the server, as the owner of every field named.

        Raises:
            ApiError: It was refused.
        """
        query = {"fieldManager": FIELD_OWNER, "force": "true", "fieldValidation": "Strict"}
        self.request("PATCH", path, body, query=query, content=APPLY)

    def delete(self, path: str) -> bool:
        """Delete an object at once; False when there is none."""
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}
        try:
            self.request("DELETE", path, options)
        except ApiError as error:
            if error.missing:
                return False
            raise
        return True


def _certified(pki: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
    context.load_cert_chain(pki / "admin.crt", pki / "admin.key")
    return context


def _object(text: bytes) -> dict[str, Any]:
    try:
        parsed: object = json.loads(text) if text else {}
    except ValueError:
        parsed = {"message": text.decode(errors="replace").strip()}
    return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}
