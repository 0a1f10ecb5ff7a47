"""What the simulated controllers do for objects whose charts are installed."""

from typing import Any

from sandbox.kubernetes import controllers
from tests.unit.sandbox.kubernetes.fake_api import FakeApi

INSTALLED = {"/api/v1/secrets": {"items": [{"kind": "Secret"}]}}
ABSENT = {"/api/v1/secrets": {"items": list[Any]()}}
STORE = "/apis/external-secrets.io/v1/clustersecretstores/central"


def custom(api_version: str, kind: str, **spec: object) -> dict[str, Any]:
    metadata = {"name": "it", "namespace": "shop", "uid": "1", "generation": 3}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def external_secret(**spec: object) -> dict[str, Any]:
    reference = {"kind": "ClusterSecretStore", "name": "central"}
    data = [{"secretKey": "password", "remoteRef": {"key": "db"}}]
    given = {"secretStoreRef": reference, "data": data, **spec}
    return custom("external-secrets.io/v1", "ExternalSecret", **given)


def conditions(api: FakeApi, path: str) -> dict[str, tuple[str, str]]:
    found = api.objects[path]["status"]["conditions"]
    return {one["type"]: (one["status"], one["reason"]) for one in found}


OWN = "/apis/external-secrets.io/v1/namespaces/shop/externalsecrets/it"


def test_an_external_secret_makes_a_secret_with_its_keys_that_it_owns() -> None:
    api = FakeApi({**INSTALLED, STORE: {"kind": "ClusterSecretStore"}})
    controllers.after(api, external_secret(target={"name": "db"}))
    made = api.objects["/api/v1/namespaces/shop/secrets/db"]
    assert list(made["data"]) == ["password"]
    assert made["metadata"]["ownerReferences"][0]["kind"] == "ExternalSecret"
    assert conditions(api, OWN) == {"Ready": ("True", "SecretSynced")}
    before = made["data"]
    controllers.after(api, external_secret(target={"name": "db"}))
    assert api.objects["/api/v1/namespaces/shop/secrets/db"]["data"] == before


def test_the_keys_are_those_of_the_template_where_there_is_one() -> None:
    api = FakeApi({**INSTALLED, STORE: {"kind": "ClusterSecretStore"}})
    target = {"template": {"type": "kubernetes.io/tls", "data": {"tls.crt": "", "tls.key": ""}}}
    controllers.after(api, external_secret(target=target))
    made = api.objects["/api/v1/namespaces/shop/secrets/it"]
    assert (set(made["data"]), made["type"]) == ({"tls.crt", "tls.key"}, "kubernetes.io/tls")


def test_without_its_store_it_is_not_ready_and_makes_nothing() -> None:
    api = FakeApi(INSTALLED)
    controllers.after(api, external_secret())
    assert conditions(api, OWN) == {"Ready": ("False", "SecretSyncedError")}
    assert "/api/v1/namespaces/shop/secrets/it" not in api.objects


def test_without_its_chart_nothing_happens() -> None:
    api = FakeApi(ABSENT)
    controllers.after(api, external_secret())
    assert [method for method, _, _ in api.sent] == ["GET"]
    controllers.after(api, custom("v1", "ConfigMap"))
    assert len(api.sent) == 1


def test_a_gateway_of_another_controllers_class_is_left_alone() -> None:
    path = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/gateways/it"
    gateway = custom(
        "gateway.networking.k8s.io/v1", "Gateway",
        gatewayClassName="public", listeners=[{"name": "web"}],
    )  # fmt: skip
    for controller, programmed in {controllers.TRAEFIK: True, "other": False}.items():
        known = {"spec": {"controllerName": controller}}
        api = FakeApi(
            {**INSTALLED, "/apis/gateway.networking.k8s.io/v1/gatewayclasses/public": known}
        )
        controllers.after(api, gateway)
        assert (path in api.objects) is programmed
        if programmed:
            assert conditions(api, path)["Programmed"] == ("True", "Programmed")


def test_a_route_says_which_backend_is_missing() -> None:
    path = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/it"
    there = {
        **INSTALLED,
        "/apis/gateway.networking.k8s.io/v1/namespaces/traefik/gateways/public": {"kind": "x"},
    }
    route = custom(
        "gateway.networking.k8s.io/v1", "HTTPRoute",
        parentRefs=[{"name": "public", "namespace": "traefik"}],
        rules=[{"backendRefs": [{"name": "web", "port": 80}]}],
    )  # fmt: skip
    api = FakeApi(there)
    controllers.after(api, route)
    (parent,) = api.objects[path]["status"]["parents"]
    assert [(one["type"], one["reason"]) for one in parent["conditions"]] == [
        ("Accepted", "Accepted"),
        ("ResolvedRefs", "BackendNotFound"),
    ]
    assert parent["conditions"][1]["message"] == "Service shop/web not found"


def test_a_route_that_was_there_before_its_service_is_looked_at_again() -> None:
    version = "gateway.networking.k8s.io/v1"
    route = custom(
        version, "HTTPRoute",
        parentRefs=[{"name": "public"}], rules=[{"backendRefs": [{"name": "it"}]}],
    )  # fmt: skip
    routes = f"/apis/{version}/namespaces/shop/httproutes"
    gateway: dict[str, dict[str, Any]] = {
        f"/apis/{version}/namespaces/shop/gateways/public": {"kind": "Gateway"}
    }
    api = FakeApi({**INSTALLED, **gateway, routes: {"items": [route]}})
    controllers.after(api, route)
    assert parent_conditions(api, routes)["ResolvedRefs"] == "False"
    service = custom("v1", "Service")
    api.objects["/api/v1/namespaces/shop/services/it"] = service
    controllers.after(api, service)
    assert parent_conditions(api, routes) == {"Accepted": "True", "ResolvedRefs": "True"}


def parent_conditions(api: FakeApi, routes: str) -> dict[str, str]:
    (parent,) = api.objects[f"{routes}/it"]["status"]["parents"]
    return {one["type"]: one["status"] for one in parent["conditions"]}
