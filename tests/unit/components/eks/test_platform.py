"""The whole: what is promised to later layers, and the order in which it goes."""

from collections.abc import Iterator

import pytest

from components.base import Component
from tests.recording import Recorded, Recording
from tests.unit.components.eks.platform_ground import platform, result

FOUNDATIONS = {
    "admission",
    "external-secrets",
    "gateway-api",
    "karpenter",
    "load-balancer-controller",
    "metrics",
    "monitoring-crds",
    "node-pools",
    "priority-classes",
    "secret-stores",
    "traefik",
}

DESTROYED_FIRST_TO_LAST = (
    ("eks-gateway-cluster-binding", "eks-traefik-chart"),
    ("eks-gateway-gateway", "eks-traefik-chart"),
    ("eks-traefik-chart", "eks-pools-ondemand-arm64"),
    ("eks-secret-stores-secrets-manager", "eks-secrets-chart"),
    ("eks-secrets-chart", "eks-pools-ondemand-arm64"),
    ("eks-pools-spot-arm64", "eks-karpenter-chart"),
    ("eks-karpenter-chart", "eks-karpenter-crds"),
    ("eks-karpenter-chart", "eks-karpenter-interruptions-queue"),
    ("eks-karpenter-chart", "eks-karpenter-controller-role"),
    ("eks-karpenter-chart", "eks-targets-chart"),
    ("eks-targets-chart", "eks-targets-controller-association"),
    ("eks-targets-chart", "eks-monitoring-crds-chart"),
)
"""What must be gone before what: a missing edge leaves finalizers nobody removes, or machines
nobody ends."""


def needs(recording: Recording, found: Recorded) -> Iterator[str]:
    """The names of all that is deleted after a resource."""
    seen: set[str] = set()
    left = [found.urn]
    while left:
        for urn in recording.by_urn(left.pop()).depends_on - seen:
            seen.add(urn)
            left.append(urn)
            yield recording.by_urn(urn).name


@pytest.mark.parametrize(("first", "then"), DESTROYED_FIRST_TO_LAST)
def test_what_is_needed_to_go_goes_last(first: str, then: str) -> None:
    recording = platform()
    (found,) = [one for one in recording.resources if one.custom and one.name == first]
    assert then in set(needs(recording, found))


def test_every_chart_with_a_service_waits_for_the_controller_of_targets() -> None:
    recording = platform({"metrics": {"external_metrics": True}})
    free = {"eks-monitoring-crds-chart", "eks-targets-chart"}
    for release in recording.of("Release"):
        if release.name not in free:
            assert "eks-targets-chart" in set(needs(recording, release)), release.name


def test_every_foundation_is_there_by_its_name() -> None:
    foundations = result(platform()).foundations
    assert set(foundations) == FOUNDATIONS
    assert all(isinstance(found, Component) for found in foundations.values())


def test_only_what_has_no_purpose_is_missing_without_a_way_in() -> None:
    missing = FOUNDATIONS - set(result(platform({"gateway": None}, edge=False)).foundations)
    assert missing == {"load-balancer-controller", "traefik"}


def test_everything_in_the_cluster_goes_through_its_provider() -> None:
    for found in platform().resources:
        if found.custom and found.type.startswith("kubernetes:"):
            assert found.provider == "cluster", found.name


def test_a_first_preview_shows_all_of_it() -> None:
    assert {found.urn for found in platform(preview=True).resources} == {
        found.urn for found in platform().resources
    }
