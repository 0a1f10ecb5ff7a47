"""What keeps pods from starting, as a kubelet and the scheduler would say it."""

from typing import Any

from sandbox.kubernetes import pods
from tests.unit.sandbox.kubernetes.fake_api import FakeApi

SPEC: dict[str, Any] = {
    "containers": [
        {
            "name": "web",
            "envFrom": [{"configMapRef": {"name": "settings"}}],
            "env": [
                {"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "C", "value": "1"},
            ],
        }
    ],
    "initContainers": [
        {"name": "migrate", "envFrom": [{"secretRef": {"name": "maybe", "optional": True}}]}
    ],
    "volumes": [
        {"name": "a", "secret": {"secretName": "tls"}},
        {"name": "b", "projected": {"sources": [{"configMap": {"name": "ca"}}]}},
        {"name": "c", "emptyDir": {}},
    ],
}


def test_every_reference_that_is_not_optional_is_found() -> None:
    assert set(pods.references(SPEC)) == {
        ("ConfigMap", "ca"),
        ("ConfigMap", "settings"),
        ("Secret", "db"),
        ("Secret", "tls"),
    }


def test_the_first_missing_one_is_named_and_none_when_all_are_there() -> None:
    found: dict[str, Any] = {
        "metadata": {"namespace": "shop"},
        "spec": {"template": {"spec": SPEC}},
    }
    there = {
        f"/api/v1/namespaces/shop/{plural}/{name}": {"kind": "x"}
        for plural, name in [
            ("configmaps", "ca"),
            ("configmaps", "settings"),
            ("secrets", "db"),
            ("secrets", "tls"),
        ]
    }
    assert pods.missing_references(FakeApi(there), found) is None
    del there["/api/v1/namespaces/shop/secrets/db"]
    assert pods.missing_references(FakeApi(there), found) == (
        'CreateContainerConfigError: secret "db" not found'
    )


def test_reasons_are_those_of_its_own_pods_and_of_what_made_them() -> None:
    def pod(name: str) -> dict[str, Any]:
        condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
        return {
            "metadata": {"name": name},
            "status": {"conditions": [{**condition, "message": "no node"}]},
        }

    event = {
        "type": "Warning",
        "reason": "FailedCreate",
        "message": "quota",
        "involvedObject": {"kind": "ReplicaSet", "name": "web-1"},
    }
    scaler = {
        **event,
        "reason": "FailedGetResourceMetric",
        "involvedObject": {"kind": "HorizontalPodAutoscaler", "name": "web"},
    }
    api = FakeApi(
        {
            "/api/v1/namespaces/shop/pods": {"items": [pod("web-1-a"), pod("other-1-a")]},
            "/api/v1/namespaces/shop/events": {"items": [scaler, event, event]},
        }
    )
    deployment: dict[str, Any] = {
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}},
    }
    assert pods.reasons(api, deployment) == [
        "pod web-1-a: Unschedulable: no node",
        "ReplicaSet web-1: FailedCreate: quota",
    ]
