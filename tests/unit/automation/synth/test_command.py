"""`platform synth`: documents to standard output or to files, words to standard error."""

import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from automation import cli, synth
from automation.graph import Graph
from automation.organization import Project
from automation.synth import Document, ProgramError

RUNNER = CliRunner()
REPOSITORY = Path(__file__).parents[4]


def document(stack: str) -> Document:
    return {"schema": 1, "stack": stack, "resources": [1, 2, 3]}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The committed organisation here; which stacks a synthesis was asked for."""
    for file in REPOSITORY.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    stacks: list[str] = []

    def synthesise(
        project: Project,
        graph: Graph,
        selection: Collection[str],
        *,
        progress: Callable[[str], None],
    ) -> dict[str, Document]:
        for stack in selection:
            progress(stack)
        stacks.extend(selection)
        return {stack: document(stack) for stack in selection}

    monkeypatch.setattr(synth, "synthesise", synthesise)
    return stacks


def test_one_stack_is_one_document_on_standard_output(asked: list[str]) -> None:
    result = RUNNER.invoke(cli.app, ["synth", "staging"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == document("staging")
    assert asked == ["staging"]
    assert result.stderr.startswith("1 stack, 3 resources in ")
    assert result.stderr.count("\n") == 1


def test_several_stacks_are_one_object_by_name(asked: list[str]) -> None:
    result = RUNNER.invoke(cli.app, ["synth", "--json"])
    found: dict[str, Any] = json.loads(result.stdout)
    assert list(found) == asked
    assert len(found) == 7
    assert all(found[stack] == document(stack) for stack in found)
    assert result.stderr.startswith("7 stacks, 21 resources in ")


def test_files_leave_standard_output_empty(asked: list[str], tmp_path: Path) -> None:
    result = RUNNER.invoke(cli.app, ["synth", "staging", "shared", "--out", "documents"])
    assert result.exit_code == 0
    assert result.stdout == ""
    files = sorted(file.name for file in (tmp_path / "documents").iterdir())
    assert files == ["shared.json", "staging.json"]


def test_a_failed_program_is_one_line_a_hint_and_exit_code_4(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise ProgramError("staging: components/a.py:1: broken", hint="platform synth staging")

    monkeypatch.setattr(synth, "synthesise", fail)
    result = RUNNER.invoke(cli.app, ["synth", "staging"])
    assert result.exit_code == 4
    assert result.stdout == ""
    assert result.stderr == (
        "error: staging: components/a.py:1: broken\nhint: platform synth staging\n"
    )
