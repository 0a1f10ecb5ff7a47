"""How a build gets into the bucket: what each file is told, in which order, by which commands."""

import re
import shlex
from collections.abc import Sequence

from automation.frontend.folder import ENTRY_PAGE, matches
from automation.frontend.rules import Build

IMMUTABLE = "public, max-age=31536000, immutable"
"""A year, and do not even ask on reload (RFC 8246)."""

REVALIDATED = "no-cache"
"""Keep it, but ask before each use (RFC 9111, section 5.2.2.4)."""

_SPECIAL = re.compile(r"[\[*?]")


def cache_control(build: Build, path: str) -> str:
    """The `Cache-Control` a file is uploaded with."""
    return IMMUTABLE if build.immutable(path) else REVALIDATED


def commands(build: Build, folder: str, *, bucket: str, distribution: str) -> list[str]:
    """The commands that upload a build, in order.

    Hashed files go first and nothing is deleted: a visitor with the old entry page still finds
    what it names, and nobody gets the new one before what it names is there.
    """
    paths = [path.lstrip("/") for path in build.immutable_paths]
    # Inside the immutable paths, what must not be kept all the same.
    others = [
        _literal(file.path)
        for file in build.files
        if matches(file.path, build.immutable_paths) and not build.immutable(file.path)
    ]
    hashed = ["--exclude", "*", *_each("--include", paths), *_each("--exclude", others)]
    rest = [*_each("--exclude", paths), *_each("--include", others)]
    sync = ["aws", "s3", "sync", folder]
    invalidate = f"aws cloudfront create-invalidation --distribution-id {distribution}"
    return [
        _line([*sync, *hashed, "--cache-control", IMMUTABLE], bucket),
        _line([*sync, *rest, "--cache-control", REVALIDATED], bucket),
        f"{invalidate} --paths / /{ENTRY_PAGE}",
    ]


def _each(option: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _literal(path: str) -> str:
    """A path as a pattern of the AWS CLI that matches nothing else (its `s3` reference)."""
    return _SPECIAL.sub(lambda found: f"[{found[0]}]", path)


def _line(words: Sequence[str], bucket: str) -> str:
    head, tail = words[:4], words[4:]
    return f"{shlex.join(head)} {bucket} {shlex.join(tail)}"
