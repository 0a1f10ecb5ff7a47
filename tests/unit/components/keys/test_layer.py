"""What the keys layer makes, as committed and with its options."""

from copy import deepcopy
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components import stack
from components.keys.contract import KeysConfig
from tests.organization import STACKS, committed_config, layer_config, recorded
from tests.recording import Recording, record

KEY = "aws:kms/key:Key"
REPLICA = "aws:kms/replicaKey:ReplicaKey"
ALIAS = "aws:kms/alias:Alias"


def domains(name: str) -> dict[str, Any]:
    config = layer_config(name, "keys")
    assert isinstance(config, KeysConfig)
    return dict(config.domains)


def identity_with(keys: dict[str, Any]) -> Recording:
    given = {**deepcopy(committed_config("identity")), "superinc:keys": keys}
    earlier = {"management": recorded("management").exports}
    return record(lambda: stack.build("identity"), stack="identity", config=given, earlier=earlier)


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
def test_the_outputs_name_every_domain(name: str) -> None:
    exports = recorded(name).exports["keys"]
    multi = {domain for domain, key in domains(name).items() if key.multi_region}
    assert exports["arns"].keys() == exports["ids"].keys() == domains(name).keys()
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
    key = {"description": "x", "users": ["app"]}
    recording = identity_with({"domains": {"logs": key}, "administrators": [person]})
    statements = recording.one(KEY).policy("policy")["Statement"]
    assert person in statements[1]["Principal"]["AWS"]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"domains": {"logs": {"description": "x"}}}, "got a key nobody may use"),
        ({"domains": {"Logs": {"description": "x", "users": ["a"]}}}, "should match pattern"),
        ({"administrators": ["*"]}, "should match pattern"),
        ({"location": "central"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_config_is_refused(config: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        KeysConfig.model_validate(config)
