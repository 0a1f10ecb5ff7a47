"""The account-wide switches of an account."""

from collections.abc import Callable
from typing import Any

import pytest

from components import stack
from tests.organization import STACKS, committed_config, needed_stacks, recorded
from tests.recording import Recorder, Recording, record

GovernanceRecorder = Callable[..., Recording]

REGIONAL = (
    "EncryptionByDefault",
    "SnapshotBlockPublicAccess",
    "ImageBlockPublicAccess",
    "InstanceMetadataDefaults",
    "Analyzer",
)

every_stack = pytest.mark.parametrize("name", STACKS)


@every_stack
def test_no_bucket_of_an_account_can_be_public(name: str) -> None:
    block = recorded(name).one("AccountPublicAccessBlock").inputs
    assert block == {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }


@every_stack
def test_passwords_are_long_and_not_used_again(name: str) -> None:
    policy = recorded(name).one("AccountPasswordPolicy").inputs
    assert policy["minimumPasswordLength"] == 14
    assert policy["passwordReusePrevention"] == 24
    assert all(policy[f"require{kind}"] for kind in ("Symbols", "Numbers"))


@pytest.mark.parametrize("kind", REGIONAL)
@every_stack
def test_every_region_of_the_organisation_has_its_switches(name: str, kind: str) -> None:
    regions = [one.inputs.get("region", "home") for one in recorded(name).of(kind)]
    assert regions == ["home", "eu-west-1"]


def test_the_switches_are_on(governance: GovernanceRecorder) -> None:
    recording = governance("staging")
    found: dict[str, set[Any]] = {
        "encrypted": {one.inputs["enabled"] for one in recording.of("EncryptionByDefault")},
        "snapshots": {one.inputs["state"] for one in recording.of("SnapshotBlockPublicAccess")},
        "images": {one.inputs["state"] for one in recording.of("ImageBlockPublicAccess")},
        "tokens": {one.inputs["httpTokens"] for one in recording.of("InstanceMetadataDefaults")},
        "analysers": {one.inputs["type"] for one in recording.of("Analyzer")},
    }
    assert found == {
        "encrypted": {True},
        "snapshots": {"block-all-sharing"},
        "images": {"block-new-sharing"},
        "tokens": {"required"},
        "analysers": {"ACCOUNT"},
    }
    hops = {
        one.inputs["httpPutResponseHopLimit"] for one in recording.of("InstanceMetadataDefaults")
    }
    assert hops == {1}


def test_new_volumes_get_the_accounts_key_where_it_has_one(governance: GovernanceRecorder) -> None:
    only_home = governance("staging").one("DefaultKmsKey").inputs
    assert only_home == {"keyArn": "the key ebs"}
    both = governance("staging", replicas=("ebs",)).of("DefaultKmsKey")
    assert [one.inputs.get("region") for one in both] == [None, "eu-west-1"]
    assert both[1].inputs["keyArn"] == "the replica ebs"
    assert not governance("backup", domains=("alerts",)).of("DefaultKmsKey")


def test_an_account_may_go_without_an_alias(governance: GovernanceRecorder) -> None:
    assert governance("staging").one("AccountAlias").inputs["accountAlias"] == "example-staging"
    assert not governance("staging", account_alias=False).of("AccountAlias")


def test_linked_roles_are_made_where_they_are_asked_for(governance: GovernanceRecorder) -> None:
    assert not governance("backup").of("ServiceLinkedRole")
    made = governance("staging", linked_roles=["spot.amazonaws.com"]).one("ServiceLinkedRole")
    assert made.inputs["awsServiceName"] == "spot.amazonaws.com"


def test_nodes_find_the_spot_role_where_they_run() -> None:
    with_role = {name for name in STACKS if recorded(name).of("ServiceLinkedRole")}
    assert with_role == {"monitoring", "staging", "production"}


def test_the_switches_of_the_accounts_layer_are_the_same_resources(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their component moved; without the alias the engine would make them anew and delete them."""
    seen: dict[str, Any] = {}
    register = Recorder.RegisterResource

    def spy(self: Recorder, request: Any) -> Any:  # noqa: ANN401 - the SDK's stubs are untyped
        seen[request.name] = request
        return register(self, request)

    monkeypatch.setattr(Recorder, "RegisterResource", spy)
    earlier = {needed: recorded(needed).exports for needed in needed_stacks("backup")}
    config = committed_config("backup")
    record(lambda: stack.build("backup"), stack="backup", config=config, earlier=earlier)

    (alias,) = seen["baseline"].aliases
    assert alias.spec.type == "superinc:accounts:Baseline"
    assert not alias.spec.name
    # The engine gives children their parent's alias as long as their own names stay.
    for child in ("baseline-public-access", "baseline-encryption", "baseline-alias"):
        assert "superinc:governance:Baseline::baseline" in seen[child].parent
