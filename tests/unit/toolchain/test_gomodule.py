"""Building commands with Go."""

from pathlib import Path

import pytest

from tests.unit.toolchain import fake_go
from toolchain.gomodule import BuildError, GoModule, build, executable_name, progress_line

SERVER, CLIENT = "example.com/server/v3", "example.com/tools/cmd/client"


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return fake_go.install(monkeypatch, tmp_path)


@pytest.fixture
def module(tmp_path: Path) -> GoModule:
    """A module that says how it is built."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "go.mod").touch()
    environment = {"CGO_ENABLED": "0"}
    return GoModule(label="it", folder=folder, linker_flags="-s -w", environment=environment)


def files(folder: Path) -> dict[str, Path]:
    return {SERVER: folder / "cache" / "a" / "etcd", CLIENT: folder / "cache" / "b" / "client"}


def make(module: GoModule, folder: Path) -> dict[str, Path]:
    wanted = files(folder)
    build(module, wanted, place=folder / "cache" / "all")
    return wanted


def test_each_command_gets_the_name_that_is_wanted(
    go: Path, module: GoModule, tmp_path: Path
) -> None:
    made = make(module, tmp_path)
    assert all(file.stat().st_mode & 0o111 for file in made.values())
    assert {path.name for path in (tmp_path / "cache").iterdir()} <= {"a", "b", "all.lock"}


def test_what_is_there_is_not_built_again(go: Path, module: GoModule, tmp_path: Path) -> None:
    made = make(module, tmp_path)
    fake_go.write(go, "exit 1")
    make(module, tmp_path)
    made[CLIENT].unlink()
    fake_go.write(go, '[ "$*" = example.com/tools/cmd/client ] || exit 1')
    make(module, tmp_path)
    assert made[CLIENT].is_file()


def test_a_failed_build_leaves_nothing_behind_and_says_why(
    go: Path, module: GoModule, tmp_path: Path
) -> None:
    fake_go.write(go, 'echo "x.go:1: undefined: y" >&2; exit 1')
    with pytest.raises(BuildError, match="undefined: y"):
        make(module, tmp_path)
    assert {path.name for path in (tmp_path / "cache").iterdir()} <= {"all.lock"}


def test_only_the_last_lines_of_a_failed_build_are_told(
    go: Path, module: GoModule, tmp_path: Path
) -> None:
    fake_go.write(go, "for line in 1 2 3 4 5 6 7 8 9; do echo line $line >&2; done; exit 1")
    with pytest.raises(BuildError) as caught:
        make(module, tmp_path)
    assert str(caught.value).startswith("go build failed: line 2\n")


def test_a_workspace_and_flags_of_the_users_do_not_change_what_is_built(
    go: Path, module: GoModule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-tags=mine")
    monkeypatch.setenv("GOWORK", str(tmp_path / "go.work"))
    seen = tmp_path / "seen"
    fake_go.write(go, f'echo "$PWD $GOWORK $GOFLAGS $CGO_ENABLED|$flags" > "{seen}"')
    make(module, tmp_path)
    where, _, flags = seen.read_text().partition("|")
    assert where == f"{module.folder} off -mod=readonly 0"
    assert flags.startswith("build -v -trimpath -ldflags -s -w -o ")


def test_without_go_nothing_is_built(
    module: GoModule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="no `go` on PATH"):
        make(module, tmp_path)


def test_without_a_module_nothing_is_built(go: Path, module: GoModule, tmp_path: Path) -> None:
    (module.folder / "go.mod").unlink()
    with pytest.raises(BuildError, match=r"no .*tools/go\.mod"):
        make(module, tmp_path)


def test_packages_are_counted_as_go_names_them(go: Path, module: GoModule, tmp_path: Path) -> None:
    said: list[str] = []
    build(module, files(tmp_path), place=tmp_path / "cache" / "all", progress=said.append)
    assert said[-1].startswith("building it: 2/3 packages, 00:0")


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("k8s.io/kubernetes/cmd/kubectl", "kubectl"),
        ("go.etcd.io/etcd/server/v3", "server"),
        ("example.com/v1", "v1"),
        ("example.com/tool/v12", "tool"),
        ("v2", "v2"),
    ],
)
def test_go_names_a_command_after_the_last_component_that_is_no_major_version(
    package: str, name: str
) -> None:
    assert executable_name(package) == name


def test_progress_is_told_in_packages_and_minutes() -> None:
    pulumi, kubernetes = "the Pulumi CLI", "Kubernetes"
    assert progress_line(pulumi, 412, 1890, 72.9) == (
        "building the Pulumi CLI: 412/1890 packages, 01:12"
    )
    assert progress_line(pulumi, 9, 0, 5) == "building the Pulumi CLI: 00:05"
    assert progress_line(kubernetes, 412, 1890, 72) == (
        "building Kubernetes: 412/1890 packages, 01:12"
    )
    assert progress_line(kubernetes, 5, 0, 3) == "building Kubernetes: 00:03"
