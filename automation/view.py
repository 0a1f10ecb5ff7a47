"""What a rollout tells the person who watches it; the terminal and plain lines are two of these."""

from collections.abc import Mapping
from typing import Protocol

from automation.events import Progress
from automation.results import StackResult


class View(Protocol):
    """Something that shows a rollout while it happens. None of it may fail or wait."""

    def opened(self) -> None:
        """The rollout begins."""
        ...

    def started(self, stack: str) -> None:
        """A stack has left the queue."""
        ...

    def tick(self, running: Mapping[str, Progress]) -> None:
        """Time has passed; this is where the running stacks are."""
        ...

    def finished(self, result: StackResult) -> None:
        """A stack has left the run."""
        ...

    def say(self, text: str) -> None:
        """Something a person should know now."""
        ...

    def pause(self) -> None:
        """Leave the terminal to a question."""
        ...

    def resume(self) -> None:
        """Take the terminal back."""
        ...

    def closed(self) -> None:
        """The rollout is over."""
        ...
