"""Custom resources against structural schemas, as strict field validation reads them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.kubernetes import schemas
from sandbox.kubernetes.custom import Definitions, strict

VERSION = schemas.versions()[-1]

SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["name", "size"],
    "properties": {
        "name": {"type": "string"},
        "size": {"type": "string", "default": "small", "enum": ["small", "large"]},
        "port": {"x-kubernetes-int-or-string": True},
        "parent": {"type": "string", "nullable": True, "enum": ["a"]},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"known": {"type": "object", "properties": {"a": {"type": "string"}}}},
        },
        "nothing": {"type": "object"},
        "steps": {
            "type": "array",
            "items": {"type": "object", "properties": {"do": {"type": "string"}}},
        },
        "object": {"type": "object", "x-kubernetes-embedded-resource": True},
    },
}


@pytest.fixture
def definitions(tmp_path: Path) -> Definitions:
    root = {"type": "object", "required": ["spec"], "properties": {"spec": SPEC}}
    versions = [
        {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": root}},
        {"name": "v1beta1", "served": False, "storage": False, "schema": {"openAPIV3Schema": root}},
    ]
    names = {"kind": "Thing", "plural": "things"}
    spec = {"group": "example.org", "names": names, "scope": "Namespaced", "versions": versions}
    text = yaml.safe_dump({"kind": "CustomResourceDefinition", "spec": spec})
    (tmp_path / "things.example.org.yaml").write_text(text)
    (tmp_path / "policy.yaml").write_text("kind: ValidatingAdmissionPolicy\n")
    return Definitions(tmp_path.glob("*.yaml"))


def thing(**spec: object) -> dict[str, Any]:
    return {
        "apiVersion": "example.org/v1",
        "kind": "Thing",
        "metadata": {"name": "it"},
        "spec": {"name": "it", **spec},
    }


ACCEPTED: list[dict[str, object]] = [
    {},
    {"size": "large"},
    {"port": 80},
    {"port": "http"},
    {"parent": None},
    {"labels": {"a.b/c": "d"}},
    {"free": {"anything": [1]}},
    {"nothing": {}},
    {"object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}}},
]


@pytest.mark.parametrize("spec", ACCEPTED, ids=str)
def test_what_a_server_takes_is_accepted(spec: dict[str, object], definitions: Definitions) -> None:
    assert schemas.problems(thing(**spec), VERSION, definitions) == []


REFUSED: list[tuple[dict[str, object], str, str]] = [
    ({"nmae": "x"}, "spec.nmae", "unknown field"),
    ({"name": 1}, "spec.name", "is not of type 'string'"),
    ({"name": None}, "spec.name", "is not of type 'string'"),
    ({"size": "huge"}, "spec.size", "is not one of"),
    ({"port": 1.5}, "spec.port", "is not of type"),
    ({"labels": {"a": 1}}, "spec.labels.a", "is not of type 'string'"),
    ({"free": {"known": {"b": "c"}}}, "spec.free.known.b", "unknown field"),
    ({"nothing": {"a": 1}}, "spec.nothing.a", "unknown field"),
    ({"steps": [{"do": "a"}, {"doo": "b"}]}, "spec.steps[1].doo", "unknown field"),
    ({"object": {"metadata": {"nmae": "x"}}}, "spec.object.metadata.nmae", "unknown field"),
]


@pytest.mark.parametrize(("spec", "path", "reason"), REFUSED, ids=str)
def test_what_a_server_refuses_is_refused_with_its_path(
    spec: dict[str, object], path: str, reason: str, definitions: Definitions
) -> None:
    ((where, said),) = schemas.problems(thing(**spec), VERSION, definitions)
    assert where == path
    assert reason in said


def test_what_must_be_there_is_missed(definitions: Definitions) -> None:
    document = thing()
    del document["spec"]["name"], document["metadata"]
    assert schemas.problems(document, VERSION, definitions) == [
        ("metadata", "required value"),
        ("spec.name", "required value"),
    ]


def test_metadata_is_checked_as_that_of_every_object(definitions: Definitions) -> None:
    document = thing()
    document["metadata"]["label"] = {}
    found = schemas.problems(document, VERSION, definitions)
    assert found == [("metadata.label", "unknown field")]


@pytest.mark.parametrize(
    ("version", "kind"), [("v1beta1", "Thing"), ("v2", "Thing"), ("v1", "Other")]
)
def test_a_kind_or_a_version_that_nothing_serves_is_refused(
    version: str, kind: str, definitions: Definitions
) -> None:
    document: dict[str, Any] = {**thing(), "apiVersion": f"example.org/{version}", "kind": kind}
    found = schemas.problems(document, VERSION, definitions)
    message = f'no matches for kind "{kind}" in version "example.org/{version}" ({VERSION})'
    assert found == [("kind", message)]


def test_logic_between_fields_adds_no_fields() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "oneOf": [{"required": ["a"], "properties": {"a": {}}}, {"required": ["b"]}],
    }
    assert strict(schema)["oneOf"] == schema["oneOf"]
