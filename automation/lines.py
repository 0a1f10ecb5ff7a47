"""A rollout as plain lines: one when a stack starts, one when it leaves, each whole in itself."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TextIO

from automation.events import Progress
from automation.reports.text import changes, duration
from automation.results import StackResult


class Lines:
    """Writes lines of a fixed shape: ``stack  state  facts``."""

    def __init__(self, stacks: Sequence[str], stream: TextIO | None = None) -> None:
        self._width = max((len(stack) for stack in stacks), default=0)
        self._stream = stream or sys.stderr

    def opened(self) -> None:
        """Nothing: the first line is the first stack's."""

    def started(self, stack: str) -> None:
        """One line."""
        self.say(f"{stack.ljust(self._width)}  started")

    def tick(self, running: Mapping[str, Progress]) -> None:
        """Nothing: a log is not the place for progress."""

    def finished(self, result: StackResult) -> None:
        """One line."""
        self.say(line(result, self._width))

    def say(self, text: str) -> None:
        """The text as it is."""
        with suppress(OSError):  # the terminal or the pipe is gone; the rollout is not
            self._stream.write(text + "\n")
            self._stream.flush()

    def pause(self) -> None:
        """Nothing is drawn that could be in the way."""

    def resume(self) -> None:
        """Nothing was stopped."""

    def closed(self) -> None:
        """Nothing to take down."""


def line(result: StackResult, width: int = 0) -> str:
    """How a stack left the run, in one line."""
    state = "ok" if result.result.good else result.result.value
    facts = [result.stack.ljust(width), state]
    if result.resources:
        facts.append(f"{result.resources} resources")
    facts.append(changes(result.changes) or ("no changes" if result.result.good else ""))
    if result.seconds:
        facts.append(duration(result.seconds))
    if not result.result.good:
        facts.append(why(result))
    return "  ".join(fact for fact in facts if fact)


def why(result: StackResult) -> str:
    """Why a stack is not good, in one line."""
    if result.detail:
        return result.detail.partition("\n")[0]
    if not result.failures:
        return ""
    first = result.failures[0]
    subject = " ".join(part for part in (first.type, first.name) if part)
    words = first.message.partition("\n")[0]
    return f"{subject}: {words}" if subject else words
