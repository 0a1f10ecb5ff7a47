"""The key and the bucket of the state, made in an emulated AWS."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import moto
import pytest

from automation.bootstrap import Action, Bootstrap
from automation.credentials import Access
from automation.state_documents import bucket_policy, encryption, includes, key_policy

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

KEYS = {"AWS_ACCESS_KEY_ID": "fake", "AWS_SECRET_ACCESS_KEY": "fake"}
ACCOUNT = "123456789012"
BUCKET = "state"


@pytest.fixture
def access() -> Iterator[Access]:
    with moto.mock_aws():
        yield Access(KEYS, region="eu-central-1")


@pytest.fixture
def kms(access: Access) -> "KMSClient":
    return access.kms()


@pytest.fixture
def s3(access: Access) -> "S3Client":
    return access.s3()


def _run(access: Access, *, apply: bool = True) -> dict[str, Action]:
    state = Bootstrap(access, bucket=BUCKET, region="eu-central-1", account_id=ACCOUNT)
    return {step.part: step.action for step in state.run(apply=apply)}


def test_everything_is_made_once_and_kept_the_second_time(access: Access) -> None:
    first = _run(access)
    assert first["key"] is first["bucket"] is Action.MAKE
    assert set(_run(access).values()) == {Action.KEEP}


def test_a_plan_changes_nothing(access: Access, s3: "S3Client", kms: "KMSClient") -> None:
    assert _run(access, apply=False)["bucket"] is Action.MAKE
    assert s3.list_buckets()["Buckets"] == []
    assert kms.list_keys()["Keys"] == []


def test_the_key_rotates_and_is_found_by_alias(access: Access, kms: "KMSClient") -> None:
    _run(access)
    key = kms.describe_key(KeyId="alias/state")["KeyMetadata"].get("KeyId", "")
    assert kms.get_key_rotation_status(KeyId=key).get("KeyRotationEnabled")
    policy = kms.get_key_policy(KeyId=key, PolicyName="default").get("Policy", "")
    assert json.loads(policy) == key_policy(ACCOUNT)


def test_the_bucket_keeps_encrypts_and_hides_what_it_holds(
    access: Access, s3: "S3Client", kms: "KMSClient"
) -> None:
    _run(access)
    assert s3.get_bucket_versioning(Bucket=BUCKET).get("Status") == "Enabled"
    rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    arn = kms.describe_key(KeyId="alias/state")["KeyMetadata"].get("Arn", "")
    assert includes(rules, encryption(arn))
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    assert json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"]) == bucket_policy(BUCKET)
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") == 365


@pytest.mark.parametrize("setting", ["versioning", "public access", "bucket policy"])
def test_what_somebody_changed_is_put_right(access: Access, s3: "S3Client", setting: str) -> None:
    _run(access)
    undo = {
        "versioning": lambda: s3.put_bucket_versioning(
            Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
        ),
        "public access": lambda: s3.delete_public_access_block(Bucket=BUCKET),
        "bucket policy": lambda: s3.delete_bucket_policy(Bucket=BUCKET),
    }
    undo[setting]()
    changed = {part for part, action in _run(access).items() if action is Action.CHANGE}
    assert changed == {setting}


def test_a_key_whose_rotation_was_turned_off_rotates_again(
    access: Access, kms: "KMSClient"
) -> None:
    _run(access)
    key = kms.describe_key(KeyId="alias/state")["KeyMetadata"].get("KeyId", "")
    kms.disable_key_rotation(KeyId=key)
    assert _run(access)["key rotation"] is Action.CHANGE
    assert kms.get_key_rotation_status(KeyId=key).get("KeyRotationEnabled")


def test_us_east_1_is_never_named_as_a_location(access: Access) -> None:
    state = Bootstrap(
        Access(KEYS, region="us-east-1"), bucket="east", region="us-east-1", account_id=ACCOUNT
    )
    assert {step.part: step.action for step in state.run(apply=True)}["bucket"] is Action.MAKE


def test_nothing_may_reach_the_bucket_without_tls() -> None:
    denied = {it["Sid"]: it["Condition"] for it in bucket_policy("b")["Statement"]}
    assert denied["OnlyTls"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert all(it["Effect"] == "Deny" for it in bucket_policy("b")["Statement"])


def test_an_emulator_without_tls_is_not_locked_out_of_its_own_bucket() -> None:
    environment = {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    assert Access(environment, region="eu-central-1").plain_http
    assert not Access(KEYS, region="eu-central-1").plain_http


def test_what_is_wanted_may_be_part_of_what_is_there() -> None:
    assert includes({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1}})
    assert not includes({"a": {"b": 2}}, {"a": {"b": 1}})
    assert not includes({}, {"a": 1})
    assert includes([{"a": 1, "b": 2}], [{"a": 1}])
    assert not includes([], [{"a": 1}])
    assert not includes(None, [1])
