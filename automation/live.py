"""A rollout on a terminal: one row per stack, redrawn in place, and the run's totals below."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from automation.events import Progress
from automation.lines import why
from automation.reports.text import changes, duration
from automation.results import Result, StackResult

_STYLES = {
    Result.SUCCEEDED: "green",
    Result.UNCHANGED: "green",
    Result.FAILED: "bold red",
    Result.TIMED_OUT: "bold red",
    Result.BLOCKED: "yellow",
    Result.WAITING: "yellow",
    Result.CANCELLED: "red",
}


class LiveView:
    """Draws the rollout; the caller's ticks are its only clock, so it costs nothing in between."""

    def __init__(
        self,
        console: Console,
        stacks: Sequence[str],
        *,
        expected: Mapping[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set up the view.

        Args:
            console: The terminal.
            stacks: In rollout order.
            expected: How many resources each stack had last time.
            clock: Seconds.
        """
        self._console = console
        self._stacks = tuple(stacks)
        self._expected = dict(expected or {})
        self._clock = clock
        self._began = clock()
        self._since: dict[str, float] = {}
        self._running: dict[str, Progress] = {}
        self._results: dict[str, StackResult] = {}
        self._live: Live | None = None

    def opened(self) -> None:
        """Take the terminal."""
        self.resume()

    def started(self, stack: str) -> None:
        """The stack's row begins to count."""
        self._since[stack] = self._clock()
        self._draw()

    def tick(self, running: Mapping[str, Progress]) -> None:
        """Redraw."""
        self._running = dict(running)
        self._draw()

    def finished(self, result: StackResult) -> None:
        """The row shows its result from now on."""
        self._results[result.stack] = result
        self._draw()

    def say(self, text: str) -> None:
        """A line above the rows."""
        with suppress(OSError):  # the terminal is gone; the rollout is not
            self._console.print(Text(text, style="yellow"))

    def pause(self) -> None:
        """Leave the rows as they are and the cursor below them."""
        if self._live is not None:
            with suppress(OSError):
                self._live.stop()
            self._live = None

    def resume(self) -> None:
        """Draw again, below whatever was written meanwhile."""
        self._live = Live(self.picture(), console=self._console, auto_refresh=False, transient=True)
        with suppress(OSError):
            self._live.start()

    def closed(self) -> None:
        """Take the rows down: the final table takes their place."""
        self.pause()

    def picture(self) -> Group:
        """The rows and the totals as they are now."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("stack", "state", "resources", "elapsed", ""):
            table.add_column(heading, header_style="dim", no_wrap=True, overflow="ellipsis")
        for stack in self._stacks:
            table.add_row(*self._row(stack))
        return Group(table, Text(self._totals(), style="dim"))

    def _draw(self) -> None:
        if self._live is not None:
            with suppress(OSError):
                self._live.update(self.picture(), refresh=True)

    def _row(self, stack: str) -> tuple[Text, ...]:
        if (result := self._results.get(stack)) is not None:
            note = why(result) or changes(result.changes)
            return (
                Text(stack),
                Text(result.result, style=_STYLES[result.result]),
                Text(str(result.resources or "")),
                Text(duration(result.seconds) if result.seconds else ""),
                Text(note, style="" if result.result.good else "red"),
            )
        if stack not in self._since:
            return Text(stack), Text("pending", style="dim"), Text(""), Text(""), Text("")
        progress = self._running.get(stack)
        return (
            Text(stack),
            Text("running", style="cyan"),
            Text(self._count(stack, progress)),
            Text(duration(self._clock() - self._since[stack])),
            Text(_slowest(progress), style="dim"),
        )

    def _count(self, stack: str, progress: Progress | None) -> str:
        done = len(progress.done) if progress is not None else 0
        expected = self._expected.get(stack)
        return f"{done}/{max(expected, done)}" if expected else str(done)

    def _totals(self) -> str:
        left = len(self._stacks) - len(self._results)
        bad = sum(not result.result.good for result in self._results.values())
        parts = [f"{len(self._results) - bad} ok", f"{bad} not", f"{left} to go"]
        return f"{', '.join(parts)}; {duration(self._clock() - self._began)}"


def _slowest(progress: Progress | None) -> str:
    slowest = progress.slowest_running() if progress is not None else None
    return f"{slowest[0]} {duration(slowest[1])}" if slowest else ""
