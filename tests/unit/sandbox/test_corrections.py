"""What moto gets wrong and the emulator sets right."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import backends, mock_aws
from moto.kms import models as kms
from moto.s3.utils import _VersionedKeyStore as Versions  # pyright: ignore[reportPrivateUsage] - it has no public name

from sandbox import corrections, emulator
from sandbox.corrections.kms import separate_replicas
from sandbox.corrections.s3 import VERSIONS_KEPT, forget_old_versions

AWS: Any = boto3


@pytest.fixture(autouse=True)
def corrected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kms.KmsBackend, "replicate_key", kms.KmsBackend.replicate_key)
    monkeypatch.setattr(Versions, "setlist", Versions.setlist)
    separate_replicas()
    forget_old_versions()
    with mock_aws():
        yield


def test_every_service_that_moto_gets_wrong_has_its_module() -> None:
    folder = Path(corrections.__file__).parent
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__", "launches", "operations"}
    modules = {name for name in modules if not name.startswith("eks_")}
    assert modules == corrections.CORRECTED
    assert modules <= set(backends.list_of_moto_modules())


def test_a_service_is_set_right_once_and_before_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(emulator, "correct", done.append)

    def create(service: str) -> list[str]:
        return [*done, service]

    monkeypatch.setattr(emulator, "create_backend_app", create)
    assert emulator.corrected_application("kms") == ["kms", "kms"]


def test_a_replica_key_has_aliases_of_its_own() -> None:
    home = AWS.client("kms", "eu-central-1")
    replica = AWS.client("kms", "eu-west-1")
    key = home.create_key(MultiRegion=True, Policy=json.dumps({"Statement": []}))["KeyMetadata"]
    home.create_alias(AliasName="alias/data", TargetKeyId=key["KeyId"])
    home.replicate_key(KeyId=key["KeyId"], ReplicaRegion="eu-west-1")
    assert "alias/data" not in {
        item["AliasName"] for item in replica.list_aliases()["Aliases"] if "AliasName" in item
    }
    replica.create_alias(AliasName="alias/data", TargetKeyId=key["KeyId"])
    replica.delete_alias(AliasName="alias/data")
    assert "alias/data" in {
        item["AliasName"] for item in home.list_aliases()["Aliases"] if "AliasName" in item
    }


def test_only_the_newest_versions_of_an_object_are_remembered() -> None:
    s3 = AWS.client("s3", "eu-central-1")
    s3.create_bucket(
        Bucket="state", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Enabled"})
    for number in range(VERSIONS_KEPT + 5):
        s3.put_object(Bucket="state", Key="stack.json", Body=str(number).encode())
    assert len(s3.list_object_versions(Bucket="state").get("Versions", [])) == VERSIONS_KEPT
    newest = s3.get_object(Bucket="state", Key="stack.json")["Body"].read()
    assert newest == str(VERSIONS_KEPT + 4).encode()
