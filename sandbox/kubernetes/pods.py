"""Why the pods of an object do not run: what the scheduler and the kubelet say, and would say.

The simulated nodes start every pod they are given. Whether the ConfigMaps and Secrets exist that a
pod cannot start without is asked here, as a kubelet would.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.kubernetes.api import Api
from sandbox.kubernetes.objects import entries, section

Plain = dict[str, object]

TEMPLATED = frozenset({"DaemonSet", "Deployment", "Job", "StatefulSet"})
"""Kinds with a pod template that are waited for."""

_MOST = 6
_SPEAK_FOR_THEMSELVES = frozenset({"Pod", "HorizontalPodAutoscaler"})
"""Whose events are left out: pods are asked, and no metrics server measures them here."""


def missing_references(api: Api, found: Plain) -> str | None:
    """The first ConfigMap or Secret that the pods need and that is not there."""
    spec = section(found, "spec", "template", "spec")
    namespace = str(section(found, "metadata")["namespace"])
    for kind, name in sorted(set(references(spec))):
        if api.find(api.path("v1", kind, namespace, name)) is None:
            return f'CreateContainerConfigError: {kind.lower()} "{name}" not found'
    return None


def references(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kinds and names of what a pod cannot start without."""
    for container in [*entries(spec, "containers"), *entries(spec, "initContainers")]:
        for source in entries(container, "envFrom"):
            yield from _named(source, "configMapRef", "ConfigMap")
            yield from _named(source, "secretRef", "Secret")
        for variable in entries(container, "env"):
            source = section(variable, "valueFrom")
            yield from _named(source, "configMapKeyRef", "ConfigMap")
            yield from _named(source, "secretKeyRef", "Secret")
    for volume in entries(spec, "volumes"):
        for source in [volume, *entries(volume, "projected", "sources")]:
            yield from _named(source, "configMap", "ConfigMap")
            yield from _named(source, "secret", "Secret", key="secretName")


def _named(
    source: Mapping[str, Any], field: str, kind: str, *, key: str = "name"
) -> Iterator[tuple[str, str]]:
    given = section(source, field)
    if given and not given.get("optional"):
        name = given.get(key) or given.get("name")
        if name:
            yield kind, str(name)


def reasons(api: Api, found: Plain) -> list[str]:
    """What there is to say about the pods of an object that is not ready."""
    if found.get("kind") not in TEMPLATED:
        return []
    metadata, selector = (
        section(found, "metadata"),
        section(found, "spec", "selector", "matchLabels"),
    )
    query = {"labelSelector": ",".join(f"{key}={value}" for key, value in selector.items())}
    path = api.path("v1", "Pod", str(metadata["namespace"]))
    items = entries(api.get(path, **query), "items")
    lines = [
        f"pod {pod['metadata']['name']}: {said}"
        for pod in items
        if str(pod["metadata"]["name"]).startswith(f"{metadata['name']}-")
        for said in _said(pod)
    ]
    return [*lines[:_MOST], *_events(api, metadata)][: 2 * _MOST]


def _said(pod: Mapping[str, Any]) -> Iterator[str]:
    for condition in entries(pod, "status", "conditions"):
        if condition["status"] != "True" and condition.get("message"):
            yield f"{condition.get('reason', condition['type'])}: {condition['message']}"
    for container in entries(pod, "status", "containerStatuses"):
        waiting = section(container, "state", "waiting")
        if waiting:
            yield f"{container['name']}: {waiting.get('reason')}: {waiting.get('message', '')}"


def _events(api: Api, metadata: Mapping[str, Any]) -> list[str]:
    """Warnings about the object itself and about what it made."""
    path = api.path("v1", "Event", str(metadata["namespace"]))
    items = entries(api.get(path), "items")
    name = str(metadata["name"])
    lines = [
        f"{event['involvedObject'].get('kind')} {event['involvedObject'].get('name')}:"
        f" {event.get('reason')}: {event.get('message')}"
        for event in items
        if event.get("type") == "Warning"
        and str(event["involvedObject"].get("name", "")).startswith(name)
        and event["involvedObject"].get("kind") not in _SPEAK_FOR_THEMSELVES
    ]
    return list(dict.fromkeys(lines))[:_MOST]
