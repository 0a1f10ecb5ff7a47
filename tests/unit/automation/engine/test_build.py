"""Building the CLI with Go."""

from pathlib import Path

import pytest

from automation.engine import build as building
from automation.engine import cache
from automation.engine.build import BuildError, build, progress_line

GO = """\
#!/bin/sh
if [ "$1" = list ]; then printf 'a\\nb\\nc\\n'; exit; fi
{body}
"""


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Go that builds a script in no time."""
    monkeypatch.setattr(cache, "cache_directory", lambda: tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setattr(building, "PROGRESS_SECONDS", 0.0)
    file = tmp_path / "bin" / "go"
    file.parent.mkdir()
    _write(file, 'for at; do out=$last; last=$at; done; echo a >&2; echo b >&2; echo "# x" >&2')
    return file


def _write(file: Path, body: str) -> None:
    body = f'while [ "$1" != -o ]; do shift; done; target=$2\n{body}\n'
    make = 'echo "#!/bin/sh" > "$target"; chmod +x "$target"'
    file.write_text(GO.format(body=f"{body}{make}\n"), encoding="utf-8")
    file.chmod(0o755)


def test_the_built_cli_appears_in_the_cache_under_its_version(go: Path, tmp_path: Path) -> None:
    assert build("3.255.0") == tmp_path / "cache" / "pulumi" / "v3.255.0" / "pulumi"
    assert (tmp_path / "cache" / "pulumi" / "v3.255.0" / "pulumi").stat().st_mode & 0o111


def test_packages_are_counted_as_go_names_them(go: Path) -> None:
    said: list[str] = []
    build("3.255.0", said.append)
    assert said[-1].startswith("building the Pulumi CLI: 2/3 packages, 00:0")


def test_a_cli_that_is_there_is_not_built_again(go: Path) -> None:
    build("3.255.0")
    _write(go, "exit 1")
    build("3.255.0")


def test_a_failed_build_leaves_nothing_behind_and_says_why(go: Path, tmp_path: Path) -> None:
    _write(go, 'echo "x.go:1: undefined: y" >&2; exit 1')
    with pytest.raises(BuildError, match="undefined: y"):
        build("3.255.0")
    left = {path.name for path in (tmp_path / "cache" / "pulumi" / "v3.255.0").iterdir()}
    assert left <= {"pulumi.lock"}


def test_without_go_nothing_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="no `go` on PATH"):
        build("3.255.0")


def test_progress_is_told_in_packages_and_minutes() -> None:
    assert progress_line(412, 1890, 72.9) == "building the Pulumi CLI: 412/1890 packages, 01:12"
    assert progress_line(9, 0, 5) == "building the Pulumi CLI: 00:05"
