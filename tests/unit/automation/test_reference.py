"""The generated pages: complete, and not older than what they are made from."""

import re
from pathlib import Path

import pytest

from automation import config_reference, policy_reference, reference
from automation.cli import VERBS
from automation.errors import ExitCode
from components import blueprint
from policy.rules import RULES

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", reference.pages(DOCS))
def test_a_committed_page_is_what_make_docs_writes(name: str) -> None:
    assert (DOCS / name).read_text() == reference.pages(DOCS)[name], "run: make docs"


def test_pages_do_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = reference.pages(DOCS)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERMINAL_WIDTH", "40")
    assert reference.pages(DOCS) == before


@pytest.mark.parametrize("layer", blueprint.layer_names())
def test_every_layer_has_a_page_with_a_table_of_its_settings(layer: str) -> None:
    page = (DOCS / "layers" / f"{layer}.md").read_text()
    assert page.count(f"<!-- settings:{layer} -->\n") == 1
    assert page.count("\n<!-- /settings -->") == 1


def test_a_table_of_settings_takes_the_place_of_an_older_one_and_nothing_else_changes() -> None:
    table = config_reference.settings("dns")
    wanted = f"# Dns\n\n<!-- settings:dns -->\n{table}\n<!-- /settings -->\n\nMore.\n"
    for older in ("", "| old |\n"):
        page = f"# Dns\n\n<!-- settings:dns -->\n{older}<!-- /settings -->\n\nMore.\n"
        assert reference.with_settings(page) == wanted
    assert reference.with_settings(wanted) == wanted
    assert reference.with_settings("# No table\n") == "# No table\n"


def test_a_setting_is_described_by_what_may_stand_there() -> None:
    table = config_reference.settings("network")
    assert "| `nat` | `single`, `per-az`, `fck-nat`, `none` | `single` | How private" in table
    assert "| `availability_zones` | list at least 2 at most 4 |" in table
    assert "whole number from 30 to 300" in config_reference.settings("dns")


def test_every_policy_has_a_row_with_what_it_costs_to_break_it() -> None:
    page = policy_reference.document()
    for rule in RULES:
        (row,) = re.findall(rf"^\| {rule.id} \|.*$", page, re.MULTILINE)
        assert f"| {rule.severity} | {rule.enforcement}" in row or "in production" in row
        assert rule.title in row.replace("\\|", "|")
    assert "| mandatory in production |" in page


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
    (tmp_path / "layers").mkdir()
    layer = tmp_path / "layers" / "dns.md"
    layer.write_text("<!-- settings:dns -->\n<!-- /settings -->\n")
    reference.main(tmp_path)
    written = {"cli.md", "config.md", "layers", "policies.md"}
    assert {file.name for file in tmp_path.iterdir()} == written
    assert "`ttl_seconds`" in layer.read_text()
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("written\n")) == ("", 4)
    reference.main(tmp_path)
    assert capsys.readouterr().err == ""
