"""Every stack of this repository registers what its golden file says, resource by resource.

After a change that is meant, write the files anew and read what changed:
`pytest tests/golden --snapshot-update && git diff tests/golden`.
"""

import copy
import json
from collections.abc import Callable, Mapping
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from automation.graph import Graph
from automation.organization import load_project
from automation.synth import Document, synthesise
from tests.organization import STACKS

REPOSITORY = Path(__file__).parents[2]
FILES = Path(__file__).parent / "stacks"
SHOWN_LINES = 200


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """The organisation of this repository."""
    project = load_project(REPOSITORY)
    return synthesise(project, Graph.of(project), tuple(project.stacks))


def readable(document: Mapping[str, Any]) -> str:
    """A document for reviewers: each thing said once, policies as structures, no line numbers."""
    resources = [_resource(item) for item in document["resources"]]
    text = json.dumps({**document, "resources": resources}, indent=2, ensure_ascii=False)
    # The stack and the project are the same in every URN of a file.
    return (
        text.replace(document["resources"][0]["urn"].rpartition("pulumi:pulumi:Stack")[0], "")
        + "\n"
    )


def _resource(item: Mapping[str, Any]) -> dict[str, Any]:
    source: str | None = item["source"]
    inputs: dict[str, object] = item["inputs"]
    joined = {urn for urns in item["property_dependencies"].values() for urn in urns}
    said_once = {
        **item,
        "inputs": {name: _structure(value) for name, value in inputs.items()},
        "outputs": {
            name: _structure(value)
            for name, value in item["outputs"].items()
            if name not in inputs or inputs[name] != value
        },
        "depends_on": [urn for urn in item["depends_on"] if urn not in joined],
        "source": source and source.rpartition(":")[0],
    }
    if item["urn"].endswith(f"{item['type']}::{item['name']}"):
        del said_once["type"], said_once["name"]
    return {name: value for name, value in said_once.items() if value or name == "custom"}


def _structure(value: object) -> object:
    """A JSON text as what it holds: one line of 4,000 characters shows nobody what changed."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return {"json": json.loads(value)}
    except ValueError:
        return value


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_registers_what_its_golden_file_says(
    stack: str, documents: dict[str, Document], request: pytest.FixtureRequest
) -> None:
    file = FILES / f"{stack}.json"
    found = readable(documents[stack])
    if request.config.getoption("--snapshot-update"):
        FILES.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    wanted = file.read_text(encoding="utf-8") if file.exists() else ""
    changes = unified_diff(wanted.splitlines(), found.splitlines(), "golden", "synth", lineterm="")
    shown = list(islice(changes, SHOWN_LINES))
    assert not shown, "\n".join([*shown, "if meant: pytest tests/golden --snapshot-update"])


def test_every_golden_file_is_of_a_stack() -> None:
    assert {file.stem for file in FILES.glob("*")} == set(STACKS)


def _set(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(item: dict[str, Any]) -> None:
        item[key] = value

    return change


MUTATIONS: list[Callable[[dict[str, Any]], None]] = [
    _set("parent", None),
    _set("name", "other"),
    _set("provider", None),
    _set("account", "shared"),
    _set("region", "us-east-1"),
    _set("protect", "changed"),
    _set("retain_on_delete", "changed"),
    _set("depends_on", ["changed"]),
    _set("property_dependencies", {"changed": []}),
    lambda item: item["inputs"].update(changed=1),
    lambda item: item["outputs"].update(changed=1),
]


@pytest.mark.parametrize("change", MUTATIONS)
def test_no_change_of_a_resource_hides_from_the_golden_file(
    change: Callable[[dict[str, Any]], None], documents: dict[str, Document]
) -> None:
    document = copy.deepcopy(documents["staging"])
    custom = [item for item in document["resources"] if item["custom"] and item["provider"]]
    change(custom[0])
    assert readable(document) != readable(documents["staging"])


def test_a_change_inside_a_policy_is_seen(documents: dict[str, Document]) -> None:
    document = copy.deepcopy(documents["staging"])
    keys = [item for item in document["resources"] if item["type"] == "aws:kms/key:Key"]
    policy = json.loads(keys[0]["inputs"]["policy"])
    policy["Statement"].pop()
    keys[0]["inputs"]["policy"] = json.dumps(policy)
    assert readable(document) != readable(documents["staging"])


def test_everything_of_the_organisation_is_known_offline(documents: dict[str, Document]) -> None:
    unknown = [
        f"{stack}: {item['urn']}"
        for stack, document in documents.items()
        for item in document["resources"]
        if '{"unknown": true}' in json.dumps([item["inputs"], item["outputs"]])
    ]
    published = [
        stack for stack in documents if "unknown" in json.dumps(documents[stack]["outputs"])
    ]
    assert (unknown, published) == ([], [])
