"""The operator reads this account's secrets, and writes none."""

from tests.access import Request, decide
from tests.unit.components.eks.platform_ground import (
    ACCOUNT_ID,
    REGION,
    key_arn,
    platform,
    values,
)

AT = f"{REGION}:{ACCOUNT_ID}"
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
"""Leaves the rest to IAM: without it no identity policy opens a key."""

VIA = {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}
CASES: dict[str, tuple[str, str, dict[str, str], bool]] = {
    "read a secret": (
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:{AT}:secret:staging/shop/database-AbCdEf",
        {},
        True,
    ),
    "read one of elsewhere": (
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:{AT}:secret:edge/admin-AbCdEf",
        {},
        False,
    ),
    "write a secret": (
        "secretsmanager:PutSecretValue",
        f"arn:aws:secretsmanager:{AT}:secret:staging/shop/database-AbCdEf",
        {},
        False,
    ),
    "read a parameter": (
        "ssm:GetParameter",
        f"arn:aws:ssm:{AT}:parameter/staging/shop/level",
        {},
        True,
    ),
    "read one of another": ("ssm:GetParameter", f"arn:aws:ssm:{AT}:parameter/other", {}, False),
    "decrypt for it": ("kms:Decrypt", key_arn("secrets"), VIA, True),
    "decrypt anything": ("kms:Decrypt", key_arn("secrets"), {}, False),
    "decrypt with another key": ("kms:Decrypt", key_arn("data"), VIA, False),
}


def test_its_role_reads_below_the_accounts_name_and_nothing_else() -> None:
    policy = platform().one("rolePolicy:RolePolicy", "eks-secrets-operator-permissions")
    decisions = decide(
        [
            Request(
                principal=f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/operator/pod",
                action=action,
                resource=resource,
                account=ACCOUNT_ID,
                context=context,
                identity=[policy.policy("policy")],
                resource_policy=KEY_POLICY if action.startswith("kms:") else None,
            )
            for action, resource, context, _ in CASES.values()
        ]
    )
    assert dict(zip(CASES, decisions, strict=True)) == {
        name: "Allowed" if allowed else "ImplicitlyDenied" for name, (*_, allowed) in CASES.items()
    }


def test_its_pods_become_the_role() -> None:
    recording = platform()
    association = recording.one("PodIdentityAssociation", "eks-secrets-operator-association").inputs
    account = values(recording, "external-secrets")["serviceAccount"]["name"]
    assert (association["namespace"], association["serviceAccount"]) == (
        "external-secrets",
        account,
    )


def test_each_of_its_parts_survives_a_node() -> None:
    found = values(platform(), "external-secrets")
    for part in (found, found["webhook"], found["certController"]):
        assert part["replicaCount"] == 2
        assert part["podDisruptionBudget"] == {"enabled": True, "minAvailable": 1}
        assert part["resources"]["requests"]["memory"] == part["resources"]["limits"]["memory"]


def test_pushing_secrets_is_off() -> None:
    found = values(platform(), "external-secrets")
    assert found["crds"] == {"createClusterPushSecret": False, "createPushSecret": False}
    assert (found["processPushSecret"], found["processClusterPushSecret"]) == (False, False)
