"""HELM and K8S: what others wrote: charts and GitOps sources (playbook DEP-02 to DEP-05)."""

import re
from collections.abc import Iterator, Mapping

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.objects import DEFAULT_NAMESPACE
from policy.core.quantities import quantity
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, one_or_many, read

RELEASE = "kubernetes:helm.sh/v3:Release"
CHART = "kubernetes:helm.sh/v4:Chart"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
PROJECT = "kubernetes:argoproj.io/v1alpha1:AppProject"

VERSION = re.compile(r"v?\d+\.\d+\.\d+([-+][\w.+-]+)?")
COMMIT = re.compile(r"[0-9a-f]{40}")
PINNED_SOURCES = ("oci://", "https://")
EVERYTHING = "*"

OPENING_TYPES = frozenset({"LoadBalancer", "NodePort"})


def _pinned(resource: Resource, _: Context) -> Iterator[Problem]:
    version = resource.get("version")
    if version is UNKNOWN:
        yield undecided(resource, "version")
    elif not isinstance(version, str) or not VERSION.fullmatch(version):
        got = "none" if version is MISSING else version
        yield failed(resource, "version", f"got {got}, wanted one version such as 1.2.3")
    yield from _fetched(resource)
    namespace = resource.get("namespace")
    if namespace is UNKNOWN:
        yield undecided(resource, "namespace")
    elif namespace in (MISSING, "", DEFAULT_NAMESPACE):
        yield advised(resource, "namespace", "got default, wanted a namespace of its own")
    yield from _values(resource, "values", resource.get("values"))


def _fetched(resource: Resource) -> Iterator[Problem]:
    repository, chart = resource.get("repositoryOpts", "repo"), resource.get("chart")
    if UNKNOWN in (repository, chart):
        yield undecided(resource, "repositoryOpts.repo")
        return
    source = repository if isinstance(repository, str) else chart
    if not isinstance(source, str) or not source.startswith(PINNED_SOURCES):
        message = "got a chart from nowhere in particular, wanted https or oci"
        yield advised(resource, "repositoryOpts.repo", message)


def _values(resource: Resource, path: str, value: object) -> Iterator[Problem]:
    """What a chart is told, wherever in its values: its objects are not in the stack."""
    for index, item in enumerate(items(value)):
        yield from _values(resource, f"{path}[{index}]", item)
    for key, item in mapping(value).items():
        at = f"{path}.{key}"
        if key == "resources":
            yield from _resources(resource, at, item)
        elif key == "ingress" and read(item, "enabled") is True:
            yield advised(resource, f"{at}.enabled", "got an Ingress, wanted an HTTPRoute")
        elif key == "service" and (kind := _opening_type(item)):
            yield advised(resource, at, f"got {kind}, wanted ClusterIP")
        elif key == "tag" and item == "latest":
            yield advised(resource, at, "got latest, wanted a tag that stays")
        else:
            yield from _values(resource, at, item)


def _opening_type(service: object) -> object:
    found = (read(service, "type"), read(service, "spec", "type"))
    return next((kind for kind in found if kind in OPENING_TYPES), None)


def _resources(resource: Resource, path: str, value: object) -> Iterator[Problem]:
    """Requests and limits, which charts name as Kubernetes does."""
    if read(value, "limits", "cpu") is not MISSING:
        yield advised(resource, f"{path}.limits.cpu", "got a processor limit, wanted none")
    request, limit = (read(value, kind, "memory") for kind in ("requests", "limits"))
    if UNKNOWN not in (request, limit) and quantity(request) != quantity(limit):
        message = f"got {_said(request)} requested and {_said(limit)} as limit, wanted the same"
        yield advised(resource, f"{path}.limits.memory", message)


def _said(value: object) -> str:
    return "none" if value is MISSING else str(value)


def _followed(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == PROJECT:
        yield from _narrow_project(resource)
        return
    if resource.get("spec", "project") in (MISSING, "", DEFAULT_NAMESPACE):
        message = "got the project default, which may do everything; wanted one of its own"
        yield failed(resource, "spec.project", message)
    sources = resource.get("spec", "sources")
    listed = one_or_many(resource.get("spec", "source") if sources is MISSING else sources)
    own = _values_repositories(listed)
    for index, source in enumerate(listed):
        path = "spec.source" if sources is MISSING else f"spec.sources[{index}]"
        yield from _source(resource, path, source, own)


def _values_repositories(sources: tuple[object, ...]) -> frozenset[str]:
    """Repositories that values come from (`ref`), which are ours: they may follow a branch."""
    return frozenset(
        url
        for source in sources
        if read(source, "ref") is not MISSING and isinstance(url := read(source, "repoURL"), str)
    )


def _source(
    resource: Resource, path: str, source: object, own: frozenset[str]
) -> Iterator[Problem]:
    url, revision = read(source, "repoURL"), read(source, "targetRevision")
    at = f"{path}.targetRevision"
    if UNKNOWN in (source, url, revision):
        yield undecided(resource, at)
    elif not isinstance(url, str):
        yield failed(resource, f"{path}.repoURL", "got none, wanted a repository")
    elif url not in own and not _stays(revision):
        # A lone repository of manifests may be ours; a chart beside our values is not.
        theirs = bool(own) or read(source, "chart") is not MISSING
        message = f"got {_said(revision)} of {url}, wanted a version or a commit"
        yield (failed if theirs else advised)(resource, at, message)


def _stays(revision: object) -> bool:
    """Whether a revision is the same tomorrow."""
    return isinstance(revision, str) and bool(
        VERSION.fullmatch(revision) or COMMIT.fullmatch(revision)
    )


def _narrow_project(resource: Resource) -> Iterator[Problem]:
    for url in items(resource.get("spec", "sourceRepos")):
        if url == EVERYTHING:
            yield failed(resource, "spec.sourceRepos", "got *, wanted the repositories named")
    for index, place in enumerate(items(resource.get("spec", "destinations"))):
        known: Mapping[str, object] = mapping(place)
        if EVERYTHING in (known.get("namespace"), known.get("server"), known.get("name")):
            path = f"spec.destinations[{index}]"
            yield failed(resource, path, "got *, wanted the namespaces named")


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-30",
        title="Argo CD follows versions of what others wrote, in projects that are narrow",
        severity=Severity.MEDIUM,
        remedy="set targetRevision to a version or a commit, and a project that names its sources",
        types=(APPLICATION, PROJECT),
        resource=_followed,
    ),
)
HELM_RULES: tuple[Rule, ...] = (
    Rule(
        id="HELM-01",
        title="Charts are pinned, and told what our own objects are held to",
        severity=Severity.MEDIUM,
        remedy="set version and repository_opts; take limits.cpu and load balancers out of values",
        types=(RELEASE, CHART),
        resource=_pinned,
    ),
)
