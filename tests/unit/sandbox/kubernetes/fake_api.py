"""An API server of a few objects, for what asks it without needing a real one."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sandbox.kubernetes.api import Api, ApiError, Endpoint

_PLURALS = {
    "ClusterSecretStore": Endpoint("clustersecretstores", namespaced=False),
    "GatewayClass": Endpoint("gatewayclasses", namespaced=False),
    "Namespace": Endpoint("namespaces", namespaced=False),
}
_NOT_FOUND = 404


class FakeApi(Api):
    """Objects by path; patches replace their top-level fields."""

    def __init__(self, objects: Mapping[str, dict[str, Any]] | None = None) -> None:
        self.objects = dict(objects or {})
        self.sent: list[tuple[str, str, Any]] = []

    def endpoint(self, api_version: str, kind: str) -> Endpoint:
        del api_version
        return _PLURALS.get(kind, Endpoint(f"{kind.lower()}s", namespaced=True))

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,  # noqa: ANN401 - as sent
        *,
        query: Mapping[str, str] | None = None,
        content: str = "",
    ) -> dict[str, object]:
        del query, content
        self.sent.append((method, path, body))
        if method == "PATCH":
            whole = path.removesuffix("/status")
            self.objects[whole] = {**self.objects.get(whole, {}), **body}
            return deepcopy(self.objects[whole])
        if path not in self.objects:
            raise ApiError(_NOT_FOUND, {"message": f"{path} not found", "reason": "NotFound"})
        return deepcopy(self.objects[path])
