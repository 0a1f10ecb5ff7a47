"""Who is who on a cluster, and what they may do there."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.recording import Recorded, Recording

EksRecorder = Callable[..., Recording]

ACCOUNT_ID = "222233334444"
BREAK_GLASS = f"arn:aws:iam::{ACCOUNT_ID}:role/superinc-break-glass"
DEPLOY = f"arn:aws:iam::{ACCOUNT_ID}:role/OrganizationAccountAccessRole"
SSO = "aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Developer_0123456789abcdef"


def groups(recording: Recording) -> dict[str, list[str]]:
    """The groups of each principal that has any."""
    return {
        one.inputs["principalArn"]: one.inputs["kubernetesGroups"]
        for one in recording.of("eks/accessEntry:AccessEntry")
        if "kubernetesGroups" in one.inputs
    }


def roles(recording: Recording) -> list[Recorded]:
    return [
        one
        for one in recording.of("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")
        if one.name.startswith(("eks-administrators", "eks-readers"))
    ]


def bound(recording: Recording, group: str) -> set[str]:
    """The cluster roles a group has everywhere."""
    return {
        one.inputs["roleRef"]["name"]
        for one in recording.of("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")
        if {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}
        in one.inputs["subjects"]
    }


def test_rollouts_alone_have_everything(eks: EksRecorder) -> None:
    recording = eks(access={"administrators": ["superinc-break-glass"]})
    (policy,) = recording.of("eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert policy.inputs["principalArn"] == DEPLOY
    assert policy.inputs["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert policy.inputs["accessScope"] == {"type": "cluster"}


def test_a_role_has_one_entry_with_all_its_groups(eks: EksRecorder) -> None:
    access = {
        "administrators": ["superinc-break-glass"],
        "readers": [SSO],
        "developers": {"shop": [SSO], "billing": [SSO]},
    }
    assert groups(eks(access=access)) == {
        BREAK_GLASS: ["platform-administrators"],
        f"arn:aws:iam::{ACCOUNT_ID}:role/{SSO}": [
            "billing-developers",
            "platform-readers",
            "shop-developers",
        ],
    }


def test_nodes_are_let_in_as_nodes(eks: EksRecorder) -> None:
    recording = eks()
    entry = recording.one("eks/accessEntry:AccessEntry", "eks-access-nodes")
    assert entry.inputs["type"] == "EC2_LINUX"
    role = recording.one("iam/role:Role", "eks-node-role")
    assert entry.inputs["principalArn"] == role.outputs["arn"]


def test_the_role_of_rollouts_is_not_a_persons(eks: EksRecorder) -> None:
    with pytest.raises(pulumi.RunError, match="got OrganizationAccountAccessRole"):
        eks(access={"readers": ["OrganizationAccountAccessRole"]})


def test_groups_have_kubernetes_own_roles_and_ours(eks: EksRecorder) -> None:
    recording = eks()
    assert bound(recording, "platform-administrators") == {"admin", "platform-administrators"}
    assert bound(recording, "platform-readers") == {"view", "platform-readers"}
    names = {"administrators": "platform-administrators", "readers": "platform-readers"}
    assert recording.exports["rbac_groups"] == names


def test_no_role_has_a_wildcard(eks: EksRecorder) -> None:
    rules: list[dict[str, Any]] = [rule for role in roles(eks()) for rule in role.inputs["rules"]]
    assert rules
    for rule in rules:
        assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]


def test_readers_change_nothing_and_read_no_secret(eks: EksRecorder) -> None:
    (role,) = [one for one in roles(eks()) if one.name == "eks-readers-role"]
    for rule in role.inputs["rules"]:
        assert set(rule["verbs"]) == {"get", "list", "watch"}
        assert "secrets" not in rule["resources"]


def test_nobody_is_a_master(eks: EksRecorder) -> None:
    recording = eks(access={"administrators": ["a-role"]})
    for found in groups(recording).values():
        assert "system:masters" not in found
    assert "cluster-admin" not in bound(recording, "platform-administrators")
