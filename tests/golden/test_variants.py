"""The other choice of every "A or B" registers what its golden file says.

A golden file of a variant holds what differs from the committed configuration and nothing else:
what comes, what goes, and which values of what stays are others. After a change that is meant:
`pytest tests/golden --snapshot-update && git diff tests/golden`.
"""

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pytest

from automation.synth import Document
from tests.golden.test_synth import readable
from tests.variants import NAMES, described, documents, synthesis

pytestmark = pytest.mark.xdist_group("variants")

FILES = Path(__file__).parent / "variants"
SHOWN_LINES = 200


def difference(before: Document, after: Document) -> dict[str, Any]:
    """What a variant changes in one stack, by URN without what all URNs share."""
    old, new = _by_urn(before), _by_urn(after)
    changed = {urn: _changes(old[urn], new[urn]) for urn in old if urn in new}
    return {
        "added": {urn: new[urn] for urn in new if urn not in old},
        "removed": [urn for urn in old if urn not in new],
        "changed": {urn: values for urn, values in changed.items() if values},
        "outputs": _changes(before["outputs"], after["outputs"]),
    }


_LEFT_OUT = ("outputs", "property_dependencies")
"""Follows from the inputs; the golden files of the stacks have it."""


def _by_urn(document: Document) -> dict[str, dict[str, Any]]:
    resources: list[dict[str, Any]] = json.loads(readable(document))["resources"]
    for item in resources:
        for name in _LEFT_OUT:
            item.pop(name, None)
    return {item.pop("urn"): item for item in resources}


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[object]]:
    """Each value that is another, by its path: what it was, what it is."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    return {
        path: [before.get(path), after.get(path)]
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    }


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and value:
        for key, inner in cast("dict[str, object]", value).items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path, value


def golden(name: str) -> str:
    """The text of a variant's golden file."""
    found = {
        stack: difference(synthesis().documents[stack], document)
        for stack, document in documents(name).items()
    }
    stacks = {
        stack: {kind: what for kind, what in parts.items() if what}
        for stack, parts in found.items()
    }
    said = {"variant": name, "says": described()[name].says, "stacks": stacks}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_variant_differs_from_what_is_committed_as_its_golden_file_says(
    name: str, request: pytest.FixtureRequest
) -> None:
    file = FILES / f"{name}.json"
    found = golden(name)
    if request.config.getoption("--snapshot-update"):
        FILES.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    wanted = file.read_text(encoding="utf-8") if file.exists() else ""
    changes = unified_diff(wanted.splitlines(), found.splitlines(), "golden", "synth", lineterm="")
    shown = list(islice(changes, SHOWN_LINES))
    assert not shown, "\n".join([*shown, "if meant: pytest tests/golden --snapshot-update"])


def test_every_golden_file_is_of_a_variant() -> None:
    assert {file.stem for file in FILES.glob("*")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_variant_changes_every_stack_it_names(name: str) -> None:
    for stack, document in documents(name).items():
        assert document != synthesis().documents[stack], stack


@pytest.mark.parametrize("name", NAMES)
def test_everything_of_a_variant_is_known_offline(name: str) -> None:
    assert '{"unknown": true}' not in json.dumps(documents(name))


def test_nothing_is_lost_between_two_documents() -> None:
    old: dict[str, Any] = {"a": 1, "b": {"c": [1], "d": {}}, "gone": True}
    new: dict[str, Any] = {"a": 1, "b": {"c": [2], "d": {}, "e": None}, "came": False}
    assert _changes(old, new) == {
        "b.c": [[1], [2]],
        "came": [None, False],
        "gone": [True, None],
    }
