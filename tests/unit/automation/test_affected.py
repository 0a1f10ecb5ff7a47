"""Which stacks a change touches, against a real git repository."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.affected import SHARED, SHARED_FOLDERS, changed_files, changed_stacks, stacks_of
from automation.errors import UsageError
from tests.projects import STACKS, write_project

ALL = tuple(STACKS)


def git(root: Path, *arguments: str) -> None:
    """Run git without anything of the machine's own configuration."""
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_GLOBAL": "/dev/null"},
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The small project in a folder of a repository, on a branch off `main`."""
    root = tmp_path / "platform"
    root.mkdir()
    write_project(root)
    git(tmp_path, "init", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "start")
    git(tmp_path, "switch", "-c", "feature")
    return root


def test_a_clean_branch_changes_nothing(repository: Path) -> None:
    assert changed_stacks(repository, "main", ALL) == frozenset()


def test_an_edited_an_untracked_and_a_committed_file_all_count(repository: Path) -> None:
    (repository / "Pulumi.backup.yaml").write_text("config: {}\n")
    git(repository, "commit", "-am", "backup")
    (repository / "Pulumi.staging.yaml").write_text("# edited\n")
    (repository / "Pulumi.testing.yaml").write_text("# new\n")
    assert changed_stacks(repository, "main", (*ALL, "testing")) == {
        "backup",
        "staging",
        "testing",
    }


def test_a_renamed_file_changes_both_stacks(repository: Path) -> None:
    git(repository, "mv", "Pulumi.staging.yaml", "Pulumi.testing.yaml")
    assert changed_stacks(repository, "main", ("staging", "testing")) == {"staging", "testing"}


def test_what_main_did_since_the_branch_left_it_is_not_our_change(repository: Path) -> None:
    git(repository, "switch", "main")
    (repository / "Pulumi.shared.yaml").write_text("# main moved on\n")
    git(repository, "commit", "-am", "main")
    git(repository, "switch", "feature")
    assert changed_files(repository, "main") == ()


def test_ignored_files_and_files_outside_the_project_do_not_count(repository: Path) -> None:
    (repository.parent / "Pulumi.yaml").write_text("elsewhere\n")
    (repository / ".gitignore").write_text("Pulumi.x.yaml\n")
    (repository / "Pulumi.x.yaml").write_text("")
    assert changed_files(repository, "main") == (".gitignore",)


@pytest.mark.parametrize("reference", ["nowhere", "--output=x", ""])
def test_an_unknown_commit_is_refused(repository: Path, reference: str) -> None:
    with pytest.raises(UsageError, match="got unknown commit") as caught:
        changed_stacks(repository, reference, ALL)
    assert caught.value.hint == "git branch --all"


def test_a_project_outside_a_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="outside a git repository"):
        changed_stacks(tmp_path, "main", ALL)


def test_a_machine_without_git_is_told_so(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="got no git on PATH"):
        changed_stacks(repository, "main", ALL)


@given(st.sampled_from([*SHARED, *(f"{folder}a/b.py" for folder in SHARED_FOLDERS)]))
def test_shared_code_touches_every_stack(name: str) -> None:
    assert stacks_of([name, "README.md"], ALL) == set(ALL)


@given(st.sets(st.sampled_from(ALL)), st.sets(st.sampled_from(["docs/a.md", "tests/b.py", "x"])))
def test_a_stacks_own_file_touches_that_stack_alone(own: set[str], other: set[str]) -> None:
    assert stacks_of({*(f"Pulumi.{name}.yaml" for name in own), *other}, ALL) == own
