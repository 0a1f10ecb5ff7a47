"""What the accounts layer makes, as committed and with its options."""

from copy import deepcopy
from typing import Any

import pytest

from components import stack
from tests.organization import STACKS, committed_config, organization, recorded
from tests.recording import Recording, record

ORGANIZATION = "aws:organizations/organization:Organization"
ACCOUNT = "aws:organizations/account:Account"
ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment"
MEMBERS = [name for name in STACKS if name != "management"]


def management(
    accounts: dict[str, Any] | None = None, config: dict[str, Any] | None = None
) -> Recording:
    """The management stack with other accounts or another Config of the layer."""
    given = deepcopy(committed_config("management"))
    given["superinc:organization"]["accounts"].update(accounts or {})
    given["superinc:accounts"] = config or {}
    return record(lambda: stack.build("management"), stack="management", config=given)


def test_the_organisation_has_all_features_and_policies_on() -> None:
    found = recorded("management").one(ORGANIZATION)
    assert found.inputs["featureSet"] == "ALL"
    assert "SERVICE_CONTROL_POLICY" in found.inputs["enabledPolicyTypes"]
    assert {"cloudtrail.amazonaws.com", "sso.amazonaws.com", "backup.amazonaws.com"} <= set(
        found.inputs["awsServiceAccessPrincipals"]
    )
    assert found.protect
    assert found.retain_on_delete


def test_the_organisation_is_flat() -> None:
    assert not recorded("management").of("OrganizationalUnit")
    root = recorded("management").exports["accounts"]["root_id"]
    assert {found.inputs["parentId"] for found in recorded("management").of(ACCOUNT)} == {root}


def test_management_makes_every_account_but_itself() -> None:
    assert [found.inputs["name"] for found in recorded("management").of(ACCOUNT)] == MEMBERS


def test_no_other_stack_makes_accounts() -> None:
    assert not [name for name in MEMBERS if recorded(name).of(ACCOUNT)]


def test_accounts_cannot_be_closed_by_accident() -> None:
    for found in recorded("management").of(ACCOUNT):
        assert found.inputs["closeOnDeletion"] is False
        assert found.protect
        assert found.retain_on_delete


def test_what_aws_does_not_return_never_replaces_an_account() -> None:
    for found in recorded("management").of(ACCOUNT):
        assert {"roleName", "iamUserAccessToBilling"} <= set(found.ignore_changes)


def test_every_account_has_an_address_of_its_own() -> None:
    addresses = [found.inputs["email"] for found in recorded("management").of(ACCOUNT)]
    assert "aws+staging@superinc.com" in addresses
    assert len(set(addresses)) == len(MEMBERS)


def test_accounts_and_guardrails_depend_on_the_organisation() -> None:
    recording = recorded("management")
    organization_urn = recording.one(ORGANIZATION).urn
    for found in [*recording.of(ACCOUNT), *recording.of("organizations/policy:Policy")]:
        assert organization_urn in found.depends_on


def test_an_account_with_an_id_is_adopted_as_it_is() -> None:
    pinned = {"identity": {"kind": "identity", "id": "999988887777"}}
    recording = management(pinned)
    found = recording.one(ACCOUNT, "identity-account")
    assert found.import_id == "999988887777"
    assert {"name", "email", "parentId", "closeOnDeletion", "tags"} <= set(found.ignore_changes)
    others = [one for one in recording.of(ACCOUNT) if one is not found]
    assert {one.import_id for one in others} == {None}


def test_an_existing_organisation_is_adopted_as_it_is() -> None:
    found = management(config={"organization": {"import_id": "o-abcdefghij"}}).one(ORGANIZATION)
    assert found.import_id == "o-abcdefghij"
    assert set(found.ignore_changes) == {"awsServiceAccessPrincipals", "enabledPolicyTypes"}


def test_a_throwaway_organisation_may_be_deleted_with_its_stack() -> None:
    found = management(config={"organization": {"retain": False}}).one(ORGANIZATION)
    assert not found.retain_on_delete


def test_ids_are_published_for_every_account() -> None:
    ids = recorded("management").exports["accounts"]["ids"]
    assert ids.keys() == set(STACKS)
    assert ids["management"] == organization().accounts["management"].id


def test_guardrails_bind_every_member_and_spare_identity_its_users() -> None:
    exports = recorded("management").exports["accounts"]
    attached: dict[str, set[str]] = {}
    policies = {
        found.id: found.name for found in recorded("management").of("organizations/policy:Policy")
    }
    for found in recorded("management").of(ATTACHMENT):
        name = policies[found.inputs["policyId"]]
        attached.setdefault(name, set()).add(found.inputs["targetId"])
    members = {exports["ids"][name] for name in MEMBERS}
    assert attached == {
        "guardrails-membership": {exports["root_id"]},
        "guardrails-evidence": {exports["root_id"]},
        "guardrails-regions": {exports["root_id"]},
        "guardrails-users": members - {exports["ids"]["identity"]},
        "guardrails-backups": {exports["ids"]["backup"]},
    }


def test_guardrails_can_be_left_out() -> None:
    recording = management(config={"guardrails": {"enabled": False}})
    assert not recording.of("organizations/policy:Policy")
    assert not recording.of(ATTACHMENT)


@pytest.mark.parametrize("name", STACKS)
def test_every_account_has_one_deploy_role_and_its_baseline(name: str) -> None:
    recording = recorded(name)
    assert recording.one("Role", "deploy-role").inputs["name"] == "superinc-deploy"
    assert recording.one("EncryptionByDefault").inputs["enabled"] is True
    block = recording.one("AccountPublicAccessBlock").inputs
    assert [key for key, value in block.items() if value is not True] == []
    assert recording.one("AccountAlias").inputs["accountAlias"] == f"superinc-{name}"


def test_an_account_may_go_without_an_alias() -> None:
    assert not management(config={"account_alias": False}).of("AccountAlias")


def test_managements_deploy_role_reaches_all_members_and_no_stranger() -> None:
    recording = recorded("management")
    statements = recording.one("RolePolicy").policy("policy")["Statement"]
    (reach,) = [one for one in statements if one["Sid"] == "IntoMembers"]
    ids = recording.exports["accounts"]["ids"]
    reached = {resource.split(":")[4] for resource in reach["Resource"]}
    assert reached == {ids[name] for name in MEMBERS}


@pytest.mark.parametrize("name", MEMBERS)
def test_members_trust_the_real_management_account(name: str) -> None:
    trust = recorded(name).one("Role", "deploy-role").policy("assumeRolePolicy")
    management_id = organization().accounts["management"].id
    assert trust["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{management_id}:root"}


def test_a_first_preview_with_nothing_known_succeeds() -> None:
    recording = record(
        lambda: stack.build("management"),
        stack="management",
        config=committed_config("management"),
        preview=True,
    )
    assert len(recording.of(ACCOUNT)) == len(MEMBERS)
