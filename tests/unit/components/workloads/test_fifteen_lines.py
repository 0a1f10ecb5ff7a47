"""The fifteen lines of a team, and that the API server takes everything they become."""

import copy
from typing import Any, cast

import pytest

from automation.yaml_lines import parse
from tests.api_server import problems
from tests.recording import Recorded
from tests.unit.components.workloads.conftest import WorkloadsRecorder

LINES = """\
namespaces:
  shop: {}
applications:
  shop:
    image: {repository: shop, tag: 1.4.2-0a1b2c3}
    route: {hosts: [api], paths: [/shop]}
    environment:
      LOG_LEVEL: info
    secrets:
      PAYMENT_TOKEN: {key: payment, property: token}
    database: {host: db.staging.internal, name: shop, secret: database}
    aws:
      - {actions: [sqs:SendMessage], resources: ["arn:aws:sqs:{region}:{account}:orders"]}
    metrics: {}
    scaling: {maximum: 10}
"""

EVERYTHING: dict[str, dict[str, Any]] = {
    "recreate": {
        "strategy": "recreate",
        "replicas": 1,
        "accept": {
            "single-replica": "it holds a lock nobody else may hold",
            "writable-root-filesystem": "the vendor writes beside its binary",
        },
    },
    "canary": {"strategy": "canary", "route": {"hosts": ["api"], "paths": ["/canary"]}},
    "counted": {"strategy": "canary", "canary": [{"weight": 20}], "replicas": 5},
    "green": {"strategy": "blue-green", "route": {"hosts": ["api"], "paths": ["/green"]}},
    "stateful": {
        "kind": "stateful-set",
        "storage": {"path": "/var/lib/data", "size": "10Gi"},
        "leader_election": True,
        "security_groups": ["application"],
        "disruption": {"max_unavailable": "34%"},
    },
    "queue": {
        "capacity": "spot",
        "architecture": "arm64",
        "spread": "required",
        "arguments": ["--work"],
        "metrics": {"port": 9090},
        "callers": ["shop"],
        "secrets": {"KEY": {"key": "queue/key", "store": "parameter-store"}},
        "scaling": {
            "cpu": None,
            "memory": 80,
            "external": [{"metric": "queue_length", "average": "30", "labels": {"queue": "a"}}],
        },
        "egress": {
            "internet": True,
            "namespaces": ["shop"],
            "to": [{"cidr": "10.64.0.0/16", "ports": [9098]}],
        },
    },
}


def objects(recorder: WorkloadsRecorder, **values: Any) -> list[Recorded]:  # noqa: ANN401 - any
    recording = recorder(**values)
    return [found for found in recording.resources if found.type.startswith("kubernetes:")]


def test_fifteen_lines_become_everything_the_playbook_wants(workloads: WorkloadsRecorder) -> None:
    assert len(LINES.splitlines()) <= 16
    made = objects(workloads, **cast("dict[str, Any]", parse(LINES).value))
    assert sorted(found.inputs["kind"] for found in made if found.inputs["kind"]) == sorted(
        [
            *["ConfigMap", "Deployment", "ExternalSecret", "HTTPRoute", "HorizontalPodAutoscaler"],
            *["LimitRange", "Namespace", *["NetworkPolicy"] * 4, "PodDisruptionBudget"],
            *["ResourceQuota", "Role", "RoleBinding", "Service", "ServiceAccount"],
            "ServiceMonitor",
        ]
    )
    assert [(one.name, found) for one in made if (found := problems(one.inputs))] == []


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_every_choice_becomes_objects_the_api_server_takes(
    workloads: WorkloadsRecorder, name: str
) -> None:
    settings = {
        "image": {"repository": name, "digest": f"sha256:{'0' * 64}"},
        **EVERYTHING[name],
    }
    namespaces = {name: {"egress": {"internet": True}}, "shop": {}}
    values = {"namespaces": namespaces, "applications": {name: settings}}
    made = objects(workloads, rollouts=True, **values)
    own = [found for found in made if found.name.startswith(f"workloads-{name}-")]
    assert own
    assert [(one.name, found) for one in own if (found := problems(one.inputs))] == []


@pytest.mark.parametrize("kind", ["HTTPRoute", "Deployment"])
def test_an_unknown_field_would_be_seen(workloads: WorkloadsRecorder, kind: str) -> None:
    values = cast("dict[str, Any]", parse(LINES).value)
    (found,) = [one for one in objects(workloads, **values) if one.inputs["kind"] == kind]
    inputs = copy.deepcopy(found.inputs)
    inputs["spec"]["sepc"] = 1
    assert [path for path, _ in problems(inputs)] == ["spec.sepc"]
