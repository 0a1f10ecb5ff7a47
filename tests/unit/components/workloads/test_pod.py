"""The pod: what the playbook and the restricted standard demand of it, by its settings."""

from typing import Any

import pytest

from tests.recording import Recording
from tests.unit.components.workloads.conftest import REGISTRY, WorkloadsRecorder

ROUTE = {"hosts": ["api"]}


def template(recording: Recording) -> dict[str, Any]:
    kinds = {"Deployment", "StatefulSet", "Rollout"}
    (found,) = [one for one in recording.resources if one.inputs.get("kind") in kinds]
    return found.inputs["spec"]["template"]


def container(recording: Recording) -> dict[str, Any]:
    (found,) = template(recording)["spec"]["containers"]
    return found


def test_it_is_nobody_and_can_become_nobody_else(hello: WorkloadsRecorder) -> None:
    recording = hello()
    pod = template(recording)["spec"]
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container(recording)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] == "hello"
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()


def test_it_writes_to_one_small_place(hello: WorkloadsRecorder) -> None:
    recording = hello()
    assert container(recording)["volumeMounts"] == [{"name": "scratch", "mountPath": "/tmp"}]
    assert template(recording)["spec"]["volumes"] == [
        {"name": "scratch", "emptyDir": {"sizeLimit": "64Mi"}}
    ]


def test_memory_is_limited_to_its_request_and_cpu_is_not_limited(hello: WorkloadsRecorder) -> None:
    requests = {"cpu": "250m", "memory": "256Mi"}
    found = container(hello({"resources": {"requests": requests}}))["resources"]
    assert found == {"requests": requests, "limits": {"memory": "256Mi"}}


def test_three_probes_ask_at_the_paths_that_were_given(hello: WorkloadsRecorder) -> None:
    probes = {"liveness": "/alive", "readiness": "/ok", "startup": "/up", "startup_seconds": 61}
    found = container(hello({"probes": probes}))
    asked = {
        kind: found[f"{kind}Probe"]["httpGet"] for kind in ("liveness", "readiness", "startup")
    }
    assert {kind: one["path"] for kind, one in asked.items()} == {
        "liveness": "/alive",
        "readiness": "/ok",
        "startup": "/up",
    }
    assert all(one["port"] == "http" for one in asked.values())
    startup = found["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 61


def test_without_settings_liveness_and_readiness_are_apart(hello: WorkloadsRecorder) -> None:
    found = container(hello())
    assert found["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert found["readinessProbe"]["httpGet"]["path"] == "/readyz"


@pytest.mark.parametrize(
    ("settings", "sleep", "grace"),
    [
        ({}, 10, 45),
        ({"route": ROUTE, "shutdown": {"drain_seconds": 5}}, 10, 45),
        ({"shutdown": {"drain_seconds": 5}}, 10, 20),
        ({"shutdown": {"pre_stop_seconds": 20, "drain_seconds": 60}}, 20, 85),
        ({"shutdown": {"grace_seconds": 100}}, 10, 100),
    ],
)
def test_it_leaves_slowly_enough(
    hello: WorkloadsRecorder, settings: dict[str, Any], sleep: int, grace: int
) -> None:
    recording = hello(settings)
    assert container(recording)["lifecycle"] == {"preStop": {"sleep": {"seconds": sleep}}}
    assert template(recording)["spec"]["terminationGracePeriodSeconds"] == grace


@pytest.mark.parametrize(
    ("spread", "zones"), [("preferred", "ScheduleAnyway"), ("required", "DoNotSchedule")]
)
def test_it_is_spread_over_zones_and_nodes(
    hello: WorkloadsRecorder, spread: str, zones: str
) -> None:
    found = template(hello({"spread": spread}))["spec"]["topologySpreadConstraints"]
    assert [(one["topologyKey"], one["whenUnsatisfiable"]) for one in found] == [
        ("topology.kubernetes.io/zone", zones),
        ("kubernetes.io/hostname", "ScheduleAnyway"),
    ]
    for one in found:
        assert one["labelSelector"]["matchLabels"] == {"app.kubernetes.io/name": "hello"}


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({}, "pod-template-hash"),
        ({"kind": "stateful-set"}, "controller-revision-hash"),
        ({"strategy": "blue-green"}, "rollouts-pod-template-hash"),
    ],
)
def test_versions_are_spread_apart_by_the_label_their_controller_sets(
    hello: WorkloadsRecorder, settings: dict[str, Any], key: str
) -> None:
    pod = template(hello(settings, rollouts=True))["spec"]
    assert pod["topologySpreadConstraints"][0]["matchLabelKeys"] == [key]


def test_only_spot_applications_bear_spot_nodes(hello: WorkloadsRecorder) -> None:
    assert "tolerations" not in template(hello())["spec"]
    spot = template(hello({"capacity": "spot", "architecture": "arm64"}))["spec"]
    assert spot["tolerations"] == [
        {"key": "superinc.com/spot", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert spot["nodeSelector"] == {"kubernetes.io/arch": "arm64"}


def test_the_image_is_of_the_organisations_registry(hello: WorkloadsRecorder) -> None:
    assert container(hello())["image"] == f"{REGISTRY}/hello:1.0.0-0a1b2c3"


def test_what_was_accepted_is_written_on_the_workload_and_its_pods(
    hello: WorkloadsRecorder,
) -> None:
    accept = {
        "single-replica": "it holds a lock nobody else may hold",
        "writable-root-filesystem": "the vendor writes beside its binary",
    }
    recording = hello({"accept": accept, "replicas": 1})
    annotations = {f"accept.superinc.com/{name}": why for name, why in accept.items()}
    assert template(recording)["metadata"]["annotations"] == annotations
    workload = recording.one("apps/v1:Deployment").inputs["metadata"]
    assert workload["annotations"] == annotations
    assert container(recording)["securityContext"]["readOnlyRootFilesystem"] is False
    assert "annotations" not in template(hello())["metadata"]
