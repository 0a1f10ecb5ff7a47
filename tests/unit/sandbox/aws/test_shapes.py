"""Properties find AWS's parameters by name, and take their members' types."""

import botocore.session
import pytest
from botocore.model import StructureShape

from sandbox.aws import shapes

_SESSION = botocore.session.get_session()


def shape_of(service: str, operation: str) -> StructureShape:
    shape = _SESSION.get_service_model(service).operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


def test_camel_case_becomes_pascal_case_and_strangers_are_left_out() -> None:
    found = shapes.parameters(
        shape_of("ec2", "CreateSubnet"),
        {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "mapPublicIpOnLaunch": True},
        {},
    )
    assert found == {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}


def test_acronyms_and_plurals_do_not_matter() -> None:
    encryption = shape_of("s3", "PutBucketEncryption")
    rules = shapes.shape_at(encryption, "ServerSideEncryptionConfiguration.Rules")
    assert rules is not None
    given = [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}}
    ]
    assert shapes.convert(rules, given, {}) == [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
    ]
    assert shapes.member_of(shape_of("ec2", "CreateVpcEndpoint"), "subnetId", {}) == "SubnetIds"


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("kms", "CreateKey", [{"TagKey": "a", "TagValue": "b"}]),
        ("iam", "CreateRole", [{"Key": "a", "Value": "b"}]),
        ("eks", "CreateCluster", {"a": "b"}),
    ],
)
def test_tags_take_the_form_of_each_service(service: str, operation: str, expected: object) -> None:
    shape = shape_of(service, operation)
    member = shapes.member_of(shape, "tags", {})
    assert member is not None
    assert shapes.convert(shape.members[member], {"a": "b"}, {}) == expected


def test_a_block_that_terraform_has_as_a_list_of_one_is_the_object() -> None:
    found = shapes.parameters(
        shape_of("ecr", "CreateRepository"),
        {"imageScanningConfiguration": [{"scanOnPush": "true"}]},
        {},
    )
    assert found == {"imageScanningConfiguration": {"scanOnPush": True}}


def test_numbers_arrive_as_the_api_wants_them() -> None:
    found = shapes.parameters(
        shape_of("cloudwatch", "PutMetricAlarm"), {"period": 60.0, "threshold": "1"}, {}
    )
    assert found == {"Period": 60, "Threshold": 1.0}
    assert isinstance(found["Period"], int)


def test_a_rename_wins() -> None:
    shape = shape_of("iam", "CreateRole")
    names = {"assumeRolePolicy": "AssumeRolePolicyDocument"}
    assert shapes.member_of(shape, "assumeRolePolicy", names) == "AssumeRolePolicyDocument"
    assert shapes.member_of(shape, "assumeRolePolicy", {}) is None


def test_a_path_leads_through_lists_and_ends_quietly() -> None:
    answer = {"Vpcs": [{"VpcId": "vpc-1"}]}
    assert shapes.at(answer, "Vpcs[0].VpcId") == "vpc-1"
    assert shapes.at(answer, "Vpcs[1].VpcId") is None
    assert shapes.at(answer, "Subnets[0]") is None
