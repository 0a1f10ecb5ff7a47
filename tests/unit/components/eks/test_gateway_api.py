"""The CRDs of the Gateway API, as published."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pytest

from components.eks.gateway_api import SERVED, documents
from components.versions import GATEWAY_API
from tests.unit.components.eks.platform_ground import platform

CRD = "CustomResourceDefinition"


def keys(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield key
            yield from keys(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in cast("Sequence[object]", value):
            yield from keys(inner)


@pytest.mark.parametrize("plural", SERVED)
def test_a_file_is_of_the_pinned_release_and_of_the_standard_channel(plural: str) -> None:
    (found,) = documents(plural)
    annotations = found["metadata"]["annotations"]
    assert annotations["gateway.networking.k8s.io/bundle-version"] == GATEWAY_API
    assert annotations["gateway.networking.k8s.io/channel"] == "standard"
    assert found["metadata"]["name"] == f"{plural}.gateway.networking.k8s.io"


@pytest.mark.parametrize("plural", SERVED)
def test_a_file_reaches_the_cluster_unchanged(plural: str) -> None:
    """The SDK translates names it knows; one it translates wrongly would be dropped in silence."""
    (found,) = documents(plural)
    sent = platform().one(CRD, f"eks-gateway-api-{plural}").inputs
    assert json.loads(json.dumps(sent["spec"])) == found["spec"]
    assert sent["metadata"] == found["metadata"]


def test_kubernetes_own_keywords_are_as_the_api_server_reads_them() -> None:
    (found,) = documents("httproutes")
    used = {key for key in keys(found["spec"]) if key.lower().startswith("x-kubernetes")}
    assert {"x-kubernetes-list-type", "x-kubernetes-validations"} <= used


def test_every_route_a_gateway_may_serve_is_there_and_no_kind_nobody_serves() -> None:
    made = {one.inputs["spec"]["names"]["kind"] for one in platform().of(CRD)}
    assert {"Gateway", "GatewayClass", "GRPCRoute", "HTTPRoute", "ReferenceGrant"} <= made
    assert "TCPRoute" not in made


def test_the_guard_against_downgrades_comes_last() -> None:
    recording = platform()
    guard = recording.one("ValidatingAdmissionPolicy", "eks-gateway-api-safe-upgrades")
    assert {one.urn for one in recording.of(CRD)} <= guard.depends_on
    binding = recording.one(
        "ValidatingAdmissionPolicyBinding", "eks-gateway-api-safe-upgrades-binding"
    )
    assert guard.urn in binding.depends_on


def test_descriptions_are_left_out() -> None:
    sizes: dict[str, Any] = {plural: len(json.dumps(documents(plural))) for plural in SERVED}
    assert sum(sizes.values()) < 250_000
