"""Organisation, identities, keys, names and buckets: made, changed and unmade through the API."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.connection import Connection
from sandbox.aws.errors import AwsError
from sandbox.store import Store
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, STAGING, Driver

ROLE = "aws:iam/role:Role"
KEY = "aws:kms/key:Key"
ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
BUCKET = "aws:s3/bucket:Bucket"


def document(effect: str, action: str, **statement: Any) -> str:  # noqa: ANN401 - a policy's own fields
    one = {"Effect": effect, "Action": action, **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


TRUST = document("Allow", "sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})
KEY_POLICY = document(
    "Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, Resource="*"
)


@pytest.fixture
def organisation(driver: Driver) -> Any:  # noqa: ANN401 - a driving.Made
    return driver.create(
        "aws:organizations/organization:Organization",
        "organisation",
        featureSet="ALL",
        enabledPolicyTypes=["SERVICE_CONTROL_POLICY"],
        awsServiceAccessPrincipals=["cloudtrail.amazonaws.com"],
    )


def test_an_organisation_is_adopted_when_there_is_one(driver: Driver, organisation: Any) -> None:  # noqa: ANN401 - see its fixture
    again = driver.create("aws:organizations/organization:Organization", "again")
    assert again.id == organisation.id
    assert organisation["masterAccountId"] == MANAGEMENT
    assert organisation["roots"][0]["id"].startswith("r-")


@pytest.mark.usefixtures("organisation")
def test_an_account_has_its_twelve_digits_as_id_and_can_be_guarded(driver: Driver) -> None:
    account = driver.create(
        "aws:organizations/account:Account", "a", name="a", email="aws+a@superinc.com"
    )
    assert account.id.isdigit()
    assert len(account.id) == 12
    assert account["arn"].endswith(f"/{account.id}")
    policy = driver.create(
        "aws:organizations/policy:Policy",
        "guard",
        content=document("Deny", "organizations:LeaveOrganization", Resource="*"),
    )
    attachment = driver.create(
        "aws:organizations/policyAttachment:PolicyAttachment",
        "guard",
        policyId=policy.id,
        targetId=account.id,
    )
    assert [one.drift() for one in (account, policy, attachment)] == [{}, {}, {}]
    assert account.diff(email="other@superinc.com").replaces == ["email"]
    attachment.delete()
    policy.delete()
    assert attachment.drift() == {"gone": True}


def test_a_role_changes_its_trust_in_place_but_not_its_name(
    driver: Driver, connect: Callable[[str], Connection]
) -> None:
    role = driver.create(ROLE, "deploy", assumeRolePolicy=TRUST, maxSessionDuration=3600)
    assert role.diff(name="other").replaces == ["name"]
    narrower = TRUST.replace(MANAGEMENT, STAGING)
    role.update(assumeRolePolicy=narrower, maxSessionDuration=7200)
    found = connect(MANAGEMENT).client("iam").get_role(RoleName=role.id)["Role"]
    assert found["AssumeRolePolicyDocument"] == json.loads(narrower)
    assert found["MaxSessionDuration"] == 7200
    assert role.drift() == {}


def test_a_named_role_is_deleted_before_its_replacement(driver: Driver) -> None:
    named = driver.create(ROLE, "named", name="exactly-this", assumeRolePolicy=TRUST)
    assert named.diff(path="/x/").delete_before_replace is True
    invented = driver.create(ROLE, "invented", assumeRolePolicy=TRUST)
    assert invented.diff(path="/x/").delete_before_replace is False


def test_a_managed_policy_survives_more_changes_than_iam_keeps_versions(driver: Driver) -> None:
    policy = driver.create(
        "aws:iam/policy:Policy", "read", policy=document("Allow", "s3:Get*", Resource="*")
    )
    for number in range(7):
        policy.update(policy=document("Allow", f"s3:Get{number}", Resource="*"))
    policy.delete()
    assert policy.drift() == {"gone": True}


def test_what_hangs_on_a_role_is_found_and_taken_off(driver: Driver) -> None:
    role = driver.create(ROLE, "app", assumeRolePolicy=TRUST)
    inline = driver.create(
        "aws:iam/rolePolicy:RolePolicy",
        "app",
        role=role.id,
        policy=document("Allow", "s3:*", Resource="*"),
    )
    assert inline.id == f"{role.id}:{inline['name']}"
    profile = driver.create("aws:iam/instanceProfile:InstanceProfile", "app", role=role.id)
    assert [inline.drift(), profile.drift()] == [{}, {}]
    for one in (profile, inline, role):
        one.delete()
        assert one.drift() == {"gone": True}


def test_a_key_rotates_and_has_a_replica_with_its_own_id(
    driver: Driver, connect: Callable[[str], Connection]
) -> None:
    key = driver.create(
        KEY,
        "data",
        description="data",
        policy=KEY_POLICY,
        enableKeyRotation=True,
        rotationPeriodInDays=180,
        multiRegion=True,
    )
    kms = connect(MANAGEMENT).client("kms")
    rotation = kms.get_key_rotation_status(KeyId=key.id)
    assert rotation["KeyRotationEnabled"] is True
    assert key["keyId"].startswith("mrk-")
    replica = driver.create(
        "aws:kms/replicaKey:ReplicaKey", "data", primaryKeyArn=key["arn"], region="eu-west-1"
    )
    assert replica.id == key.id
    assert replica["arn"] == key["arn"].replace(HOME, "eu-west-1")
    assert key.diff(multiRegion=False).replaces == ["multiRegion"]
    key.update(description="other", tags={"domain": "data"})
    assert kms.describe_key(KeyId=key.id)["KeyMetadata"]["Description"] == "other"
    assert key.drift() == {}
    key.delete()
    assert key.drift() == {"gone": True}


def test_an_alias_moves_to_another_key_and_goes_with_a_new_name(driver: Driver) -> None:
    first, second = driver.create(KEY, "one"), driver.create(KEY, "two")
    alias = driver.create(
        "aws:kms/alias:Alias", "data", name="alias/test/moving", targetKeyId=first["keyId"]
    )
    alias.update(targetKeyId=second["keyId"])
    assert alias["targetKeyArn"] == second["arn"]
    assert alias.drift() == {}
    assert alias.diff(name="alias/test/other").replaces == ["name"]


def test_a_zone_delegates_to_another_and_records_follow_their_changes(
    driver: Driver, connect: Callable[[str], Connection]
) -> None:
    root = driver.create(ZONE, "root", name="superinc.com", comment="root")
    child = driver.create(ZONE, "child", name="staging.superinc.com")
    delegation = driver.create(
        RECORD,
        "delegation",
        zoneId=root.id,
        name="staging.superinc.com",
        type="NS",
        ttl=300,
        records=child["nameServers"],
    )
    assert len(child["nameServers"]) == 4
    assert delegation.id == f"{root.id}_staging.superinc.com_NS"
    delegation.update(ttl=60)
    route53 = connect(MANAGEMENT).client("route53")
    sets = route53.list_resource_record_sets(HostedZoneId=root.id)["ResourceRecordSets"]
    there = next(one for one in sets if one["Name"] == "staging.superinc.com.")
    assert there["TTL"] == 60
    assert [one["Value"] for one in there["ResourceRecords"]] == child["nameServers"]
    assert root.diff(name="superinc.org").replaces == ["name"]
    delegation.delete()
    assert delegation.drift() == {"gone": True}
    assert root.drift() == {}


def test_a_record_that_is_there_is_only_overwritten_when_allowed(driver: Driver) -> None:
    zone = driver.create(ZONE, "twice", name="twice.superinc.com")
    record = {"zoneId": zone.id, "name": "www", "type": "A", "ttl": 60}
    first = driver.create(RECORD, "first", **record, records=["192.0.2.1"])
    assert first["fqdn"] == "www.twice.superinc.com"
    with pytest.raises(AwsError, match="already exists"):
        driver.create(RECORD, "second", **record, records=["192.0.2.2"])
    driver.create(RECORD, "third", **record, records=["192.0.2.3"], allowOverwrite=True)


def test_a_bucket_has_its_settings_and_goes_with_what_is_in_it(
    driver: Driver, connect: Callable[[str], Connection]
) -> None:
    bucket = driver.create(BUCKET, "logs", forceDestroy=True, tags={"Name": "logs"})
    settings = {
        "aws:s3/bucketVersioning:BucketVersioning": {
            "versioningConfiguration": {"status": "Enabled"}
        },
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {"blockPublicAcls": True},
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
            "rule": {"objectOwnership": "BucketOwnerEnforced"}
        },
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
            "rules": [{"id": "old", "status": "Enabled", "expiration": {"days": 30}}]
        },
    }
    made = [
        driver.create(token, "logs", bucket=bucket.id, **one) for token, one in settings.items()
    ]
    s3 = connect(MANAGEMENT).client("s3")
    assert s3.get_bucket_location(Bucket=bucket.id)["LocationConstraint"] == HOME
    assert s3.get_bucket_versioning(Bucket=bucket.id)["Status"] == "Enabled"
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=bucket.id)["Rules"]
    assert lifecycle[0]["Expiration"] == {"Days": 30}
    assert {tag["Key"] for tag in s3.get_bucket_tagging(Bucket=bucket.id)["TagSet"]} == {
        "Name",
        "owner",
    }
    assert [one.drift() for one in (bucket, *made)] == [{}] * (len(made) + 1)
    s3.put_object(Bucket=bucket.id, Key="a", Body=b"x")
    bucket.delete()
    assert bucket.drift() == {"gone": True}


def test_an_account_forbids_public_buckets_at_the_address_of_the_emulator(
    store: Store, driver: Driver
) -> None:
    block = driver.create(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "all", blockPublicAcls=True
    )
    assert block.id == MANAGEMENT
    assert block.drift() == {}


def test_a_secret_keeps_its_value_and_its_version(
    driver: Driver, connect: Callable[[str], Connection]
) -> None:
    secret = driver.create("aws:secretsmanager/secret:Secret", "database")
    version = driver.create(
        "aws:secretsmanager/secretVersion:SecretVersion",
        "database",
        secretId=secret.id,
        secretString="correct horse",
    )
    client = connect(MANAGEMENT).client("secretsmanager")
    assert client.get_secret_value(SecretId=secret.id)["SecretString"] == "correct horse"
    assert version.id == f"{secret.id}|{version['versionId']}"
    assert version.drift() == {}
