"""The engine's own lines in a stack's configuration file."""

from pathlib import Path

import pytest
import yaml

from automation.errors import UsageError
from automation.stack_config import backend_of, merge, with_secrets_provider

COMMITTED = "# The staging environment.\nconfig:\n  p:keys: {a: 1}  # why\n"
PROVIDER = "awskms://alias/b?region=eu-central-1"


def test_the_provider_is_written_before_the_first_key_and_nothing_else_changes() -> None:
    text = with_secrets_provider(COMMITTED, PROVIDER, name="Pulumi.staging.yaml")
    head, rest = COMMITTED.split("\n", 1)
    assert text == f"{head}\nsecretsprovider: {PROVIDER}\n{rest}"


def test_a_provider_that_is_there_is_left_alone() -> None:
    text = with_secrets_provider(COMMITTED, PROVIDER, name="x")
    assert with_secrets_provider(text, PROVIDER, name="x") == text


def test_an_unused_provider_is_replaced_in_its_place() -> None:
    text = with_secrets_provider(COMMITTED, "awskms://alias/old?region=x", name="x")
    assert with_secrets_provider(text, PROVIDER, name="x") == with_secrets_provider(
        COMMITTED, PROVIDER, name="x"
    )


def test_an_empty_file_gets_the_provider() -> None:
    assert with_secrets_provider("", PROVIDER, name="x") == f"secretsprovider: {PROVIDER}\n"


def test_a_stack_encrypted_with_another_key_is_not_touched() -> None:
    text = f"secretsprovider: awskms://alias/old\nencryptedkey: abc\n{COMMITTED}"
    with pytest.raises(UsageError, match="got a stack encrypted with awskms://alias/old") as caught:
        with_secrets_provider(text, PROVIDER, name="Pulumi.staging.yaml")
    assert "pulumi stack change-secrets-provider" in (caught.value.hint or "")
    assert "platform shell staging" in (caught.value.hint or "")


def test_a_copy_holds_the_committed_values_and_the_sandboxs_provider(tmp_path: Path) -> None:
    committed, copy = tmp_path / "Pulumi.a.yaml", tmp_path / "config" / "Pulumi.a.yaml"
    committed.write_text(f"secretsprovider: awskms://real\nencryptedkey: real\n{COMMITTED}")
    merge(committed, copy, PROVIDER)
    assert yaml.safe_load(copy.read_text()) == {
        "secretsprovider": PROVIDER,
        "config": {"p:keys": {"a": 1}},
    }


def test_a_copy_keeps_the_key_that_the_engine_wrote_and_follows_the_committed_file(
    tmp_path: Path,
) -> None:
    committed, copy = tmp_path / "Pulumi.a.yaml", tmp_path / "copy.yaml"
    committed.write_text(COMMITTED)
    copy.write_text(f"secretsprovider: {PROVIDER}\nencryptedkey: mine\n")
    merge(committed, copy, PROVIDER)
    committed.write_text("config:\n  p:keys: {a: 2}\n")
    merge(committed, copy, PROVIDER)
    document = yaml.safe_load(copy.read_text())
    assert (document["encryptedkey"], document["config"]) == ("mine", {"p:keys": {"a": 2}})


def test_a_key_of_another_provider_is_dropped(tmp_path: Path) -> None:
    committed, copy = tmp_path / "Pulumi.a.yaml", tmp_path / "copy.yaml"
    committed.write_text(COMMITTED)
    copy.write_text("secretsprovider: awskms://alias/other\nencryptedkey: theirs\n")
    merge(committed, copy, PROVIDER)
    assert "encryptedkey" not in yaml.safe_load(copy.read_text())


def test_a_copy_that_is_up_to_date_is_not_written(tmp_path: Path) -> None:
    committed, copy = tmp_path / "Pulumi.a.yaml", tmp_path / "copy.yaml"
    committed.write_text(COMMITTED)
    merge(committed, copy, PROVIDER)
    before = copy.stat().st_mtime_ns
    merge(committed, copy, PROVIDER)
    assert copy.stat().st_mtime_ns == before


def test_the_backend_is_what_the_project_says(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.yaml"
    assert backend_of(file) is None
    file.write_text("name: p\nbackend:\n  url: s3://b\n")
    assert backend_of(file) == "s3://b"
    file.write_text("name: p\nbackend:\n")
    assert backend_of(file) is None
