"""Values of the wire in the form of the document."""

import asyncio
from pathlib import Path
from typing import Any

import pulumi
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc

from automation.synth import values

ROOT = Path("/project")


def wire(properties: dict[str, Any]) -> Struct:
    struct = Struct()
    struct.update(properties)
    return struct


def test_the_signatures_are_those_of_the_sdk() -> None:
    known = {name: value for name, value in vars(rpc).items() if name.startswith("_special_")}
    assert known["_special_sig_key"] == values.SIGNATURE
    assert known["_special_secret_sig"] == values.SECRET_SIGNATURE
    assert known["_special_asset_sig"] == values.ASSET_SIGNATURE
    assert known["_special_archive_sig"] == values.ARCHIVE_SIGNATURE


def test_whole_numbers_are_integers_and_keys_are_sorted() -> None:
    found = values.plain(wire({"b": 3.0, "a": [1.5, True, None, {"y": 1, "x": "t"}]}), ROOT)
    assert list(found) == ["a", "b"]
    assert found == {"a": [1.5, True, None, {"x": "t", "y": 1}], "b": 3}
    assert isinstance(found["b"], int)
    assert not isinstance(found["b"], bool)


def test_an_unknown_is_marked_wherever_it_is() -> None:
    found = values.plain(wire({"a": rpc.UNKNOWN, "b": [{"c": rpc.UNKNOWN}]}), ROOT)
    assert found == {"a": {"unknown": True}, "b": [{"c": {"unknown": True}}]}


@pytest.mark.parametrize("value", ["hunter2", 7, ["hunter2"], {"password": "hunter2"}, None])
def test_a_secret_is_marked_and_never_written(value: object) -> None:
    secret = {values.SIGNATURE: values.SECRET_SIGNATURE, "value": value}
    found = values.plain(wire({"a": secret, "b": [secret]}), ROOT)
    assert found == {"a": {"secret": None}, "b": [{"secret": None}]}


def serialized(value: object) -> Struct:
    pulumi.runtime.reset_options()
    return asyncio.get_event_loop().run_until_complete(
        rpc.serialize_properties({"value": value}, {})
    )


def test_a_file_asset_is_its_relative_path_and_a_digest_of_its_content(tmp_path: Path) -> None:
    (tmp_path / "user-data.sh").write_text("echo\n")
    asset = pulumi.FileAsset(str(tmp_path / "user-data.sh"))
    digest = "92d0e3c4a0e1df8d0ad0ec5bcd3f0df7a2ba7fea1de18a4cbb4b4ba4ba3d7a7c"
    found: Any = values.plain(serialized(asset), tmp_path)["value"]
    assert found["asset"]["path"] == "user-data.sh"
    assert len(found["asset"]["sha256"]) == len(digest)
    (tmp_path / "user-data.sh").write_text("echo other\n")
    assert values.plain(serialized(asset), tmp_path)["value"] != found


def test_no_path_of_this_machine_is_in_an_asset_from_elsewhere() -> None:
    found = values.plain(serialized(pulumi.FileAsset("/somewhere/else/file")), ROOT)
    assert found == {"value": {"asset": {"path": "file"}}}


def test_other_assets_and_archives_keep_what_identifies_them() -> None:
    inner: dict[str, pulumi.Asset | pulumi.Archive] = {"index.html": pulumi.StringAsset("<html>")}
    assert values.plain(serialized(pulumi.AssetArchive(inner)), ROOT) == {
        "value": {"archive": {"assets": {"index.html": {"asset": {"text": "<html>"}}}}}
    }
    assert values.plain(serialized(pulumi.FileArchive("site")), ROOT) == {
        "value": {"archive": {"path": "site"}}
    }
    assert values.plain(serialized(pulumi.RemoteAsset("https://example.com/a")), ROOT) == {
        "value": {"asset": {"uri": "https://example.com/a"}}
    }


def test_hiding_makes_a_property_secret_once() -> None:
    properties = wire({"password": "hunter2"})
    values.hide(properties, "password")
    values.hide(properties, "password")
    assert values.is_secret(properties.fields["password"])
    assert properties.fields["password"].struct_value.fields["value"].string_value == "hunter2"


def test_secrets_are_found_at_any_depth() -> None:
    secret = {values.SIGNATURE: values.SECRET_SIGNATURE, "value": 1}
    found = wire({"deep": [{"a": {"b": secret}}], "plain": [{"a": {"b": 1}}]})
    assert values.contains_secret(found.fields["deep"])
    assert not values.contains_secret(found.fields["plain"])
