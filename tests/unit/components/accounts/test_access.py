"""The deploy role's policies."""

import json
from typing import Any

import pytest

from components.accounts import access
from components.contracts import AccountKind
from components.statements import document

MANAGEMENT, STAGING, ORGANIZATION = "111122223333", "444455556666", "o-abcdefghij"

INLINE_LIMIT = 10_240
"""Characters of all inline policies of a role (IAM quotas)."""


def only_statement(text: str) -> dict[str, Any]:
    (statement,) = json.loads(text)["Statement"]
    return statement


@pytest.mark.parametrize("kind", list(AccountKind))
def test_a_rollout_gets_no_administrator_access(kind: AccountKind) -> None:
    for statement in access.rollout_statements(STAGING, kind, ()):
        actions: Any = statement["Action"]
        assert "*" not in actions
        assert not [action for action in actions if action.startswith(("*:", "iam:*User"))]
        assert "iam:*" not in actions


def test_a_rollout_may_not_use_keys() -> None:
    actions: list[str] = []
    for statement in access.rollout_statements(STAGING, AccountKind.WORKLOAD, ()):
        named: Any = statement["Action"]
        actions.extend(named)
    assert "kms:PutKeyPolicy" in actions
    assert not {"kms:*", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"} & set(actions)


def test_roles_are_administered_and_passed_in_the_own_account_only() -> None:
    for statement in access.rollout_statements(STAGING, AccountKind.WORKLOAD, ()):
        if statement["Sid"] in {"Roles", "PassRolesToServices", "ServiceLinkedRoles"}:
            resources: Any = statement["Resource"]
            assert all(f"iam::{STAGING}:" in resource for resource in resources)
            assert not [one for one in resources if ":user/" in one or one.endswith(":*")]


def test_given_services_replace_those_of_the_playbook() -> None:
    services = access.rollout_statements(STAGING, AccountKind.WORKLOAD, ("ec2",))[0]
    assert services["Action"] == ["ec2:*"]


def test_management_runs_no_workloads() -> None:
    services: Any = access.rollout_statements(MANAGEMENT, AccountKind.MANAGEMENT, ())[0]["Action"]
    assert not {"ec2:*", "eks:*", "rds:*"} & set(services)
    assert "organizations:*" in services


def test_a_member_trusts_managements_deploy_role_within_the_organisation_only() -> None:
    statement = only_statement(access.member_trust(MANAGEMENT, ORGANIZATION))
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{MANAGEMENT}:role/superinc-deploy"},
    }


def test_management_trusts_the_given_principals() -> None:
    ci = "arn:aws:iam::111122223333:role/ci"
    statement = only_statement(access.management_trust(MANAGEMENT, ORGANIZATION, [ci]))
    assert statement["Principal"] == {"AWS": [ci]}
    assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": ORGANIZATION}


def test_without_principals_management_leaves_it_to_its_own_iam() -> None:
    statement = only_statement(access.management_trust(MANAGEMENT, ORGANIZATION, []))
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}


def test_management_reaches_the_named_accounts_and_no_others() -> None:
    (statement,) = access.reach_statements({"staging": STAGING}, "AccessRole")
    assert statement["Resource"] == [
        f"arn:aws:iam::{STAGING}:role/AccessRole",
        f"arn:aws:iam::{STAGING}:role/superinc-deploy",
    ]


def test_without_members_there_is_nothing_to_reach() -> None:
    assert access.reach_statements({}, "AccessRole") == []


def test_state_is_reached_through_its_bucket_and_the_alias_of_its_key() -> None:
    bucket, objects, key = access.state_statements(
        MANAGEMENT, "eu-central-1", bucket="state", key_alias="alias/state"
    )
    assert bucket["Resource"] == ["arn:aws:s3:::state"]
    assert objects["Resource"] == ["arn:aws:s3:::state/*"]
    assert key["Resource"] == [f"arn:aws:kms:eu-central-1:{MANAGEMENT}:key/*"]
    assert key["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": ["alias/state"]}
    }


def test_the_largest_policy_fits_a_role() -> None:
    members = {f"account-{number}": f"{number:012d}" for number in range(25)}
    text = document(
        [
            *access.rollout_statements(MANAGEMENT, AccountKind.MANAGEMENT, ()),
            *access.reach_statements(members, "OrganizationAccountAccessRole"),
            *access.state_statements(MANAGEMENT, "eu-central-1", bucket="b", key_alias="alias/b"),
        ]
    )
    assert len(text) <= INLINE_LIMIT
