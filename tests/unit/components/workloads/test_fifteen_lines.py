"""The fifteen lines of a team, and that the API server takes everything they become."""

import json
from functools import cache
from typing import Any, cast

import jsonschema
import kubernetes_validate
import pytest
import yaml

from automation.yaml_lines import parse
from components.workloads.contract import WorkloadsConfig
from tests.recording import ROOT, Recorded
from tests.unit.components.workloads.conftest import WorkloadsRecorder

KUBERNETES = "1.36"
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

CUSTOM = (
    "externalsecrets",
    "httproutes",
    "rollouts",
    "securitygrouppolicies",
    "servicemonitors",
)
"""Custom resources by the files that define them."""


@cache
def schemas() -> dict[tuple[str, str], dict[str, Any]]:
    """The schemas of custom resources, by API version and kind."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    folders = [ROOT / "sandbox" / "crds", ROOT / "components" / "eks" / "crds"]
    files = (one for folder in folders for name in CUSTOM for one in folder.rglob(f"{name}.*yaml"))
    for file in files:
        for document in yaml.load_all(file.read_text("utf-8"), yaml.CSafeLoader):
            if document and document.get("kind") == "CustomResourceDefinition":
                spec = document["spec"]
                for version in spec["versions"]:
                    key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                    found[key] = closed(version["schema"]["openAPIV3Schema"])
    return found


def closed(schema: Any) -> Any:  # noqa: ANN401 - a part of a schema
    """The schema with unknown fields refused, as strict field validation refuses them."""
    if isinstance(schema, list):
        return [closed(part) for part in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    parts = cast("dict[str, Any]", schema)
    made = {name: closed(part) for name, part in parts.items() if name != "format"}
    if parts.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    open_ended = parts.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(parts.get("properties"), dict) and not open_ended:
        made["additionalProperties"] = False
    return made


def check(found: Recorded) -> None:
    document = {**found.inputs}
    key = (document["apiVersion"], document["kind"])
    if key in schemas():
        schema = schemas()[key]
        known = {**schema, "properties": {**schema["properties"], "metadata": {"type": "object"}}}
        validator: Any = jsonschema.Draft202012Validator(known)
        validator.validate(document)
    else:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)


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
    for found in made:
        check(found)


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
    for found in objects(workloads, rollouts=True, **values):
        if found.name.startswith(f"workloads-{name}-"):
            check(found)


def test_an_unknown_field_would_be_seen(workloads: WorkloadsRecorder) -> None:
    for kind, error in (
        ("HTTPRoute", jsonschema.ValidationError),
        ("Deployment", kubernetes_validate.ValidationError),
    ):
        values = cast("dict[str, Any]", parse(LINES).value)
        (found,) = [one for one in objects(workloads, **values) if one.inputs["kind"] == kind]
        found.inputs = json.loads(json.dumps(found.inputs))
        found.inputs["spec"]["sepc"] = 1
        with pytest.raises(error):
            check(found)


def test_the_lines_are_a_config() -> None:
    assert WorkloadsConfig.model_validate(parse(LINES).value).applications["shop"].most() == 13
