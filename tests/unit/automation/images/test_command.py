"""`platform image` as a command: what it prints where, and what it returns."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from automation import cli
from tests.recording import ROOT

SAMPLE = ROOT / "docs" / "samples" / "application" / "Dockerfile"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["image", *arguments])


def git(folder: Path, *arguments: str) -> str:
    identity = {
        **{
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (
                ("NAME", "test"),
                ("EMAIL", "test@example.com"),
                ("DATE", "2026-01-02T03:04:05+01:00"),
            )
        },
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **identity},
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Three commits: the second is release 1.4.2, the third has a tag of a pre-release."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for number in range(3):
        (tmp_path / "file").write_text(str(number))
        git(tmp_path, "add", "file")
        git(tmp_path, "commit", "--quiet", "--message", str(number))
        if number == 1:
            git(tmp_path, "tag", "v1.4.2")
    git(tmp_path, "tag", "v1.5.0-rc.1")
    return tmp_path


def test_a_good_dockerfile_says_so_and_prints_nothing_else() -> None:
    result = run("lint", str(SAMPLE))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"0 errors, 0 warnings in {SAMPLE}, 2 stages\n"


def test_a_bad_one_exits_3_with_each_line_and_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text(SAMPLE.read_text().replace("10001:10001", "root"))
    line = SAMPLE.read_text().splitlines().index("USER 10001:10001") + 1
    result = run("lint", "Dockerfile")
    assert result.exit_code == 3
    assert result.stdout == (
        f"Dockerfile:{line}: error user: got root, wanted a numeric uid:gid other than root's\n"
        "  USER 10001:10001\n"
    )
    assert result.stderr == (
        "error: 1 error, 0 warnings in Dockerfile, 2 stages\nhint: platform image lint --help\n"
    )


def test_a_warning_alone_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    base = "debian:bookworm-20260101"
    file.write_text(SAMPLE.read_text().replace("python:3.13.9-alpine3.22", base))
    result = run("lint", str(file))
    assert result.exit_code == 0
    assert "warning minimal: got " in result.stdout


def test_json_holds_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(SAMPLE.read_text().replace("EXPOSE 8000", "EXPOSE 80"))
    result = run("lint", str(file), "--json")
    assert result.exit_code == 3
    answer = json.loads(result.stdout)
    assert (answer["schema"], answer["valid"], answer["file"]) == (1, False, str(file))
    assert answer["summary"] == {"stages": 2, "errors": 1, "warnings": 0}
    (finding,) = answer["findings"]
    assert finding.keys() == {"rule", "level", "path", "line", "message", "remedy"}


def test_what_is_no_dockerfile_exits_2(tmp_path: Path) -> None:
    result = run("lint", str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "got nothing, wanted a Dockerfile" in result.stderr


def test_a_tag_is_the_release_and_the_commit(checkout: Path) -> None:
    revision = git(checkout, "rev-parse", "HEAD")
    result = run("tag", str(checkout))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"1.4.2-{revision[:7]}",
        "org.opencontainers.image.created=2026-01-02T02:04:05Z",
        f"org.opencontainers.image.revision={revision}",
        f"org.opencontainers.image.version=1.4.2-{revision[:7]}",
        "com.superinc.image.sequence=3",
    ]


def test_a_tag_as_json(checkout: Path) -> None:
    answer = json.loads(run("tag", str(checkout), "--json").stdout)
    assert answer["tag"] == f"1.4.2-{answer['revision'][:7]}"
    assert (answer["version"], answer["sequence"], answer["dirty"]) == ("1.4.2", 3, False)
    assert answer["labels"]["com.superinc.image.sequence"] == "3"


def test_without_a_release_it_is_version_zero(checkout: Path) -> None:
    git(checkout, "tag", "--delete", "v1.4.2")
    assert run("tag", str(checkout)).stdout.startswith("0.0.0-")


def test_what_is_not_committed_is_refused_unless_asked_for(checkout: Path) -> None:
    (checkout / "new").write_text("")
    refused = run("tag", str(checkout))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "got changes that are not committed" in refused.stderr
    asked = run("tag", str(checkout), "--allow-dirty")
    assert asked.exit_code == 0
    assert asked.stdout.splitlines()[0].endswith("-dirty")


def test_a_shallow_clone_cannot_count(checkout: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(checkout, "clone", "--quiet", "--depth", "1", checkout.as_uri(), str(clone))
    result = run("tag", str(clone))
    assert result.exit_code == 2
    assert "hint: git fetch --unshallow --tags" in result.stderr


def test_what_is_no_checkout_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        result = run("tag", str(folder))
        assert result.exit_code == 2
        assert "got no commit of a git repository" in result.stderr
