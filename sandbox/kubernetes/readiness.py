"""What it takes for an object to do what it is for, kind by kind.

The checks are those of the real provider (pkg/await of pulumi-kubernetes). PersistentVolumeClaims
are not waited for: with `WaitForFirstConsumer` they bind only when a pod wants them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.kubernetes import pods
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.objects import entries, section

Plain = dict[str, object]

Check = Callable[[Plain], "str | None"]
"""Why an object is not ready yet, or None when it is."""


class Observed:
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


def check_of(api: Api, kind: str) -> Check | None:
    """The check of a kind; None where an object does all it can once it is there."""
    if kind == "CustomResourceDefinition":
        return lambda found: _definition(api, found)
    simple = _CHECKS.get(kind)
    if simple is None:
        return None
    if kind in pods.TEMPLATED:
        return lambda found: simple(Observed(found)) or pods.missing_references(api, found)
    return lambda found: simple(Observed(found))


def _deployment(found: Observed) -> str | None:
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


def _stateful_set(found: Observed) -> str | None:
    wanted, ready = found.spec.get("replicas", 1), found.status.get("readyReplicas", 0)
    if not found.observed():
        return "its controller has not seen it"
    if ready < wanted:
        return f"{ready} of {wanted} replicas are ready"
    if found.status.get("currentRevision") != found.status.get("updateRevision"):
        return "not every replica has the latest revision"
    return None


def _daemon_set(found: Observed) -> str | None:
    wanted = found.status.get("desiredNumberScheduled", 0)
    available = found.status.get("numberAvailable", 0)
    updated = found.status.get("updatedNumberScheduled", 0)
    if not found.observed():
        return "its controller has not seen it"
    if min(available, updated) < wanted:
        return f"{available} of {wanted} pods are available, {updated} up to date"
    return None


def _job(found: Observed) -> str | None:
    if found.spec.get("suspend") or found.holds("Complete"):
        return None
    failed = found.condition("Failed")
    return f"failed: {failed.get('message')}" if failed else "it has not completed"


def _definition(api: Api, found: Plain) -> str | None:
    document = Observed(found)
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


def _pod(found: Observed) -> str | None:
    if found.status.get("phase") == "Succeeded" or found.holds("Ready"):
        return None
    return f"it is {found.status.get('phase', 'Pending')}"


_CHECKS: Mapping[str, Callable[[Observed], "str | None"]] = {
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Job": _job,
    "Pod": _pod,
    "StatefulSet": _stateful_set,
}
