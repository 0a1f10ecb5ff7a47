"""The conductor of a run: takes stacks from the queue, has them supervised, keeps the journal.

Nothing is started that is not on record, and whatever happens to the record, to a stack or to us,
every engine that runs is brought to its end before the run is.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from automation.errors import CredentialsError, LockedError, PlatformError, StateError
from automation.gates import Gates
from automation.guardian import Guardian
from automation.outcome import judge
from automation.reports.record import encode
from automation.results import Operation, Reason, Result, StackResult, exit_code
from automation.scheduler import Blocked, Scheduler
from automation.supervisor import Child, Invocation

if TYPE_CHECKING:
    from collections.abc import Generator

    from automation.runs import Run
    from automation.view import View

TICK_SECONDS = 0.5
"""How often the view is told where things are."""

SAME_SIGNAL_SECONDS = 0.75
"""Signals this close are one: a wrapper such as uv passes on the Ctrl-C that we got as well."""

BACKGROUND = 19
"""Niceness of a stack that others will outlast: on a busy machine the longest path goes first."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class EngineCommand:
    """The engine's command line for one stack, without where its words go."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path


class Destination(Protocol):
    """Where stacks are rolled out to, as far as a rollout must know. Called from other threads."""

    def prepare(self, stack: str, operation: Operation) -> None:
        """Make ready what the engine needs and refuse wrong credentials; a PlatformError if not."""
        ...

    def command(self, stack: str, operation: Operation, events: Path) -> EngineCommand:
        """The engine's command line, told to write its event log there."""
        ...

    def source_of(self, stack: str, urns: list[str]) -> Mapping[str, str]:
        """Where the program makes these resources, as `file:line`, as far as it is known."""
        ...


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long things may take.

    Attributes:
        timeout: Seconds for one stack; None for as long as it takes.
        grace: Seconds an engine gets to end what is in flight when it is asked to stop.
    """

    timeout: float | None = None
    grace: float = 60.0


@dataclass
class Rollout:
    """One run over its stacks; used once."""

    operation: Operation
    target: Destination
    scheduler: Scheduler
    run: "Run"
    view: "View"
    gates: Gates
    limits: Limits = field(default_factory=Limits)
    results: dict[str, StackResult] = field(default_factory=dict[str, StackResult])

    def __post_init__(self) -> None:
        """Start from nothing."""
        self._guardian = Guardian(self.limits.grace)
        self._children: dict[str, Child] = {}
        self._tasks: dict[asyncio.Task[StackResult], str] = {}
        self._asking: dict[asyncio.Task[str | None], str] = {}
        self._signalled: float | None = None
        self._defect: BaseException | None = None

    async def conduct(self) -> dict[str, StackResult]:
        """Run until every stack has a result.

        Raises:
            StateError: The journal could not be kept; everything that ran has ended.
        """
        began = time.monotonic()
        self.view.opened()
        try:
            with Guardian(self.limits.grace) as self._guardian, self._signals():
                while not self.scheduler.done:
                    self._begin_ready()
                    await self._advance()
        finally:
            self.view.closed()
        if self._defect is not None:
            raise self._defect
        took = round(time.monotonic() - began, 1)
        code = int(exit_code(self.results.values()))
        self._note("run.finished", {"seconds": took, "exit_code": code})
        if self._defect is not None:
            raise self._defect
        return self.results

    def _begin_ready(self) -> None:
        for stack in self.scheduler.gates():
            if stack not in self._asking.values():
                task = asyncio.create_task(self.gates.opened_by(stack))
                self._asking[task] = stack
        for stack in self.scheduler.ready():
            if not self._note("stack.started", {"stack": stack}):
                return
            self.scheduler.start(stack)
            self.view.started(stack)
            self._tasks[asyncio.create_task(self._roll(stack))] = stack

    async def _advance(self) -> None:
        waiting = {*self._tasks, *self._asking}
        if not waiting:
            return
        done, _ = await asyncio.wait(
            waiting, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done & self._asking.keys():
            self._answered(task)  # pyright: ignore[reportArgumentType] - the keys are these tasks
        for task in done & self._tasks.keys():
            self._ended(task)  # pyright: ignore[reportArgumentType] - as above
        running = {stack: child.progress for stack, child in self._children.items()}
        self.view.tick(running)

    async def _roll(self, stack: str) -> StackResult:
        try:
            command = await asyncio.to_thread(self._prepare, stack)
        except PlatformError as error:
            return _refused(stack, error)
        if self._signalled is not None:
            return StackResult(stack=stack, result=Result.CANCELLED, detail="not started")
        child = Child(
            self._invocation(stack, command),
            self._guardian,
            timeout=self.limits.timeout,
            grace=self.limits.grace,
            on_stall=lambda silence: self._stalled(stack, silence),
        )
        self._children[stack] = child
        try:
            ended = await child.run()
        finally:
            del self._children[stack]
        return await self._with_sources(judge(stack, ended, child.progress, child.redact))

    def _prepare(self, stack: str) -> EngineCommand:
        self.target.prepare(stack, self.operation)
        return self.target.command(stack, self.operation, self.run.file(stack, "engine"))

    def _invocation(self, stack: str, command: EngineCommand) -> Invocation:
        return Invocation(
            arguments=command.arguments,
            environment=command.environment,
            directory=command.directory,
            events=self.run.file(stack, "engine"),
            log=self.run.file(stack, "log"),
            record=self.run.file(stack, "events.jsonl"),
            niceness=0 if self.scheduler.urgent(stack) else BACKGROUND,
        )

    async def _with_sources(self, result: StackResult) -> StackResult:
        urns = sorted({failure.urn for failure in result.failures if failure.type})
        if not urns or self._signalled is not None:
            return result
        found = await asyncio.to_thread(self.target.source_of, result.stack, urns)
        return replace(
            result,
            failures=tuple(
                replace(failure, source=found.get(failure.urn, "")) for failure in result.failures
            ),
        )

    def _ended(self, task: asyncio.Task[StackResult]) -> None:
        stack = self._tasks.pop(task)
        if (error := task.exception()) is not None:
            self._give_up(error)
            self._block(self.scheduler.finish(stack, good=False))
            return
        result = task.result()
        self._leave(result)
        self._block(self.scheduler.finish(stack, good=result.result.good))

    def _answered(self, task: asyncio.Task[str | None]) -> None:
        stack = self._asking.pop(task)
        by = None if task.cancelled() else task.result()
        if by is not None and self._note("gate.opened", {"stack": stack, "by": by}):
            self.scheduler.approve(stack)
        elif self._signalled is None and self._defect is None:
            self._note("gate.waiting", {"stack": stack})
            self._leave(
                StackResult(stack=stack, result=Result.WAITING, detail="waits for approval")
            )
            self._block(self.scheduler.refuse(stack))

    def _block(self, blocked: list[Blocked]) -> None:
        for item in blocked:
            cause = self.results.get(item.cause)
            waits = cause is not None and cause.result is Result.WAITING
            why = f"{item.cause} {cause.result if cause else Result.FAILED}"
            self._leave(
                StackResult(
                    stack=item.stack,
                    result=Result.WAITING if waits else Result.BLOCKED,
                    detail=f"behind the gate of {item.cause}" if waits else why,
                    cause=item.cause,
                )
            )

    def _leave(self, result: StackResult) -> None:
        self.results[result.stack] = result
        self._note("stack.finished", encode(result))
        self.view.finished(result)

    def _note(self, event: str, fields: Mapping[str, object]) -> bool:
        """Put something on record; when that fails the run winds down and then fails."""
        try:
            self.run.journal.append(event, fields)
        except StateError as error:
            self._give_up(error)
            return False
        return True

    def _give_up(self, error: BaseException) -> None:
        """Start nothing more and let what runs come to its end; the error is raised then."""
        if self._defect is None:
            self._defect = error
            self.view.say(f"{error}; nothing more is started")
        self.scheduler.stop()
        for task in self._asking:
            task.cancel()

    def _stalled(self, stack: str, silence: float) -> None:
        busy = self._children[stack].progress.slowest_running()
        what = f" since it began {busy[0]}" if busy else ""
        self.view.say(f"{stack}: the engine has said nothing for {silence / 60:.0f} m{what}")

    @contextmanager
    def _signals(self) -> "Generator[None]":
        loop = asyncio.get_running_loop()
        taken = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        for number in taken:
            loop.add_signal_handler(number, self._on_signal, number)
        try:
            yield
        finally:
            for number in taken:
                with suppress(RuntimeError):
                    loop.remove_signal_handler(number)

    def _on_signal(self, number: signal.Signals) -> None:
        now = time.monotonic()
        if self._signalled is None:
            self._signalled = now
            self._stop(number)
        elif now - self._signalled > SAME_SIGNAL_SECONDS:
            self.view.say("stopping at once")
            for child in tuple(self._children.values()):
                child.kill()

    def _stop(self, number: signal.Signals) -> None:
        running = sorted(self._tasks.values())
        self._note("run.interrupted", {"signal": number.name})
        for task in self._asking:
            task.cancel()
        for stack in self.scheduler.stop():
            self._leave(StackResult(stack=stack, result=Result.CANCELLED, detail="not started"))
        for child in self._children.values():
            child.interrupt()
        if running:
            self.view.say(
                f"{number.name}: waiting up to {self.limits.grace:.0f} s for {', '.join(running)} "
                "to end what is in flight; once more stops at once"
            )


def _refused(stack: str, error: PlatformError) -> StackResult:
    reasons: dict[type[PlatformError], Reason] = {
        CredentialsError: Reason.CREDENTIALS,
        LockedError: Reason.LOCKED,
    }
    detail = f"{error}\nhint: {error.hint}" if error.hint else str(error)
    return StackResult(
        stack=stack,
        result=Result.FAILED,
        reason=reasons.get(type(error), Reason.ENGINE),
        detail=detail,
    )


def conduct(rollout: Callable[[], Rollout]) -> dict[str, StackResult]:
    """Run a rollout to its end."""

    async def run() -> dict[str, StackResult]:
        return await rollout().conduct()

    return asyncio.run(run())
