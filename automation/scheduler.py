"""Which stack may start next: a ready queue by the longest way that is left. Pure.

A stack starts as soon as what it needs is good and a slot is free; there are no waves, because the
slowest stack of a wave holds up stacks that do not need it. Among the ready ones the head of the
longest remaining path goes first (Graham's list scheduling: at most 2 - 1/slots of the optimum,
in practice a few per cent; `tests/unit/automation/test_scheduler.py` measures it).
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from graphlib import TopologicalSorter

DEFAULT_SECONDS = 60.0
"""A stack's duration while no run of it is on record: only the ratio between stacks matters."""

BYTES_PER_STACK = 1_500_000_000
"""Memory of a stack at work: engine, program, and three providers of 300 to 430 MB that share
their code (pulumi/pulumi-aws#5860)."""


STACKS_PER_CORE = 2
"""A stack waits for AWS most of its time; where it does not, urgent ones go first (`urgent`)."""


class Phase(StrEnum):
    """Where a stack is in the queue."""

    PENDING = "pending"
    GATED = "gated"
    RUNNING = "running"
    GOOD = "good"
    BAD = "bad"
    BLOCKED = "blocked"
    WAITING = "waiting"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Blocked:
    """A stack that will not start, and the stack that is the reason."""

    stack: str
    cause: str


class Scheduler:
    """The state of a rollout's queue; the caller starts, ends and approves.

    Every call that can block other stacks returns them, so that each stack leaves the queue once.
    """

    def __init__(
        self,
        needs: Mapping[str, Collection[str]],
        *,
        parallel: int,
        durations: Mapping[str, float] | None = None,
        gates: Collection[str] = (),
        fail_fast: bool = False,
    ) -> None:
        """Set up the queue.

        Args:
            needs: For every stack the stacks that must be good before it starts.
            parallel: How many stacks may run at once.
            durations: Expected seconds of each stack.
            gates: Stacks that a person must open the way to.
            fail_fast: Start nothing more after the first bad stack.

        Raises:
            graphlib.CycleError: The needs go round in a circle.
            ValueError: A need is no stack of the queue, or no stack may run.
        """
        if parallel < 1:
            raise ValueError(f"got {parallel} slots, wanted at least one")
        if unknown := {need for wanted in needs.values() for need in wanted} - needs.keys():
            raise ValueError(f"needs of unknown stacks: {', '.join(sorted(unknown))}")
        self._needs = {stack: frozenset(wanted) for stack, wanted in needs.items()}
        self._parallel = parallel
        self._fail_fast = fail_fast
        self._stopped = False
        self._remaining = remaining_path(needs, durations or {})
        self._phases = {
            stack: Phase.GATED if stack in gates else Phase.PENDING for stack in self._needs
        }

    def phase(self, stack: str) -> Phase:
        """Where a stack is."""
        return self._phases[stack]

    def ready(self) -> list[str]:
        """The stacks to start now, most urgent first; no more than there are free slots."""
        if self._stopped:
            return []
        free = self._parallel - len(self._in(Phase.RUNNING))
        return self._open(Phase.PENDING)[: max(0, free)]

    def gates(self) -> list[str]:
        """The stacks that wait for nothing but a person."""
        return [] if self._stopped else self._open(Phase.GATED)

    def start(self, stack: str) -> None:
        """Note that a ready stack has started."""
        if stack not in self.ready():
            raise ValueError(f"{stack} is not ready: {self._phases[stack]}")
        self._phases[stack] = Phase.RUNNING

    def urgent(self, stack: str) -> bool:
        """Whether no running stack has a longer way before it: this one decides the end."""
        others = (other for other in self._in(Phase.RUNNING) if other != stack)
        return all(self._remaining[stack] >= self._remaining[other] for other in others)

    def finish(self, stack: str, *, good: bool) -> list[Blocked]:
        """Note that a running stack has ended; return what cannot start any more."""
        if self._phases[stack] is not Phase.RUNNING:
            raise ValueError(f"{stack} is not running: {self._phases[stack]}")
        self._phases[stack] = Phase.GOOD if good else Phase.BAD
        if good:
            return []
        blocked = self._block_dependents(stack, Phase.BLOCKED)
        if self._fail_fast:
            blocked += self._block_all(stack)
        return blocked

    def approve(self, stack: str) -> None:
        """Open a stack's gate."""
        self._phases[stack] = Phase.PENDING

    def refuse(self, stack: str) -> list[Blocked]:
        """Leave a stack waiting at its gate; return what waits behind it."""
        self._phases[stack] = Phase.WAITING
        return self._block_dependents(stack, Phase.WAITING)

    def stop(self) -> list[str]:
        """Start nothing more; return the stacks that will not start."""
        self._stopped = True
        left = self._left()
        self._phases.update(dict.fromkeys(left, Phase.DROPPED))
        return left

    @property
    def done(self) -> bool:
        """Whether nothing runs and nothing will.

        Raises:
            RuntimeError: Stacks are left that can neither start nor end: a defect, told loudly.
        """
        if self._in(Phase.RUNNING):
            return False
        left = self._left()
        if left and not self.ready() and not self.gates():
            raise RuntimeError(f"the queue cannot go on: {', '.join(left)}")
        return not left

    def _in(self, phase: Phase) -> list[str]:
        return sorted(stack for stack, now in self._phases.items() if now is phase)

    def _open(self, phase: Phase) -> list[str]:
        good = set(self._in(Phase.GOOD))
        able = [stack for stack in self._in(phase) if self._needs[stack] <= good]
        return sorted(able, key=lambda stack: (-self._remaining[stack], stack))

    def _block_dependents(self, cause: str, phase: Phase) -> list[Blocked]:
        blocked: list[Blocked] = []
        reached = {cause}
        while hit := [stack for stack in self._left() if self._needs[stack] & reached]:
            reached.update(hit)
            for stack in hit:
                self._phases[stack] = phase
                blocked.append(Blocked(stack, cause))
        return blocked

    def _block_all(self, cause: str) -> list[Blocked]:
        left = self._left()
        self._phases.update(dict.fromkeys(left, Phase.BLOCKED))
        return [Blocked(stack, cause) for stack in left]

    def _left(self) -> list[str]:
        return self._in(Phase.PENDING) + self._in(Phase.GATED)


def remaining_path(
    needs: Mapping[str, Collection[str]], durations: Mapping[str, float]
) -> dict[str, float]:
    """For every stack the seconds of the longest path that begins with it."""
    order = list(
        TopologicalSorter({stack: set(wanted) for stack, wanted in needs.items()}).static_order()
    )
    longest = dict.fromkeys(order, 0.0)
    for stack in reversed(order):
        longest[stack] += durations.get(stack, DEFAULT_SECONDS)
        for need in needs.get(stack, ()):
            longest[need] = max(longest[need], longest[stack])
    return longest


def within(needs: Mapping[str, Collection[str]], selection: Collection[str]) -> dict[str, set[str]]:
    """The needs among the selected stacks, also those that lead through others.

    `a` → `b` → `c` with `b` left out still starts `c` after `a`.
    """

    def reach(stack: str, seen: set[str]) -> set[str]:
        found: set[str] = set()
        for need in set(needs.get(stack, ())) - seen:
            seen.add(need)
            found |= {need} if need in selection else reach(need, seen)
        return found

    return {stack: reach(stack, {stack}) for stack in selection}


def reverse(needs: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The needs of taking down: a stack goes after everything that needs it."""
    return {stack: {other for other, wanted in needs.items() if stack in wanted} for stack in needs}


def default_parallel(
    cores: int | None = None, memory: int | None = None, *, local: bool = False
) -> int:
    """How many stacks this machine carries at once.

    Args:
        cores: Processor cores; the machine's by default.
        memory: Bytes of memory; the machine's by default.
        local: The cloud is on this machine too: nothing waits, more than a stack a core only
            slows the longest path.
    """
    cores = cores or os.cpu_count() or 1
    if memory is None:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    stacks = cores if local else STACKS_PER_CORE * cores
    return max(1, min(stacks, memory // BYTES_PER_STACK))
