"""The commands that upload a build: every file once, as it is to be kept, hashed ones first."""

import shlex
from fnmatch import fnmatch
from itertools import pairwise

import pytest

from automation.frontend.folder import BuiltFile
from automation.frontend.hashed_names import hashed
from automation.frontend.rules import FIXED_NAMES, Build
from automation.frontend.upload import IMMUTABLE, REVALIDATED, cache_control, commands

PATHS = [
    "assets/[id].html",
    "assets/[slug]-BQ4sJk2f.js",
    "assets/config.json",
    "assets/index-BQ4sJk2f.js",
    "assets/index.html",
    "assets/s-BQ4sJk2f.js",
    "favicon.svg",
    "index.html",
    "main-BQ4sJk2f.js",
    "static/a.1a2b3c4d.js",
]


def build(immutable: tuple[str, ...]) -> Build:
    return Build(
        files=[BuiltFile(path=path, bytes=1) for path in PATHS],
        hashed=hashed(PATHS),
        immutable_paths=immutable,
        fixed_names=FIXED_NAMES,
        source_maps=False,
    )


def synced(command: str) -> dict[str, str]:
    """What `aws s3 sync` uploads: the last filter that matches wins (AWS CLI, `s3`, "Use of
    Exclude and Include Filters"), and it matches with Python's `fnmatch`."""
    words = shlex.split(command)
    assert words[:5] == ["aws", "s3", "sync", "dist", "s3://site"]
    options = list(pairwise(words[5:]))[::2]
    control = dict(options)["--cache-control"]
    uploaded: dict[str, str] = {}
    for path in PATHS:
        taken = True
        for option, pattern in options:
            if option in {"--exclude", "--include"} and fnmatch(path, pattern):
                taken = option == "--include"
        if taken:
            uploaded[path] = control
    return uploaded


@pytest.mark.parametrize("immutable", [("/assets/*",), ("/assets/*", "/static/*"), ("/*.js",)])
def test_every_file_is_uploaded_once_and_told_what_the_report_says(
    immutable: tuple[str, ...],
) -> None:
    seen = build(immutable)
    first, second, _ = commands(seen, "dist", bucket="s3://site", distribution="E1")
    kept, rest = synced(first), synced(second)
    assert kept.keys().isdisjoint(rest)
    assert kept | rest == {path: cache_control(seen, path) for path in PATHS}
    assert set(kept.values()) == {IMMUTABLE}


def test_only_a_hashed_file_under_an_immutable_path_is_kept() -> None:
    seen = build(("/assets/*",))
    kept = {path for path in PATHS if cache_control(seen, path) == IMMUTABLE}
    assert kept == {
        "assets/[slug]-BQ4sJk2f.js",
        "assets/index-BQ4sJk2f.js",
        "assets/s-BQ4sJk2f.js",
    }
    assert cache_control(seen, "index.html") == REVALIDATED == "no-cache"
    assert IMMUTABLE == "public, max-age=31536000, immutable"


def test_nothing_is_deleted_and_the_entry_page_is_asked_for_anew() -> None:
    lines = commands(build(("/assets/*",)), "dist", bucket="s3://site", distribution="E1")
    assert not [line for line in lines if "--delete" in line]
    assert lines[2] == (
        "aws cloudfront create-invalidation --distribution-id E1 --paths / /index.html"
    )


def test_a_folder_with_a_blank_can_be_copied_from_the_screen() -> None:
    line = commands(build(("/assets/*",)), "my dist", bucket='"s3://$B"', distribution="E1")[0]
    assert line.startswith("aws s3 sync 'my dist' \"s3://$B\" --exclude '*'")
