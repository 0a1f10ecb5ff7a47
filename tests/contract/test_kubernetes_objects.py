"""Every Kubernetes object of every golden file, against the schemas of the pinned version.

The schemas are those of an API server under strict field validation: of Kubernetes itself, and of
the CustomResourceDefinitions that the charts and the addons bring. Rules in CEL are the server's.
"""

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from components.versions import KUBERNETES
from sandbox.kubernetes import helm, schemas
from tests.api_server import problems
from tests.goldens import Registered, differing, leaves, of_type

pytestmark = pytest.mark.xdist_group("goldens")

WITH_CLUSTERS = {"monitoring", "production", "staging"}


@cache
def _objects() -> tuple[Registered, ...]:
    return tuple(item for item in of_type("kubernetes:") if item.type != helm.TYPE)


def test_the_schemas_are_of_the_pinned_version() -> None:
    assert schemas.nearest(KUBERNETES) == KUBERNETES


def test_every_object_is_one_that_an_api_server_of_the_pinned_version_takes() -> None:
    found: dict[str, list[str]] = {}
    seen: dict[str, list[tuple[str, str]]] = {}
    for item in _objects():
        # Three stacks have the same object most often; a definition takes 0.2 s.
        text = json.dumps(item.inputs, sort_keys=True)
        if text not in seen:
            seen[text] = problems(item.inputs)
        if seen[text]:
            found[str(item)] = [f"{path}: {reason}" for path, reason in seen[text]]
    assert not found, json.dumps(found, indent=1)


def test_an_object_says_the_kind_and_the_group_of_its_type() -> None:
    for item in _objects():
        version, _, kind = item.type.removeprefix("kubernetes:").rpartition(":")
        said = str(item.inputs["apiVersion"])
        assert (said if "/" in said else f"core/{said}", item.inputs["kind"]) == (version, kind)


def test_the_objects_of_every_cluster_are_among_them() -> None:
    assert {item.where for item in _objects() if "/" not in item.where} == WITH_CLUSTERS
    groups = {str(item.inputs["apiVersion"]).rpartition("/")[0] for item in _objects()}
    assert groups - schemas.BUILT_IN_GROUPS == {
        "argoproj.io",
        "elbv2.k8s.aws",
        "external-secrets.io",
        "gateway.networking.k8s.io",
        "karpenter.k8s.aws",
        "karpenter.sh",
        "monitoring.coreos.com",
        "vpcresources.k8s.aws",
    }


def test_an_object_of_a_variant_differs_from_the_stacks_as_its_golden_file_says() -> None:
    for before, after, changes in differing():
        old, new = dict(leaves(before)), dict(leaves(after))
        found = {
            path: [old.get(path), new.get(path)]
            for path in old.keys() | new.keys()
            if old.get(path) != new.get(path)
        }
        assert found == changes


def _unknown(spec: dict[str, Any], _: str) -> None:
    spec["replica"] = 3


def _wrong(spec: dict[str, Any], field: str) -> None:
    spec[field] = [] if isinstance(spec[field], Mapping) else {"wrong": "type"}


def _missing(spec: dict[str, Any], field: str) -> None:
    del spec[field]


REQUIRED = {
    "kubernetes:apps/v1:Deployment": "selector",
    "kubernetes:argoproj.io/v1alpha1:Application": "project",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": "maxReplicas",
    "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding": "serviceRef",
    "kubernetes:external-secrets.io/v1:ClusterSecretStore": "provider",
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": "gatewayClassName",
    "kubernetes:karpenter.sh/v1:NodePool": "template",
}
"""Types and a field of their `spec` that must be there."""


@pytest.mark.parametrize(
    ("plant", "reason"),
    [(_unknown, "unknown field"), (_wrong, "is not of type"), (_missing, "required value")],
)
@pytest.mark.parametrize("token", REQUIRED)
def test_a_planted_fault_is_found(
    token: str, plant: Callable[[dict[str, Any], str], None], reason: str
) -> None:
    document = copy.deepcopy(next(item.inputs for item in _objects() if item.type == token))
    plant(document["spec"], REQUIRED[token])
    ((path, said),) = problems(document)
    assert path == ("spec.replica" if plant is _unknown else f"spec.{REQUIRED[token]}")
    assert reason in said
