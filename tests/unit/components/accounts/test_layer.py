"""What the accounts layer makes, as committed and with its options."""

from copy import deepcopy
from typing import Any

import pulumi
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
        "guardrails-exposure": {exports["root_id"]},
        "guardrails-perimeter": {exports["root_id"]},
        "guardrails-regions": {exports["root_id"]},
        "guardrails-users": members - {exports["ids"]["identity"]},
        "guardrails-backups": {exports["ids"]["backup"]},
    }


def test_the_perimeter_is_a_resource_control_policy_for_this_organisation() -> None:
    recording = recorded("management")
    types = {
        found.name: found.inputs["type"] for found in recording.of("organizations/policy:Policy")
    }
    assert {name for name, one in types.items() if one == "RESOURCE_CONTROL_POLICY"} == {
        "guardrails-perimeter"
    }
    perimeter = recording.one("organizations/policy:Policy", "guardrails-perimeter")
    organization_id = recording.exports["accounts"]["organization_id"]
    condition = perimeter.policy("content")["Statement"][0]["Condition"]
    assert condition["StringNotEqualsIfExists"] == {"aws:PrincipalOrgID": organization_id}


def test_the_perimeter_can_be_opened_to_some_or_left_out() -> None:
    vendor = {"guardrails": {"trusted_accounts": ["888899990000"]}}
    found = management(config=vendor).one("organizations/policy:Policy", "guardrails-perimeter")
    assert "888899990000" in found.inputs["content"]
    names = management(config={"guardrails": {"perimeter": False}}).names("Policy")
    assert "guardrails-perimeter" not in names


def test_guardrails_can_be_left_out() -> None:
    recording = management(config={"guardrails": {"enabled": False}})
    assert not recording.of("organizations/policy:Policy")
    assert not recording.of(ATTACHMENT)


@pytest.mark.parametrize("name", STACKS)
def test_every_account_has_one_deploy_role(name: str) -> None:
    assert recorded(name).one("Role", "deploy-role").inputs["name"] == "superinc-deploy"


@pytest.mark.parametrize("name", STACKS)
def test_every_account_has_the_emergency_role_the_guardrails_let_through(name: str) -> None:
    recording = recorded(name)
    role = recording.one("Role", "break-glass-role")
    assert role.inputs["name"] == "superinc-break-glass"
    assert role.inputs["maxSessionDuration"] == 3600
    assert recording.exports["accounts"]["break_glass_role_arn"] == role.outputs["arn"]
    administrators = [
        found.inputs["role"]
        for found in recording.of("RolePolicyAttachment")
        if found.inputs["policyArn"].endswith("/AdministratorAccess")
    ]
    assert administrators == ["superinc-break-glass"]


def test_the_emergency_role_of_a_member_opens_from_managements_alone() -> None:
    (statement,) = (
        recorded("staging").one("Role", "break-glass-role").policy("assumeRolePolicy")["Statement"]
    )
    management_id = organization().accounts["management"].id
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{management_id}:root"}
    assert statement["Condition"]["ArnEquals"] == {
        "aws:PrincipalArn": f"arn:aws:iam::{management_id}:role/superinc-break-glass"
    }


def test_an_account_may_go_without_the_emergency_role() -> None:
    recording = management(config={"break_glass": False})
    assert "break-glass-role" not in recording.names("Role")


def door(recording: Recording, name: str) -> dict[str, Any]:
    """The statements of a role's trust, by their ids."""
    statements = recording.one("Role", name).policy("assumeRolePolicy")["Statement"]
    return {statement["Sid"]: statement for statement in statements}


def test_management_has_a_role_for_bills_and_one_for_the_organisation() -> None:
    recording, exports = recorded("management"), recorded("management").exports["accounts"]
    billing = recording.one("Role", "management-roles-billing")
    administrator = recording.one("Role", "management-roles-organization-admin")
    assert billing.inputs["name"] == "superinc-billing"
    assert administrator.inputs["name"] == "superinc-organization-admin"
    assert exports["billing_role_arn"] == billing.outputs["arn"]
    assert exports["organization_admin_role_arn"] == administrator.outputs["arn"]
    assert door(recording, billing.name).keys() == {"IdentityCenter"}
    attached = recording.one("RolePolicyAttachment", "management-roles-billing-permissions")
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/job-function/Billing"


def test_only_one_permission_set_leads_to_the_emergency_role() -> None:
    found = door(recorded("management"), "break-glass-role")["IdentityCenter"]["Condition"]
    (pattern,) = found["ArnLike"]["aws:PrincipalArn"]
    assert pattern.endswith("AWSReservedSSO_BreakGlass_*")


def test_where_people_are_iam_users_they_come_from_identity_with_a_second_factor() -> None:
    recording = management(config={"people": {"mode": "iam-users"}})
    identity = recording.one(ACCOUNT, "identity-account").id
    for name in ("management-roles-billing", "break-glass-role"):
        statements = door(recording, name)
        assert statements.keys() == {"UsersWithSecondFactor"}
        found = statements["UsersWithSecondFactor"]
        assert found["Principal"] == {"AWS": f"arn:aws:iam::{identity}:root"}
        assert found["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}


def test_a_named_user_opens_the_emergency_role_when_identity_center_is_what_is_broken() -> None:
    recording = management(config={"roles": {"break_glass": {"users": ["emergency"]}}})
    assert door(recording, "break-glass-role").keys() == {
        "IdentityCenter",
        "UsersWithSecondFactor",
    }
    assert door(recording, "management-roles-billing").keys() == {"IdentityCenter"}


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"roles": {"billing": {"permission_sets": []}}}, "billing.permission_sets"),
        (
            {"people": {"mode": "iam-users"}, "roles": {"break_glass": {"users": []}}},
            "break_glass.users",
        ),
    ],
)
def test_a_role_nobody_could_take_is_refused(config: dict[str, Any], path: str) -> None:
    with pytest.raises(pulumi.RunError, match=rf"superinc:accounts\.roles\.{path}: got none"):
        management(config=config)


def test_members_made_from_now_on_have_no_root_credentials() -> None:
    found = recorded("management").one("OrganizationsFeatures")
    assert found.inputs["enabledFeatures"] == ["RootCredentialsManagement", "RootSessions"]
    assert recorded("management").one(ORGANIZATION).urn in found.depends_on


def test_root_users_of_members_can_be_left_as_they_are() -> None:
    given: dict[str, Any] = {"organization": {"root_features": ()}}
    assert not management(config=given).of("OrganizationsFeatures")


def test_services_are_administered_where_their_people_work() -> None:
    recording = recorded("management")
    ids = recording.exports["accounts"]["ids"]
    found = {
        (one.inputs["accountId"], one.inputs["servicePrincipal"])
        for one in recording.of("DelegatedAdministrator")
    }
    assert found == {
        (ids["identity"], "sso.amazonaws.com"),
        (ids["backup"], "backup.amazonaws.com"),
    }
    for one in recording.of("DelegatedAdministrator"):
        assert recording.one(ORGANIZATION).urn in one.depends_on


@pytest.mark.parametrize(
    ("delegated", "message"),
    [
        ({"monitoring": ["moon.amazonaws.com"]}, "got moon.amazonaws.com delegated to monitoring"),
        ({"workload": ["sso.amazonaws.com"]}, "got a delegation to workload"),
        ({"management": ["sso.amazonaws.com"]}, "got a delegation to management"),
    ],
)
def test_a_delegation_that_aws_would_refuse_is_refused(
    delegated: dict[str, Any], message: str
) -> None:
    with pytest.raises(pulumi.RunError, match=message):
        management(config={"organization": {"delegated_administrators": delegated}})


def test_nobody_is_written_to_unless_somebody_is_named() -> None:
    assert not recorded("management").of("AlternativeContact")


def test_contacts_are_those_of_every_account() -> None:
    security = {
        "name": "Security",
        "title": "Team",
        "email": "security@superinc.com",
        "phone": "+49 30 0000",
    }
    recording = management(config={"contacts": {"security": security}})
    found = {one.name: one.inputs.get("accountId") for one in recording.of("AlternativeContact")}
    ids = {one.name: one.id for one in recording.of(ACCOUNT)}
    assert found == {
        # AWS refuses the management account's own id here.
        "contacts-management-security": None,
        **{f"contacts-{name}-security": ids[f"{name}-account"] for name in MEMBERS},
    }
    one = recording.one("AlternativeContact", "contacts-staging-security").inputs
    assert one["alternateContactType"] == "SECURITY"


def test_users_are_rolled_out_in_identity_alone_and_only_where_people_are_users() -> None:
    def rolled_out(name: str, mode: str) -> bool:
        config = deepcopy(committed_config(name))
        config["superinc:accounts"] = {"people": {"mode": mode}}
        config.pop("superinc:identity", None)
        earlier = {"management": recorded("management").exports}
        recording = record(lambda: stack.build(name), stack=name, config=config, earlier=earlier)
        statements = recording.one("RolePolicy", "deploy-permissions").policy("policy")
        return "Users" in {one["Sid"] for one in statements["Statement"]}

    assert rolled_out("identity", "iam-users")
    assert not rolled_out("identity", "identity-center")
    assert not rolled_out("backup", "iam-users")


def test_managements_deploy_role_reaches_all_members_and_no_stranger() -> None:
    recording = recorded("management")
    statements = recording.one("RolePolicy", "deploy-permissions").policy("policy")["Statement"]
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


def test_a_region_more_changes_the_regions_guardrail_and_nothing_else() -> None:
    given = committed_config("management").get("superinc:accounts", {})
    before = {one.urn: one.inputs for one in management(config=given).resources}
    opened = {**given, "guardrails": {"regions": ["eu-west-3"]}}
    after = {one.urn: one.inputs for one in management(config=opened).resources}
    assert after.keys() == before.keys()
    changed = {urn.rpartition("::")[2] for urn in after if after[urn] != before[urn]}
    assert changed == {"guardrails-regions"}


def test_an_account_more_replaces_nothing() -> None:
    given = committed_config("management").get("superinc:accounts", {})
    before = {one.urn: one.inputs for one in management(config=given).resources}
    testing = {"testing": {"kind": "workload", "environment": "testing"}}
    after = {one.urn: one.inputs for one in management(testing, config=given).resources}
    assert before.keys() <= after.keys()
    added = {urn.rpartition("::")[2] for urn in after.keys() - before.keys()}
    assert {name for name in added if "testing" not in name} == set()
    changed = {urn.rpartition("::")[2] for urn in before if after[urn] != before[urn]}
    # The deploy role may enter the new account, and its unusual spending is told too.
    assert changed == {"anomalies-subscription", "deploy-permissions"}
