"""Scripted faults: what every provider of the sandbox does wrong when it is told to.

`SANDBOX_FAULTS` names a JSON file, a list such as::

    [{"match": {"type": "aws:ec2/vpc:*", "name": "*", "operation": "create", "stack": "staging"},
      "fault": "error", "times": 1, "message": "InsufficientAddressCapacity: try again"}]

| fault      | what the operation does                                                        |
|------------|--------------------------------------------------------------------------------|
| `error`    | fails with `message`                                                           |
| `throttle` | fails with AWS's words for a request rate that is too high                     |
| `hang`     | never answers, or `seconds` long and then succeeds; a Cancel from the engine   |
|            | ends it with an error unless `"stubborn": true`                                |
| `slow`     | takes `seconds` longer and succeeds                                            |
| `crash`    | the provider process dies with it                                              |

The first entry that matches and has `times` left applies; `times` (null: always) counts across
all processes and starts again when the file's content changes.
"""

import asyncio
import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Self, cast

ENVIRONMENT_VARIABLE = "SANDBOX_FAULTS"
CRASH_STATUS = 70
"""The exit status of a crashed provider (EX_SOFTWARE of sysexits.h)."""

_OPERATIONS = frozenset({"create", "update", "delete", "read"})
_MATCH_KEYS = frozenset({"type", "name", "operation", "stack"})
_KEYS = frozenset({"match", "fault", "times", "message", "seconds", "stubborn"})
_THROTTLED = "ThrottlingException: Rate exceeded"
_SLOW_SECONDS = 5.0


class Kind(StrEnum):
    """What goes wrong."""

    ERROR = "error"
    THROTTLE = "throttle"
    HANG = "hang"
    CRASH = "crash"
    SLOW = "slow"


class FaultInjectedError(Exception):
    """The failure a scripted fault asked for; its text reaches the user as the provider's."""


class FaultScriptError(Exception):
    """The fault script cannot be used; going on would rehearse nothing and not say so."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a provider is about to do.

    Attributes:
        kind: create, update, delete or read.
        type: The resource's type token.
        name: Its logical name.
        stack: Its stack.
    """

    kind: str
    type: str
    name: str
    stack: str

    @classmethod
    def of(cls, kind: str, urn: str) -> Self:
        """The operation on the resource with this URN."""
        stack, _, rest = urn.removeprefix("urn:pulumi:").partition("::")
        _project, _, rest = rest.partition("::")
        types, _, name = rest.partition("::")
        return cls(kind=kind, type=types.rpartition("$")[2], name=name, stack=stack)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One entry of the script."""

    kind: Kind
    match: Mapping[str, str] = field(default_factory=dict[str, str])
    times: int | None = None
    message: str | None = None
    seconds: float | None = None
    stubborn: bool = False

    def matches(self, operation: Operation) -> bool:
        """Whether every glob given covers the operation."""
        actual = {
            "type": operation.type,
            "name": operation.name,
            "operation": operation.kind,
            "stack": operation.stack,
        }
        return all(fnmatchcase(actual[key], glob) for key, glob in self.match.items())

    async def happen(self, operation: Operation, cancelled: asyncio.Event) -> None:
        """Do what the fault says; returns only when the operation is to go on."""
        match self.kind:
            case Kind.ERROR:
                raise FaultInjectedError(self.message or f"scripted fault: {operation.kind} failed")
            case Kind.THROTTLE:
                raise FaultInjectedError(self.message or _THROTTLED)
            case Kind.CRASH:
                os._exit(CRASH_STATUS)
            case Kind.SLOW:
                await asyncio.sleep(self.seconds or _SLOW_SECONDS)
            case Kind.HANG:
                await self._hang(operation, cancelled)

    async def _hang(self, operation: Operation, cancelled: asyncio.Event) -> None:
        patience = asyncio.Event() if self.stubborn else cancelled
        try:
            await asyncio.wait_for(patience.wait(), self.seconds)
        except TimeoutError:
            return
        raise FaultInjectedError(f"{operation.kind} of {operation.name} was cancelled")


class Faults:
    """The fault script of this process's environment; does nothing when there is none."""

    def __init__(self, script: Path | None) -> None:
        self._script = script
        self._cancelled = asyncio.Event()

    @classmethod
    def from_environment(cls) -> Self:
        """The script named by `SANDBOX_FAULTS`, read anew for every operation."""
        named = os.environ.get(ENVIRONMENT_VARIABLE)
        return cls(Path(named) if named else None)

    def cancel(self) -> None:
        """Let hanging operations end: the engine has asked the provider to stop."""
        self._cancelled.set()

    async def apply(self, operation: Operation) -> None:
        """Let the fault scripted for this operation happen, if there is one.

        Raises:
            FaultInjectedError: The operation is to fail.
            FaultScriptError: The script is not a valid one.
        """
        fault = self.claim(operation)
        if fault is not None:
            await fault.happen(operation, self._cancelled)

    def claim(self, operation: Operation) -> Fault | None:
        """Take the fault for this operation out of the script, counting it."""
        if self._script is None:
            return None
        try:
            text = self._script.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        matching = [
            (number, fault) for number, fault in enumerate(parse(text)) if fault.matches(operation)
        ]
        if not matching:
            return None
        return _claim(self._script, hashlib.sha256(text.encode()).hexdigest(), matching)


def parse(text: str) -> list[Fault]:
    """The faults in a script's text.

    Raises:
        FaultScriptError: With the entry and what is wrong with it.
    """
    try:
        entries = cast("object", json.loads(text))
    except ValueError as error:
        raise FaultScriptError(f"{ENVIRONMENT_VARIABLE}: not JSON: {error}") from error
    if not isinstance(entries, list):
        raise FaultScriptError(f"{ENVIRONMENT_VARIABLE}: wanted a list of faults")
    return [
        _fault(f"{ENVIRONMENT_VARIABLE}[{number}]", entry)
        for number, entry in enumerate(cast("list[object]", entries))
    ]


def _fault(where: str, entry: object) -> Fault:
    if not isinstance(entry, dict):
        raise FaultScriptError(f"{where}: wanted an object")
    known = cast("dict[str, object]", entry)
    _only(where, known, _KEYS)
    match = known.get("match", {})
    if not isinstance(match, dict):
        raise FaultScriptError(f"{where}.match: wanted an object of globs")
    globs = {key: str(glob) for key, glob in cast("dict[str, object]", match).items()}
    _only(f"{where}.match", globs, _MATCH_KEYS)
    if not any(fnmatchcase(kind, globs.get("operation", "*")) for kind in _OPERATIONS):
        wanted = ", ".join(sorted(_OPERATIONS))
        raise FaultScriptError(
            f"{where}.match.operation: got {globs['operation']!r}, wanted one of {wanted}"
        )
    try:
        kind = Kind(str(known.get("fault")))
    except ValueError as error:
        wanted = ", ".join(Kind)
        raise FaultScriptError(
            f"{where}.fault: got {known.get('fault')!r}, wanted one of {wanted}"
        ) from error
    return Fault(
        kind=kind,
        match=globs,
        times=cast("int | None", known.get("times")),
        message=cast("str | None", known.get("message")),
        seconds=cast("float | None", known.get("seconds")),
        stubborn=bool(known.get("stubborn", False)),
    )


def _only(where: str, entry: Mapping[str, object], wanted: frozenset[str]) -> None:
    unknown = sorted(entry.keys() - wanted)
    if unknown:
        raise FaultScriptError(
            f"{where}: got {', '.join(unknown)}, wanted only {', '.join(sorted(wanted))}"
        )


def _claim(script: Path, digest: str, matching: list[tuple[int, Fault]]) -> Fault | None:
    """Count one use of the first matching fault with uses left, under a lock of all processes."""
    counts_file = script.with_name(f"{script.name}.counts")
    with counts_file.open("a+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        counts = _counts(stream.read(), digest)
        for number, fault in matching:
            used = counts.get(str(number), 0)
            if fault.times is not None and used >= fault.times:
                continue
            counts[str(number)] = used + 1
            stream.seek(0)
            stream.truncate()
            stream.write(json.dumps({"script": digest, "used": counts}))
            return fault
    return None


def _counts(text: str, digest: str) -> dict[str, int]:
    try:
        document = cast("dict[str, object]", json.loads(text or "{}"))
    except ValueError:
        return {}
    if document.get("script") != digest:
        return {}
    return cast("dict[str, int]", document.get("used", {}))
