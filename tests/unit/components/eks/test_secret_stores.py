"""The stores: what they read, for whom, and after whom."""

import pytest

from tests.unit.components.eks.platform_ground import REGION, platform, result

STORES = {"parameter-store": "ParameterStore", "secrets-manager": "SecretsManager"}


@pytest.mark.parametrize(("store", "service"), STORES.items())
def test_a_store_uses_the_operators_own_role(store: str, service: str) -> None:
    found = platform().one("ClusterSecretStore", f"eks-secret-stores-{store}").inputs
    assert found["apiVersion"] == "external-secrets.io/v1"
    assert found["spec"]["provider"] == {"aws": {"service": service, "region": REGION}}


def test_kubernetes_own_namespaces_may_not_use_them() -> None:
    for found in platform().of("ClusterSecretStore"):
        (condition,) = found.inputs["spec"]["conditions"]
        (expression,) = condition["namespaceSelector"]["matchExpressions"]
        assert expression["operator"] == "NotIn"
        assert "kube-system" in expression["values"]


def test_they_go_before_the_operator() -> None:
    recording = platform()
    operator = recording.one("Release", "eks-secrets-chart").urn
    for found in recording.of("ClusterSecretStore"):
        assert operator in found.depends_on


def test_later_layers_know_them_by_what_they_read() -> None:
    recording = platform()
    names = {one.inputs["metadata"]["name"] for one in recording.of("ClusterSecretStore")}
    stores = result(recording).secret_stores
    assert (set(stores), set(stores.values())) == (set(STORES), names)
