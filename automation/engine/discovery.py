"""Finds the Pulumi CLI: on PATH, else the official release, else built from its Go module."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from automation.engine import launcher
from automation.engine.build import build, built_cli
from automation.engine.release import InstallationError, install, installed_cli
from automation.engine.versions import refusal, sdk_version
from automation.errors import EngineMissingError, UsageError
from toolchain import cache
from toolchain.gomodule import BuildError, Progress, go_command

MODE_VARIABLE = "PLATFORM_ENGINE"
VERSION_SECONDS = 20.0


class Origin(StrEnum):
    """How the CLI came to be here."""

    PATH = "path"
    INSTALLED = "installed"
    BUILT = "built"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A Pulumi CLI that can be used, and how it was chosen.

    Attributes:
        pulumi: The executable.
        version: Its version, without a leading `v`.
        origin: How it came to be here.
        reason: What was tried before it and why it was not used.
        language_host: The Python language host it will start.
        own_language_host: Whether that is ours and not the official one.
    """

    pulumi: Path
    version: str
    origin: Origin
    reason: str
    language_host: Path
    own_language_host: bool

    def environment(self, path: str | None = None) -> dict[str, str]:
        """The variables a process needs to run this CLI.

        Args:
            path: The PATH to extend; the current one when left out.
        """
        base = os.environ.get("PATH", "") if path is None else path
        first = dict.fromkeys((str(self.pulumi.parent), str(self.language_host.parent)))
        rest = [folder for folder in base.split(os.pathsep) if folder and folder not in first]
        return {
            "PATH": os.pathsep.join([*first, *rest]),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **(launcher.environment() if self.own_language_host else {}),
        }


def find_engine(*, progress: Progress | None = None, build: bool = True) -> Engine:
    """Find a Pulumi CLI, making one if need be.

    `PLATFORM_ENGINE` narrows the choice to `path`, `install` or `build`; `auto` is the default.

    Args:
        progress: Told what is done while it takes long.
        build: Whether to install or build one when none is at hand.

    Raises:
        EngineMissingError: There is none; the message holds what was tried.
        UsageError: `PLATFORM_ENGINE` is something else.
    """
    mode = _mode()
    tried: list[str] = []
    for find in (_on_path, _cached, _installed, _built):
        if find in (_installed, _built) and not build:
            tried.append("nothing was installed or built: not asked to")
            break
        for found in find(mode, tried, progress):
            pulumi, version, origin = found
            return _engine(pulumi, version, origin, tried)
    needs_go = go_command() is None
    raise EngineMissingError(
        "no usable Pulumi CLI: " + "; ".join(tried),
        hint=(
            "install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.26 "
            "(https://go.dev/dl/), then run: platform doctor"
            if needs_go
            else "run: platform doctor --build"
        ),
    )


Found = tuple[Path, str, Origin]


def _mode() -> str:
    mode = os.environ.get(MODE_VARIABLE) or "auto"
    known = ("auto", "path", "install", "build")
    if mode not in known:
        raise UsageError(
            f"{MODE_VARIABLE}: got {mode!r}, wanted one of {', '.join(known)}",
            hint=f"unset {MODE_VARIABLE}",
        )
    return mode


def _on_path(mode: str, tried: list[str], _progress: Progress | None) -> Iterator[Found]:
    if mode not in ("auto", "path"):
        tried.append(f"PATH: not looked at, {MODE_VARIABLE}={mode}")
        return
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    candidates = [
        folder / "pulumi" for folder in folders if not (folder / launcher.WRAPPER_MARK).exists()
    ]
    ours = built_cli(sdk_version()).parent
    for candidate in candidates:
        if not cache.is_executable(candidate) or candidate.parent == ours:
            continue
        version = _version_of(candidate)
        reason = refusal(version)
        if reason is None:
            yield candidate, version, Origin.PATH
        tried.append(f"{candidate}: {reason}")
    if not any(entry.startswith("/") for entry in tried):
        tried.append("PATH: no pulumi")


def _cached(mode: str, tried: list[str], _progress: Progress | None) -> Iterator[Found]:
    version = sdk_version()
    if mode in ("auto", "install") and cache.is_executable(installed_cli(version)):
        yield installed_cli(version), version, Origin.INSTALLED
    if mode in ("auto", "build") and cache.is_executable(built_cli(version)):
        yield built_cli(version), version, Origin.BUILT
    tried.append(f"{cache.cache_directory()}: no pulumi {version}")


def _installed(mode: str, tried: list[str], progress: Progress | None) -> Iterator[Found]:
    if mode not in ("auto", "install"):
        tried.append(f"official release: not tried, {MODE_VARIABLE}={mode}")
        return
    version = sdk_version()
    if progress is not None:
        progress(f"installing the Pulumi CLI {version}")
    try:
        yield install(version), version, Origin.INSTALLED
    except InstallationError as error:
        tried.append(f"official release: {error}")


def _built(mode: str, tried: list[str], progress: Progress | None) -> Iterator[Found]:
    if mode not in ("auto", "build"):
        tried.append(f"build: not tried, {MODE_VARIABLE}={mode}")
        return
    version = sdk_version()
    try:
        yield build(version, progress), version, Origin.BUILT
    except BuildError as error:
        tried.append(f"build: {error}")


def _engine(pulumi: Path, version: str, origin: Origin, tried: list[str]) -> Engine:
    host = _language_host(pulumi, origin)
    chosen = {
        Origin.PATH: f"{pulumi} is on PATH",
        Origin.INSTALLED: "the official release",
        Origin.BUILT: f"built from tools/go.mod with Go into {pulumi.parent}",
    }[origin]
    return Engine(
        pulumi=pulumi,
        version=version.removeprefix("v"),
        origin=origin,
        reason="; ".join([*tried, chosen]),
        language_host=host,
        own_language_host=launcher.is_ours(host),
    )


def _language_host(pulumi: Path, origin: Origin) -> Path:
    """The official language host beside the CLI or on PATH, else ours."""
    beside = pulumi.resolve().parent / launcher.NAME
    if cache.is_executable(beside) and not launcher.is_ours(beside):
        return beside
    anywhere = shutil.which(launcher.NAME)
    if anywhere is not None and not launcher.is_ours(Path(anywhere)):
        return Path(anywhere)
    own = pulumi.parent if origin is Origin.BUILT else cache.cache_directory() / "language-host"
    return launcher.write_launcher(own)


def _version_of(pulumi: Path) -> str:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        result = subprocess.run(
            [str(pulumi), "version"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"unknown ({error})"
    return result.stdout.strip() or "unknown"
