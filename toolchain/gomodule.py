"""Builds commands from a Go module that requires them."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from toolchain.cache import exclusively, is_executable

PROGRESS_SECONDS: Final = 1.0
ERROR_LINES: Final = 8

Progress = Callable[[str], None]

_MAJOR_VERSION: Final = re.compile(r"v(?:[2-9]|[1-9]\d+)")


class BuildError(Exception):
    """The commands could not be built; the message says why."""


@dataclass(frozen=True, kw_only=True)
class GoModule:
    """A Go module, and how commands are built from it.

    Attributes:
        label: What the progress lines call it.
        folder: Where its `go.mod` and `go.sum` are.
        linker_flags: What is given to `-ldflags`.
        environment: Variables of this build, beside those of every one.
    """

    label: str
    folder: Path
    linker_flags: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


def go_command() -> str | None:
    """The Go command, or None where there is none."""
    return shutil.which("go")


def build(
    module: GoModule, files: Mapping[str, Path], *, place: Path, progress: Progress | None = None
) -> None:
    """Build commands, but those that are there or that another process just built.

    Args:
        module: What they are built from.
        files: The package of each command → the file that it becomes.
        place: Whose lock is held meanwhile. The build is beside it until it is whole, so all files
            are on its file system.
        progress: Told once a second how far it is.

    Raises:
        BuildError: There is no Go, no module, or it does not compile.
    """
    go = go_command()
    if go is None:
        raise BuildError("no `go` on PATH")
    if not (module.folder / "go.mod").is_file():
        raise BuildError(f"no {module.folder / 'go.mod'}")
    with exclusively(place):
        missing = {package: file for package, file in files.items() if not is_executable(file)}
        if not missing:
            return
        # Each final name appears in one step: whoever finds it finds a whole file.
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".build-") as directory:
            _compile(go, module, list(missing), Path(directory), progress or _silent)
            for package, file in missing.items():
                file.parent.mkdir(parents=True, exist_ok=True)
                Path(directory, executable_name(package)).replace(file)


def executable_name(package: str) -> str:
    """What Go calls a command: the last component that is no major version (`go help build`)."""
    *_, folder, last = f"/{package}".split("/")
    return folder if folder and _MAJOR_VERSION.fullmatch(last) else last


def progress_line(label: str, done: int, total: int, seconds: float) -> str:
    """`building Kubernetes: 412/1890 packages, 01:12`."""
    minutes, rest = divmod(int(seconds), 60)
    counted = f"{min(done, total)}/{total} packages, " if total else ""
    return f"building {label}: {counted}{minutes:02}:{rest:02}"


def _compile(
    go: str, module: GoModule, packages: Sequence[str], output: Path, progress: Progress
) -> None:
    flags = ["-trimpath", "-ldflags", module.linker_flags]
    total = _package_count(go, module, packages)
    with subprocess.Popen(
        [go, "build", "-v", *flags, "-o", f"{output}{os.sep}", *packages],
        cwd=module.folder,
        env=_environment(module),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            last = _report(process, module.label, total, progress)
            code = process.wait()
        except BaseException:
            process.kill()
            raise
    if code:
        raise BuildError("go build failed: " + "\n".join(last))


def _report(
    process: "subprocess.Popen[str]", label: str, total: int, progress: Progress
) -> deque[str]:
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
            progress(progress_line(label, done, total, elapsed))
    return last


def _package_count(go: str, module: GoModule, packages: Sequence[str]) -> int:
    """How many packages they are made of; 0 when Go cannot say (the build will say why)."""
    listed = subprocess.run(
        [go, "list", "-deps", *packages],
        cwd=module.folder,
        env=_environment(module),
        capture_output=True,
        text=True,
        check=False,
    )
    return len(listed.stdout.split())


def _environment(module: GoModule) -> dict[str, str]:
    # A workspace file or flags of the user's own must not change what is built.
    return {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly", **module.environment}


def _silent(_line: str) -> None:
    return
