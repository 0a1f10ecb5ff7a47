"""When an object does what it is for, and what is said when it does not."""

from typing import Any

import pytest

from sandbox.kubernetes import awaiting
from sandbox.kubernetes.awaiting import AwaitError, until_gone, until_ready
from tests.unit.sandbox.kubernetes.fake_api import FakeApi

PATH = "/apis/apps/v1/namespaces/shop/deployments/web"
NOW = 0.01


def workload(kind: str = "Deployment", /, **status: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "shop", "generation": 2},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}},
        "status": {"observedGeneration": 2, **status},
    }


def condition(kind: str, status: str = "True", **more: str) -> dict[str, str]:
    return {"type": kind, "status": status, **more}


def wait(found: dict[str, Any], *, annotations: dict[str, str] | None = None) -> str:
    """What is said of an object that stays as it is; empty when it is ready."""
    folder = "batch" if found["kind"] == "Job" else "apps"
    path = f"/apis/{folder}/v1/namespaces/shop/{found['kind'].lower()}s/web"
    empty = {"items": list[Any]()}
    nothing = {f"/api/v1/namespaces/shop/{kind}s": empty for kind in ("pod", "event")}
    given: dict[str, object] = {"metadata": {"annotations": annotations or {}}}
    try:
        until_ready(FakeApi({path: found, **nothing}), found, given, seconds=NOW)
    except AwaitError as error:
        return str(error)
    return ""


READY: dict[str, Any] = {
    "updatedReplicas": 2,
    "replicas": 2,
    "conditions": [condition("Available")],
}


def test_a_deployment_is_ready_when_all_replicas_are_new_and_enough_are_available() -> None:
    assert wait(workload(**READY)) == ""
    assert "controller has not seen it" in wait(workload(**READY, observedGeneration=1))
    assert "1 of 2 replicas are up to date" in wait(workload(**{**READY, "updatedReplicas": 1}))
    assert "0 of 2 replicas are available" in wait(workload(**{**READY, "conditions": []}))
    assert "earlier revision" in wait(workload(**{**READY, "replicas": 3}))


def test_a_replica_set_that_may_make_no_pods_says_why() -> None:
    failed = condition("ReplicaFailure", message="exceeded quota: compute")
    assert "exceeded quota" in wait(workload(updatedReplicas=0, conditions=[failed]))


def test_a_stateful_set_is_ready_when_every_replica_has_the_latest_revision() -> None:
    ready: dict[str, Any] = {"readyReplicas": 2, "currentRevision": "b", "updateRevision": "b"}
    assert wait(workload("StatefulSet", **ready)) == ""
    assert "latest revision" in wait(workload("StatefulSet", **ready | {"currentRevision": "a"}))
    assert "1 of 2 replicas are ready" in wait(
        workload("StatefulSet", **ready | {"readyReplicas": 1})
    )


def test_a_daemon_set_needs_its_pod_on_every_node_wanted() -> None:
    ready: dict[str, Any] = {
        "desiredNumberScheduled": 3,
        "numberAvailable": 3,
        "updatedNumberScheduled": 3,
    }
    assert wait(workload("DaemonSet", **ready)) == ""
    assert "2 of 3 pods" in wait(workload("DaemonSet", **ready | {"numberAvailable": 2}))


def test_a_job_must_complete_and_one_that_failed_says_why() -> None:
    assert wait(workload("Job", conditions=[condition("Complete")])) == ""
    failed = condition("Failed", message="BackoffLimitExceeded")
    assert "failed: BackoffLimitExceeded" in wait(workload("Job", conditions=[failed]))


def test_an_annotation_skips_the_wait_or_chooses_what_is_waited_for() -> None:
    assert wait(workload(), annotations={awaiting.SKIP: "true"}) == ""
    ready = workload(phase="Bound", conditions=[condition("Ready", "False", message="no store")])
    for expression, said in {
        "jsonpath={.status.phase}=Bound": "",
        "jsonpath={.status.phase}": "",
        "jsonpath={.status.phase}=Lost": "it is Bound",
        "condition=Ready": "no store",
        "condition=Ready=False": "",
        '["jsonpath={.status.phase}=Bound", "condition=Other"]': "no such condition",
        "phase=Bound": "wanted condition=… or jsonpath=…",
    }.items():
        found = wait(ready, annotations={awaiting.WAIT_FOR: expression})
        assert (said in found) if said else not found, expression


def test_nodes_are_started_while_pods_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awaiting, "_BEFORE_NODES", 0.0)
    waiting, ready = workload(), workload(**READY)
    api = FakeApi({PATH: waiting})
    started: list[bool] = []

    def start() -> None:
        started.append(True)
        api.objects[PATH] = ready

    until_ready(api, waiting, {}, seconds=5, start_nodes=start)
    assert started == [True]


def test_what_its_finalizers_keep_is_named() -> None:
    kept = {"kind": "Namespace", "metadata": {"name": "a", "finalizers": ["example/keep"]}}
    with pytest.raises(AwaitError, match=r"Namespace a is still there .*example/keep"):
        until_gone(FakeApi({"/api/v1/namespaces/a": kept}), "/api/v1/namespaces/a", seconds=NOW)
    until_gone(FakeApi(), "/api/v1/namespaces/a", seconds=NOW)
