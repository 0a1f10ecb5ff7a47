"""A namespace: closed, counted, and its developers' own."""

from typing import Any

from tests.recording import Recorded, Recording
from tests.unit.components.workloads.conftest import WorkloadsRecorder

NETWORK_POLICY = "networking.k8s.io/v1:NetworkPolicy"


def policies(recording: Recording) -> dict[str, dict[str, Any]]:
    return {
        found.inputs["metadata"]["name"]: found.inputs["spec"]
        for found in recording.of(NETWORK_POLICY)
    }


def alone(workloads: WorkloadsRecorder, **settings: Any) -> Recording:  # noqa: ANN401 - any
    return workloads(namespaces={"shop": settings})


def one(recording: Recording, kind: str) -> Recorded:
    (found,) = [found for found in recording.resources if found.inputs.get("kind") == kind]
    return found


def test_every_pod_keeps_the_restricted_standard(workloads: WorkloadsRecorder) -> None:
    made = one(alone(workloads), "Namespace").inputs["metadata"]
    assert made["name"] == "shop"
    for mode in ("enforce", "warn", "audit"):
        assert made["labels"][f"pod-security.kubernetes.io/{mode}"] == "restricted"


def test_nothing_passes_but_dns_and_what_the_namespace_has_itself(
    workloads: WorkloadsRecorder,
) -> None:
    found = policies(alone(workloads))
    assert found.keys() == {"default-deny", "dns", "own-pods"}
    assert found["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    (dns,) = found["dns"]["egress"]
    assert found["dns"]["policyTypes"] == ["Egress"]
    assert dns["ports"] == [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
    assert dns["to"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ]
    own: list[dict[str, Any]] = [{"podSelector": {}}]
    assert found["own-pods"]["ingress"] == [{"from": own}]
    assert found["own-pods"]["egress"] == [{"to": own}]


def test_the_internet_is_https_and_nothing_private(workloads: WorkloadsRecorder) -> None:
    spec = policies(alone(workloads, egress={"internet": True}))["egress"]
    (rule,) = spec["egress"]
    assert spec["policyTypes"] == ["Egress"]
    assert rule["ports"] == [{"port": 443, "protocol": "TCP"}]
    (peer,) = rule["to"]
    assert peer["ipBlock"]["cidr"] == "0.0.0.0/0"
    assert {"10.0.0.0/8", "169.254.0.0/16"} <= set(peer["ipBlock"]["except"])


def test_the_quota_has_no_cpu_limit_and_no_load_balancer(workloads: WorkloadsRecorder) -> None:
    hard = one(alone(workloads, quota={"cpu": "2", "memory": "3Gi"}), "ResourceQuota").inputs[
        "spec"
    ]["hard"]
    assert hard == {
        "requests.cpu": "2",
        "requests.memory": "3Gi",
        "limits.memory": "3Gi",
        "pods": "40",
        "persistentvolumeclaims": "10",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def test_the_defaults_put_no_cpu_limit_on_anybody(workloads: WorkloadsRecorder) -> None:
    (item,) = one(alone(workloads), "LimitRange").inputs["spec"]["limits"]
    assert item["type"] == "Container"
    assert item["default"] == {"memory": "128Mi"}
    assert item["defaultRequest"] == {"cpu": "100m", "memory": "128Mi"}
    assert item["max"] == {"memory": "4Gi"}


def test_developers_see_everything_but_secrets(workloads: WorkloadsRecorder) -> None:
    recording = alone(workloads)
    (subject,) = one(recording, "RoleBinding").inputs["subjects"]
    assert (subject["kind"], subject["name"]) == ("Group", "shop-developers")
    rules = one(recording, "Role").inputs["rules"]
    resources = {name for rule in rules for name in rule["resources"]}
    verbs = {verb for rule in rules for verb in rule["verbs"]}
    assert not {"secrets", "pods/exec", "*"} & resources
    assert verbs == {"get", "list", "watch", "delete"}
    assert [rule["resources"] for rule in rules if "delete" in rule["verbs"]] == [["pods"]]


def test_a_namespace_comes_after_the_rules_and_before_everything_in_it(
    workloads: WorkloadsRecorder,
) -> None:
    recording = alone(workloads)
    namespace = one(recording, "Namespace")
    names = {recording.by_urn(urn).name for urn in namespace.depends_on}
    assert names == {"admission", "cluster"}
    for found in recording.resources:
        if found.inputs.get("metadata", {}).get("namespace") == "shop":
            assert namespace.urn in found.depends_on
