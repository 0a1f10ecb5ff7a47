"""Runs one Pulumi program; started by the language host in the project's own Python.

Stand-alone on purpose: the project's interpreter has the Pulumi SDK, but need not have this
package. Exit code 32 tells the engine that the error has been shown already (the SDK's own
convention).
"""

import asyncio
import logging
import os
import runpy
import signal
import sys
import traceback
from argparse import ArgumentParser, Namespace
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import pulumi
from pulumi import log, runtime
from pulumi.runtime import settings as runtime_settings

ERROR_SHOWN = 32
INTERRUPTED = 130
DEBUG = "PULUMI_PROGRAM_DEBUG"
"""Set it to get the SDK's own debug lines: four of each resource, values of secrets among them.

Each is a call that the program waits for, a fifth of its time, and all of them land in the engine's
event log, where only `pulumi up --debug` shows them.
"""

THREADS_PER_OPERATION = 4
"""What the official executor allows: four waiting calls for each parallel resource operation."""


def _arguments() -> Namespace:
    parser = ArgumentParser()
    for name in ("monitor", "engine", "project", "stack", "organization", "root-directory", "pwd"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs="*")
    return parser.parse_args()


def _configure(arguments: Namespace) -> None:
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    if not os.environ.get(DEBUG):
        log.debug = _unsaid
    runtime.configure(
        runtime.Settings(
            monitor=arguments.monitor,
            engine=arguments.engine,
            project=arguments.project,
            stack=arguments.stack,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run,
            organization=arguments.organization,
            root_directory=arguments.root_directory,
        )
    )


def _unsaid(*_: object, **__: object) -> None:
    """In the place of `pulumi.log.debug`."""


def _own_frames(error: BaseException, program: Path) -> str:
    """The traceback from the program's own first frame on; runpy's and ours say nothing."""
    main = program / "__main__.py" if program.is_dir() else program
    frames = traceback.extract_tb(error.__traceback__)
    first = next(
        (at for at, frame in enumerate(frames) if Path(frame.filename).resolve() == main), 0
    )
    return "".join(
        traceback.format_exception(
            type(error), error, error.__traceback__, limit=first - len(frames)
        )
    )


def _run(arguments: Namespace) -> int:
    program = Path(arguments.program).resolve()
    if program.is_dir() and not (program / "__main__.py").exists():
        log.error(f"no __main__.py in {program}")
        return ERROR_SHOWN
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(max_workers=max(arguments.parallel, 1) * THREADS_PER_OPERATION)
    loop.set_default_executor(threads)
    # A failed program leaves outputs nobody awaits; asyncio would report each of them.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:

        async def main() -> None:
            runpy.run_path(str(program), run_name="__main__")
            await _settled()

        loop.run_until_complete(runtime.run_in_stack(main))
    except pulumi.RunError as error:
        log.error(str(error))
        return 1
    except Exception as error:  # noqa: BLE001 - the program is the user's; whatever it raises is shown to them
        log.error(f"the program failed:\n{_own_frames(error, program)}")
        return ERROR_SHOWN
    finally:
        threads.shutdown(wait=True)
        loop.close()
    return 0


async def _settled() -> None:
    """Wait for the program's outputs, all at once, or until one fails.

    The SDK, which follows, waits for any one of them and then asks all of them again: with a
    thousand outputs that is most of a program's time.
    """
    while pending := [task for task in _outputs() if not task.done()]:
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() is not None for task in done):
            return  # it stays among the outputs: the SDK raises it


def _outputs() -> tuple[asyncio.Task[object], ...]:
    return tuple(getattr(runtime_settings.SETTINGS, "outputs", ()))


def _leave(_signal: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def main() -> None:
    """Run the program named on the command line and exit as the engine expects."""
    # Cancelled by the engine or a terminal, which know it: a traceback would only hide why.
    signal.signal(signal.SIGINT, _leave)
    arguments = _arguments()
    _configure(arguments)
    sys.argv = [arguments.program, *arguments.arguments]
    if arguments.pwd:
        os.chdir(arguments.pwd)
    code = _run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)


if __name__ == "__main__":
    main()
