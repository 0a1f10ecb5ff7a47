"""The values that releases give their charts, against what those charts know.

The tables in sandbox/charts are of one version of each chart; README.md there says how they are
compared with the charts as published.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from components import versions
from sandbox.charts.values import charts, problems, table
from sandbox.kubernetes import helm
from tests.goldens import Registered, of_type

pytestmark = pytest.mark.xdist_group("goldens")

PINS = {
    "argo-cd": versions.ARGO_CD_CHART,
    "argo-rollouts": versions.ARGO_ROLLOUTS_CHART,
    "aws-load-balancer-controller": versions.LOAD_BALANCER_CONTROLLER_CHART,
    "external-secrets": versions.EXTERNAL_SECRETS_CHART,
    "karpenter": versions.KARPENTER_CHART,
    "karpenter-crd": versions.KARPENTER_CHART,
    "metrics-server": versions.METRICS_SERVER_CHART,
    "prometheus-adapter": versions.PROMETHEUS_ADAPTER_CHART,
    "prometheus-operator-crds": versions.MONITORING_CRDS_CHART,
    "traefik": versions.TRAEFIK_CHART,
}


def _releases() -> Iterator[Registered]:
    return of_type(helm.TYPE)


def test_every_chart_of_a_release_has_a_table_of_its_version() -> None:
    released = {helm.chart_of(item.inputs): item.inputs["version"] for item in _releases()}
    assert released == PINS
    assert {chart: (table(chart) or {}).get("version") for chart in charts()} == PINS


def test_every_value_of_every_release_is_one_that_its_chart_knows() -> None:
    found = {str(item): helm.problems(item.inputs) for item in _releases()}
    assert {where: said for where, said in found.items() if said} == {}


def _planted(chart: str) -> dict[str, Any]:
    inputs = next(item.inputs for item in _releases() if helm.chart_of(item.inputs) == chart)
    return copy.deepcopy(inputs)


@pytest.mark.parametrize("chart", PINS)
def test_a_misspelt_value_is_refused_in_helms_words(chart: str) -> None:
    inputs = _planted(chart)
    inputs["values"]["replicaz"] = 3
    ((path, said),) = helm.problems(inputs)
    assert path == "values"
    assert said.splitlines() == [
        "values don't meet the specifications of the schema(s) in the following chart(s):",
        f"{chart}:",
        "- replicaz: unknown field",
    ]


def test_a_value_of_another_type_is_refused() -> None:
    inputs = _planted("traefik")
    inputs["values"]["ports"]["web"]["port"] = "http"
    ((path, said),) = helm.problems(inputs)
    assert path == "values"
    assert said.endswith("- ports.web.port: 'http' is not of type 'integer', 'null'")


def test_a_misspelt_field_of_a_kubernetes_type_inside_values_is_refused() -> None:
    inputs = _planted("metrics-server")
    inputs["values"]["resources"]["limit"] = {"memory": "1Gi"}
    ((_, said),) = helm.problems(inputs)
    assert said.endswith("- resources.limit: unknown field")


def test_another_version_of_a_chart_is_not_judged_by_the_table() -> None:
    assert problems("traefik", versions.TRAEFIK_CHART, {"nonsense": 1})
    assert problems("traefik", "999.0.0", {"nonsense": 1}) == []
    assert problems("a-chart-of-yours", "1.0.0", {"nonsense": 1}) == []
