"""The platform's own objects on a real API server, and what its rules then refuse."""

from typing import Any, cast

import pytest

from components.eks.contract import ADMINISTRATORS_GROUP, READERS_GROUP
from components.eks.rbac import GroupRole, administrators, readers
from sandbox.kubernetes.api import ApiError
from tests.engine.planted import bad, good
from tests.engine.real_cluster import (
    DEPLOYER,
    DEPLOYMENT,
    NAMESPACE,
    REGION,
    Cluster,
    document,
)
from tests.recording import Recording
from tests.unit.components.eks.platform_ground import platform, program
from tests.wire import Secret

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("platform-objects"),
]


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Recorded inputs as the provider sees them."""
    match value:
        case Secret():
            return plain(value.value)
        case dict():
            inputs = cast("dict[str, Any]", value)
            return {key: plain(inner) for key, inner in inputs.items()}
        case list():
            return [plain(inner) for inner in cast("list[Any]", value)]
        case _:
            return value


def apply_all(cluster: Cluster, recording: Recording) -> list[str]:
    """Check and create what a program registered for Kubernetes, in its order."""
    made: list[str] = []
    for found in recording.resources:
        if not found.type.startswith("kubernetes:"):
            continue
        checked = cluster.deployer.check(found.type, plain(found.inputs))
        assert not checked.failures, (found.name, checked.failures)
        created = cluster.deployer.create(found.type, plain(found.inputs))
        made.append(f"{found.type.rpartition(':')[2]} {created.resource_id}")
    return made


@pytest.fixture
def platformed(cluster: Cluster) -> Cluster:
    """The cluster with the platform on it and a namespace for applications."""
    if cluster.deployer.read(NAMESPACE, "shop").resource_id:
        return cluster
    made = apply_all(cluster, platform())
    assert "Gateway traefik/public" in made
    cluster.deployer.create(NAMESPACE, document("v1", "Namespace", "shop", None))
    return cluster


def test_the_server_takes_every_object_of_the_platform(platformed: Cluster) -> None:
    path = "/apis/gateway.networking.k8s.io/v1/namespaces/traefik/gateways/public"
    status = platformed.get(path)["status"]
    assert {one["type"]: one["status"] for one in status["conditions"]} == {
        "Accepted": "True",
        "Programmed": "True",
    }
    policies = platformed.get("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies")
    for policy in policies["items"]:
        assert not policy.get("status", {}).get("typeChecking", {}).get("expressionWarnings")


REGISTRY = f"333344445555.dkr.ecr.{REGION}.amazonaws.com"
BAD = bad("shop", REGISTRY)


@pytest.mark.parametrize(("token", "given", "words"), BAD.values(), ids=BAD)
def test_a_planted_object_is_refused_in_the_preview_already(
    platformed: Cluster, token: str, given: dict[str, Any], words: str
) -> None:
    for preview in (True, False):
        with pytest.raises(ApiError, match=words) as caught:
            platformed.deployer.create(token, given, preview=preview)
        assert caught.value.status == 403


def test_what_breaks_no_rule_is_taken_and_runs(platformed: Cluster) -> None:
    assert platformed.deployer.create(DEPLOYMENT, good("shop", REGISTRY)).resource_id == "shop/web"


WHO = {"administrators": ADMINISTRATORS_GROUP, "readers": READERS_GROUP, "nobody": "nobody"}
CAN = {
    ("get", "", "pods", "shop"): {"administrators", "readers"},
    ("get", "", "secrets", "shop"): {"administrators"},
    ("delete", "apps", "deployments", "shop"): {"administrators"},
    ("create", "karpenter.sh", "nodepools", ""): {"administrators"},
    ("list", "karpenter.sh", "nodepools", ""): {"administrators", "readers"},
    ("list", "", "nodes", ""): {"administrators", "readers"},
    ("create", "rbac.authorization.k8s.io", "clusterrolebindings", ""): {"administrators"},
    ("impersonate", "", "users", ""): set[str](),
    ("create", "", "nodes/proxy", ""): set[str](),
}


def test_groups_may_do_what_their_roles_say_and_nothing_else(cluster: Cluster) -> None:
    recording = program(
        lambda ground: [
            GroupRole("administrators", administrators(ground.provider)),
            GroupRole("readers", readers(ground.provider)),
        ]
    )
    if not cluster.deployer.read(
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", READERS_GROUP
    ).resource_id:
        apply_all(cluster, recording)
    for (verb, group, resource, namespace), may in CAN.items():
        allowed = {
            who for who, name in WHO.items() if can(cluster, name, verb, group, resource, namespace)
        }
        assert allowed == may, (verb, group, resource)


def can(cluster: Cluster, who: str, verb: str, group: str, resource: str, namespace: str) -> bool:
    """What `kubectl auth can-i` asks."""
    name, _, part = resource.partition("/")
    attributes = {"verb": verb, "group": group, "resource": name, "subresource": part}
    if namespace:
        attributes["namespace"] = namespace
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": DEPLOYER,
            "groups": [who],
            "resourceAttributes": attributes,
        },
    }
    answer = cluster.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return bool(answer["status"]["allowed"])
