"""Builds the Pulumi CLI from its Go module (`tools/go.mod`), where it cannot be downloaded."""

import os
import shutil
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from automation.engine.cache import built_cli, exclusively, is_executable

TOOLS = Path(__file__).parents[2] / "tools"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
PROGRESS_SECONDS = 1.0
ERROR_LINES = 8

Progress = Callable[[str], None]


class BuildError(Exception):
    """The CLI could not be built; the message says why."""


def go_command() -> str | None:
    """The Go command, or None where there is none."""
    return shutil.which("go")


def build(version: str, progress: Progress | None = None) -> Path:
    """Build the CLI into the cache, unless another process just did.

    Raises:
        BuildError: There is no Go, no module, or it does not compile.
    """
    go = go_command()
    if go is None:
        raise BuildError("no `go` on PATH")
    if not (TOOLS / "go.mod").is_file():
        raise BuildError(f"no {TOOLS / 'go.mod'}")
    cli = built_cli(version)
    with exclusively(cli):
        if is_executable(cli):
            return cli
        # The final name appears in one step: whoever finds it finds a whole file.
        with tempfile.TemporaryDirectory(dir=cli.parent, prefix=".build-") as directory:
            output = Path(directory, "pulumi")
            _compile(go, version, output, progress or _silent)
            output.replace(cli)
    return cli


def _compile(go: str, version: str, output: Path, progress: Progress) -> None:
    flags = f"-s -w -X {VERSION_VARIABLE}=v{version}"
    total = _package_count(go)
    with subprocess.Popen(
        [go, "build", "-v", "-trimpath", "-ldflags", flags, "-o", str(output), PACKAGE],
        cwd=TOOLS,
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


def progress_line(done: int, total: int, seconds: float) -> str:
    """`building the Pulumi CLI: 412/1890 packages, 01:12`."""
    minutes, rest = divmod(int(seconds), 60)
    counted = f"{min(done, total)}/{total} packages, " if total else ""
    return f"building the Pulumi CLI: {counted}{minutes:02}:{rest:02}"


def _package_count(go: str) -> int:
    """How many packages the CLI is made of; 0 when Go cannot say (the build will say why)."""
    listed = subprocess.run(
        [go, "list", "-deps", PACKAGE],
        cwd=TOOLS,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return len(listed.stdout.split())


def _environment() -> dict[str, str]:
    # A workspace file or flags of the user's own must not change what is built.
    return {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly"}


def _silent(_line: str) -> None:
    return
