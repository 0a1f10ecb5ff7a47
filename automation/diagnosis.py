"""The checks of `platform doctor`: what this machine has and reaches, and what to do about it."""

import platform as machine
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from automation.errors import PlatformError

if TYPE_CHECKING:
    from automation.engine import Engine
    from automation.target import Target

COMMAND_SECONDS = 20.0

SKEW_SECONDS = 300.0
"""Signatures older than this are refused: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html"""

SKEW_WORTH_A_WORD = 60.0


class Verdict(StrEnum):
    """What a check found."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at.

    Attributes:
        name: What it is.
        verdict: Whether it will do.
        found: What was found.
        hint: What to do about it.
    """

    name: str
    verdict: Verdict
    found: str
    hint: str | None = None


def good(name: str, found: str) -> Check:
    """A check that found what is needed."""
    return Check(name=name, verdict=Verdict.GOOD, found=found)


def guarded(name: str, look: Callable[[], Check]) -> Check:
    """A check whose failure is what it found."""
    try:
        return look()
    except PlatformError as error:
        return Check(name=name, verdict=Verdict.BAD, found=str(error), hint=error.hint)


def tools() -> Iterator[Check]:
    """The programs of this machine."""
    yield good("Python", f"{machine.python_version()} at {sys.executable}")
    needs = {
        "Go": (("go", "version"), "only to build the Pulumi CLI", "https://go.dev/dl/"),
        "Node": (("node", "--version"), "for the eks provider", "https://nodejs.org/"),
        "git": (("git", "--version"), "for changed(REF)", "https://git-scm.com/"),
    }
    for name, (command, purpose, address) in needs.items():
        found = _version(command)
        yield (
            good(name, found)
            if found
            else Check(
                name=name,
                verdict=Verdict.WARNING,
                found=f"not on PATH; needed {purpose}",
                hint=f"install it: {address}",
            )
        )


def engine_checks(engine: "Engine") -> Iterator[Check]:
    """The Pulumi CLI and its language host."""
    yield good("Pulumi CLI", f"{engine.version} ({engine.origin}) at {engine.pulumi}")
    yield good("  because", engine.reason)
    whose = "ours, for want of the official one" if engine.own_language_host else "the official one"
    yield good("language host", f"{whose}, at {engine.language_host}")


def target_checks(target: "Target") -> Iterator[Check]:
    """What can be reached: the accounts and the state."""
    if target.sandbox is not None:
        status = target.sandbox.status()
        yield good("sandbox", f"runs at {status.endpoint}")
    yield guarded("credentials", lambda: _credentials(target))
    yield guarded("clock", lambda: _clock(target))
    yield guarded("state", lambda: _state(target))
    yield guarded("locks", lambda: _locks(target))


def _credentials(target: "Target") -> Check:
    caller = target.verify()
    return good("credentials", f"{caller.arn} in the management account {caller.account_id}")


def _clock(target: "Target") -> Check:
    told = target.access.time()
    if told is None:
        return Check(name="clock", verdict=Verdict.WARNING, found="AWS did not tell the time")
    off = abs((datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds())
    if off >= SKEW_WORTH_A_WORD:
        return Check(
            name="clock",
            verdict=Verdict.BAD if off >= SKEW_SECONDS else Verdict.WARNING,
            found=f"{off:.0f} s off; AWS refuses signatures {SKEW_SECONDS:.0f} s off",
            hint="synchronise the clock (timedatectl set-ntp true)",
        )
    return good("clock", "agrees with AWS")


def _state(target: "Target") -> Check:
    made = target.state().stacks()
    total = len(target.project.stacks)
    known = len(made & set(target.project.stacks))
    return good("state", f"{known} of {total} stacks made, at {target.workspace.backend_url}")


def _locks(target: "Target") -> Check:
    locks = target.state().locks()
    if not locks:
        return good("locks", "none")
    found = "; ".join(
        f"{lock.stack} by {lock.user}@{lock.host} (pid {lock.pid}) since {lock.since:%F %T %Z}"
        for lock in locks
    )
    hint = f"if nobody is at work there: platform recover {locks[0].stack}"
    return Check(name="locks", verdict=Verdict.WARNING, found=found, hint=hint)


def _version(command: tuple[str, ...]) -> str | None:
    """The first line a program says about its version; None when it is not here."""
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, *command[1:]],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    line = said.stdout.strip().partition("\n")[0]
    return f"{line} at {program}" if said.returncode == 0 else None
