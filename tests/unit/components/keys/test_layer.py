"""What the keys layer makes, as committed and with its options."""

import json
from copy import deepcopy
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components import stack
from components.keys.contract import KeysConfig
from tests.organization import (
    STACKS,
    committed_config,
    layer_config,
    needed_stacks,
    recorded,
)
from tests.recording import Recording, record

KEY = "aws:kms/key:Key"
REPLICA = "aws:kms/replicaKey:ReplicaKey"
ALIAS = "aws:kms/alias:Alias"
GRANT = "aws:kms/grant:Grant"
LINKED_ROLE = "aws:iam/serviceLinkedRole:ServiceLinkedRole"


def domains(name: str) -> dict[str, Any]:
    config = layer_config(name, "keys")
    assert isinstance(config, KeysConfig)
    return dict(config.domains)


def with_keys(name: str, keys: dict[str, Any]) -> Recording:
    """A stack with other keys, and the exports it then has."""
    given = {**deepcopy(committed_config(name)), "superinc:keys": keys}
    earlier = {needed: recorded(needed).exports for needed in needed_stacks(name)}

    def program() -> None:
        for layer, found in stack.build(name).items():
            pulumi.export(layer, found.exports())

    return record(program, stack=name, config=given, earlier=earlier)


def identity_with(keys: dict[str, Any]) -> Recording:
    return with_keys("identity", keys)


def keys_of(recording: Recording) -> dict[str, dict[str, Any]]:
    """The inputs of every key and replica of this layer by name."""
    found = (*recording.of(KEY), *recording.of(REPLICA))
    return {one.name: one.inputs for one in found if one.parent and ":keys:" in one.parent}


@pytest.mark.parametrize("name", STACKS)
def test_every_account_has_one_key_per_risk_domain(name: str) -> None:
    keys = [
        found
        for found in recorded(name).of(KEY)
        if found.name.removesuffix("-key") in domains(name)
    ]
    assert len(keys) == len(domains(name)) > 0


@pytest.mark.parametrize("name", STACKS)
def test_every_key_rotates_waits_and_is_protected(name: str) -> None:
    for found in recorded(name).of(KEY):
        assert found.protect
        if found.name.removesuffix("-key") in domains(name):
            assert found.inputs["enableKeyRotation"] is True
            assert found.inputs["deletionWindowInDays"] == 30
            assert found.inputs["bypassPolicyLockoutSafetyCheck"] is False


@pytest.mark.parametrize("name", STACKS)
def test_every_key_has_its_alias(name: str) -> None:
    recording = recorded(name)
    aliases = {
        found.inputs["targetKeyId"]: found.inputs["name"]
        for found in recording.of(ALIAS)
        if "region" not in found.inputs
    }
    for domain in domains(name):
        key = recording.one(KEY, f"{domain}-key")
        assert aliases[key.outputs["keyId"]] == f"alias/{name}/{domain}"


@pytest.mark.parametrize("name", ["shared", "monitoring", "staging", "production"])
def test_data_keys_are_multi_region_from_the_start(name: str) -> None:
    recording = recorded(name)
    key, replica = recording.one(KEY, "data-key"), recording.one(REPLICA, "data-replica")
    assert key.inputs["multiRegion"] is True
    assert replica.inputs["primaryKeyArn"] == key.outputs["arn"]
    assert replica.inputs["region"] == "eu-west-1"
    assert replica.protect
    alias = recording.one(ALIAS, "data-replica-alias")
    assert (alias.inputs["region"], alias.inputs["name"]) == ("eu-west-1", f"alias/{name}/data")


def test_other_keys_stay_in_one_region() -> None:
    assert recorded("staging").one(KEY, "logs-key").inputs["multiRegion"] is False
    assert "logs-replica" not in recorded("staging").names(REPLICA)


def test_the_policy_of_a_replica_is_that_of_its_region() -> None:
    statements = recorded("staging").one(REPLICA, "data-replica").policy("policy")["Statement"]
    (via,) = [one for one in statements if one["Sid"] == "ThroughServices"]
    assert all(".eu-west-1." in name for name in via["Condition"]["StringEquals"]["kms:ViaService"])


@pytest.mark.parametrize("name", STACKS)
def test_the_deploy_role_administers_every_key(name: str) -> None:
    recording = recorded(name)
    role = recording.exports["accounts"]["deploy_role_arn"]
    for domain in domains(name):
        statements = recording.one(KEY, f"{domain}-key").policy("policy")["Statement"]
        (administrators,) = [one for one in statements if one["Sid"] == "Administrators"]
        assert administrators["Principal"] == {"AWS": [role]}


@pytest.mark.parametrize("name", STACKS)
def test_no_generated_policy_lets_an_administrator_decrypt_or_grant(name: str) -> None:
    for key in keys_of(recorded(name)).values():
        found = {one["Sid"]: one for one in json.loads(key["policy"])["Statement"]}
        administrators = found["Administrators"]["Principal"]["AWS"]
        for sid in ("AdministratorsDoNotDecrypt", "AdministratorsDoNotGrant"):
            arns = found[sid]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
            assert (found[sid]["Effect"], arns) == ("Deny", administrators)
        named = [one for one in found.values() if one["Principal"] == {"AWS": administrators}]
        assert [one["Sid"] for one in named] == ["Administrators"]
        cryptographic = ("Decrypt", "Encrypt", "GenerateDataKey", "CreateGrant", "Create*")
        assert not [one for one in named[0]["Action"] if one.endswith(cryptographic)]


@pytest.mark.parametrize("name", STACKS)
def test_the_outputs_name_every_domain(name: str) -> None:
    exports = recorded(name).exports["keys"]
    multi = {domain for domain, key in domains(name).items() if key.multi_region}
    assert exports["arns"].keys() == exports["ids"].keys() == domains(name).keys()
    assert {
        domain: arn.partition(":alias/")[2] for domain, arn in exports["alias_arns"].items()
    } == {domain: f"{name}/{domain}" for domain in domains(name)}
    assert exports["aliases"] == {domain: f"alias/{name}/{domain}" for domain in domains(name)}
    assert exports["replica_arns"].keys() == multi
    assert all(":eu-west-1:" in arn for arn in exports["replica_arns"].values())


def test_the_backup_account_lets_the_others_use_its_key() -> None:
    recording = recorded("backup")
    statements = recording.one(KEY, "backup-key").policy("policy")["Statement"]
    (others,) = [one for one in statements if one["Sid"] == "OtherAccounts"]
    ids = recording.exports["accounts"]["ids"]
    accounts = {arn.split(":")[4] for arn in others["Principal"]["AWS"]}
    assert accounts == {ids[name] for name in ("shared", "monitoring", "staging", "production")}


def test_a_key_open_to_an_unknown_account_is_refused() -> None:
    key = {"description": "x", "accounts": ["moon"]}
    with pytest.raises(pulumi.RunError, match=r"keys\.domains\.logs\.accounts: got moon, wanted"):
        identity_with({"domains": {"logs": key}})


def test_more_administrators_may_be_named() -> None:
    person = "arn:aws:iam::111122223333:role/key-administrator"
    keys = deepcopy(committed_config("identity")["superinc:keys"])
    recording = identity_with({**keys, "administrators": [person]})
    for key in keys_of(recording).values():
        found = {one["Sid"]: one for one in json.loads(key["policy"])["Statement"]}
        assert person in found["Administrators"]["Principal"]["AWS"]
        denied = found["AdministratorsDoNotDecrypt"]["Condition"]["ArnEquals"]
        assert person in denied["aws:PrincipalArn"]


def test_an_administrator_more_changes_the_policies_of_that_key_and_its_replica_only() -> None:
    keys = deepcopy(committed_config("staging")["superinc:keys"])
    before = keys_of(recorded("staging"))
    keys["domains"]["data"]["administrators"] = ["arn:aws:iam::111122223333:role/keeper"]
    recording = with_keys("staging", keys)
    after = keys_of(recording)
    assert after.keys() == before.keys()
    changed = {
        (name, field)
        for name, inputs in after.items()
        for field in inputs
        if inputs[field] != before[name].get(field)
    }
    assert changed == {("data-key", "policy"), ("data-replica", "policy")}
    others = {one.urn: one.inputs for one in recorded("staging").resources}
    differing = [one.name for one in recording.resources if one.inputs != others.get(one.urn)]
    assert sorted(differing) == ["data-key", "data-replica"]


def central(name: str, **keys: Any) -> Recording:  # noqa: ANN401 - any field of the Config
    given = deepcopy(committed_config(name)["superinc:keys"])
    return with_keys(name, {**given, "location": "central", **keys})


def test_central_keys_and_their_aliases_are_made_in_management_for_the_account() -> None:
    recording = central("staging")
    ids = recording.exports["accounts"]["ids"]
    for domain in domains("staging"):
        key = recording.one(KEY, f"{domain}-central-key")
        alias = recording.one(ALIAS, f"{domain}-central-alias")
        assert key.provider == alias.provider == "management"
        assert key.protect
        assert alias.inputs["name"] == f"alias/staging/{domain}"
        found = {one["Sid"]: one for one in key.policy("policy")["Statement"]}
        assert found["Owner"]["Principal"] == {"AWS": f"arn:aws:iam::{ids['management']}:root"}
        assert found["Account"]["Principal"] == {"AWS": f"arn:aws:iam::{ids['staging']}:root"}
        assert found["Administrators"]["Principal"]["AWS"] == [
            f"arn:aws:iam::{ids['management']}:role/superinc-deploy"
        ]
    arns = recording.exports["keys"]["arns"]
    assert {arn.split(":")[4] for arn in arns.values()} == {ids["management"]}


def test_a_central_replica_is_in_management_too() -> None:
    replica = central("staging").one(REPLICA, "data-central-replica")
    assert (replica.provider, replica.inputs["region"]) == ("management", "eu-west-1")


def test_moving_keys_to_management_never_reuses_the_name_of_a_key_that_holds_data() -> None:
    assert not keys_of(central("staging")).keys() & keys_of(recorded("staging")).keys()


def test_one_key_may_stay_when_the_others_are_central() -> None:
    keys = deepcopy(committed_config("staging")["superinc:keys"]["domains"])
    keys["ebs"]["location"] = "account"
    recording = central("staging", domains=keys)
    assert recording.one(KEY, "ebs-key").provider == "staging"
    assert recording.one(KEY, "data-central-key").provider == "management"
    assert recording.of(GRANT) == []


def test_in_management_central_is_home() -> None:
    assert keys_of(central("management")) == keys_of(recorded("management"))


def test_linked_roles_of_the_account_get_grants_on_the_central_volume_key() -> None:
    recording = central("staging")
    key = recording.one(KEY, "ebs-central-key")
    grants = recording.of(GRANT)
    assert {grant.name for grant in grants} == {
        "linked-roles-ebs-autoscaling",
        "linked-roles-ebs-spot",
    }
    for grant in grants:
        assert grant.provider == "staging"
        assert grant.inputs["keyId"] == key.outputs["arn"]
        assert "aws-service-role" in grant.inputs["granteePrincipal"]
        assert len([one for one in grant.depends_on if "serviceLinkedRole" in one]) == 1


def test_linked_roles_that_exist_are_not_made_again() -> None:
    recording = central("staging", linked_roles=False)
    roles = [one for one in recording.of(LINKED_ROLE) if one.parent and ":keys:" in one.parent]
    assert roles == []
    assert len(recording.of(GRANT)) == 2


def test_keys_in_their_own_account_need_no_grants() -> None:
    assert recorded("staging").of(GRANT) == []


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"domains": {"logs": {"description": "x"}}}, "got a key nobody may use"),
        ({"domains": {"Logs": {"description": "x", "users": ["a"]}}}, "should match pattern"),
        ({"administrators": ["*"]}, "should match pattern"),
        ({"location": "moon"}, "Input should be 'account' or 'central'"),
    ],
)
def test_wrong_config_is_refused(config: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        KeysConfig.model_validate(config)
