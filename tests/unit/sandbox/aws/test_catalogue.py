"""The catalogue says of a type what the SDK's own classes say."""

import inspect
from pathlib import Path

import platformdirs
import pulumi_aws
import pytest

from sandbox.aws import catalogue


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def cache_path(name: str) -> Path:
        return tmp_path / name

    monkeypatch.setattr(platformdirs, "user_cache_path", cache_path)
    catalogue.facts.cache_clear()
    return tmp_path


@pytest.mark.parametrize(
    ("token", "arguments"),
    [
        ("aws:ec2/vpc:Vpc", pulumi_aws.ec2.VpcArgs),
        ("aws:kms/key:Key", pulumi_aws.kms.KeyArgs),
        ("aws:s3/bucketVersioning:BucketVersioning", pulumi_aws.s3.BucketVersioningInitArgs),
        ("aws:lambda/function:Function", pulumi_aws.lambda_.FunctionArgs),
    ],
)
def test_inputs_are_those_of_the_sdks_class(token: str, arguments: type) -> None:
    found = catalogue.facts(token)
    assert found is not None
    signature = inspect.signature(arguments.__init__).parameters
    snake = [name for name in signature if name not in {"__self__", "self"}]
    assert len(found.inputs) == len(snake)
    required = [name for name in snake if signature[name].default is inspect.Parameter.empty]
    assert sum(member.required for member in found.inputs.values()) == len(required)


def test_names_are_camel_case_and_kinds_are_told_apart() -> None:
    found = catalogue.facts("aws:ec2/launchTemplate:LaunchTemplate")
    assert found is not None
    assert found.inputs["imageId"].kind == "str"
    assert found.inputs["vpcSecurityGroupIds"].kind == "list"
    assert found.inputs["tags"] == catalogue.Member("map", "str")
    metadata = found.inputs["metadataOptions"]
    assert metadata.kind == "object"
    assert "httpTokens" in found.objects[metadata.object]
    assert found.outputs["latestVersion"].kind == "int"
    assert "latestVersion" in found.computed()
    assert "imageId" not in found.computed()


def test_a_deprecated_input_has_its_camel_case_name() -> None:
    found = catalogue.facts("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert found is not None
    assert "expectedBucketOwner" in found.inputs


def test_a_type_the_sdk_does_not_have_is_unknown() -> None:
    assert catalogue.facts("aws:ec2/vpc:Vcp") is None


def test_the_cache_answers_like_the_source(cache_of_its_own: Path) -> None:
    token = "aws:wafv2/ipSet:IpSet"
    scanned = catalogue.facts(token)
    catalogue.facts.cache_clear()
    assert list(cache_of_its_own.rglob("aws_wafv2_ipSet_IpSet.json"))
    assert catalogue.facts(token) == scanned


def test_a_broken_cache_is_read_past(cache_of_its_own: Path) -> None:
    token = "aws:wafv2/ipSet:IpSet"
    scanned = catalogue.facts(token)
    for file in cache_of_its_own.rglob("*.json"):
        file.write_text("{")
    catalogue.facts.cache_clear()
    assert catalogue.facts(token) == scanned


def test_the_providers_own_settings_are_known() -> None:
    assert {
        "assumeRoles",
        "allowedAccountIds",
        "defaultTags",
        "region",
    } <= catalogue.provider_inputs()
