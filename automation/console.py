"""Two channels: data to standard output, everything meant for a person to standard error.

On a terminal there may be colour and tables; elsewhere plain lines of a fixed shape. Rich is
imported when a table is drawn and not before, so that `--help` stays quick.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from contextvars import ContextVar
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, TextIO

from automation.errors import DeclinedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

PLAIN_WIDTH = 100
"""Width of what is written to a file or a pipe, whatever the terminal's width."""

COMMAND_LINE: ContextVar[tuple[str, ...]] = ContextVar("COMMAND_LINE", default=())
"""The arguments of this invocation, for hints that repeat it."""

_STYLES = {"red": "1;31", "yellow": "33", "green": "32", "dim": "2", "bold": "1"}


def is_terminal(stream: TextIO) -> bool:
    """Whether a person watches this stream on a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_color(stream: TextIO) -> bool:
    """Whether colour is welcome on this stream (https://no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def paint(text: str, style: str, stream: TextIO) -> str:
    """The text in a style (red, yellow, green, dim, bold) where the stream shows colour."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if has_color(stream) else text


def width(stream: TextIO) -> int:
    """Columns to draw for: the terminal's, or a fixed number so that files do not differ."""
    return (
        shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if is_terminal(stream) else PLAIN_WIDTH
    )


def out(text: str) -> None:
    """Write one line (or a block) of data."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Tell the person something."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def warn(text: str) -> None:
    """Tell the person something that is wrong but does not stop us."""
    note(f"{paint('warning:', 'yellow', sys.stderr)} {text}")


def emit_json(data: object) -> None:
    """Write data as JSON; paths, enumerations, sets and pydantic models are understood."""
    out(json.dumps(data, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(str(member) for member in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - members of a set of anything
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump(mode="json")
    raise TypeError(f"got {type(value).__name__}, wanted something JSON can hold")


def rich_console(stream: TextIO | None = None) -> Console:
    """A rich console on a stream (standard error by default) that keeps to the rules above."""
    from rich.console import Console  # noqa: PLC0415 - 50 ms that --help must not pay

    target: TextIO = stream or sys.stderr
    watched = is_terminal(target)
    return Console(
        file=target,
        force_terminal=watched,
        width=None if watched else PLAIN_WIDTH,
        highlight=False,
        soft_wrap=not watched,
    )


def table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, stream: TextIO | None = None
) -> None:
    """Draw a table: rich on a terminal, aligned plain columns elsewhere.

    Args:
        columns: The headings.
        rows: The cells; each is shown as its text, without markup.
        stream: Standard output by default, because a table is usually the answer.
    """
    target: TextIO = stream or sys.stdout
    cells = [[str(cell) for cell in row] for row in rows]
    if is_terminal(target):
        _rich_table(columns, cells, target)
    else:
        target.write(plain_table(columns, cells) + "\n")


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as aligned columns, two spaces apart, nothing cut off."""
    lines = [list(columns), *(list(row) for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(size) for cell, size in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _rich_table(columns: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO) -> None:
    from rich import box  # noqa: PLC0415 - see rich_console
    from rich.table import Table  # noqa: PLC0415 - see rich_console
    from rich.text import Text  # noqa: PLC0415 - see rich_console

    drawing = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        drawing.add_row(*(Text(cell) for cell in row))
    rich_console(stream).print(drawing)


def again(*more: str) -> str:
    """The command line of this invocation with something added, to copy from a hint."""
    return shlex.join(["platform", *COMMAND_LINE.get(), *more])


def confirm(
    question: str, *, yes: bool = False, json_output: bool = False, expect: str | None = None
) -> None:
    """Ask a person before something happens; return only when they agree.

    Args:
        question: What is about to happen, without a question mark's answer choices.
        yes: Agreed beforehand (`--yes`).
        json_output: `--json` was given, which never asks.
        expect: A text to type instead of `y`, for what cannot be undone.

    Raises:
        UsageError: There is nobody to ask.
        DeclinedError: The person said no.
    """
    if yes:
        return
    if json_output or not (sys.stdin.isatty() and sys.stderr.isatty()):
        got = "--json" if json_output else "no terminal"
        raise UsageError(f"got {got} to ask on, wanted --yes: {question}", hint=again("--yes"))
    wanted = f"type {expect} to go on" if expect else "y/N"
    sys.stderr.write(f"{question} [{wanted}] ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    agreed = answer == expect if expect else answer.lower() in {"y", "yes"}
    if not agreed:
        raise DeclinedError("declined: nothing was changed")


def fields(values: Mapping[str, object]) -> None:
    """Write `name  value` lines of data, aligned."""
    size = max((len(name) for name in values), default=0)
    for name, value in values.items():
        out(f"{name.ljust(size)}  {value}".rstrip())
