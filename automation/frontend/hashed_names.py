"""Whether a file's name changes with its content: the names that bundlers give.

| bundler | default | example |
|---|---|---|
| Vite, Rollup | ``[name]-[hash]``, 8 of base64url | ``index-BQ4sJk2f.js``, ``a-Bx-4sJ_2.css`` |
| webpack, create-react-app | ``[name].[contenthash:8]``, hex | ``main.1a2b3c4d.chunk.js`` |
| webpack, Next.js | ``[contenthash]``, 16 or 20 of hex | ``1a2b3c4d5e6f7a8b9c0d.png`` |
| esbuild, Angular | ``[name]-[hash]``, 8 of base32 | ``app-5QJ2ZB4Q.js`` |
| Parcel | ``[name].[hash]``, 8 of hex | ``index.1a2b3c4d.css`` |

Fewer than eight letters say too little. Of the base64url hashes one in some hundred reads like a
word (``-polyfill``, ``-darkMode``), and a word reads like a hash: such a name is only believed
where its neighbours are made alike.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

SHORTEST, LONGEST = 8, 64

_SUFFIXES = (".map", ".gz", ".br", ".zst", ".LICENSE.txt")
"""What is put behind a name that has its extension already."""

_SEPARATORS = "-_~@"

_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_BASE32 = re.compile(r"[A-Z2-7]{8}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_WORD = re.compile(r"[A-Z]?[a-z]+\d{0,3}|[a-z]+[A-Z][a-z]+|(19|20)\d{6}|\d+x\d+")
"""A word, a numbered word, two words in camel case, a date, a picture's size."""


class Likeness(IntEnum):
    """How much a token looks like a hash."""

    NONE = 0
    WORD = 1
    HASH = 2


class Token(NamedTuple):
    """A part of a name that may be a hash.

    Attributes:
        separator: What stands before it; empty at the start of the name.
        text: The part itself.
        likeness: How much it looks like a hash.
    """

    separator: str
    text: str
    likeness: Likeness

    @property
    def shape(self) -> tuple[str, int]:
        """What names of one bundler have in common."""
        return self.separator, len(self.text)


def likeness(text: str) -> Likeness:
    """How much a token looks like a hash."""
    if not (SHORTEST <= len(text) <= LONGEST and _BASE64URL.fullmatch(text)):
        return Likeness.NONE
    if _WORD.fullmatch(text):
        return Likeness.WORD
    if _BASE32.fullmatch(text):
        return Likeness.HASH
    if "-" in text or "_" in text:
        return _joined(text)
    if _HEX.fullmatch(text) or any(letter.isdigit() for letter in text):
        return Likeness.HASH
    mixed = text != text.lower() and text != text.upper()
    return Likeness.HASH if mixed else Likeness.WORD


def _joined(text: str) -> Likeness:
    """Base64url has a hyphen of its own; only Rollup's eight letters are worth the doubt."""
    if len(text) != SHORTEST:
        return Likeness.NONE
    mixed = text != text.lower() and text != text.upper()
    return Likeness.HASH if mixed else Likeness.WORD


def tokens(name: str) -> Iterator[Token]:
    """The parts of a file's name that may be a hash."""
    parts = _bare(name).split(".")
    # The last one is the extension; a file without one is all name.
    for index, part in enumerate(parts[:-1] or parts):
        starts = [0, *(at + 1 for at, letter in enumerate(part) if letter in _SEPARATORS)]
        for start in starts:
            found = likeness(part[start:])
            if found is not Likeness.NONE:
                separator = part[start - 1] if start else "." if index else ""
                yield Token(separator, part[start:], found)


def _bare(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and name != suffix:
            return _bare(name.removesuffix(suffix))
    return name


def best(name: str) -> Token | None:
    """The token that looks most like a hash; a word at the start of a name is just a name."""
    found = [
        token
        for token in tokens(name)
        if token.likeness is Likeness.HASH or (token.likeness is Likeness.WORD and token.separator)
    ]
    return max(found, key=lambda token: token.likeness, default=None)


class Hashed(NamedTuple):
    """What the names of a folder tell.

    Attributes:
        sure: Paths with a hash in the name, or in the name of a folder above (Next.js).
        likely: Paths whose hash reads like a word, beside others that are sure.
    """

    sure: frozenset[str]
    likely: frozenset[str]

    def __contains__(self, path: object) -> bool:
        """Whether a path has a hash, sure or likely."""
        return path in self.sure or path in self.likely


NEIGHBOURS = 2
"""How many names made alike it takes to believe one that reads like a word."""


def hashed(paths: list[str]) -> Hashed:
    """Which of the paths change with their content."""
    shapes: dict[str, list[tuple[str, int]]] = {}
    doubtful: dict[str, Token] = {}
    sure: set[str] = set()
    for path in paths:
        directory, _, name = path.rpartition("/")
        token = best(name)
        if token is not None and token.likeness is Likeness.HASH:
            shapes.setdefault(directory, []).append(token.shape)
            sure.add(path)
        elif any(likeness(part) is Likeness.HASH for part in directory.split("/")):
            sure.add(path)
        elif token is not None:
            doubtful[path] = token
    likely = {
        path
        for path, token in doubtful.items()
        if shapes.get(path.rpartition("/")[0], []).count(token.shape) >= NEIGHBOURS
    }
    return Hashed(frozenset(sure), frozenset(likely))
