"""Two channels, plain and coloured; questions only where somebody can answer."""

import io
import json
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

from automation import console
from automation.errors import DeclinedError, UsageError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capable, colourful terminal."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR")


class Color(StrEnum):
    """An enumeration."""

    RED = "red"


class Model(BaseModel):
    """A model."""

    place: Path = Path("a/b")


def test_data_goes_to_standard_output_and_people_are_told_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.out("data")
    console.note("note")
    console.warn("mind")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("data\n", "note\nwarning: mind\n")


def test_json_holds_what_our_data_is_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"color": Color.RED, "path": Path("a/b"), "set": {"b", "a"}, "model": Model(), "é": 1}
    console.emit_json(data)
    text = capsys.readouterr().out
    assert json.loads(text) == {
        "color": "red",
        "path": "a/b",
        "set": ["a", "b"],
        "model": {"place": "a/b"},
        "é": 1,
    }
    assert "é" in text


def test_json_of_something_else_is_our_mistake() -> None:
    with pytest.raises(TypeError, match="got object, wanted something JSON can hold"):
        console.emit_json(object())


@pytest.mark.usefixtures("watched")
def test_colour_is_for_terminals_alone() -> None:
    assert console.paint("x", "red", Terminal()) == "\x1b[1;31mx\x1b[0m"
    assert console.paint("x", "red", io.StringIO()) == "x"


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert console.paint("x", "red", Terminal()) == "x"


def test_an_empty_no_color_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "")
    assert console.has_color(Terminal())


@pytest.mark.usefixtures("watched")
def test_the_width_is_fixed_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "61")
    assert console.width(io.StringIO()) == 100
    assert console.width(Terminal()) == 61


def test_a_table_is_aligned_and_uncut_where_nobody_watches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.table(["stack", "state"], [["a", "succeeded"], ["production", 7]])
    console.table(["long"], [["x" * 150]])
    assert capsys.readouterr().out == (
        "stack       state\na           succeeded\nproduction  7\n" + "long\n" + "x" * 150 + "\n"
    )


@pytest.mark.usefixtures("watched")
def test_a_table_on_a_terminal_shows_cells_as_they_are_and_not_as_markup() -> None:
    stream = Terminal()
    console.table(["stack"], [["[red]a[/]"]], stream=stream)
    assert "[red]a[/]" in stream.getvalue()


@pytest.mark.usefixtures("watched")
def test_rich_is_plain_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    console.rich_console(stream).print("[bold red]x[/]")
    assert stream.getvalue() == "x\n"


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(("no_color", "shown"), [("", "\x1b[31mx\x1b[0m\n"), ("1", "x\n")])
def test_rich_shows_colour_on_a_terminal_unless_refused(
    monkeypatch: pytest.MonkeyPatch, no_color: str, shown: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    stream = Terminal()
    console.rich_console(stream).print("[red]x[/]")
    assert stream.getvalue() == shown


def test_fields_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    console.fields({"a": 1, "long": "x", "none": ""})
    assert capsys.readouterr().out == "a     1\nlong  x\nnone\n"


def test_yes_agrees_without_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    console.confirm("destroy staging", yes=True)
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_there_is_nobody_to_ask() -> None:
    token = console.COMMAND_LINE.set(("destroy", "!staging"))
    try:
        with pytest.raises(UsageError) as caught:
            console.confirm("destroy staging")
    finally:
        console.COMMAND_LINE.reset(token)
    assert str(caught.value) == "got no terminal to ask on, wanted --yes: destroy staging"
    assert caught.value.hint == "platform destroy '!staging' --yes"


@pytest.mark.parametrize(
    ("typed", "expect", "agreed"),
    [
        ("y\n", None, True),
        ("YES\n", None, True),
        ("\n", None, False),
        ("n\n", None, False),
        ("", None, False),
        ("staging\n", "staging", True),
        ("y\n", "staging", False),
    ],
)
def test_a_person_agrees_or_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, typed: str, expect: str | None, *, agreed: bool
) -> None:
    stderr = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("sys.stderr", stderr)
    if agreed:
        console.confirm("go on", expect=expect)
    else:
        with pytest.raises(DeclinedError, match="declined: nothing was changed"):
            console.confirm("go on", expect=expect)
    wanted = "type staging to go on" if expect else "y/N"
    assert stderr.getvalue() == f"go on [{wanted}] "


def test_json_never_asks_even_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    monkeypatch.setattr("sys.stderr", Terminal())
    with pytest.raises(UsageError, match="got --json to ask on, wanted --yes"):
        console.confirm("go on", json_output=True)
