"""The document has one form, and is written whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from automation.errors import StateError
from automation.synth import render, write
from automation.synth.document import SCHEMA_FILE
from tests.unit.automation.synth.acme import Acme

VALIDATOR: Any = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)


def test_every_document_is_of_the_schema(acme: Acme) -> None:
    for document in acme.synth().values():
        VALIDATOR.validate(document)


def without(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("schema", {"schema": 2}),
    ("account", {"account": {"name": "x", "kind": "workload", "environment": None, "id": "12"}}),
    ("extra", {"extra": 1}),
    ("outputs", {"outputs": {"x": {"secret": "in clear"}}}),
    ("outputs", {"outputs": {"x": [{"unknown": False}]}}),
    ("resources", {"resources": []}),
    ("reads", {"reads": [{"stack": "management"}]}),
]


@pytest.mark.parametrize(("name", "change"), BROKEN)
def test_the_schema_refuses_what_is_of_another_form(
    acme: Acme, name: str, change: dict[str, Any]
) -> None:
    document = acme.synth("management")["management"]
    assert not VALIDATOR.is_valid({**document, **change}), name


def test_every_key_of_a_resource_is_required(acme: Acme) -> None:
    document = acme.synth("staging")["staging"]
    first, *others = document["resources"]
    for key in first:
        changed = {**document, "resources": [without(first, key), *others]}
        assert not VALIDATOR.is_valid(changed), key


def test_parents_come_before_children_and_siblings_by_type_and_name(acme: Acme) -> None:
    program = (
        "import parts\n"
        + "".join(
            f"parts.Thing('{kind}', '{name}')\n"
            for kind, name in [
                ("kubernetes:z:Z", "a"),
                ("kubernetes:a:A", "z"),
                ("kubernetes:a:A", "b"),
            ]
        )
        + "from pulumi import ResourceOptions\n"
        "parts.Thing('acme:a:Outer', 'child', opts=ResourceOptions(parent=parts.Base('o')))\n"
    )
    resources = acme.stack(program)["resources"]
    names = [(item["type"], item["name"]) for item in resources[1:]]
    assert names == [
        ("acme:parts:Base", "o"),
        ("acme:a:Outer", "child"),
        ("kubernetes:a:A", "b"),
        ("kubernetes:a:A", "z"),
        ("kubernetes:z:Z", "a"),
    ]


def test_one_file_per_stack_holds_what_is_printed(acme: Acme, tmp_path: Path) -> None:
    documents = acme.synth("management", "staging")
    files = write(documents, tmp_path / "new" / "out")
    assert [file.name for file in files] == ["management.json", "staging.json"]
    for file in files:
        assert file.read_text() == render(documents[file.stem])
        assert json.loads(file.read_text()) == documents[file.stem]
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == [
        "management.json",
        "staging.json",
    ]


def test_a_failed_writing_leaves_the_old_file(
    acme: Acme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = acme.synth("management")
    (file,) = write(documents, tmp_path / "out")
    before = file.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StateError, match="no space left on device"):
        write({"management": {**documents["management"], "stack": "other"}}, tmp_path / "out")
    assert file.read_bytes() == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["management.json"]


def test_an_unwritable_directory_is_one_line_with_a_hint(acme: Acme, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError) as caught:
        write(acme.synth("management"), tmp_path / "file" / "out")
    assert "wanted a directory" in str(caught.value)
    assert caught.value.hint == "platform synth --out DIR"
