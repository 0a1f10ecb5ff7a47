"""Whether what the playbook names exists in this repository: tests, pages, commands."""

import ast
import re
from functools import cache
from pathlib import Path

DOCS = Path("docs")

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def missing_test(root: Path, test: str) -> str | None:
    """What is wrong with a test that is named as pytest names it; None when it exists.

    That it exists is all that is said: it was not run.
    """
    name, _, function = test.partition("::")
    file = root / name
    if not file.is_file():
        return f"got no {name}, wanted a file with {function}"
    if function not in _functions(file):
        return f"got no {function} in {name}, wanted that test"
    return None


@cache
def _functions(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def missing_page(root: Path, page: str) -> str | None:
    """What is wrong with a page below `docs/` and its anchor; None when both exist."""
    name, _, anchor = page.partition("#")
    file = root / DOCS / name
    if not file.is_file():
        return f"got no docs/{name}, wanted that page"
    if anchor and anchor not in _anchors(file):
        return f"got no heading #{anchor} in docs/{name}, wanted one"
    return None


@cache
def _anchors(file: Path) -> frozenset[str]:
    text = _FENCE.sub("", file.read_text(encoding="utf-8"))
    return frozenset(anchor_of(heading) for heading in _HEADING.findall(text))


def anchor_of(heading: str) -> str:
    """The anchor of a heading, as GitHub and its likes make it."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def missing_command(verb: str) -> str | None:
    """What is wrong with a verb of `platform`, such as `account add`; None when it exists."""
    import typer  # noqa: PLC0415 - the command line itself imports the audit only when it runs

    from automation.cli import app  # noqa: PLC0415 - as above

    command: object = typer.main.get_command(app)
    for word in verb.split():
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            return f"got no command platform {verb}, wanted one"
    return None
