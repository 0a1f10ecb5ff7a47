"""The kinds of what is scraped come before every chart that brings one."""

from typing import Any

from tests.unit.components.eks.platform_ground import platform

CRDS = "eks-monitoring-crds-chart"


def monitored(values: object) -> bool:
    """Whether a chart is told to bring a ServiceMonitor."""
    if not isinstance(values, dict):
        return False
    found: dict[str, Any] = values  # pyright: ignore[reportUnknownVariableType] - JSON
    if found.get("serviceMonitor", {}).get("enabled"):
        return True
    return any(monitored(inner) for inner in found.values())


def test_every_chart_with_a_monitor_waits_for_its_kind() -> None:
    recording = platform({"metrics": {"external_metrics": True}})
    crds = recording.one("Release", CRDS).urn
    charts = [one for one in recording.of("Release") if monitored(one.inputs["values"])]
    assert {one.inputs["name"] for one in charts} == {
        "aws-load-balancer-controller",
        "external-secrets",
        "karpenter",
        "metrics-server",
        "traefik",
    }
    assert [one.name for one in charts if crds not in one.depends_on] == []


def test_uninstalling_the_chart_leaves_the_kinds() -> None:
    values = platform().one("Release", CRDS).inputs["values"]
    assert values == {"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}
