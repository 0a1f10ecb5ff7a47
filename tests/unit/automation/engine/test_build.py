"""The Pulumi CLI, built with Go."""

from pathlib import Path

import pytest

from automation.engine.build import build
from tests.unit.toolchain import fake_go
from toolchain.gomodule import BuildError


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return fake_go.install(monkeypatch, tmp_path)


def test_the_built_cli_appears_in_the_cache_under_its_version(go: Path, tmp_path: Path) -> None:
    assert build("3.255.0") == tmp_path / "cache" / "pulumi" / "v3.255.0" / "pulumi"
    assert (tmp_path / "cache" / "pulumi" / "v3.255.0" / "pulumi").stat().st_mode & 0o111


def test_packages_are_counted_as_go_names_them(go: Path) -> None:
    said: list[str] = []
    build("3.255.0", said.append)
    assert said[-1].startswith("building the Pulumi CLI: 2/3 packages, 00:0")


def test_the_cli_says_the_version_that_was_asked_for(go: Path, tmp_path: Path) -> None:
    fake_go.write(go, f'echo "$flags" > "{tmp_path}/flags"')
    build("3.255.0")
    assert "sdk/v3/go/common/version.Version=v3.255.0" in (tmp_path / "flags").read_text()


def test_a_cli_that_is_there_is_not_built_again(go: Path) -> None:
    build("3.255.0")
    fake_go.write(go, "exit 1")
    build("3.255.0")


def test_a_failed_build_leaves_nothing_behind_and_says_why(go: Path, tmp_path: Path) -> None:
    fake_go.write(go, 'echo "x.go:1: undefined: y" >&2; exit 1')
    with pytest.raises(BuildError, match="undefined: y"):
        build("3.255.0")
    left = {path.name for path in (tmp_path / "cache" / "pulumi" / "v3.255.0").iterdir()}
    assert left <= {"pulumi.lock"}


def test_without_go_nothing_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="no `go` on PATH"):
        build("3.255.0")
