"""The binaries of a control plane, built from their Go modules (`tools/kubernetes/go.mod`)."""

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolchain import cache, gomodule
from toolchain.gomodule import BuildError, GoModule, Progress

MODULE: Final = Path(__file__).parents[2] / "tools" / "kubernetes"

SOURCES: Final = {
    "etcd": ("go.etcd.io/etcd/server/v3", "etcd", ""),
    "kube-apiserver": ("k8s.io/kubernetes", "kubernetes", "/cmd/kube-apiserver"),
    "kube-controller-manager": ("k8s.io/kubernetes", "kubernetes", "/cmd/kube-controller-manager"),
    "kube-scheduler": ("k8s.io/kubernetes", "kubernetes", "/cmd/kube-scheduler"),
    "kubectl": ("k8s.io/kubernetes", "kubernetes", "/cmd/kubectl"),
    "kwok": ("sigs.k8s.io/kwok", "kwok", "/cmd/kwok"),
}
"""Binary → its Go module, its folder in the cache, and where its package is in the module."""


def versions() -> Mapping[str, str]:
    """Binary → the version of its module, `v1.36.3`.

    Raises:
        BuildError: There is no module.
    """
    required = _required()
    return {name: required[module] for name, (module, _, _) in SOURCES.items()}


def cached(name: str) -> Path:
    """Where a binary that was built is kept: per user and version, shared by all checkouts."""
    return cache.cache_directory() / SOURCES[name][1] / versions()[name] / name


def build(names: Sequence[str], progress: Progress | None = None) -> dict[str, Path]:
    """Build some binaries into the cache, but those that another process just did.

    Raises:
        BuildError: There is no Go, no module, or it does not compile.
    """
    module = GoModule(
        label="Kubernetes",
        folder=MODULE,
        linker_flags=_linker_flags(),
        environment={"CGO_ENABLED": "0"},
    )
    files = {name: cached(name) for name in names}
    packages = {_package(name): file for name, file in files.items()}
    # One lock for all: they share most of what is compiled.
    gomodule.build(
        module, packages, place=cache.cache_directory() / "kubernetes", progress=progress
    )
    return files


def _package(name: str) -> str:
    module, _, path = SOURCES[name]
    return module + path


@functools.cache
def _required() -> dict[str, str]:
    file = MODULE / "go.mod"
    try:
        lines = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BuildError(f"no {file}") from error
    found = dict(re.findall(r"^\s+(\S+) (v\S+)(?: // indirect)?$", lines, re.MULTILINE))
    return {module: found[module] for module, _, _ in SOURCES.values()}


def _linker_flags() -> str:
    """Leave out debug symbols, and say the versions that the projects' own builds say."""
    kubernetes = versions()["kube-apiserver"]
    major, minor, _ = kubernetes.removeprefix("v").split(".", 2)
    stamp = "k8s.io/component-base/version"
    values = {
        f"{stamp}.gitVersion": kubernetes,
        f"{stamp}.gitMajor": major,
        f"{stamp}.gitMinor": minor,
        "sigs.k8s.io/kwok/pkg/consts.Version": versions()["kwok"],
    }
    return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in values.items())])
