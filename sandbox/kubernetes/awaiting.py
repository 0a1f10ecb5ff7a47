"""Waiting until an object does what it is for, and what to say when it does not.

The limits are shorter than those of the real provider: nothing here takes minutes.
"""

import json
import re
import time
from collections.abc import Callable
from typing import cast

from sandbox.kubernetes import pods
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.objects import lookup, section
from sandbox.kubernetes.readiness import Check, Observed, check_of

Plain = dict[str, object]

SECONDS = 60.0
"""The limit where the program gives none; 10 minutes in the real provider."""

SKIP = "pulumi.com/skipAwait"
WAIT_FOR = "pulumi.com/waitFor"
TIMEOUT = "pulumi.com/timeoutSeconds"
"""Annotations by which an object chooses what is waited for, and how long."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
_BEFORE_NODES, _BETWEEN_NODES = 0.5, 1.5
_JSONPATH = re.compile(r"^jsonpath=\{?(?P<path>[^}=]+)\}?(?:=(?P<value>.*))?$")


class AwaitError(Exception):
    """An object is there, but does not come to do its work, or does not go.

    Attributes:
        found: The object as it was seen last.
    """

    def __init__(self, message: str, found: Plain) -> None:
        super().__init__(message)
        self.found = found


def _nobody() -> None:
    """Start no nodes."""


def until_ready(
    api: Api,
    applied: Plain,
    document: Plain,
    *,
    seconds: float = 0,
    start_nodes: Callable[[], None] = _nobody,
) -> Plain:
    """The object once it is ready.

    Args:
        api: Where it is.
        applied: As the server returned it.
        document: As the program gave it; its annotations choose what is waited for.
        seconds: How long; the default when 0.
        start_nodes: Called now and then while its pods wait.

    Raises:
        AwaitError: It is not, within its limit.
    """
    annotations = _annotations(document)
    if annotations.get(SKIP) == "true":
        return applied
    check = _chosen_check(api, str(applied.get("kind")), annotations.get(WAIT_FOR))
    if check is None:
        return applied
    limit = float(annotations.get(TIMEOUT) or seconds or SECONDS)
    metadata = cast("Plain", applied["metadata"])
    path = api.path(
        str(applied["apiVersion"]), str(applied["kind"]),
        cast("str | None", metadata.get("namespace")), str(metadata["name"]),
    )  # fmt: skip
    starts = start_nodes if applied.get("kind") in pods.TEMPLATED else _nobody
    return _poll(api, path, applied, _Patience(check, limit, starts))


def until_gone(api: Api, path: str, *, seconds: float = 0) -> None:
    """Wait until nothing is left at a path.

    Raises:
        AwaitError: Something is; its finalizers are named.
    """
    limit = seconds or SECONDS
    deadline, pause = time.monotonic() + limit, _FIRST_PAUSE
    while (found := api.find(path)) is not None:
        if time.monotonic() > deadline:
            finalizers = section(found, "metadata").get("finalizers")
            kept_by = finalizers or section(found, "spec").get("finalizers") or "it says no reason"
            words = f"{_words(found)} is still there after {limit:.0f} s: {kept_by}"
            raise AwaitError(words, found)
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


class _Patience:
    """What is waited for, how long, and what helps meanwhile."""

    def __init__(self, check: Check, seconds: float, start_nodes: Callable[[], None]) -> None:
        self.check = check
        self.seconds = seconds
        self._start_nodes = start_nodes
        self._deadline = time.monotonic() + seconds
        self._pause = _FIRST_PAUSE
        self._nodes_at = time.monotonic() + _BEFORE_NODES

    def wait(self) -> bool:
        """Let some time pass; False when none is left."""
        if time.monotonic() > self._deadline:
            return False
        if time.monotonic() > self._nodes_at:
            self._start_nodes()
            self._nodes_at = time.monotonic() + _BETWEEN_NODES
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return True


def _poll(api: Api, path: str, applied: Plain, patience: _Patience) -> Plain:
    found = applied
    while (reason := patience.check(found)) is not None:
        if not patience.wait():
            details = "".join(f"\n  * {line}" for line in pods.reasons(api, found))
            words = (
                f"{_words(found)} is not ready after {patience.seconds:.0f} s: {reason}{details}"
            )
            raise AwaitError(words, found)
        latest = api.find(path)
        if latest is None:
            raise AwaitError(f"{_words(found)} was deleted while it was waited for", found)
        found = latest
    return found


def _chosen_check(api: Api, kind: str, wait_for: str | None) -> Check | None:
    if wait_for:
        wanted = json.loads(wait_for) if wait_for.startswith("[") else [wait_for]
        return lambda found: next((said for one in wanted if (said := _wait_for(found, one))), None)
    return check_of(api, kind)


def _wait_for(found: Plain, expression: str) -> str | None:
    """One `pulumi.com/waitFor` expression: a condition or a JSONPath of plain names.

    Raises:
        AwaitError: It is neither.
    """
    if expression.startswith("condition="):
        kind, _, wanted = expression.removeprefix("condition=").partition("=")
        condition = Observed(found).condition(kind)
        if str(condition.get("status", "")).lower() == (wanted or "true").lower():
            return None
        return f"{expression}: {condition.get('message') or 'no such condition'}"
    match = _JSONPATH.match(expression)
    if match is None:
        raise AwaitError(f"{WAIT_FOR}: got {expression}, wanted condition=… or jsonpath=…", found)
    value = lookup(found, match["path"].strip("."))
    wanted = match["value"]
    reached = value is not None if wanted is None else str(value) == wanted
    return None if reached else f"{expression}: it is {value}"


def _annotations(document: Plain) -> dict[str, str]:
    return section(document, "metadata", "annotations")


def _words(found: Plain) -> str:
    metadata = section(found, "metadata")
    where = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{found.get('kind')} {where}{metadata.get('name')}"
