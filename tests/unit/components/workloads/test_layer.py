"""The layer: nothing unless asked for, and nothing that the platform cannot carry."""

from typing import Any

import pulumi
import pytest

from tests.unit.components.workloads.conftest import FOUNDATIONS, HELLO, WorkloadsRecorder


def test_nothing_is_made_unless_it_is_asked_for(workloads: WorkloadsRecorder) -> None:
    recording = workloads(cluster=False)
    assert recording.exports == {}
    assert not [found for found in recording.resources if found.type.startswith("superinc:")]


def test_it_publishes_where_applications_answer(hello: WorkloadsRecorder) -> None:
    recording = hello({"route": {"hosts": ["api"]}})
    assert recording.exports == {
        "namespaces": ["hello", "shop"],
        "hosts": {"hello": ["api.staging.example.com"]},
    }


def test_two_applications_share_a_namespace_and_one_quota(workloads: WorkloadsRecorder) -> None:
    both = {name: {**HELLO, "namespace": "shop"} for name in ("one", "two")}
    recording = workloads(namespaces={"shop": {}}, applications=both)
    assert len(recording.of("ResourceQuota")) == 1
    namespaces = {one.inputs["metadata"]["namespace"] for one in recording.of("apps/v1:Deployment")}
    assert namespaces == {"shop"}


@pytest.mark.parametrize(
    ("settings", "around", "wanted"),
    [
        ({}, {"cluster": False}, "wanted superinc:eks.cluster"),
        ({"strategy": "canary"}, {}, "wanted superinc:delivery.rollouts: true"),
        ({"strategy": "blue-green"}, {}, "got blue-green without Argo Rollouts"),
        (
            {"route": {"hosts": ["www"]}},
            {},
            "got www.staging.example.com, wanted what superinc:edge",
        ),
        ({"route": {"hosts": ["api"]}}, {"api_host": None}, "got api.staging.example.com"),
        ({"security_groups": ["kafka"]}, {}, "got kafka, wanted one of the network's: application"),
        (
            {"route": {"hosts": ["api"]}},
            {"foundations": tuple(name for name in FOUNDATIONS if name != "traefik")},
            "got a cluster without traefik, wanted it",
        ),
    ],
)
def test_what_the_platform_cannot_carry_is_refused(
    hello: WorkloadsRecorder, settings: dict[str, Any], around: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(pulumi.RunError, match="superinc:workloads") as caught:
        hello(settings, **around)
    assert wanted in str(caught.value)


def test_without_an_edge_any_name_may_be_routed_inside(hello: WorkloadsRecorder) -> None:
    recording = hello({"route": {"hosts": ["grafana"]}}, edge=False)
    assert recording.exports["hosts"] == {"hello": ["grafana.staging.example.com"]}
