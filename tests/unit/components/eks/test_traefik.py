"""Traefik's release and its namespace."""

import pytest
from pydantic import ValidationError

from components.eks.platform_settings import GatewayConfig
from tests.unit.components.eks.platform_ground import platform, values


def test_it_waits_for_nodes_the_gateway_api_and_the_controller_of_its_targets() -> None:
    recording = platform()
    chart = recording.one("Release", "eks-traefik-chart")
    needs = {recording.by_urn(urn).name for urn in chart.depends_on}
    assert {
        "eks-gateway-api-httproutes",
        "eks-monitoring-crds-chart",
        "eks-pools-ondemand-amd64",
        "eks-targets-chart",
        "eks-traefik-namespace-namespace",
        "eks-traefik-namespace-quota",
    } <= needs


def test_its_quota_has_room_for_a_rollout_of_the_most_pods() -> None:
    recording = platform({"gateway": {"replicas": 3, "most_replicas": 10}})
    found = values(recording, "traefik")["autoscaling"]
    assert (found["minReplicas"], found["maxReplicas"]) == (3, 10)
    hard = recording.one("ResourceQuota", "eks-traefik-namespace-quota").inputs["spec"]["hard"]
    assert int(hard["pods"]) > 10
    assert hard["services.loadbalancers"] == hard["services.nodeports"] == "0"


def test_more_pods_than_the_most_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"got 2, wanted at least replicas \(3\)"):
        GatewayConfig(replicas=3, most_replicas=2)
