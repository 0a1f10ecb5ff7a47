"""The files of a built frontend, and the patterns they are matched with."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from automation.errors import UsageError

ENTRY_PAGE = "index.html"

_LIKELY_BUILDS = ("dist", "build", "out", "dist/browser", "public")
"""Where Vite, create-react-app, Next.js, Angular and others write."""

_TEXT = frozenset({".css", ".html", ".js", ".json", ".map", ".mjs", ".svg", ".txt", ".xml"})


@dataclass(frozen=True, kw_only=True)
class BuiltFile:
    """One file.

    Attributes:
        path: Its path in the folder, with slashes: its key in the bucket.
        bytes: Its size.
        link: Whether it is a symbolic link; an upload would follow it.
        content: What is in it, where that is text; else empty.
    """

    path: str
    bytes: int
    link: bool = False
    content: str = ""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def directory(self) -> str:
        """All parts of its path but the last; empty at the top."""
        return self.path.rpartition("/")[0]


def read_folder(root: Path) -> list[BuiltFile]:
    """Every file of a built frontend, hidden ones too, by path.

    Raises:
        UsageError: It is not a folder, or not one a build wrote.
    """
    if not root.is_dir():
        got = "a file" if root.exists() else "nothing"
        raise UsageError(f"{root}: got {got}, wanted the folder a build wrote")
    if not (root / ENTRY_PAGE).is_file():
        raise UsageError(
            f"{root}: got no {ENTRY_PAGE}, wanted the folder a build wrote", hint=_hint(root)
        )
    return sorted(_files(root), key=lambda file: file.path)


def _hint(root: Path) -> str | None:
    for name in _LIKELY_BUILDS:
        if (root / name / ENTRY_PAGE).is_file():
            return f"platform frontend check {root / name}"
    return "npm run build" if (root / "package.json").is_file() else None


def _files(root: Path) -> Iterator[BuiltFile]:
    for directory, folders, names in os.walk(root):
        here = Path(directory)
        linked = [name for name in folders if (here / name).is_symlink()]
        for name in [*names, *linked]:
            yield _file(root, here / name)


def _file(root: Path, file: Path) -> BuiltFile:
    # A name that is no UTF-8 must not stop the report about it.
    path = os.fsencode(file.relative_to(root).as_posix()).decode("utf-8", "replace")
    if file.is_symlink():
        return BuiltFile(path=path, bytes=0, link=True)
    text = file.suffix.lower() in _TEXT
    content = file.read_text(encoding="utf-8", errors="replace") if text else ""
    return BuiltFile(path=path, bytes=file.stat().st_size, content=content)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    words = {"*": ".*", "?": "."}
    text = "".join(words.get(letter) or re.escape(letter) for letter in pattern.lstrip("/"))
    return re.compile(text, re.DOTALL)


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path matches one of CloudFront's path patterns.

    ``*`` is any number of letters, slashes too; a leading slash says nothing (CloudFront
    Developer Guide, "Path pattern").
    """
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)
