"""What an admission rule is: pure data, written out as Kubernetes objects by `admission.py`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Kinds of one API group that a rule looks at.

    Attributes:
        group: The API group; empty is the core group.
        versions: Its versions.
        names: Resource names as in URLs, subresources after a slash.
    """

    group: str
    versions: Sequence[str]
    names: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Validation:
    """One demand.

    Attributes:
        expression: CEL; the request passes if it is true.
        message: What the one who sent the request reads: what is wanted.
    """

    expression: str
    message: str


@dataclass(frozen=True, kw_only=True)
class AdmissionRule:
    """One idea the API server keeps, whoever sends the object.

    Attributes:
        name: A few words with hyphens. STATE: part of URNs and object names.
        resources: What it looks at.
        validations: What it demands.
        variables: Named CEL expressions that the demands share.
        applications_only: Whether platform namespaces are left out: their charts are not ours.
        parameters: Whether the demands read the rule's ConfigMap as ``params``.
    """

    name: str
    resources: Sequence[Resources]
    validations: Sequence[Validation]
    variables: Sequence[tuple[str, str]] = ()
    applications_only: bool = True
    parameters: bool = False


LONG_RUNNING = Resources(
    group="apps",
    versions=("v1",),
    names=("daemonsets", "deployments", "replicasets", "statefulsets"),
)
"""Kinds whose pods are meant to run for ever."""

JOBS = Resources(group="batch", versions=("v1",), names=("cronjobs", "jobs"))
"""Kinds whose pods end."""

PODS = Resources(group="", versions=("v1",), names=("pods",))
"""Pods themselves: those of controllers that are in no list here are judged there."""

POD_SPEC = (
    "spec",
    (
        "object.kind == 'Pod' ? dyn(object).spec"
        " : object.kind == 'CronJob' ? dyn(object).spec.jobTemplate.spec.template.spec"
        " : dyn(object).spec.template.spec"
    ),
)
"""The pod a workload makes. ``dyn`` because no kind has all three paths: without it the API server
would warn about the two that a kind has not."""

CONTAINERS = (
    "containers",
    "variables.spec.containers + variables.spec.?initContainers.orValue([])",
)
"""Its containers, sidecars among them: a sidecar is an init container that restarts."""
