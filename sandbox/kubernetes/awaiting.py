"""Waiting until an object does what it is for, and what to say when it does not.

The checks are those of the real provider (pkg/await of pulumi-kubernetes) with shorter limits:
nothing here takes minutes. PersistentVolumeClaims are not waited for: with `WaitForFirstConsumer`
they bind only when a pod wants them.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from sandbox.kubernetes import pods
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.objects import entries, lookup, section

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


class _Doc:
    """Short ways into an object as the server returns it."""

    def __init__(self, document: Plain) -> None:
        self.metadata = section(document, "metadata")
        self.spec = section(document, "spec")
        self.status = section(document, "status")

    def condition(self, kind: str) -> dict[str, Any]:
        """The condition of this type; empty without one."""
        for condition in entries(self.status, "conditions"):
            if condition.get("type") == kind:
                return condition
        return {}

    def holds(self, kind: str) -> bool:
        """Whether the condition of this type is true."""
        return self.condition(kind).get("status") == "True"

    def observed(self) -> bool:
        """Whether its controller has seen its latest change."""
        return self.status.get("observedGeneration", 0) >= self.metadata.get("generation", 0)


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
    check = _check_of(api, str(applied.get("kind")), annotations.get(WAIT_FOR))
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


_Check = Callable[[Plain], "str | None"]
"""Why an object is not ready yet, or None when it is."""


class _Patience:
    """What is waited for, how long, and what helps meanwhile."""

    def __init__(self, check: _Check, seconds: float, start_nodes: Callable[[], None]) -> None:
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


def _check_of(api: Api, kind: str, wait_for: str | None) -> _Check | None:
    if wait_for:
        wanted = json.loads(wait_for) if wait_for.startswith("[") else [wait_for]
        return lambda found: next((said for one in wanted if (said := _wait_for(found, one))), None)
    if kind == "CustomResourceDefinition":
        return lambda found: _definition(api, found)
    simple = _CHECKS.get(kind)
    if simple is None:
        return None
    if kind in pods.TEMPLATED:
        return lambda found: simple(_Doc(found)) or pods.missing_references(api, found)
    return lambda found: simple(_Doc(found))


def _deployment(found: _Doc) -> str | None:
    wanted, updated = found.spec.get("replicas", 1), found.status.get("updatedReplicas", 0)
    if not found.observed():
        return "its controller has not seen it"
    progress = found.condition("Progressing")
    if progress.get("reason") == "ProgressDeadlineExceeded":
        return str(progress.get("message"))
    if updated < wanted:
        failure = found.condition("ReplicaFailure").get("message")
        return f"{updated} of {wanted} replicas are up to date{f': {failure}' if failure else ''}"
    if not found.holds("Available"):
        available = found.status.get("availableReplicas", 0)
        return f"{available} of {wanted} replicas are available"
    if found.status.get("replicas", 0) > updated:
        return "replicas of an earlier revision are still there"
    return None


def _stateful_set(found: _Doc) -> str | None:
    wanted, ready = found.spec.get("replicas", 1), found.status.get("readyReplicas", 0)
    if not found.observed():
        return "its controller has not seen it"
    if ready < wanted:
        return f"{ready} of {wanted} replicas are ready"
    if found.status.get("currentRevision") != found.status.get("updateRevision"):
        return "not every replica has the latest revision"
    return None


def _daemon_set(found: _Doc) -> str | None:
    wanted = found.status.get("desiredNumberScheduled", 0)
    available = found.status.get("numberAvailable", 0)
    updated = found.status.get("updatedNumberScheduled", 0)
    if not found.observed():
        return "its controller has not seen it"
    if min(available, updated) < wanted:
        return f"{available} of {wanted} pods are available, {updated} up to date"
    return None


def _job(found: _Doc) -> str | None:
    if found.spec.get("suspend") or found.holds("Complete"):
        return None
    failed = found.condition("Failed")
    return f"failed: {failed.get('message')}" if failed else "it has not completed"


def _definition(api: Api, found: Plain) -> str | None:
    document = _Doc(found)
    refused = document.condition("NamesAccepted")
    if refused.get("status") == "False":
        return str(refused.get("message"))
    if not document.holds("Established"):
        return "it is not established"
    # Established, its kinds are served some tenths of a second later.
    for version in document.spec["versions"]:
        if version["served"]:
            path = f"/apis/{document.spec['group']}/{version['name']}"
            kinds = _kinds(api, path)
            if document.spec["names"]["kind"] not in kinds:
                return f"{path} does not list it"
    return None


def _kinds(api: Api, path: str) -> set[object]:
    try:
        answer = api.get(path)
    except ApiError as error:
        if error.missing:
            return set()
        raise
    return {entry["kind"] for entry in entries(answer, "resources")}


def _pod(found: _Doc) -> str | None:
    if found.status.get("phase") == "Succeeded" or found.holds("Ready"):
        return None
    return f"it is {found.status.get('phase', 'Pending')}"


_CHECKS: Mapping[str, Callable[[_Doc], "str | None"]] = {
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Job": _job,
    "Pod": _pod,
    "StatefulSet": _stateful_set,
}


def _wait_for(found: Plain, expression: str) -> str | None:
    """One `pulumi.com/waitFor` expression: a condition or a JSONPath of plain names.

    Raises:
        AwaitError: It is neither.
    """
    if expression.startswith("condition="):
        kind, _, wanted = expression.removeprefix("condition=").partition("=")
        condition = _Doc(found).condition(kind)
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
