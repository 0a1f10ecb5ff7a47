"""A warm interpreter for the programs of one rollout, where the language host is ours."""

import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from automation.engine.language_host.interpreter import InterpreterMissingError, interpreter_for

WARM_PROGRAMS = "PLATFORM_WARM_PROGRAMS"
"""The variable that tells the language host where the warm interpreter listens."""

LAUNCHER = Path(__file__).with_name("warm_launcher.py")
_SCRIPT = Path(__file__).with_name("warm_programs.py")
_STOP_SECONDS = 5.0


@contextmanager
def warm_programs(
    root: Path, options: Mapping[str, object], modules: Sequence[str]
) -> Generator[dict[str, str]]:
    """Serve programs from one interpreter while the context lasts.

    Args:
        root: The project.
        options: Its runtime options, which name its virtual environment.
        modules: What its programs import; one that cannot be imported is left to them.

    Yields:
        The variables an engine needs to use it; none where it cannot be started, and every
        program then starts its own interpreter.
    """
    # A socket's path may have 107 bytes only (unix(7)).
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        path = Path(folder, "programs.sock")
        process = _start(root, options, [str(path), str(root), *modules])
        try:
            yield {} if process is None else {WARM_PROGRAMS: str(path)}
        finally:
            if process is not None:
                _stop(process)


def _start(
    root: Path, options: Mapping[str, object], arguments: Sequence[str]
) -> subprocess.Popen[bytes] | None:
    try:
        interpreter = interpreter_for(str(root), options)
        return subprocess.Popen(
            [str(interpreter.executable), "-u", str(_SCRIPT), *arguments],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (InterpreterMissingError, OSError):
        return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Close its standard input, on which it ends; running programs end with their engines."""
    assert process.stdin is not None  # noqa: S101 - asked for above
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
