"""Writes what the documentation takes from the code: `make docs`.

Whole pages from the commands, the models and the policies; and, in the page of each layer, the
table between `<!-- settings:<layer> -->` and `<!-- /settings -->`.
"""

import re
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import typer

from automation import config_reference, policy_reference
from automation.cli import OFFLINE, ONLINE, VERBS, app
from automation.errors import ExitCode

_MEANINGS = {
    ExitCode.OK: "fine",
    ExitCode.INTERNAL: "internal error: a log is written, and its path printed",
    ExitCode.USAGE: "the command line or the configuration is wrong",
    ExitCode.POLICY: "the policies refuse",
    ExitCode.FAILED: "some stacks failed, or were blocked by one that did",
    ExitCode.GATE: "waiting at a gate",
    ExitCode.STALE: "the plan is stale",
    ExitCode.DRIFT: "the world drifted",
    ExitCode.LOCKED: "somebody else holds the lock",
    ExitCode.CREDENTIALS: "no credentials, or those of another account",
    ExitCode.TIMEOUT: "out of time",
    ExitCode.CANCELLED: "cancelled",
}

_SETTINGS = re.compile(r"(<!-- settings:(\w+) -->)\n.*?(<!-- /settings -->)", re.DOTALL)

_INTRODUCTION = """\
# The command line

Written by `make docs` from the commands themselves.

Data goes to standard output, everything meant for a person to standard error. `--json` prints data
and never asks. Colour and tables appear on a terminal only, and not with `NO_COLOR`.

An error is one line that says what was got and what was wanted, and a hint that is a command.
"""

_SELECTORS = """\
## Selectors

| Selector | Stacks |
|---|---|
| `staging` | that stack |
| `kind:workload` | every account of a kind |
| `environment:production` | every account of an environment |
| `changed(main)` | those whose files differ from where this branch left `main` |
| `failed(last)` | those that did not succeed in the last run |
| `staging...` | `staging` and what needs it |
| `...staging` | `staging` and what it needs |
| `!production` | not that one |

Selectors add up; those with `!` are then taken away. A shell wants quotes around `!` and
parentheses. Without selectors a command means every stack, and a selection of nothing is an error.
"""


def command_line() -> str:
    """The page about the command line."""
    root = typer.main.get_command(app)
    context = typer.Context(root, info_name="platform")
    commands = getattr(root, "commands", {})
    parts = [_INTRODUCTION, _SELECTORS, *_exit_codes()]
    for group in (OFFLINE, ONLINE):
        parts.append(f"## {group}\n")
        for verb in VERBS:
            if verb.group == group and verb.name in commands:
                parts += _command(commands[verb.name], verb.name, context)
    return "\n".join(parts).rstrip() + "\n"


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes\n"
    yield "| Code | Meaning |"
    yield "|---|---|"
    for code in ExitCode:
        yield f"| {code.value} | {_MEANINGS[code]} |"
    yield ""


def _command(command: object, name: str, parent: typer.Context) -> Iterator[str]:
    """A command's section; the commands of a group follow it, each in its own."""
    context = typer.Context(command, info_name=name, parent=parent)  # type: ignore[arg-type] # typer's own command type is private
    yield f"### {context.command_path}\n"
    yield f"```\n{' '.join(context.get_usage().removeprefix('Usage: ').split())}\n```\n"
    yield cleandoc(context.command.help or "") + "\n"
    records = [
        record
        for parameter in context.command.get_params(context)
        if "--help" not in parameter.opts and (record := parameter.get_help_record(context))
    ]
    if records:
        yield "| Argument or option | |"
        yield "|---|---|"
        for label, text in records:
            yield f"| `{_cell(label.removesuffix(' <list[str]>'))}` | {_cell(text)} |"
        yield ""
    for inner, member in getattr(command, "commands", {}).items():
        yield from _command(member, inner, context)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def pages(docs: Path) -> dict[str, str]:
    """Every page with generated parts by its file name below `docs/`, as it should be.

    Args:
        docs: The directory with the pages of the layers as they are.
    """
    whole = {
        "cli.md": command_line(),
        "config.md": config_reference.document(),
        "policies.md": policy_reference.document(),
    }
    layers = sorted((docs / "layers").glob("*.md"))
    return whole | {
        page.relative_to(docs).as_posix(): with_settings(page.read_text(encoding="utf-8"))
        for page in layers
    }


def with_settings(page: str) -> str:
    """A page with the table of settings in each place that is marked for it."""

    def table(match: re.Match[str]) -> str:
        return f"{match[1]}\n{config_reference.settings(match[2])}\n{match[3]}"

    return _SETTINGS.sub(table, page)


def main(docs: Path) -> None:
    """Write every page that is not as it should be."""
    for name, text in pages(docs).items():
        file = docs / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            sys.stderr.write(f"{file}: written\n")


if __name__ == "__main__":
    main(Path(__file__).parent.parent / "docs")
