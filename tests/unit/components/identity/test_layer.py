"""What the identity layer makes with Identity Center and with IAM users."""

import json
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pulumi
import pytest

from components import stack
from tests.organization import committed_config, needed_stacks, organization, recorded
from tests.recording import Recorded, Recording, record

SET = "aws:ssoadmin/permissionSet:PermissionSet"
ATTACHMENT = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
INLINE = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
BOUNDARY = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
ASSIGNMENT = "aws:ssoadmin/accountAssignment:AccountAssignment"
GROUP = "aws:identitystore/group:Group"
MEMBERSHIP = "aws:identitystore/groupMembership:GroupMembership"
USER = "aws:iam/user:User"
GROUP_ID = "0123456789-01234567-89ab-cdef-0123-456789abcdef"


def with_identity(name: str, **identity: Any) -> Recording:  # noqa: ANN401 - any field of the Config
    """A stack with another identity section, and the exports it then has."""
    given = {**deepcopy(committed_config(name)), "superinc:identity": identity}
    earlier = {needed: recorded(needed).exports for needed in needed_stacks(name)}

    def program() -> None:
        for layer, found in stack.build(name).items():
            pulumi.export(layer, found.exports())

    return record(program, stack=name, config=given, earlier=earlier)


def center(name: str = "identity", **changes: Any) -> Recording:  # noqa: ANN401 - any field
    """A stack with some fields of its committed identity section changed."""
    return with_identity(name, **{**committed_config(name)["superinc:identity"], **changes})


def ours(recording: Recording) -> list[Recorded]:
    """What the layer made."""
    return [one for one in recording.resources if "superinc:identity:" in (one.parent or "")]


def cells(recording: Recording) -> set[tuple[str, str]]:
    """Permission set and account of each assignment."""
    ids = {id_: name for name, id_ in recording.exports["accounts"]["ids"].items()}
    sets = {one.outputs["arn"]: one.inputs["name"] for one in recording.of(SET)}
    return {
        (sets[one.inputs["permissionSetArn"]], ids[one.inputs["targetId"]])
        for one in recording.of(ASSIGNMENT)
    }


def test_management_assigns_people_in_management_alone() -> None:
    assert cells(recorded("management")) == {
        ("Billing", "management"),
        ("BreakGlass", "management"),
        ("OrganizationAdmin", "management"),
    }


def test_identity_assigns_people_everywhere_else() -> None:
    found = cells(recorded("identity"))
    accounts = set(organization().accounts) - {"management"}
    assert {account for name, account in found if name == "Administrator"} == accounts
    assert {account for name, account in found if name == "Developer"} == {"staging"}
    assert ("ReadOnly", "production") in found


@pytest.mark.parametrize(
    ("name", "account"), [("identity", "management"), ("management", "staging")]
)
def test_neither_stack_assigns_where_the_other_must(name: str, account: str) -> None:
    config = committed_config(name)["superinc:identity"]
    first = {**config["assignments"][0], "accounts": [account]}
    problem = rf"superinc:identity\.assignments\.0\.accounts: got {account}, wanted any of all"
    with pytest.raises(pulumi.RunError, match=problem):
        center(name, assignments=[first])


@pytest.mark.parametrize("name", ["management", "identity"])
def test_sessions_end_within_a_working_day_and_administrators_earlier(name: str) -> None:
    hours = {
        one.inputs["name"]: int(one.inputs["sessionDuration"].strip("PTH"))
        for one in recorded(name).of(SET)
    }
    assert all(1 <= given <= 8 for given in hours.values())
    assert hours.get("Administrator", 4) == 4


def test_a_developer_is_held_by_the_rules_of_the_platform() -> None:
    recording = recorded("identity")
    inline = recording.one(INLINE, "Developer-rules")
    developer = recording.one(SET, "Developer-permissions")
    assert inline.inputs["permissionSetArn"] == developer.outputs["arn"]
    sids = [one["Sid"] for one in json.loads(inline.inputs["inlinePolicy"])["Statement"]]
    assert sids == ["KeepKeys", "StayYourself"]
    arn = recording.one(ATTACHMENT, "Developer-PowerUserAccess").inputs["managedPolicyArn"]
    assert arn == "arn:aws:iam::aws:policy/PowerUserAccess"


def test_assignments_are_made_one_after_the_other() -> None:
    made = recorded("identity").of(ASSIGNMENT)
    assert len(made) > 3
    for before, after in pairwise(made):
        assert before.urn in after.depends_on


def test_an_assignment_waits_for_all_policies_of_its_permission_set() -> None:
    """Otherwise AWS provisions a role without them, and provisions it again for each."""
    own = {
        "description": "Logs",
        "managed_policies": ["CloudWatchLogsReadOnlyAccess", "AWSSupportAccess"],
        "rules": ["no-data"],
        "boundary": "ReadOnlyAccess",
    }
    table = [{"group": "developers", "permission_set": "Logs", "accounts": ["staging"]}]
    recording = center(permission_sets={"Logs": own}, assignments=table)
    assignment = recording.one(ASSIGNMENT)
    boundary = recording.one(BOUNDARY, "Logs-boundary")
    assert boundary.urn in assignment.depends_on
    chain = [*recording.of(ATTACHMENT), recording.one(INLINE), boundary]
    assert [one.name for one in chain] == [
        "Logs-CloudWatchLogsReadOnlyAccess",
        "Logs-AWSSupportAccess",
        "Logs-rules",
        "Logs-boundary",
    ]
    for before, after in pairwise(chain):
        assert before.urn in after.depends_on


def test_a_group_of_the_identity_provider_is_named_and_not_made() -> None:
    groups = {"administrators": {"id": GROUP_ID}, "developers": {}}
    recording = center(groups=groups)
    assert [one.inputs["displayName"] for one in recording.of(GROUP)] == ["developers"]
    administrators = [one for one in recording.of(ASSIGNMENT) if "-administrators-" in one.name]
    assert {one.inputs["principalId"] for one in administrators} == {GROUP_ID}
    assert recording.exports["identity"]["group_ids"]["administrators"] == GROUP_ID


def test_people_written_here_are_made_and_join_their_groups() -> None:
    person = {
        "groups": ["developers", "administrators"],
        "given_name": "First",
        "family_name": "Last",
        "email": "first.last@superinc.com",
    }
    recording = center(users={"first.last": person})
    made = recording.one("aws:identitystore/user:User")
    assert (made.inputs["userName"], made.inputs["displayName"]) == ("first.last", "First Last")
    memberships = recording.of(MEMBERSHIP)
    assert {one.inputs["memberId"] for one in memberships} == {made.outputs["userId"]}
    assert len({one.inputs["groupId"] for one in memberships}) == 2


def test_the_instance_may_be_in_another_region() -> None:
    instance = {**committed_config("identity")["superinc:identity"]["instance"]}
    recording = center(instance={**instance, "region": "us-east-1"})
    regions = {one.inputs["region"] for one in ours(recording) if one.custom}
    assert regions == {"us-east-1"}


def test_before_identity_center_is_enabled_nothing_is_made() -> None:
    assert ours(with_identity("identity")) == []


def test_one_assignment_more_makes_that_and_touches_nothing_else() -> None:
    table = committed_config("identity")["superinc:identity"]["assignments"]
    more = {"group": "developers", "permission_set": "Developer", "accounts": ["production"]}
    before = {one.urn: one.inputs for one in recorded("identity").resources}
    after = {one.urn: one.inputs for one in center(assignments=[*table, more]).resources}
    added = {urn.rpartition("::")[2] for urn in after.keys() - before.keys()}
    assert added == {"assignments-developers-Developer-production"}
    assert before.keys() <= after.keys()
    assert [urn for urn in before if before[urn] != after[urn]] == []


def people(**changes: Any) -> Recording:  # noqa: ANN401 - any field of the Config
    """The identity account with IAM users."""
    given: dict[str, Any] = {
        "mode": "iam-users",
        "groups": {"administrators": {}, "developers": {}},
        "users": {
            "first": {"groups": ["administrators"]},
            "second": {"groups": ["developers"]},
        },
        "assignments": [
            {"group": "administrators", "permission_set": "Administrator", "accounts": ["all"]},
            {"group": "developers", "permission_set": "Developer", "accounts": ["staging"]},
        ],
    }
    return with_identity("identity", **{**given, **changes})


def test_iam_users_have_neither_keys_nor_passwords_in_the_state() -> None:
    recording = people()
    assert {one.inputs["name"] for one in recording.of(USER)} == {"first", "second"}
    types = {one.type for one in ours(recording)}
    assert not [one for one in types if "accessKey" in one or "LoginProfile" in one]
    assert not [one for one in types if one.startswith(("aws:ssoadmin", "aws:identitystore"))]


def test_everybody_is_held_to_mfa() -> None:
    recording = people()
    membership = recording.one(
        "aws:iam/groupMembership:GroupMembership", "users-everybody-membership"
    )
    assert membership.inputs["users"] == ["first", "second"]
    attachment = recording.one("aws:iam/groupPolicyAttachment:GroupPolicyAttachment")
    policy = recording.one("aws:iam/policy:Policy", "users-self-service")
    assert attachment.inputs["group"] == membership.inputs["group"] == "everybody"
    assert attachment.inputs["policyArn"] == policy.outputs["arn"]
    assert "NothingWithoutMfa" in policy.inputs["policy"]


def test_a_group_of_iam_users_becomes_the_roles_of_its_assignments() -> None:
    recording = people()
    ids = recording.exports["accounts"]["ids"]
    policy = recording.one("aws:iam/groupPolicy:GroupPolicy", "users-developers-roles")
    (only,) = policy.policy("policy")["Statement"]
    assert only["Resource"] == [f"arn:aws:iam::{ids['staging']}:role/superinc-developer"]
    policy = recording.one("aws:iam/groupPolicy:GroupPolicy", "users-administrators-roles")
    (only,) = policy.policy("policy")["Statement"]
    assert len(only["Resource"]) == len(ids)


def test_a_group_without_assignments_may_become_nobody() -> None:
    recording = people(assignments=[])
    assert recording.of("aws:iam/groupPolicy:GroupPolicy") == []
    assert {one.inputs["name"] for one in recording.of("aws:iam/group:Group")} == {
        "administrators",
        "developers",
        "everybody",
    }


def test_iam_users_reach_the_roles_of_management_too() -> None:
    table = [{"group": "developers", "permission_set": "Billing", "accounts": ["management"]}]
    recording = people(assignments=table)
    policy = recording.one("aws:iam/groupPolicy:GroupPolicy", "users-developers-roles")
    (only,) = policy.policy("policy")["Statement"]
    assert only["Resource"] == ["arn:aws:iam::111122223333:role/superinc-billing"]


def test_there_are_no_iam_users_in_management() -> None:
    with pytest.raises(pulumi.RunError, match="got people in management, wanted them in identity"):
        with_identity("management", mode="iam-users", groups={"people": {}})
    assert ours(with_identity("management", mode="iam-users")) == []


def test_the_group_of_everybody_is_ours() -> None:
    with pytest.raises(pulumi.RunError, match=r"groups\.everybody: got a group of ours"):
        people(groups={"everybody": {}}, users={}, assignments=[])


def test_the_users_arns_are_published() -> None:
    arns = people().exports["identity"]["user_arns"]
    assert arns.keys() == {"first", "second"}
