"""What the provider refuses before anything happens, and how it names what has no name."""

import re

import pytest

from sandbox.aws import catalogue, check
from sandbox.plugins.values import UNKNOWN
from tests.unit.sandbox.aws.driving import Driver

VPC = "aws:ec2/vpc:Vpc"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"


def failures_of(token: str, /, **inputs: object) -> list[str]:
    facts = catalogue.facts(token)
    assert facts is not None
    return [f"{one.property}: {one.reason}" for one in check.failures(facts, inputs)]


def test_an_unknown_property_is_refused_with_the_name_that_was_meant() -> None:
    assert failures_of(VPC, cidrBlock="10.0.0.0/16", enableDnsHostname=True) == [
        (
            "enableDnsHostname: an argument named 'enableDnsHostname' is not expected here; "
            "did you mean 'enableDnsHostnames'"
        )
    ]


def test_an_unknown_key_inside_an_object_is_refused_by_its_path() -> None:
    rule = {"id": "old", "status": "Enabled", "expiration": {"day": 30}}
    assert failures_of(LIFECYCLE, bucket="b", rules=[rule]) == [
        "rules[0].expiration.day: an argument named 'day' is not expected here; did you mean 'days'"
    ]


def test_a_missing_required_input_is_refused_at_every_depth() -> None:
    assert failures_of(LIFECYCLE, rules=[{"id": "old"}]) == [
        "rules[0].status: the argument 'status' is required, but no definition was found",
        "bucket: the argument 'bucket' is required, but no definition was found",
    ]


@pytest.mark.parametrize(
    ("inputs", "failure"),
    [
        ({"cidrBlock": ["10.0.0.0/16"]}, "cidrBlock: got a list, wanted a string"),
        ({"enableDnsSupport": "perhaps"}, "enableDnsSupport: got a string, wanted a boolean"),
        ({"ipv4NetmaskLength": "wide"}, "ipv4NetmaskLength: got a string, wanted a number"),
        ({"tags": "x"}, "tags: got a string, wanted a map"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(inputs: dict[str, object], failure: str) -> None:
    assert failures_of(VPC, **inputs) == [failure]


def test_what_terraform_converts_is_no_failure() -> None:
    assert failures_of(VPC, enableDnsSupport="true", ipv4NetmaskLength="16", cidrBlock=10) == []


def test_an_unknown_value_fits_every_kind() -> None:
    assert failures_of(LIFECYCLE, bucket=UNKNOWN, rules=UNKNOWN) == []
    assert failures_of(LIFECYCLE, bucket="b", rules=[UNKNOWN]) == []


def test_a_type_the_sdk_does_not_have_is_refused(driver: Driver) -> None:
    _, failures = driver.check("aws:ec2/vcp:Vcp", "main")
    assert failures == [
        ": unrecognized resource type 'aws:ec2/vcp:Vcp': pulumi-aws has none of this name"
    ]


def test_a_type_without_a_name_is_named_once_and_keeps_it(driver: Driver) -> None:
    token = "aws:iam/role:Role"
    first, _ = driver.check(token, "deploy", assumeRolePolicy="{}")
    assert re.fullmatch(r"deploy-[0-9a-f]{7}", first["name"])
    assert first["__defaults"] == ["name"]
    again, _ = driver.check(
        token, "deploy", {**first, "name": "deploy-0000000"}, assumeRolePolicy="{}"
    )
    assert again["name"] == "deploy-0000000"
    given, _ = driver.check(token, "deploy", first, assumeRolePolicy="{}", name="mine")
    assert given["name"] == "mine"
    assert "__defaults" not in given


@pytest.mark.parametrize(
    ("token", "property_", "pattern"),
    [
        ("aws:s3/bucket:Bucket", "bucket", r"a{55}-[0-9a-f]{7}"),
        ("aws:lb/targetGroup:TargetGroup", "name", r"A{24}-[0-9a-f]{7}"),
        ("aws:kms/alias:Alias", "name", r"alias/A{60}-[0-9a-f]{7}"),
    ],
)
def test_an_invented_name_is_one_that_aws_takes(token: str, property_: str, pattern: str) -> None:
    facts = catalogue.facts(token)
    assert facts is not None
    rule = check.autonaming(token, facts)
    assert rule is not None
    assert rule.property == property_
    name = check.named(rule, "A" * 60, {}, {}, b"seed")
    assert re.fullmatch(pattern, str(name))


def test_a_prefix_is_left_to_the_creation(driver: Driver) -> None:
    inputs, _ = driver.check("aws:iam/role:Role", "deploy", assumeRolePolicy="{}", namePrefix="x-")
    assert "name" not in inputs


def test_a_required_name_is_not_invented() -> None:
    facts = catalogue.facts("aws:route53/record:Record")
    assert facts is not None
    assert check.autonaming("aws:route53/record:Record", facts) is None
