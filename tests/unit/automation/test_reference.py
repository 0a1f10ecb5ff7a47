"""The generated pages: complete, and not older than what they are made from."""

from pathlib import Path

import pytest

from automation import config_reference, reference
from automation.cli import VERBS
from automation.errors import ExitCode
from components import blueprint

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", ["cli.md", "config.md"])
def test_a_committed_page_is_what_make_docs_writes(name: str) -> None:
    assert (DOCS / name).read_text() == reference.pages()[name], "run: make docs"


def test_pages_do_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = reference.pages()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERMINAL_WIDTH", "40")
    assert reference.pages() == before


def test_every_verb_and_every_exit_code_is_described() -> None:
    page = reference.command_line()
    for verb in VERBS:
        assert f"\n### platform {verb.name}\n" in page
    for code in ExitCode:
        assert f"\n| {code.value} | " in page
    assert "\n### platform sandbox start\n" in page


def test_every_setting_of_every_layer_has_a_row_or_rows_below_it() -> None:
    page = config_reference.document()
    for layer in blueprint.layer_names():
        section = page.partition(f"\n## `superinc:{layer}`\n")[2].partition("\n## ")[0]
        for name in blueprint.contract(layer).config.model_fields:
            assert f"\n| `{name}` |" in section or f"\n| `{name}." in section
        for name in blueprint.contract(layer).output_names():
            assert f"\n- `{name}`" in section


def test_descriptions_come_from_the_docstring_and_span_its_lines() -> None:
    doc = """A thing.

    Attributes:
        one: First line,
            and ``second``.
        two: Another: with a colon.

    """
    assert config_reference.attributes(doc) == {
        "one": "First line, and `second`",
        "two": "Another: with a colon",
    }


def test_writing_puts_every_page_into_the_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference.main(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"cli.md", "config.md"}
    assert capsys.readouterr().out == ""
