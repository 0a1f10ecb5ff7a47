"""Builds the binaries of a control plane from their Go modules (`tools/kubernetes/go.mod`)."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

APPLICATION = "superinc-platform"
MODULE: Final = Path(__file__).parents[2] / "tools" / "kubernetes"
PROGRESS_SECONDS: Final = 1.0
ERROR_LINES: Final = 8

Progress = Callable[[str], None]

SOURCES: Final = {
    "etcd": ("go.etcd.io/etcd/server/v3", "etcd", ""),
    "kube-apiserver": ("k8s.io/kubernetes", "kubernetes", "/cmd/kube-apiserver"),
    "kube-controller-manager": ("k8s.io/kubernetes", "kubernetes", "/cmd/kube-controller-manager"),
    "kube-scheduler": ("k8s.io/kubernetes", "kubernetes", "/cmd/kube-scheduler"),
    "kubectl": ("k8s.io/kubernetes", "kubernetes", "/cmd/kubectl"),
    "kwok": ("sigs.k8s.io/kwok", "kwok", "/cmd/kwok"),
}
"""Binary → its Go module, its folder in the cache, and where its package is in the module."""


class BuildError(Exception):
    """The binaries could not be built; the message says why."""


def versions() -> Mapping[str, str]:
    """Binary → the version of its module, `v1.36.3`."""
    required = _required()
    return {name: required[module] for name, (module, _, _) in SOURCES.items()}


def cache_directory() -> Path:
    """The folder that holds everything this application caches for the user."""
    import platformdirs  # noqa: PLC0415 - only a search for the binaries needs it

    return Path(platformdirs.user_cache_dir(APPLICATION))


def cached(name: str) -> Path:
    """Where a binary that was built is kept: per user and version, shared by all checkouts."""
    return cache_directory() / SOURCES[name][1] / versions()[name] / name


def is_executable(path: Path) -> bool:
    """Whether there is a file here that this user may run."""
    return path.is_file() and os.access(path, os.X_OK)


def build(names: Sequence[str], progress: Progress | None = None) -> dict[str, Path]:
    """Build some binaries into the cache, but those that another process just did.

    Raises:
        BuildError: There is no Go, no module, or it does not compile.
    """
    go = shutil.which("go")
    if go is None:
        raise BuildError("no `go` on PATH")
    root = cache_directory()
    root.mkdir(parents=True, exist_ok=True)
    with _exclusively(root):
        missing = [name for name in names if not is_executable(cached(name))]
        # Each final name appears in one step: whoever finds it finds a whole file.
        with tempfile.TemporaryDirectory(dir=root, prefix=".build-") as directory:
            if missing:
                _compile(go, missing, Path(directory), progress or _silent)
            for name in missing:
                cached(name).parent.mkdir(parents=True, exist_ok=True)
                _built(Path(directory), name).replace(cached(name))
    return {name: cached(name) for name in names}


def progress_line(done: int, total: int, seconds: float) -> str:
    """`building Kubernetes: 412/1890 packages, 01:12`."""
    minutes, rest = divmod(int(seconds), 60)
    counted = f"{min(done, total)}/{total} packages, " if total else ""
    return f"building Kubernetes: {counted}{minutes:02}:{rest:02}"


@cache
def _required() -> dict[str, str]:
    file = MODULE / "go.mod"
    try:
        lines = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BuildError(f"no {file}") from error
    found = dict(re.findall(r"^\s+(\S+) (v\S+)(?: // indirect)?$", lines, re.MULTILINE))
    return {module: found[module] for module, _, _ in SOURCES.values()}


@contextmanager
def _exclusively(root: Path) -> Generator[None]:
    from filelock import FileLock  # noqa: PLC0415 - only a build needs it

    with FileLock(root / "kubernetes.lock"):
        yield


def _compile(go: str, names: Sequence[str], output: Path, progress: Progress) -> None:
    packages = [SOURCES[name][0] + SOURCES[name][2] for name in names]
    flags = ["-trimpath", "-ldflags", _linker_flags()]
    total = _package_count(go, packages)
    with subprocess.Popen(
        [go, "build", "-v", *flags, "-o", f"{output}{os.sep}", *packages],
        cwd=MODULE,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            last = _report(process, total, progress)
            code = process.wait()
        except BaseException:
            process.kill()
            raise
    if code:
        raise BuildError("go build failed: " + "\n".join(last))


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


def _built(output: Path, name: str) -> Path:
    """The file Go wrote: it names a package `server/v3` after its folder."""
    return output / ("server" if name == "etcd" else name)


def _report(process: "subprocess.Popen[str]", total: int, progress: Progress) -> deque[str]:
    """Count packages as `go build -v` names them; returns the last lines for an error."""
    started, reported, done = time.monotonic(), 0.0, 0
    last: deque[str] = deque(maxlen=ERROR_LINES)
    for line in process.stderr or ():
        last.append(line.rstrip())
        # Downloads and compiler messages hold spaces; package paths do not.
        done += " " not in line.strip()
        elapsed = time.monotonic() - started
        if elapsed - reported >= PROGRESS_SECONDS:
            reported = elapsed
            progress(progress_line(done, total, elapsed))
    return last


def _package_count(go: str, packages: Sequence[str]) -> int:
    """How many packages they are made of; 0 when Go cannot say (the build will say why)."""
    listed = subprocess.run(
        [go, "list", "-deps", *packages],
        cwd=MODULE,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return len(listed.stdout.split())


def _environment() -> dict[str, str]:
    # A workspace file or flags of the user's own must not change what is built.
    return {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}


def _silent(_line: str) -> None:
    return
