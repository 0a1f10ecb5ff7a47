"""`platform frontend check` as a command: what it prints where, and what it returns."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from automation import cli

NOT_BUILT = (
    "error: .: got no index.html, wanted the folder a build wrote\n"
    "hint: platform frontend check dist\n"
)
PAGE = '<!doctype html><script type="module" src="/assets/index-BQ4sJk2f.js"></script>'


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Vite writes, in the current directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "index-BQ4sJk2f.js").write_text("x" * 1500)
    (folder / "robots.txt").write_text("")
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["frontend", "check", *arguments])


def test_a_good_build_is_shown_file_by_file_with_the_commands_to_upload_it(dist: Path) -> None:
    result = run("dist")
    assert result.exit_code == 0
    assert result.stdout == (
        "file                      size    cache-control\n"
        "assets/index-BQ4sJk2f.js  1.5 kB  public, max-age=31536000, immutable\n"
        "index.html                78 B    no-cache\n"
        "robots.txt                0 B     no-cache\n"
        "\n"
        "aws s3 sync dist \"s3://$BUCKET\" --exclude '*' --include 'assets/*' "
        "--cache-control 'public, max-age=31536000, immutable'\n"
        "aws s3 sync dist \"s3://$BUCKET\" --exclude 'assets/*' --cache-control no-cache\n"
        'aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION" '
        "--paths / /index.html\n"
    )
    assert result.stderr == "0 errors, 0 warnings in 3 files, 1.6 kB, 1 of them immutable\n"


def test_a_bad_build_exits_3_and_shows_no_way_to_upload_it(dist: Path) -> None:
    (dist / ".env").write_text("A=1")
    result = run("dist")
    assert result.exit_code == 3
    assert (
        "error secret .env: got a file that holds secrets by its name, wanted nothing that is "
        "not for everybody\n  take it out of the build; if it was ever uploaded, revoke it\n"
    ) in result.stdout
    assert "aws s3 sync" not in result.stdout
    assert result.stderr == (
        "error: 1 error, 0 warnings in 4 files, 1.6 kB, 1 of them immutable\n"
        "hint: platform frontend check --help\n"
    )


def test_a_warning_alone_stops_nothing(dist: Path) -> None:
    (dist / "main.1a2b3c4d.js").write_text("")
    result = run("dist")
    assert result.exit_code == 0
    assert "warning path /: got 1 hashed file here" in result.stdout


def test_json_holds_all_of_it_also_when_it_is_bad(dist: Path) -> None:
    (dist / "app.js").write_text("")
    result = run("dist", "--json")
    assert result.exit_code == 3
    answer = json.loads(result.stdout)
    assert answer["summary"] == {
        "files": 4,
        "bytes": 1578,
        "immutable": 1,
        "errors": 1,
        "warnings": 0,
    }
    assert (answer["schema"], answer["valid"], answer["folder"]) == (1, False, "dist")
    assert answer["files"][1] == {
        "path": "assets/index-BQ4sJk2f.js",
        "bytes": 1500,
        "hashed": True,
        "cache_control": "public, max-age=31536000, immutable",
    }
    (finding,) = answer["findings"]
    assert finding.keys() == {"rule", "level", "path", "message", "remedy"}
    assert (finding["rule"], finding["level"], finding["path"]) == ("hash", "error", "app.js")
    assert len(answer["commands"]) == 3


def test_options_allow_what_is_meant(dist: Path) -> None:
    (dist / "config.js").write_text("")
    (dist / "static").mkdir()
    (dist / "static" / "a.1a2b3c4d.js.map").write_text("")
    result = run(
        *("dist", "--allow", "config.js", "--source-maps"),
        *("--immutable", "/assets/*", "--immutable", "/static/*"),
        *("--bucket", "site-1", "--distribution", "E1"),
    )
    assert result.exit_code == 0
    assert "aws s3 sync dist s3://site-1 --exclude '*' --include 'assets/*'" in result.stdout
    assert "--distribution-id E1 " in result.stdout


def test_a_symbolic_link_is_found_and_not_followed(dist: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secrets"
    outside.mkdir()
    (outside / "a.txt").write_text("")
    (dist / "more").symlink_to(outside)
    (dist / "a.txt").symlink_to(outside / "a.txt")
    (dist / "gone.txt").symlink_to(outside / "gone.txt")
    result = run("dist", "--json")
    findings = json.loads(result.stdout)["findings"]
    assert [(one["rule"], one["path"]) for one in findings if one["rule"] == "link"] == [
        ("link", "a.txt"),
        ("link", "gone.txt"),
        ("link", "more"),
    ]
    assert "more/a.txt" not in result.stdout


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("none", "error: none: got nothing, wanted the folder a build wrote\n"),
        ("file", "error: file: got a file, wanted the folder a build wrote\n"),
        ("empty", "error: empty: got no index.html, wanted the folder a build wrote\n"),
        (
            ".",
            NOT_BUILT,
        ),
    ],
)
def test_what_is_not_a_built_folder_is_a_wrong_argument(
    dist: Path, tmp_path: Path, folder: str, message: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    result = run(folder)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", message)


def test_a_project_that_is_not_built_is_told_to_build(dist: Path) -> None:
    (dist / "index.html").unlink()
    (dist / "package.json").write_text("{}")
    assert run("dist").stderr.endswith("hint: npm run build\n")


def test_a_name_that_is_no_text_does_not_stop_the_report(dist: Path) -> None:
    (dist / b"caf\xe9.js".decode("utf-8", "surrogateescape")).write_text("")
    result = run("dist", "--json")
    assert result.exit_code == 3
    assert "caf\N{REPLACEMENT CHARACTER}.js" in result.stdout
