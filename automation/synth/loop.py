"""An event loop whose executor is the loop's own thread.

The SDK sends every call to the engine through ``run_in_executor``. With the engine in this
process a thread would only cost time and make the order of registrations a matter of luck.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any


class InlineLoop(asyncio.SelectorEventLoop):
    """Runs what is given to its executor at once, and awaits it if it is a coroutine."""

    def run_in_executor(  # pyright: ignore[reportIncompatibleMethodOverride] - typeshed types it with a TypeVarTuple pyright cannot match
        self,
        executor: object,  # noqa: ARG002 - the signature of asyncio
        func: Callable[..., Any],
        *args: object,
    ) -> asyncio.Future[Any]:
        """Call the function here and now; its result or its error is the future's."""
        done: asyncio.Future[Any] = self.create_future()
        try:
            result: object = func(*args)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the awaiter
            done.set_exception(error)
            return done
        if asyncio.iscoroutine(result):
            return self.create_task(result)
        done.set_result(result)
        return done


@contextmanager
def inline_loop() -> Generator[InlineLoop]:
    """A fresh loop for one program; what the program leaves behind is cancelled."""
    loop = InlineLoop()
    # A failed program leaves futures nobody will ever look at: nothing to tell a person about.
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        yield loop
    finally:
        _cancel(loop)
        loop.close()


def _cancel(loop: InlineLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left))
