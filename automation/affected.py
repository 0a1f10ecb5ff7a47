"""Which stacks a change in the working tree touches, by git and by whose file it is."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from automation.errors import UsageError
from automation.stack_files import file_of

SHARED = ("Pulumi.yaml", "__main__.py", "pyproject.toml", "requirements.lock")
"""Files that every stack's program, or the engine running it, reads."""

SHARED_FOLDERS = ("components/", "policy/")
"""Folders of code that runs for every stack."""


def changed_stacks(root: Path, reference: str, stacks: Sequence[str]) -> frozenset[str]:
    """The stacks that differ from where this branch left a commit.

    Raises:
        UsageError: There is no git, no repository, or no such commit.
    """
    return stacks_of(changed_files(root, reference), stacks)


def stacks_of(files: Iterable[str], stacks: Sequence[str]) -> frozenset[str]:
    """The stacks that files of the project belong to; shared code belongs to all of them."""
    changed = set(files)
    if any(name in SHARED or name.startswith(SHARED_FOLDERS) for name in changed):
        return frozenset(stacks)
    return frozenset(stack for stack in stacks if file_of(stack) in changed)


def changed_files(root: Path, reference: str) -> tuple[str, ...]:
    """Files of the project that differ from where this branch left a commit, untracked ones too.

    Raises:
        UsageError: There is no git, no repository, or no such commit.
    """
    commit = _commit(root, reference)
    # Without a common ancestor the commit itself is the base.
    base = _git(root, "merge-base", commit, "HEAD") or commit
    tracked = _git(root, "diff", "--name-only", "--no-renames", "--relative", "-z", base.strip())
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    if tracked is None or untracked is None:
        raise UsageError(
            f"got no answer from git about {reference!r}, wanted its changes",
            hint=f"git -C {root} status",
        )
    return tuple(sorted({name for name in f"{tracked}\0{untracked}".split("\0") if name}))


def _commit(root: Path, reference: str) -> str:
    if shutil.which("git") is None:
        raise UsageError("got no git on PATH, wanted it for changed(…)", hint="git --version")
    if _git(root, "rev-parse", "--git-dir") is None:
        raise UsageError(f"got {root} outside a git repository, wanted one", hint="git init")
    wanted = f"{reference}^{{commit}}"
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    if commit is None:
        raise UsageError(
            f"got unknown commit {reference!r}, wanted a branch, tag or commit",
            hint="git branch --all",
        )
    return commit.strip()


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints, or None when it fails."""
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],  # noqa: S607 - the user's own git, as in their shell
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    return done.stdout if done.returncode == 0 else None
