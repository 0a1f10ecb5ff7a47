"""A pod's role, by Pod Identity and by IRSA."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.eks.settings import WorkloadIdentity
from components.statements import allow, document
from tests.recording import Recording, record

ACCOUNT_ID = "222233334444"
ARN = f"arn:aws:eks:eu-central-1:{ACCOUNT_ID}:cluster/staging"
ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
PROVIDER = f"arn:aws:iam::{ACCOUNT_ID}:oidc-provider/{ISSUER}"
POLICY = document([allow("Read", ["s3:GetObject"], ["arn:aws:s3:::a-bucket/*"])])

both = pytest.mark.parametrize("mode", [mode.value for mode in WorkloadIdentity])


@cache
def recorded(mode: str, *, associate: bool = True) -> Recording:
    from components.eks.workload_role import ClusterIdentity, WorkloadRole, WorkloadRoleArgs

    def program() -> None:
        provider = aws.Provider("staging", region="eu-central-1", allowed_account_ids=[ACCOUNT_ID])
        cluster = ClusterIdentity(
            name="staging",
            arn=ARN,
            account_id=ACCOUNT_ID,
            oidc_issuer=ISSUER,
            oidc_provider_arn=PROVIDER,
        )
        args = WorkloadRoleArgs(
            cluster=cluster,
            namespace="shop",
            service_account="cart",
            mode=WorkloadIdentity(mode),
            policy=POLICY,
            managed_policies=["arn:aws:iam::aws:policy/service-role/Some"],
            associate=associate,
        )
        role = WorkloadRole("cart", args, pulumi.ResourceOptions(provider=provider))
        pulumi.export("annotations", role.annotations)
        pulumi.export("role_arn", role.role_arn)

    return record(program)


def trust(recording: Recording) -> Mapping[str, Any]:
    document: Any = recording.one("iam/role:Role").policy("assumeRolePolicy")
    (statement,) = document["Statement"]
    return statement


def test_pod_identity_trusts_one_service_account_of_one_cluster() -> None:
    statement = trust(recorded("pod-identity"))
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": ACCOUNT_ID,
            "aws:RequestTag/kubernetes-namespace": "shop",
            "aws:RequestTag/kubernetes-service-account": "cart",
        },
        "ArnEquals": {"aws:SourceArn": ARN},
    }


def test_irsa_trusts_one_subject_and_one_audience() -> None:
    statement = trust(recorded("irsa"))
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert statement["Condition"] == {
        "StringEquals": {
            f"{ISSUER}:aud": "sts.amazonaws.com",
            f"{ISSUER}:sub": "system:serviceaccount:shop:cart",
        }
    }


def test_pod_identity_associates_and_annotates_nothing() -> None:
    recording = recorded("pod-identity")
    inputs = recording.one("PodIdentityAssociation").inputs
    assert inputs["clusterName"] == "staging"
    assert (inputs["namespace"], inputs["serviceAccount"]) == ("shop", "cart")
    assert inputs["roleArn"] == recording.exports["role_arn"]
    assert recording.exports["annotations"] == {}


def test_irsa_annotates_and_associates_nothing() -> None:
    recording = recorded("irsa")
    assert not recording.of("PodIdentityAssociation")
    arn = recording.exports["role_arn"]
    assert recording.exports["annotations"] == {"eks.amazonaws.com/role-arn": arn}


def test_an_addon_makes_its_own_association() -> None:
    assert not recorded("pod-identity", associate=False).of("PodIdentityAssociation")


@both
def test_it_may_do_what_it_is_given(mode: str) -> None:
    recording = recorded(mode)
    assert recording.one("iam/rolePolicy:RolePolicy").inputs["policy"] == POLICY
    assert json.loads(POLICY)["Statement"]
    attached = recording.one("RolePolicyAttachment")
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/service-role/Some"


def test_an_association_waits_for_the_permissions() -> None:
    recording = recorded("pod-identity")
    association = recording.one("PodIdentityAssociation")
    permissions = recording.one("iam/rolePolicy:RolePolicy")
    assert permissions.urn in association.depends_on
