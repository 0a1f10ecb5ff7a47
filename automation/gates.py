"""Gates: stacks that a person opens the way to; approved before, asked for, or left waiting."""

import asyncio
import sys
from collections.abc import Collection
from typing import TextIO

from automation.view import View


class Gates:
    """Who may open a gate in this run."""

    def __init__(
        self,
        view: View,
        *,
        approved: Collection[str] = (),
        rehearsal: bool = False,
        terminal: TextIO | None = None,
    ) -> None:
        """Set up the gates.

        Args:
            view: Told what is opened, and paused while a person is asked.
            approved: Stacks approved on the command line.
            rehearsal: It is the sandbox, where every gate opens by itself.
            terminal: Where answers come from; None when there is nobody to ask.
        """
        self._view = view
        self._approved = frozenset(approved)
        self._rehearsal = rehearsal
        self._terminal = terminal
        self._turn = asyncio.Lock()

    async def opened_by(self, stack: str) -> str | None:
        """Who opened the gate of a stack; None leaves it waiting."""
        if stack in self._approved:
            return "--approve"
        if self._rehearsal:
            self._view.say(f"gate of {stack} opened: this is the sandbox")
            return "sandbox"
        if self._terminal is None:
            return None
        async with self._turn:
            return "prompt" if await self._ask(stack, self._terminal) else None

    async def _ask(self, stack: str, terminal: TextIO) -> bool:
        self._view.pause()
        try:
            sys.stderr.write(f"everything before {stack} is good; roll out {stack}? [y/N] ")
            sys.stderr.flush()
            return (await _line(terminal)).strip().lower() in {"y", "yes"}
        finally:
            self._view.resume()


async def _line(terminal: TextIO) -> str:
    """A line from the terminal, without a thread that a Ctrl-C could not end."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        if not answer.done():
            answer.set_result(terminal.readline())

    loop.add_reader(terminal.fileno(), read)
    try:
        return await answer
    finally:
        loop.remove_reader(terminal.fileno())
