"""How the Pulumi CLI is found, and what is said about it."""

from pathlib import Path

import pytest

from automation.engine import discovery, find_engine, launcher
from automation.engine.build import built_cli
from automation.engine.discovery import Origin
from automation.engine.release import InstallationError, installed_cli
from automation.engine.versions import sdk_version
from automation.errors import EngineMissingError, UsageError
from toolchain import cache
from toolchain.gomodule import BuildError


def _cli(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho v{version}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty cache, nothing on PATH, no network, no Go."""

    def no_network(_version: str) -> Path:
        raise InstallationError("no route to the internet")

    def no_go(_version: str, _progress: object) -> Path:
        raise BuildError("no `go` on PATH")

    monkeypatch.setattr(cache, "cache_directory", lambda: tmp_path / "cache")
    monkeypatch.setattr(discovery, "install", no_network)
    monkeypatch.setattr(discovery, "build", no_go)
    monkeypatch.setattr(discovery, "go_command", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("PLATFORM_ENGINE", raising=False)


def test_a_cli_on_path_is_used_first(tmp_path: Path) -> None:
    cli = _cli(tmp_path / "bin" / "pulumi", "3.299.1")
    _cli(built_cli(sdk_version()), sdk_version())
    engine = find_engine()
    assert (engine.pulumi, engine.version, engine.origin) == (cli, "3.299.1", Origin.PATH)


def test_a_cli_that_is_too_old_is_passed_over_and_the_reason_kept(tmp_path: Path) -> None:
    old = _cli(tmp_path / "bin" / "pulumi", "3.100.0")
    built = _cli(built_cli(sdk_version()), sdk_version())
    engine = find_engine()
    assert (engine.pulumi, engine.origin) == (built, Origin.BUILT)
    assert f"{old}: got version 3.100.0, wanted {sdk_version()} or newer" in engine.reason


def test_a_cli_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    broken = _cli(tmp_path / "bin" / "pulumi", "3.300.0")
    broken.write_text("#!/no/such/interpreter\n", encoding="utf-8")
    built = _cli(built_cli(sdk_version()), sdk_version())
    assert find_engine().pulumi == built


def test_the_wrapper_of_the_sandbox_shell_is_no_engine(tmp_path: Path) -> None:
    _cli(tmp_path / "bin" / "pulumi", "3.299.1")
    (tmp_path / "bin" / launcher.WRAPPER_MARK).touch()
    built = _cli(built_cli(sdk_version()), sdk_version())
    assert find_engine().pulumi == built


def test_what_is_in_the_cache_is_used_before_the_network_is_tried() -> None:
    installed = _cli(installed_cli(sdk_version()), sdk_version())
    engine = find_engine()
    assert (engine.pulumi, engine.origin) == (installed, Origin.INSTALLED)


def test_without_a_network_the_cli_is_built_and_the_reason_names_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def build(version: str, _progress: object) -> Path:
        return _cli(built_cli(version), version)

    monkeypatch.setattr(discovery, "build", build)
    engine = find_engine()
    assert engine.origin is Origin.BUILT
    assert "official release: no route to the internet" in engine.reason


def test_the_network_is_left_alone_when_told_to_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def install(_version: str) -> Path:
        raise AssertionError("the network was tried")

    monkeypatch.setattr(discovery, "install", install)
    monkeypatch.setenv("PLATFORM_ENGINE", "build")
    with pytest.raises(EngineMissingError, match="PLATFORM_ENGINE=build"):
        find_engine()


def test_nothing_is_installed_or_built_unless_asked() -> None:
    with pytest.raises(EngineMissingError, match="not asked to"):
        find_engine(build=False)


def test_without_any_engine_the_error_tells_all_that_was_tried_and_names_go() -> None:
    with pytest.raises(EngineMissingError) as caught:
        find_engine()
    for tried in ("PATH: no pulumi", "no route to the internet", "no `go` on PATH"):
        assert tried in str(caught.value)
    assert "Go 1.26" in (caught.value.hint or "")
    assert caught.value.exit_code == 2


def test_an_unknown_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_ENGINE", "magic")
    with pytest.raises(UsageError, match="got 'magic', wanted one of auto, path, install, build"):
        find_engine()


def test_an_official_language_host_beside_the_cli_is_left_in_charge(tmp_path: Path) -> None:
    _cli(tmp_path / "bin" / "pulumi", "3.299.1")
    official = _cli(tmp_path / "bin" / launcher.NAME, "3.299.1")
    engine = find_engine()
    assert (engine.language_host, engine.own_language_host) == (official, False)


def test_our_language_host_is_put_beside_a_built_cli() -> None:
    built = _cli(built_cli(sdk_version()), sdk_version())
    engine = find_engine()
    assert engine.own_language_host
    assert engine.language_host == built.parent / launcher.NAME
    assert launcher.SOURCE_VARIABLE in engine.environment()


def test_our_language_host_is_never_put_into_a_folder_of_the_users(tmp_path: Path) -> None:
    _cli(tmp_path / "bin" / "pulumi", "3.299.1")
    engine = find_engine()
    assert engine.language_host.parent == tmp_path / "cache" / "language-host"


def test_the_environment_puts_the_engine_first_and_repeats_no_folder() -> None:
    built = _cli(built_cli(sdk_version()), sdk_version())
    path = find_engine().environment(f"/a:{built.parent}:/b")["PATH"]
    assert path == f"{built.parent}:/a:/b"
