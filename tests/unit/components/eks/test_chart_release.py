"""How charts are released."""

import pytest

from tests.recording import Recorded
from tests.unit.components.eks.platform_ground import platform

EXTERNAL = {"metrics": {"external_metrics": True}}
RELEASES = (
    "eks-karpenter-chart",
    "eks-karpenter-crds",
    "eks-metrics-adapter",
    "eks-metrics-server",
    "eks-monitoring-crds-chart",
    "eks-secrets-chart",
    "eks-targets-chart",
    "eks-traefik-chart",
)


def release(name: str) -> Recorded:
    return platform(EXTERNAL).one("Release", name)


def test_every_release_is_tried_here() -> None:
    assert platform(EXTERNAL).names("Release") == set(RELEASES)


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_is_pinned_named_and_rolled_back_when_it_fails(name: str) -> None:
    found = release(name).inputs
    assert found["version"].count(".") == 2
    assert found["name"] == found["chart"].rpartition("/")[2]
    assert (found["atomic"], found["cleanupOnFail"]) == (True, True)
    assert found["namespace"] != "default"


@pytest.mark.parametrize("name", RELEASES)
def test_a_chart_comes_over_tls(name: str) -> None:
    found = release(name).inputs
    oci = found["chart"].startswith("oci://")
    assert oci or found["repositoryOpts"]["repo"].startswith("https://")
    assert ("repositoryOpts" in found) != oci
