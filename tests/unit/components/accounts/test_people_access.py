"""The doors of the management account's roles, and what is behind them."""

import json
from typing import Any

import pytest

from components.accounts.people_access import (
    Door,
    break_glass_trust,
    organization_admin_permissions,
    people_trust,
)
from tests.access import Request, decide

MANAGEMENT, IDENTITY, STAGING = "111122223333", "222233334444", "444455556666"
ORGANIZATION = "o-abcdefghij"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/superinc-billing"
SSO = "AWSReservedSSO_Billing_0123456789abcdef"
SSO_SESSION = f"arn:aws:sts::{MANAGEMENT}:assumed-role/{SSO}/someone"
SSO_ROLE = f"arn:aws:iam::{MANAGEMENT}:role/aws-reserved/sso.amazonaws.com/eu-central-1/{SSO}"
USER = f"arn:aws:iam::{IDENTITY}:user/someone"
FRESH = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}
STALE = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "40000"}


def trust(*, permission_sets: tuple[str, ...] = (), users: tuple[str, ...] = ()) -> dict[str, Any]:
    made = people_trust(
        Door(permission_sets=permission_sets, users=users),
        management_id=MANAGEMENT,
        identity_id=IDENTITY,
        organization_id=ORGANIZATION,
    )
    return json.loads(made)


def knock(
    policy: dict[str, Any],
    principal: str,
    *,
    role: str = ROLE,
    facts: dict[str, str] | None = None,
) -> Request:
    """Somebody whose own permissions allow it wants a role."""
    account = principal.split(":")[4]
    arn = {"aws:PrincipalArn": principal} if ":user/" in principal else {}
    context = {"aws:PrincipalOrgID": ORGANIZATION, **arn, **(facts or {})}
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    return Request(
        principal=principal,
        action="sts:AssumeRole",
        resource=role,
        account=role.split(":")[4],
        context={"aws:PrincipalAccount": account, **context},
        identity=({"Version": "2012-10-17", "Statement": [allow]},),
        resource_policy=policy,
    )


def test_people_come_in_by_the_doors_that_are_open() -> None:
    center, users = trust(permission_sets=("Billing",)), trust(users=("*",))
    named = trust(permission_sets=("*",), users=("emergency",))
    at = {"aws:PrincipalArn": SSO_ROLE}
    other = {"aws:PrincipalArn": SSO_ROLE.replace("_Billing_", "_ReadOnly_")}
    cases = {
        "Identity Center": (knock(center, SSO_SESSION, facts=at), True),
        "another permission set": (knock(center, SSO_SESSION, facts=other), False),
        "any permission set": (knock(named, SSO_SESSION, facts=other), True),
        "a user where none come": (knock(center, USER, facts=FRESH), False),
        "a user with a second factor": (knock(users, USER, facts=FRESH), True),
        "a user without": (knock(users, USER), False),
        "a user who showed it yesterday": (knock(users, USER, facts=STALE), False),
        "Identity Center where users come": (knock(users, SSO_SESSION, facts=at), False),
        "a user who is not named": (knock(named, USER, facts=FRESH), False),
    }
    decisions = decide([asked for asked, _ in cases.values()])
    found = dict(zip(cases, [one == "Allowed" for one in decisions], strict=True))
    assert found == {name: wanted for name, (_, wanted) in cases.items()}


def test_a_members_emergency_role_opens_from_managements_alone() -> None:
    policy = json.loads(break_glass_trust(management_id=MANAGEMENT, organization_id=ORGANIZATION))
    role = f"arn:aws:iam::{STAGING}:role/superinc-break-glass"

    def session(account: str, name: str) -> Request:
        principal = f"arn:aws:sts::{account}:assumed-role/{name}/someone"
        arn = {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/{name}"}
        return knock(policy, principal, role=role, facts=arn)

    decisions = decide(
        [
            session(MANAGEMENT, "superinc-break-glass"),
            session(MANAGEMENT, "superinc-deploy"),
            session(STAGING, "superinc-break-glass"),
        ]
    )
    assert [one == "Allowed" for one in decisions] == [True, False, False]


def test_a_role_nobody_could_take_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted somebody who may come in"):
        trust()


def test_no_trust_names_a_principal_that_may_be_gone_one_day() -> None:
    policy = trust(permission_sets=("Billing",), users=("emergency",))
    for statement in policy["Statement"]:
        assert statement["Principal"]["AWS"].endswith(":root")
        assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": ORGANIZATION}


def test_the_organisations_administrator_keeps_accounts_and_stays_out_of_them() -> None:
    policy = json.loads(organization_admin_permissions())

    def asked(action: str, resource: str = "*", **facts: str) -> Request:
        return Request(
            principal=f"arn:aws:sts::{MANAGEMENT}:assumed-role/superinc-organization-admin/someone",
            action=action,
            resource=resource,
            account=MANAGEMENT,
            context=facts,
            identity=(policy,),
        )

    member = f"arn:aws:organizations::{MANAGEMENT}:account/{ORGANIZATION}/{STAGING}"
    root = f"arn:aws:iam::{STAGING}:root"
    task = "arn:aws:iam::aws:policy/root-task/"
    cases = {
        "changes a policy": (asked("organizations:ListPolicies"), True),
        "closes an account": (asked("organizations:CloseAccount", member), False),
        "enters an account": (
            asked("sts:AssumeRole", f"arn:aws:iam::{STAGING}:role/superinc-deploy"),
            False,
        ),
        "unlocks a bucket": (
            asked("sts:AssumeRoot", root, **{"sts:TaskPolicyArn": f"{task}S3UnlockBucketPolicy"}),
            True,
        ),
        "gives a root user a password": (
            asked(
                "sts:AssumeRoot", root, **{"sts:TaskPolicyArn": f"{task}IAMCreateRootUserPassword"}
            ),
            False,
        ),
        "uses a key": (
            asked("kms:Decrypt", f"arn:aws:kms:eu-central-1:{MANAGEMENT}:key/abc"),
            False,
        ),
    }
    decisions = decide([request for request, _ in cases.values()])
    found = dict(zip(cases, [one == "Allowed" for one in decisions], strict=True))
    assert found == {name: wanted for name, (_, wanted) in cases.items()}
