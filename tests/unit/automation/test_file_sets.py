"""Files written together: all, or none, whatever fails."""

import os
from pathlib import Path

import pytest

from automation.errors import StateError, UsageError
from automation.file_sets import write_together

BEFORE = {"old": "one\n", "new": ""}
AFTER = {"old": "two\n", "new": "fresh\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "old").write_text("one\n")
    return tmp_path


def content(root: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in root.iterdir()}


def test_all_are_written_and_nothing_else_is_left(root: Path) -> None:
    (root / "old").chmod(0o640)
    write_together(root, BEFORE, AFTER)
    assert content(root) == {"old": "two\n", "new": "fresh\n"}
    assert (root / "old").stat().st_mode & 0o777 == 0o640


def test_line_ends_are_those_of_the_text(root: Path) -> None:
    write_together(root, {"new": ""}, {"new": "a\r\nb\r\n"})
    assert (root / "new").read_bytes() == b"a\r\nb\r\n"


def test_new_files_come_first_so_that_a_kill_leaves_nothing_that_names_a_missing_file(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        order.append(Path(target).name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    write_together(root, BEFORE, AFTER)
    assert order == ["new", "old"]


def test_a_write_that_fails_half_way_takes_back_what_was_done(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if Path(target).name == "old":
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StateError, match=r"no space left on device.*nothing was changed"):
        write_together(root, BEFORE, AFTER)
    assert content(root) == {"old": "one\n"}


def test_a_disk_that_is_full_at_once_changes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StateError):
        write_together(root, BEFORE, AFTER)
    assert content(root)["old"] == "one\n"
    assert "new" not in content(root)


@pytest.mark.parametrize("name", ["old", "new"])
def test_a_file_that_somebody_else_changed_meanwhile_is_not_overwritten(
    root: Path, name: str
) -> None:
    (root / name).write_text("theirs\n")
    with pytest.raises(UsageError, match=f"got {name} changed meanwhile"):
        write_together(root, BEFORE, AFTER)
    assert content(root) == {"old": "one\n", name: "theirs\n"}


def test_what_is_written_already_is_no_conflict(root: Path) -> None:
    (root / "new").write_text("fresh\n")
    write_together(root, BEFORE, AFTER)
    assert content(root) == {"old": "two\n", "new": "fresh\n"}


def test_a_link_stays_a_link(root: Path) -> None:
    (root / "real").write_text("one\n")
    (root / "old").unlink()
    (root / "old").symlink_to("real")
    write_together(root, {"old": "one\n"}, {"old": "two\n"})
    assert (root / "old").is_symlink()
    assert (root / "real").read_text() == "two\n"
