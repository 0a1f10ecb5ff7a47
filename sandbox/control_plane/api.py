"""A client of one API server, as its administrator: JSON over HTTPS with a client certificate."""

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast

FIELD_OWNER: Final = "sandbox"
_SECONDS: Final = 30.0
_RETRY_SECONDS: Final = 0.2
_APPLY: Final = "application/apply-patch+yaml"


class ApiError(Exception):
    """The API server refused a request.

    Attributes:
        code: The HTTP status.
        reason: Kubernetes's word for it, such as `NotFound`.
    """

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


@dataclass
class Client:
    """One connection, opened again when it was closed; not for two threads at once."""

    endpoint: str
    pki: Path
    seconds: float = _SECONDS
    _connection: http.client.HTTPSConnection | None = field(default=None, repr=False)

    def ready(self) -> bool:
        """Whether the API server says that it is ready."""
        try:
            return self._send("GET", "/readyz", None, "")[0] == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            self.close()
            return False

    def get(self, path: str) -> dict[str, Any]:
        """An object or a list.

        Raises:
            ApiError: It was refused.
        """
        return self.request("GET", path)

    def items(self, path: str) -> list[dict[str, Any]]:
        """The items of a list; none where the server does not know the kind."""
        try:
            return cast("list[dict[str, Any]]", self.get(path)["items"])
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return []
            raise

    def apply(self, path: str, body: Mapping[str, object], *, subresource: str = "") -> None:
        """Apply an object on the server, as the owner of every field named.

        Raises:
            ApiError: It was refused.
        """
        query = f"?fieldManager={FIELD_OWNER}&force=true&fieldValidation=Strict"
        self.request("PATCH", f"{path}{subresource}{query}", body, content=_APPLY)

    def delete(self, path: str) -> bool:
        """Delete an object at once; False when there is none."""
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}
        try:
            self.request("DELETE", path, options)
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        content: str = "application/json",
    ) -> dict[str, Any]:
        """Any request; the answer's JSON.

        Raises:
            ApiError: It was refused.
        """
        payload = None if body is None else json.dumps(body).encode()
        deadline = time.monotonic() + self.seconds
        status, answer = self._send(method, path, payload, content)
        # While it fills its cache of a kind it answers so, and every client asks again.
        while status == HTTPStatus.TOO_MANY_REQUESTS and time.monotonic() < deadline:
            time.sleep(_RETRY_SECONDS)
            status, answer = self._send(method, path, payload, content)
        if status >= HTTPStatus.BAD_REQUEST:
            raise _error(status, answer)
        return cast("dict[str, Any]", json.loads(answer))

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(
        self, method: str, path: str, payload: bytes | None, content: str
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": content} if payload is not None else {}
        reused = self._connection is not None
        try:
            return self._exchange(method, path, payload, headers)
        except (http.client.HTTPException, ConnectionError):
            self.close()
            # The server closes connections nobody used for a while; anything else repeats itself.
            if not reused:
                raise
            return self._exchange(method, path, payload, headers)

    def _exchange(
        self, method: str, path: str, payload: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if self._connection is None:
            context = ssl.create_default_context(cafile=str(self.pki / "ca.crt"))
            context.load_cert_chain(self.pki / "admin.crt", self.pki / "admin.key")
            self._connection = http.client.HTTPSConnection(
                self.endpoint.removeprefix("https://"), timeout=self.seconds, context=context
            )
        self._connection.request(method, path, payload, dict(headers))
        response = self._connection.getresponse()
        return response.status, response.read()


def _error(status: int, answer: bytes) -> ApiError:
    try:
        document = json.loads(answer)
        return ApiError(status, str(document.get("reason", "")), str(document["message"]))
    except (ValueError, KeyError, AttributeError):
        return ApiError(status, "", answer.decode(errors="replace").strip() or f"HTTP {status}")
