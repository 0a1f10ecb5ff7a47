"""Running a Pulumi program in this process as the language host runs it in one of its own."""

import asyncio
import gc
import runpy
import warnings
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import resource as runtime_resource
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime import stack as runtime_stack
from pulumi.runtime.proto import engine_pb2

from automation.errors import ExitCode, PlatformError
from automation.synth.configuration import Configuration
from automation.synth.isolation import fresh_process
from automation.synth.loop import inline_loop
from automation.synth.monitor import RecordingMonitor, RefusedError
from automation.synth.references import References, UnknownStackError, watched
from automation.synth.sources import Sources

ENTRY = "__main__.py"

BACKEND_ORGANIZATION = "organization"
"""The organisation name of every self-managed state backend."""


_STACK_TRACE = "_get_stack_trace"
"""The SDK's function that :meth:`Sources.capture` takes the place of."""


class ProgramError(PlatformError):
    """The program of a stack failed while its resources were being recorded."""

    exit_code = ExitCode.FAILED


@dataclass(frozen=True, kw_only=True)
class Program:
    """One run of a project's program.

    Attributes:
        root: The project's directory, absolute.
        project: The project's name.
        stack: The stack to run it for.
        configuration: That stack's configuration.
        sources: The project's own files.
    """

    root: Path
    project: str
    stack: str
    configuration: Configuration
    sources: Sources


def run(program: Program, monitor: RecordingMonitor, references: References) -> None:
    """Run a program against a monitor.

    Raises:
        ProgramError: It failed; the message is one line with its place in the project.
    """
    log = _Log()
    failure = None
    try:
        with ExitStack() as stack:
            stack.enter_context(fresh_process(program.root))
            stack.enter_context(_captured_by(program.sources))
            stack.enter_context(watched(references))
            # The SDK keeps its settings in context variables: a copy leaves ours untouched.
            copy_context().run(_run, program, monitor, log)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a program raises, it failed
        failure = _failure(program, error)
    if failure is None and log.errors:
        failure = _told(program.stack, None, log.errors[0])
    if failure is not None:
        # Raised outside `except`, so that it holds none of the program's frames.
        _forget()
        raise failure


def _forget() -> None:
    """Let go of a failed program: what it never awaited would be reported later, out of context."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        gc.collect()


def _run(program: Program, monitor: RecordingMonitor, log: "_Log") -> None:
    pulumi.runtime.reset_options()
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=program.project,
            stack=program.stack,
            monitor=monitor.stub(),
            engine=log.stub(),
            dry_run=True,
            organization=BACKEND_ORGANIZATION,
            root_directory=str(program.root),
        )
    )
    _settings().callbacks = monitor.transforms.callbacks
    configuration = program.configuration
    pulumi.runtime.set_all_config(configuration.values, list(configuration.secret_keys))
    entry = str(program.root / ENTRY)

    async def main() -> None:
        runpy.run_path(entry, run_name="__main__")
        await _settled()

    with inline_loop() as loop:
        loop.run_until_complete(runtime_stack.run_in_stack(main))


def _settings() -> Any:  # noqa: ANN401 - its properties are descriptors that the SDK does not type
    return runtime_settings.SETTINGS


async def _settled() -> None:
    """Wait for every output at once; the SDK, which follows, waits for one and begins anew."""
    while pending := [task for task in _settings().outputs if not task.done()]:
        await asyncio.wait(pending)


class _Log:
    """The engine's log: a program that logs an error has failed; the rest is not for here."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def stub(self) -> SimpleNamespace:
        """This log as the SDK calls it, by the names of the engine's gRPC methods."""
        return SimpleNamespace(Log=self._log, RequirePulumiVersion=_accept)

    def _log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:
        if request.severity == engine_pb2.ERROR:
            self.errors.append(request.message)
        return empty_pb2.Empty()


def _accept(_request: object) -> empty_pb2.Empty:
    return empty_pb2.Empty()


@contextmanager
def _captured_by(sources: Sources) -> Generator[None]:
    original = getattr(runtime_resource, _STACK_TRACE)
    setattr(runtime_resource, _STACK_TRACE, sources.capture)
    try:
        yield
    finally:
        setattr(runtime_resource, _STACK_TRACE, original)


def _failure(program: Program, error: BaseException) -> ProgramError:
    if isinstance(error, RefusedError | UnknownStackError):
        place, text = error.source, str(error)
    elif isinstance(error, pulumi.RunError):
        # Written for the person who configures, not for the one who programs: no place needed.
        place, text = None, str(error)
    elif isinstance(error, SystemExit):
        place, text = program.sources.of_error(error), f"the program left with code {error.code}"
    else:
        place = program.sources.of_error(error)
        text = f"{type(error).__name__}: {error}"
    return _told(program.stack, place, text)


def _told(stack: str, place: str | None, text: str) -> ProgramError:
    parts = (stack, place, "; ".join(line.strip() for line in text.splitlines() if line.strip()))
    return ProgramError(": ".join(filter(None, parts)), hint=f"platform synth {stack}")
