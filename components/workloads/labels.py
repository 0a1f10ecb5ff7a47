"""Labels and annotations of an application's objects. Pure."""

from collections.abc import Mapping

from components.workloads.application_settings import ApplicationConfig

NAME_LABEL = "app.kubernetes.io/name"
"""What an application's pods are found by. STATE: a Deployment's selector never changes."""

NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name"
"""What a namespace is found by; the API server sets it (Kubernetes 1.22)."""

ACCEPT_PREFIX = "accept.superinc.com"
"""Annotations of accepted weakenings, which policies read: ``accept.superinc.com/<name>: why``."""


def selector(application: str) -> dict[str, str]:
    """The labels that find an application's pods."""
    return {NAME_LABEL: application}


def labels(application: str) -> dict[str, str]:
    """The labels of all of an application's objects (Kubernetes, "Recommended Labels")."""
    return {**selector(application), "app.kubernetes.io/managed-by": "pulumi"}


def pod_labels(application: str, config: ApplicationConfig) -> dict[str, str]:
    """The labels of its pods, which say what version they are."""
    return {**labels(application), "app.kubernetes.io/version": config.image.version()}


def accepted(config: ApplicationConfig) -> Mapping[str, str]:
    """The annotations that say which weakenings were accepted, and why."""
    return {f"{ACCEPT_PREFIX}/{name}": reason for name, reason in sorted(config.accept.items())}
