"""The values of Traefik's chart."""

from typing import Any

import pytest

from components.eks.traefik_values import DRAIN_SECONDS, traefik_values
from components.network.flows import APPLICATION_PORTS

RANGES = ["10.48.0.0/24", "10.48.32.0/19"]
VALUES: dict[str, Any] = traefik_values(
    service="traefik", trusted_ranges=RANGES, replicas=2, most_replicas=6, priority_class="platform"
)


def test_the_gateway_and_custom_routes_are_watched_and_ingress_is_not() -> None:
    providers = VALUES["providers"]
    assert providers["kubernetesGateway"]["enabled"] is True
    assert providers["kubernetesGateway"]["experimentalChannel"] is False
    assert providers["kubernetesCRD"]["enabled"] is True
    assert providers["kubernetesIngress"]["enabled"] is False
    assert VALUES["ingressClass"]["enabled"] is False


def test_it_makes_no_load_balancer() -> None:
    assert VALUES["service"]["spec"] == {"type": "ClusterIP"}


def test_forwarded_headers_are_believed_from_the_load_balancer_alone() -> None:
    headers = VALUES["ports"]["web"]["forwardedHeaders"]
    assert headers == {"trustedIPs": RANGES, "insecure": False}


def test_tls_ends_before_it() -> None:
    assert VALUES["ports"]["websecure"] == {"expose": {"default": False}}
    assert "redirections" not in VALUES["ports"]["web"].get("http", {})


@pytest.mark.parametrize("entry", ["traefik", "web"])
def test_the_load_balancer_reaches_its_ports(entry: str) -> None:
    first, last = APPLICATION_PORTS
    assert first <= VALUES["ports"][entry]["port"] <= last


def test_it_drains_before_it_is_killed() -> None:
    cycle = VALUES["ports"]["web"]["transport"]["lifeCycle"]
    spent = cycle["requestAcceptGraceTimeout"] + cycle["graceTimeOut"]
    assert cycle["requestAcceptGraceTimeout"] == DRAIN_SECONDS
    assert spent < VALUES["deployment"]["terminationGracePeriodSeconds"]


def test_logs_are_json_and_carry_no_headers_nor_queries() -> None:
    assert (VALUES["accessLog"]["enabled"], VALUES["accessLog"]["format"]) == (True, "json")
    fields = VALUES["accessLog"]["fields"]
    assert fields["headers"] == fields["queryParameters"] == {"defaultMode": "drop"}


def test_it_survives_a_node() -> None:
    assert VALUES["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    keys = {one["topologyKey"] for one in VALUES["topologySpreadConstraints"]}
    assert keys == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    resources = VALUES["resources"]
    assert resources["requests"]["memory"] == resources["limits"]["memory"]
    assert "cpu" not in resources["limits"]
