"""The provider's manners: accounts, tags, previews, secrets, records, functions."""

from collections.abc import Callable

import pytest
from pulumi.provider.experimental.provider import (
    ConfigureRequest,
    CreateRequest,
    PropertyDiffKind,
    ReadRequest,
)

from sandbox.aws.connection import Connection
from sandbox.aws.errors import AwsError, EmulatorLimitError, title
from sandbox.aws.provider import AwsProvider
from sandbox.aws.table import TABLE
from sandbox.plugins.values import UNKNOWN, plain_map, wrap_map
from sandbox.store import Store
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, STAGING, Driver, run

VPC = "aws:ec2/vpc:Vpc"
ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
PARAMETER = "aws:ssm/parameter:Parameter"


def role_in(account: str) -> list[dict[str, str]]:
    return [{"roleArn": f"arn:aws:iam::{account}:role/Access", "sessionName": "platform-test"}]


def test_roles_lead_into_another_account(
    aws: str, store: Store, connect: Callable[[str], Connection]
) -> None:
    driver = Driver(store, assumeRoles=role_in(STAGING), allowedAccountIds=[STAGING])
    vpc = driver.create(VPC, "main", cidrBlock="10.20.0.0/16")
    assert vpc["ownerId"] == STAGING
    there = connect(STAGING).client("ec2").describe_vpcs()["Vpcs"]
    elsewhere = connect(MANAGEMENT).client("ec2").describe_vpcs()["Vpcs"]
    assert vpc.id in {one["VpcId"] for one in there}
    assert vpc.id not in {one["VpcId"] for one in elsewhere}


def test_settings_arrive_as_json_and_in_both_spellings(aws: str, store: Store) -> None:
    roles = f'[{{"role_arn":"arn:aws:iam::{STAGING}:role/Access","session_name":"platform"}}]'
    driver = Driver(store, assumeRoles=roles, allowedAccountIds=f'["{STAGING}"]')
    assert driver.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == STAGING


def test_credentials_of_another_account_are_refused(aws: str, store: Store) -> None:
    with pytest.raises(AwsError, match=f"^AWS account ID not allowed: {MANAGEMENT}$"):
        Driver(store, allowedAccountIds=[STAGING])


def test_an_account_that_is_not_known_yet_is_not_asked_for(store: Store) -> None:
    provider = AwsProvider(store)
    settings = {"region": HOME, "assumeRoles": UNKNOWN, "allowedAccountIds": UNKNOWN}
    run(provider.configure(ConfigureRequest({}, wrap_map(settings), True, True)))


def test_an_emulator_that_is_not_there_is_said_plainly(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(AwsError, match="error configuring AWS provider: Could not connect"):
        Driver(store)


def test_a_preview_asks_nothing_and_knows_what_it_can(driver: Driver) -> None:
    outputs = driver.preview(VPC, "main", cidrBlock="10.0.0.0/8", tags={"Name": "main"})
    assert outputs["cidrBlock"] == "10.0.0.0/8"
    assert outputs["arn"] == UNKNOWN
    assert outputs["mainRouteTableId"] == UNKNOWN
    assert outputs["tagsAll"] == {"Name": "main", "owner": "platform"}
    assert outputs["region"] == HOME


def test_a_difference_names_the_key_of_a_map_and_all_tags_with_it(driver: Driver) -> None:
    vpc = driver.create(VPC, "main", cidrBlock="10.20.0.0/16", tags={"a": "1", "b": "2"})
    found = vpc.diff(tags={"a": "1", "b": "3", "c": "4"}).detailed_diff
    assert {path: one.kind for path, one in found.items()} == {
        "tags.b": PropertyDiffKind.UPDATE,
        "tags.c": PropertyDiffKind.ADD,
        "tagsAll.b": PropertyDiffKind.UPDATE,
        "tagsAll.c": PropertyDiffKind.ADD,
    }


def test_new_default_tags_are_a_difference_of_an_unchanged_program(
    aws: str, store: Store, driver: Driver
) -> None:
    vpc = driver.create(VPC, "main", cidrBlock="10.20.0.0/16")
    vpc.driver = Driver(store, defaultTags={"tags": {"owner": "somebody"}})
    assert vpc.diff().diffs == ["tagsAll"]
    vpc.update()
    assert vpc["tagsAll"] == {"owner": "somebody"}
    assert vpc.drift() == {}


def test_an_input_that_becomes_unknown_is_a_difference(driver: Driver) -> None:
    vpc = driver.create(VPC, "main", cidrBlock="10.20.0.0/16")
    assert vpc.diff(cidrBlock=UNKNOWN).replaces == ["cidrBlock"]


def test_a_secret_input_stays_secret_and_reaches_aws(
    driver: Driver, connect: Callable[[str], Connection]
) -> None:
    inputs = wrap_map({"name": "/test/secret", "type": "SecureString", "value": "s3cret"})
    inputs["value"] = inputs["value"].with_secret(is_secret=True)
    request = CreateRequest(driver.urn(PARAMETER, "p"), inputs, 0, False)
    outputs = run(driver.provider.create(request)).properties
    assert outputs["value"].is_secret
    ssm = connect(MANAGEMENT).client("ssm")
    kept = ssm.get_parameter(Name="/test/secret", WithDecryption=True)["Parameter"]["Value"]
    assert kept == "s3cret"


def test_tags_that_are_secret_make_all_tags_secret(driver: Driver) -> None:
    inputs = wrap_map({"cidrBlock": "10.20.0.0/16", "tags": {"a": "b"}})
    inputs["tags"] = inputs["tags"].with_secret(is_secret=True)
    request = CreateRequest(driver.urn(VPC, "main"), inputs, 0, False)
    assert run(driver.provider.create(request)).properties["tagsAll"].is_secret


def test_a_type_without_a_row_is_recorded_for_every_later_provider(
    aws: str, store: Store, driver: Driver
) -> None:
    assert ANALYZER not in TABLE
    analyzer = driver.create(ANALYZER, "account", analyzerName="account", tags={"a": "b"})
    assert analyzer["arn"] == f"arn:aws:access-analyzer:{HOME}:{MANAGEMENT}:analyzer/account"
    assert analyzer["tagsAll"] == {"a": "b", "owner": "platform"}
    later = Driver(store)
    assert analyzer.read(later).resource_id == analyzer.id
    assert plain_map(analyzer.read(later).properties) == analyzer.outputs
    assert store.counts() == {"recorded": 1}
    analyzer.update(tags={"a": "c"})
    assert analyzer["tagsAll"] == {"a": "c", "owner": "platform"}
    analyzer.delete()
    assert analyzer.drift() == {"gone": True}


def test_a_replacement_of_a_recorded_type_outlives_its_predecessor(driver: Driver) -> None:
    token = "aws:ec2clientvpn/endpoint:Endpoint"
    inputs = {
        "authenticationOptions": [{"type": "certificate-authentication"}],
        "clientCidrBlock": "10.99.0.0/22",
        "connectionLogOptions": {"enabled": False},
        "serverCertificateArn": "arn:aws:acm:eu-central-1:444455556666:certificate/x",
    }
    old = driver.create(token, "vpn", **inputs)
    new = driver.create(token, "vpn", **inputs)
    assert new.id != old.id
    old.delete()
    assert new.drift() == {}


def test_what_the_emulator_breaks_down_over_is_recorded_instead(
    driver: Driver, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> tuple[str, dict[str, object]]:
        raise EmulatorLimitError("not implemented")

    monkeypatch.setattr("sandbox.aws.lifecycle.create", broken)
    vpc = driver.create(VPC, "main", cidrBlock="10.20.0.0/16")
    monkeypatch.undo()
    assert store.counts() == {"recorded": 1}
    assert vpc.id.startswith("vpc-")
    assert vpc.drift() == {}
    vpc.delete()
    assert vpc.drift() == {"gone": True}


def test_what_the_api_made_is_counted_as_such(driver: Driver, store: Store) -> None:
    driver.create(VPC, "main", cidrBlock="10.20.0.0/16")
    assert store.counts() == {"api": 1}


def test_a_resource_is_imported_with_the_inputs_that_it_has(driver: Driver) -> None:
    vpc = driver.create(VPC, "main", cidrBlock="10.20.0.0/16")
    response = run(driver.provider.read(ReadRequest(vpc.urn, vpc.id, {}, {})))
    assert plain_map(response.inputs)["cidrBlock"] == "10.20.0.0/16"
    assert plain_map(response.properties)["arn"] == vpc["arn"]


def test_an_unknown_setting_of_the_provider_is_refused(driver: Driver) -> None:
    from pulumi.provider.experimental.provider import CheckRequest

    request = CheckRequest("urn", {}, wrap_map({"region": HOME, "asumeRoles": "[]"}), b"")
    failures = run(driver.provider.check_config(request)).failures
    assert [one.property for one in failures or []] == ["asumeRoles"]


def test_the_functions_that_need_no_look_up_are_answered(driver: Driver) -> None:
    zones = driver.invoke("aws:index/getAvailabilityZones:getAvailabilityZones")
    assert zones["names"] == [f"{HOME}a", f"{HOME}b", f"{HOME}c"]
    assert zones["zoneIds"] == ["euc1-az1", "euc1-az2", "euc1-az3"]
    assert driver.invoke("aws:index/getRegion:getRegion")["region"] == HOME
    assert driver.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"
    statement = {
        "actions": ["sts:AssumeRole"],
        "principals": [{"type": "AWS", "identifiers": ["*"]}],
        "conditions": [{"test": "StringEquals", "variable": "aws:x", "values": ["y"]}],
    }
    document = driver.invoke("aws:iam/getPolicyDocument:getPolicyDocument", statements=[statement])
    assert document["minifiedJson"] == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},'
        '"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:x":"y"}}}]}'
    )


def test_any_other_function_is_refused_by_name(driver: Driver) -> None:
    with pytest.raises(AwsError, match="has no function aws:ec2/getAmi:getAmi"):
        driver.invoke("aws:ec2/getAmi:getAmi")


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("aws:ec2/vpc:Vpc", "EC2 VPC"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "IAM Role Policy Attachment"),
        ("aws:kms/key:Key", "KMS Key"),
        ("aws:organizations/account:Account", "Organizations Account"),
    ],
)
def test_a_type_is_called_what_people_call_it(token: str, words: str) -> None:
    assert title(token) == words
