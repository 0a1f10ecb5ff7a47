"""The configuration a program sees is the one the engine would hand it."""

import json
from pathlib import Path

from automation.synth.configuration import ENCRYPTED, Configuration, of_stack

PROJECT = """\
name: acme
config:
  size: {default: 3, type: integer}
  acme:name: {value: shared}
  acme:organization:
    value:
      domain: acme.example
  acme:unset: {type: string}
  pulumi:disable-default-providers:
    value: [aws, kubernetes]
  plain: text
"""


def configuration(tmp_path: Path, stack: str | None) -> Configuration:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    file = tmp_path / "Pulumi.dev.yaml"
    if stack is not None:
        file.write_text(stack)
    return of_stack(tmp_path / "Pulumi.yaml", "acme", file)


def test_values_and_defaults_of_the_project_are_text_and_objects_are_json(tmp_path: Path) -> None:
    found = configuration(tmp_path, None)
    assert found.secret_keys == ()
    assert found.values == {
        "acme:name": "shared",
        "acme:organization": '{"domain": "acme.example"}',
        "acme:plain": "text",
        "acme:size": "3",
        "pulumi:disable-default-providers": '["aws", "kubernetes"]',
    }


def test_the_stack_replaces_whole_keys_of_the_project(tmp_path: Path) -> None:
    text = "config:\n  acme:organization: {regions: {home: eu-central-1}}\n  acme:on: true\n"
    found = configuration(tmp_path, text).values
    assert json.loads(found["acme:organization"]) == {"regions": {"home": "eu-central-1"}}
    assert found["acme:on"] == "true"
    assert found["acme:size"] == "3"


def test_an_encrypted_value_is_a_placeholder_and_its_key_is_secret(tmp_path: Path) -> None:
    text = (
        "config:\n  acme:token: {secure: v1:abc}\n"
        "  acme:deep: {hooks: [{secure: v1:def}], url: https://example.com}\n"
    )
    found = configuration(tmp_path, text)
    assert found.secret_keys == ("acme:deep", "acme:token")
    assert found.values["acme:token"] == ENCRYPTED
    assert json.loads(found.values["acme:deep"]) == {
        "hooks": [ENCRYPTED],
        "url": "https://example.com",
    }


def test_a_file_without_configuration_adds_nothing(tmp_path: Path) -> None:
    assert configuration(tmp_path, "") == configuration(tmp_path, "config:\n")


def test_a_date_reaches_a_program_as_it_is_written(tmp_path: Path) -> None:
    assert configuration(tmp_path, "config:\n  acme:day: 2030-01-31\n").values["acme:day"] == (
        "2030-01-31"
    )
