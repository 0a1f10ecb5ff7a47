"""The roles of people who are IAM users: where they are, who may assume them."""

import json
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from components import stack
from components.accounts.contract import PeopleConfig
from components.accounts.person_roles import users_trust
from tests.organization import committed_config, needed_stacks, recorded
from tests.recording import Recorded, Recording, record

MANAGEMENT, IDENTITY, ORGANIZATION = "111122223333", "222233334444", "o-abcdefghij"


def with_people(name: str, **people: Any) -> Recording:  # noqa: ANN401 - any field of the Config
    given = deepcopy(committed_config(name))
    accounts = given.get("superinc:accounts", {})
    given["superinc:accounts"] = {**accounts, "people": people}
    if people["mode"] == "iam-users":
        given.pop("superinc:identity", None)
    earlier = {needed: recorded(needed).exports for needed in needed_stacks(name)}
    return record(lambda: stack.build(name), stack=name, config=given, earlier=earlier)


def roles(recording: Recording) -> dict[str, Recorded]:
    """The people's roles by physical name."""
    return {
        one.inputs["name"]: one
        for one in recording.of("aws:iam/role:Role")
        if "PersonRoles" in (one.parent or "")
    }


def test_a_role_is_open_to_users_of_the_identity_account_with_a_second_factor_only() -> None:
    text = users_trust(MANAGEMENT, IDENTITY, ORGANIZATION, session_seconds=4 * 3600)
    (only,) = json.loads(text)["Statement"]
    assert only["Action"] == ["sts:AssumeRole"]
    assert only["Principal"] == {"AWS": f"arn:aws:iam::{IDENTITY}:root"}
    condition = only["Condition"]
    assert condition["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert condition["NumericLessThan"] == {"aws:MultiFactorAuthAge": "14400"}
    assert condition["ArnLike"] == {"aws:PrincipalArn": [f"arn:aws:iam::{IDENTITY}:user/*"]}
    assert condition["StringEquals"] == {"aws:PrincipalOrgID": ORGANIZATION}


@pytest.mark.parametrize("name", ["backup", "identity", "shared", "staging"])
def test_with_iam_users_every_member_account_has_the_roles(name: str) -> None:
    found = roles(with_people(name, mode="iam-users"))
    assert found.keys() == {"superinc-administrator", "superinc-developer", "superinc-read-only"}
    for role in found.values():
        assert role.inputs["maxSessionDuration"] <= 8 * 3600
        (trust,) = role.policy("assumeRolePolicy")["Statement"]
        age = trust["Condition"]["NumericLessThan"]["aws:MultiFactorAuthAge"]
        assert age == str(role.inputs["maxSessionDuration"])
    assert found["superinc-administrator"].inputs["maxSessionDuration"] == 4 * 3600


def test_with_identity_center_there_are_none() -> None:
    assert roles(recorded("staging")) == {}


def test_management_keeps_to_its_own_roles() -> None:
    assert roles(with_people("management", mode="iam-users")) == {}


def test_a_role_allows_what_its_permission_set_allows() -> None:
    recording = with_people("staging", mode="iam-users", roles=["Developer"])
    (role,) = roles(recording).values()
    attachment = recording.one(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "people-developer-PowerUserAccess"
    )
    assert attachment.inputs["role"] == role.inputs["name"]
    rules = recording.one("aws:iam/rolePolicy:RolePolicy", "people-developer-rules")
    sids = [one["Sid"] for one in rules.policy("policy")["Statement"]]
    assert sids == ["KeepKeys", "StayYourself"]


def test_a_role_of_ones_own_may_have_a_boundary() -> None:
    own = {
        "description": "Logs",
        "managed_policies": ["ReadOnlyAccess"],
        "boundary": "ReadOnlyAccess",
    }
    recording = with_people(
        "staging", mode="iam-users", roles=["Logs"], permission_sets={"Logs": own}
    )
    boundary = roles(recording)["superinc-logs"].inputs["permissionsBoundary"]
    assert boundary == "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_a_role_of_no_permission_set_is_refused() -> None:
    with pytest.raises(ValidationError, match="roles: got Moon, wanted any of Administrator"):
        PeopleConfig.model_validate({"mode": "iam-users", "roles": ["Moon"]})
