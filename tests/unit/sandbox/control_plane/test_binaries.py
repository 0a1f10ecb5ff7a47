"""Where the binaries of a control plane come from."""

from pathlib import Path

import pytest

from sandbox.control_plane import binaries, build
from sandbox.control_plane.binaries import BinariesMissingError, find_binaries, refusal
from tests.unit.toolchain import fake_go
from toolchain import cache, gomodule
from toolchain.gomodule import GoModule, executable_name

SAYS = {
    "etcd": "etcd Version: 3.6.8",
    "kube-apiserver": "Kubernetes v1.36.3",
    "kubectl": "Client Version: v1.36.3",
    "kwok": "kwok version v0.8.0 go1.26",
}


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a cache, nor binaries on PATH, nor Go."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.delenv(binaries.ASSETS_VARIABLE, raising=False)
    monkeypatch.setattr(cache, "cache_directory", lambda: tmp_path / "cache")


def executable(file: Path, says: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho '{says or SAYS.get(file.name, 'Kubernetes v1.36.3')}'\n")
    file.chmod(0o755)
    return file


def test_assets_come_before_the_path_and_the_path_before_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    executable(build.cached("etcd"))
    assert find_binaries(names=("etcd",))["etcd"].origin == "cache"
    executable(tmp_path / "path" / "etcd")
    assert find_binaries(names=("etcd",))["etcd"].origin == "path"
    monkeypatch.setenv(binaries.ASSETS_VARIABLE, str(tmp_path / "assets"))
    asset = executable(tmp_path / "assets" / "etcd")
    found = find_binaries(names=("etcd",))["etcd"]
    assert (found.path, found.origin) == (asset, "assets")


def test_a_binary_of_another_version_is_passed_over(tmp_path: Path) -> None:
    executable(tmp_path / "path" / "kube-apiserver", "Kubernetes v1.30.1")
    cached = executable(build.cached("kube-apiserver"))
    assert find_binaries(names=("kube-apiserver",))["kube-apiserver"].path == cached


def test_without_go_the_error_says_so() -> None:
    with pytest.raises(BinariesMissingError, match="no `go` on PATH"):
        find_binaries()


def test_what_is_missing_is_built_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go = tmp_path / "path" / "go"
    executable(go)
    executable(build.cached("etcd"))
    asked: list[list[str]] = []

    def compile_(
        go: str, module: GoModule, packages: list[str], output: Path, progress: object
    ) -> None:
        names = [executable_name(package) for package in packages]
        asked.append(names)
        for name in names:
            executable(output / name)

    monkeypatch.setattr(gomodule, "_compile", compile_)
    names = ("etcd", "kwok", "kubectl")
    found = find_binaries(names=names)
    assert asked == [["kwok", "kubectl"]]
    assert {name: one.origin for name, one in found.items()} == {
        "etcd": "cache",
        "kwok": "built",
        "kubectl": "built",
    }
    assert all(cache.is_executable(one.path) for one in found.values())
    assert {one.origin for one in find_binaries(names=names).values()} == {"cache"}
    assert not [file for file in (tmp_path / "cache").iterdir() if file.name.startswith(".build")]


def test_go_names_etcd_after_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    executable(tmp_path / "path" / "go")

    def compile_(
        go: str, module: GoModule, packages: list[str], output: Path, progress: object
    ) -> None:
        executable(output / "server", SAYS["etcd"])

    monkeypatch.setattr(gomodule, "_compile", compile_)
    assert find_binaries(names=("etcd",))["etcd"].path == build.cached("etcd")


def test_a_build_that_fails_says_what_go_said(tmp_path: Path) -> None:
    go = tmp_path / "path" / "go"
    go.parent.mkdir(parents=True)
    go.write_text("#!/bin/sh\necho 'pkg/x.go:1: syntax error' >&2\nexit 1\n")
    go.chmod(0o755)
    with pytest.raises(BinariesMissingError, match=r"go build failed: pkg/x\.go:1: syntax error"):
        find_binaries(names=("kwok",))


@pytest.mark.parametrize(
    ("name", "says", "wanted"),
    [
        ("kube-apiserver", "Kubernetes v1.36.0", None),
        ("kube-apiserver", "Kubernetes v1.35.9", "wanted 1.36.3"),
        ("kube-apiserver", "unknown (No such file)", "wanted v1.36.3"),
        ("kubectl", "Client Version: v1.35.2\nKustomize Version: v5.5.0", None),
        ("kubectl", "Client Version: v1.32.4-dispatcher", "wanted 1.36.3"),
        ("etcd", "etcd Version: 3.5.21", None),
        ("etcd", "etcd Version: 4.6.0", "wanted 3.6.8"),
    ],
)
def test_versions_within_the_skew_that_kubernetes_allows_are_taken(
    name: str, says: str, wanted: str | None
) -> None:
    reason = refusal(name, says)
    assert (reason is None) if wanted is None else (reason is not None and wanted in reason)


def test_versions_are_those_of_the_go_module() -> None:
    assert build.versions()["kube-apiserver"] == "v1.36.3"
    assert set(build.versions()) == set(binaries.NAMES)
    text = (build.MODULE / "go.mod").read_text()
    for module, _, path in build.SOURCES.values():
        assert f"\t{module}{path}\n" in text


def test_the_build_tells_how_far_it_is_and_says_the_versions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go = fake_go.install(monkeypatch, tmp_path)
    asked = tmp_path / "asked"
    locked = f'[ -e "{tmp_path}/cache/kubernetes.lock" ] || exit 1'
    told = f'echo "$flags $CGO_ENABLED" > "{asked}"'
    fake_go.write(go, f"{fake_go.PACKAGES_NAMED}; {locked}; {told}")
    said: list[str] = []
    assert build.build(["etcd"], said.append) == {"etcd": build.cached("etcd")}
    assert said[-1].startswith("building Kubernetes: 2/3 packages, 00:0")
    assert "version.gitVersion=v1.36.3" in asked.read_text()
    assert asked.read_text().endswith(" 0\n")
    assert {path.name for path in (tmp_path / "cache").iterdir()} <= {"etcd", "kubernetes.lock"}
