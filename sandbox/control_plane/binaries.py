"""Finds a control plane's binaries: `KUBEBUILDER_ASSETS`, PATH, the cache; else builds them."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.control_plane.build import SOURCES, build, cached, versions
from toolchain.cache import is_executable
from toolchain.gomodule import BuildError, Progress

ASSETS_VARIABLE: Final = "KUBEBUILDER_ASSETS"
"""The ecosystem's name for a folder of etcd, kube-apiserver and kubectl (controller-runtime's
envtest)."""

NAMES: Final = tuple(SOURCES)
_VERSION_SECONDS: Final = 20.0
_QUESTIONS: Final = {"kubectl": ("version", "--client")}
_NUMBERS: Final = re.compile(r"\bv?(\d+)\.(\d+)\.(\d+)\b")


class BinariesMissingError(Exception):
    """There are no binaries and none could be built; the message says what was tried."""


@dataclass(frozen=True, kw_only=True)
class Binary:
    """An executable and where it was found.

    Attributes:
        path: The file.
        origin: `assets`, `path`, `cache` or `built`.
    """

    path: Path
    origin: str


def find_binaries(
    progress: Progress | None = None, *, names: tuple[str, ...] = NAMES
) -> dict[str, Binary]:
    """Every binary of a control plane; builds those that are nowhere.

    Raises:
        BinariesMissingError: Some are nowhere and cannot be built.
    """
    try:
        found = {name: binary for name in names if (binary := _find(name)) is not None}
        missing = [name for name in names if name not in found]
        built = build(missing, progress) if missing else {}
    except BuildError as error:
        raise BinariesMissingError(f"no Kubernetes binaries: {error}") from error
    found |= {name: Binary(path=path, origin="built") for name, path in built.items()}
    return {name: found[name] for name in names}


def refusal(name: str, got: str) -> str | None:
    """Why a binary that says it is of this version is not used, or None when it is.

    The binaries of Kubernetes and kwok are of the wanted minor version: flags and features differ
    between minors. etcd and kubectl may differ by one minor (Kubernetes: version skew policy).
    """
    wanted = versions()[name]
    told, least = _NUMBERS.search(got), _NUMBERS.search(wanted)
    if told is None or least is None:
        return f"got version {got.strip()!r}, wanted {wanted}"
    skew = 1 if name in {"kubectl", "etcd"} else 0
    same_major = told[1] == least[1]
    if not same_major or abs(int(told[2]) - int(least[2])) > skew:
        return f"got version {told[0].removeprefix('v')}, wanted {wanted.removeprefix('v')}"
    return None


def _find(name: str) -> Binary | None:
    for origin, file in _candidates(name):
        if is_executable(file) and refusal(name, _version_of(name, file)) is None:
            return Binary(path=file, origin=origin)
    # Its folder says its version: no process is asked.
    file = cached(name)
    return Binary(path=file, origin="cache") if is_executable(file) else None


def _candidates(name: str) -> Iterator[tuple[str, Path]]:
    assets = os.environ.get(ASSETS_VARIABLE)
    if assets:
        yield "assets", Path(assets, name)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder:
            yield "path", Path(folder, name)


def _version_of(name: str, file: Path) -> str:
    try:
        result = subprocess.run(
            [str(file), *_QUESTIONS.get(name, ("--version",))],
            capture_output=True,
            text=True,
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"unknown ({error})"
    return result.stdout
