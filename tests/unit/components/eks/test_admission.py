"""The rules as objects: who they hold for, what breaks them, and that each is tried."""

from collections.abc import Iterator

import pytest

from components.eks.admission import RULES
from components.eks.admission_rule import AdmissionRule
from tests.recording import Recorded, Recording
from tests.unit.components.eks.admission_cases import Case, cases
from tests.unit.components.eks.platform_ground import platform
from tests.unit.components.small_organization import SHARED_ID

POLICY = "ValidatingAdmissionPolicy"
BINDING = "ValidatingAdmissionPolicyBinding"
NAMES = [rule.name for rule in RULES]
CASES = list(cases())


def policy(recording: Recording, rule: str) -> Recorded:
    return recording.one(POLICY, f"eks-admission-{rule}")


def binding(recording: Recording, rule: str) -> Recorded:
    return recording.one(BINDING, f"eks-admission-{rule}-binding")


def messages() -> Iterator[tuple[AdmissionRule, str]]:
    for rule in RULES:
        for validation in rule.validations:
            yield rule, validation.message


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_that_cannot_be_evaluated_refuses(rule: str) -> None:
    assert policy(platform(), rule).inputs["spec"]["failurePolicy"] == "Fail"


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_is_bound_to_its_own_policy_after_it(rule: str) -> None:
    recording = platform()
    made, bound = policy(recording, rule), binding(recording, rule)
    assert bound.inputs["spec"]["policyName"] == made.inputs["metadata"]["name"]
    assert made.urn in bound.depends_on


@pytest.mark.parametrize(
    ("enforcement", "actions"), [("deny", ["Deny"]), ("warn", ["Audit", "Warn"])]
)
def test_enforcement_is_configured(enforcement: str, actions: list[str]) -> None:
    recording = platform({"admission": {"enforcement": enforcement}})
    for rule in NAMES:
        assert binding(recording, rule).inputs["spec"]["validationActions"] == actions


def test_rules_for_pods_leave_out_kubernetes_and_the_platform_by_name_alone() -> None:
    recording = platform()
    for rule in ("images", "probes", "resources"):
        (found,) = binding(recording, rule).inputs["spec"]["matchResources"]["namespaceSelector"][
            "matchExpressions"
        ]
        assert (found["key"], found["operator"]) == ("kubernetes.io/metadata.name", "NotIn")
        assert {"kube-system", "traefik", "external-secrets", "argocd"} <= set(found["values"])
        assert "default" not in found["values"]


def test_rules_for_ways_in_hold_everywhere() -> None:
    recording = platform()
    for rule in ("no-ingress", "no-open-service", "target-groups-of-the-platform"):
        assert "matchResources" not in binding(recording, rule).inputs["spec"]


def test_images_come_from_the_shared_account_and_from_what_is_configured() -> None:
    recording = platform({"admission": {"registries": ["registry.example.com/team"]}})
    found = recording.one("ConfigMap")
    ours = f"{SHARED_ID}.dkr.ecr.eu-central-1.amazonaws.com/"
    assert found.inputs["data"] == {"prefixes": f"{ours}\nregistry.example.com/team/"}
    bound = binding(recording, "images")
    assert found.urn in bound.depends_on
    metadata = found.inputs["metadata"]
    assert bound.inputs["spec"]["paramRef"] == {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "parameterNotFoundAction": "Deny",
    }


def test_nothing_but_a_changed_specification_is_judged() -> None:
    """Else an object older than a rule could not be finalised, and its deletion would hang."""
    recording = platform()
    for rule in NAMES:
        (condition,) = policy(recording, rule).inputs["spec"]["matchConditions"]
        assert "dyn(object).spec != dyn(oldObject).spec" in condition["expression"]


@pytest.mark.parametrize("message", [message for _, message in messages()])
def test_every_demand_says_what_is_wanted_and_has_a_case_that_breaks_it(message: str) -> None:
    assert message.startswith("wanted ")
    assert [one for one in CASES if one.refusal is not None and message.startswith(one.refusal)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_every_refusal_of_a_case_is_of_one_rule_that_looks_at_the_kind(case: Case) -> None:
    if case.refusal is None:
        return
    kind = str(case.document["kind"]).lower()
    found = {
        rule.name
        for rule, message in messages()
        if message.startswith(case.refusal)
        and any(name.startswith(kind) for group in rule.resources for name in group.names)
    }
    assert len(found) == 1
