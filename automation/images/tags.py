"""What an image is called: the release it comes after, and the commit it is of (IMG-04)."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from automation.errors import UsageError

SHORT = 7
"""Digits of the commit in a tag; git's own default."""

UNRELEASED = "0.0.0"
"""The version of a commit that no release is behind."""

SEQUENCE_LABEL = "com.superinc.image.sequence"
"""How many commits there are from the first to this one: which of two images is newer."""

_RELEASE = re.compile(r"v(?P<version>(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))")
"""A release's tag (semver.org, rule 2)."""


@dataclass(frozen=True, kw_only=True)
class ImageTag:
    """What git says of a checkout.

    Attributes:
        version: The newest release at or before the commit.
        revision: The commit.
        created: When it was committed: building it twice makes the same labels.
        sequence: Its number, counted from the first commit.
        dirty: Whether the checkout is not what the commit is.
    """

    version: str
    revision: str
    created: datetime
    sequence: int
    dirty: bool

    @property
    def tag(self) -> str:
        """The tag. That of a dirty checkout is one no cluster accepts."""
        tag = f"{self.version}-{self.revision[:SHORT]}"
        return f"{tag}-dirty" if self.dirty else tag

    def labels(self) -> dict[str, str]:
        """Labels of the image (OCI image specification, "Pre-Defined Annotation Keys")."""
        created = self.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "org.opencontainers.image.created": created,
            "org.opencontainers.image.revision": self.revision,
            "org.opencontainers.image.version": self.tag,
            SEQUENCE_LABEL: str(self.sequence),
        }


def image_tag(root: Path, *, allow_dirty: bool = False) -> ImageTag:
    """What an image built from a checkout is called.

    Raises:
        UsageError: It is no checkout of a commit, not the whole history, or not as committed.
    """
    _refuse_what_is_no_history(root)
    dirty = bool(_git(root, "status", "--porcelain"))
    if dirty and not allow_dirty:
        raise UsageError(
            f"{root}: got changes that are not committed, wanted what the commit is",
            hint="git stash --include-untracked, or platform image tag --allow-dirty",
        )
    revision, seconds = (_git(root, "show", "-s", "--format=%H %ct", "HEAD") or "").split()
    return ImageTag(
        version=_version(root),
        revision=revision,
        created=datetime.fromtimestamp(int(seconds), tz=UTC),
        sequence=int(_git(root, "rev-list", "--count", "HEAD") or 0),
        dirty=dirty,
    )


def as_json(tag: ImageTag) -> dict[str, object]:
    """All of it as data."""
    return {
        "schema": 1,
        "tag": tag.tag,
        "version": tag.version,
        "revision": tag.revision,
        "sequence": tag.sequence,
        "dirty": tag.dirty,
        "labels": tag.labels(),
    }


def _refuse_what_is_no_history(root: Path) -> None:
    if shutil.which("git") is None:
        raise UsageError("got no git on PATH, wanted it to name a commit", hint="git --version")
    if not root.is_dir() or _git(root, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        raise UsageError(f"{root}: got no commit of a git repository, wanted one")
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        raise UsageError(
            f"{root}: got a shallow clone, wanted all commits and tags to count them",
            hint="git fetch --unshallow --tags",
        )


def _version(root: Path) -> str:
    """The nearest release at or before the commit; pre-releases are none."""
    described = _git(
        root,
        *("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*.[0-9]*.[0-9]*"),
        *("--exclude", "v*-*", "--exclude", "v*+*"),
    )
    match = _RELEASE.fullmatch(described or "")
    return match["version"] if match else UNRELEASED


def _git(root: Path, *arguments: str) -> str | None:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],  # noqa: S607 - the user's own git, as in their shell
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
    )
    return done.stdout.strip() if done.returncode == 0 else None
