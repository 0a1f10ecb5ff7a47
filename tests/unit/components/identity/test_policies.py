"""Policies of IAM users: nothing without MFA, no access keys, only the roles of their groups."""

import json
from typing import Any

import pytest

from components.accounts.person_roles import users_trust
from components.identity.policies import (
    GROUP_LIMIT,
    MANAGED_LIMIT,
    REGISTRATION,
    becoming,
    self_service,
)
from components.people import person_role_arn
from tests.access import Request, decide

IDENTITY, STAGING, PRODUCTION = "222233334444", "444455556666", "777788889999"
MANAGEMENT, ORGANIZATION = "111122223333", "o-abcdefghij"
USER = f"arn:aws:iam::{IDENTITY}:user/somebody"
WITH_MFA = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "600"}


def statements(text: str) -> dict[str, dict[str, Any]]:
    return {one["Sid"]: one for one in json.loads(text)["Statement"]}


def test_without_mfa_everything_but_registering_it_is_denied() -> None:
    text = self_service()
    assert len(text) <= MANAGED_LIMIT
    denial = statements(text)["NothingWithoutMfa"]
    assert (denial["Effect"], denial["Resource"]) == ("Deny", ["*"])
    assert denial["NotAction"] == list(REGISTRATION)
    # Long-term credentials carry no such key: without IfExists the denial would not apply.
    assert denial["Condition"] == {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}


@pytest.mark.parametrize(
    "action", ["iam:DeactivateMFADevice", "iam:ChangePassword", "sts:AssumeRole", "s3:GetObject"]
)
def test_what_would_harm_without_mfa_is_not_registration(action: str) -> None:
    assert action not in REGISTRATION


def test_people_keep_themselves_and_nobody_else() -> None:
    found = statements(self_service())
    for sid in ("ChangeOwnPassword", "KeepOwnDevices"):
        assert found[sid]["Resource"] == ["arn:aws:iam::*:user/${aws:username}"]


def test_nobody_gets_access_keys() -> None:
    for one in statements(self_service()).values():
        if one["Effect"] == "Allow":
            assert not [action for action in one["Action"] if "AccessKey" in action]
            assert not [action for action in one["Action"] if action.endswith("*")]


def wants(action: str, resource: str, **context: str) -> Request:
    """A developer among the IAM users wants something; a role is that of another account."""
    account = resource.split(":")[4] or IDENTITY
    trust = users_trust(MANAGEMENT, IDENTITY, ORGANIZATION, session_seconds=3600)
    return Request(
        principal=USER,
        action=action,
        resource=resource,
        account=account,
        context={
            "aws:username": "somebody",
            "aws:PrincipalArn": USER,
            "aws:PrincipalOrgID": ORGANIZATION,
            **context,
        },
        identity=[
            json.loads(self_service()),
            json.loads(becoming([person_role_arn(STAGING, "Developer")])),
        ],
        resource_policy=json.loads(trust) if action == "sts:AssumeRole" else None,
    )


def test_people_become_their_roles_with_mfa_and_nothing_without() -> None:
    developer, other = person_role_arn(STAGING, "Developer"), person_role_arn(STAGING, "ReadOnly")
    stale = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "3601"}
    colleague = f"arn:aws:iam::{IDENTITY}:user/colleague"
    cases = [
        (wants("sts:AssumeRole", developer, **WITH_MFA), True),
        (wants("sts:AssumeRole", developer), False),
        (wants("sts:AssumeRole", developer, **stale), False),
        (wants("sts:AssumeRole", other, **WITH_MFA), False),
        (wants("sts:AssumeRole", person_role_arn(PRODUCTION, "Developer"), **WITH_MFA), False),
        (wants("iam:EnableMFADevice", USER), True),
        (wants("iam:EnableMFADevice", colleague), False),
        (wants("iam:DeactivateMFADevice", USER), False),
        (wants("iam:DeactivateMFADevice", USER, **WITH_MFA), True),
        (wants("iam:ChangePassword", USER), False),
        (wants("iam:ChangePassword", USER, **WITH_MFA), True),
        (wants("iam:ChangePassword", colleague, **WITH_MFA), False),
        (wants("iam:CreateAccessKey", USER, **WITH_MFA), False),
    ]
    decisions = decide([request for request, _ in cases])
    wrong = [
        (request.action, request.resource, dict(request.context), decision)
        for (request, allowed), decision in zip(cases, decisions, strict=True)
        if (decision == "Allowed") is not allowed
    ]
    assert wrong == []


def test_roles_in_any_order_give_the_same_document() -> None:
    assert becoming(["b", "a"]) == becoming(["a", "b"])


def test_more_roles_than_a_group_can_hold_are_refused() -> None:
    roles = [person_role_arn(f"{number:012d}", "ReadOnly") for number in range(100)]
    assert len(becoming(roles[:70])) <= GROUP_LIMIT
    with pytest.raises(ValueError, match=rf"got a policy of \d+ characters, wanted {GROUP_LIMIT}"):
        becoming(roles)
