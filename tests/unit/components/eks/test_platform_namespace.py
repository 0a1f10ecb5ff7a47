"""The namespaces of the platform's charts."""

import pytest

from components.eks.namespaces import PLATFORM_NAMESPACES
from tests.unit.components.eks.platform_ground import platform

NAMES = ("secrets", "traefik")


@pytest.mark.parametrize("name", NAMES)
def test_pods_keep_the_strictest_standard(name: str) -> None:
    found = platform().one("Namespace", f"eks-{name}-namespace-namespace").inputs["metadata"]
    assert found["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert found["name"] in PLATFORM_NAMESPACES


@pytest.mark.parametrize("name", NAMES)
def test_nobody_makes_a_load_balancer_or_a_cpu_limit_there(name: str) -> None:
    recording = platform()
    hard = recording.one("ResourceQuota", f"eks-{name}-namespace-quota").inputs["spec"]["hard"]
    assert hard["services.loadbalancers"] == hard["services.nodeports"] == "0"
    assert "limits.cpu" not in hard
    (item,) = recording.one("LimitRange", f"eks-{name}-namespace-defaults").inputs["spec"]["limits"]
    assert item["default"] == {"memory": item["defaultRequest"]["memory"]}


@pytest.mark.parametrize("name", NAMES)
def test_pods_talk_on_named_ports_alone(name: str) -> None:
    spec = platform().one("NetworkPolicy", f"eks-{name}-namespace-ways").inputs["spec"]
    assert spec["podSelector"] == {}
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    for rule in (*spec["ingress"], *spec["egress"]):
        assert rule["ports"]
    assert 53 in {port["port"] for port in spec["egress"][0]["ports"]}


def test_the_load_balancer_and_the_api_server_are_let_in() -> None:
    def ports(name: str) -> set[int]:
        found = platform().one("NetworkPolicy", f"eks-{name}-namespace-ways").inputs["spec"]
        return {port["port"] for port in found["ingress"][0]["ports"]}

    assert {8000, 8080} <= ports("traefik")
    assert 10250 in ports("secrets")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_named_is_closed(name: str) -> None:
    spec = platform().one("NetworkPolicy", f"eks-{name}-namespace-closed").inputs["spec"]
    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
