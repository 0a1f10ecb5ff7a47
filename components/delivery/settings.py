"""The parts of the delivery layer's Config; `components.delivery.contract` puts them together."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from components.contracts import LayerConfig

RepositoryName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$", max_length=100),
]
"""A repository in ECR (API CreateRepository, ``repositoryName``)."""

Source = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[\w.-]{1,100}$")]
"""A repository of GitHub, as ``owner/name``."""

Branch = Annotated[str, Field(pattern=r"^[\w./-]+$", max_length=200)]
GitUrl = Annotated[str, Field(pattern=r"^https://[^\s*?#@]+\.git$")]
Revision = Annotated[str, Field(pattern=r"^[\w][\w./-]*$", max_length=200)]
Label = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
"""A label of DNS: a namespace, an Application, a host below the account's domain."""

Folder = Annotated[str, Field(pattern=r"^(\.|[\w-][\w.-]*(/[\w-][\w.-]*)*)$")]
"""A folder of a source repository; never above it."""

Group = Annotated[str, Field(pattern=r"^[\w@./:-][\w @./:-]{0,199}$")]
"""A group of an identity provider: nothing that a line of Argo CD's policy would end at."""

TagPattern = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*\*?$", min_length=1, max_length=128)]


class Deployment(StrEnum):
    """Who changes what runs (playbook DEP-02)."""

    DIRECT = "direct"
    ARGO_CD = "argo-cd"


class Scanning(StrEnum):
    """How images are scanned (playbook IMG-06).

    ``enhanced``: Amazon Inspector looks at the operating system and at language packages, on push
    and whenever a new vulnerability is known; it bills per image. ``basic``: the operating
    system's packages, on push, free.
    """

    ENHANCED = "enhanced"
    BASIC = "basic"


class Upstream(StrEnum):
    """A public registry that ours caches (playbook SEC-08)."""

    DOCKER_HUB = "docker-hub"
    ECR_PUBLIC = "ecr-public"
    GHCR = "ghcr"
    QUAY = "quay"
    REGISTRY_K8S = "registry-k8s"


CREDENTIALED = frozenset({Upstream.DOCKER_HUB, Upstream.GHCR})
"""Upstreams that AWS caches for an account of theirs alone (ECR User Guide, "Pull through")."""


MAXIMUM_COPIED = 100
"""Repository filters of a replication rule (ECR API, ``ReplicationRule``)."""


class RepositoryConfig(LayerConfig):
    """One repository of images.

    Attributes:
        source: The GitHub repository it is built from; with it, its pipeline has roles here.
        branches: The branches it is built from; empty for any commit (playbook IMG-02).
        mutable_tags: Tags that may move, such as ``buildcache*``; all others never do.
        keep_releases: How many releases stay, counted by their push. A release that still runs
            must be among them.
        keep_commits_days: How long the image of a commit that is no release (no tag ``v…``) stays.
    """

    source: Source | None = None
    branches: tuple[Branch, ...] = ()
    mutable_tags: Annotated[tuple[TagPattern, ...], Field(max_length=5)] = ()
    keep_releases: int = Field(default=100, ge=10, le=10_000)
    keep_commits_days: int = Field(default=90, ge=7, le=3650)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.branches and self.source is None:
            raise ValueError(
                "branches: got some without a source, wanted the repository they are of"
            )
        wide = [tag for tag in self.mutable_tags if tag == "*" or tag[0].isdigit() or tag == "v*"]
        if wide:
            raise ValueError(f"mutable_tags: got {', '.join(wide)}, wanted none that a release has")
        return self


class RegistryConfig(LayerConfig):
    """The organisation's registry.

    Attributes:
        repositories: Its repositories by name.
        scanning: How images are scanned.
        untagged_days: How long an image without a tag stays.
        replicate: Whether images are copied to the replica Region as well.
        caches: Which public registries it caches.
        credentials: Upstreams whose credentials it has a secret for. First this, then the secret's
            value, then `caches`: ECR reads the secret when it makes a cache.
        cached_days: How long a cached image stays after its last push from upstream.
    """

    repositories: dict[RepositoryName, RepositoryConfig] = Field(
        default_factory=dict[str, RepositoryConfig]
    )
    scanning: Scanning = Scanning.ENHANCED
    untagged_days: int = Field(default=7, ge=1, le=365)
    replicate: bool = False
    caches: tuple[Upstream, ...] = (Upstream.ECR_PUBLIC, Upstream.QUAY, Upstream.REGISTRY_K8S)
    credentials: tuple[Upstream, ...] = ()
    cached_days: int = Field(default=180, ge=14, le=3650)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [*self._cache_problems(), *self._name_problems()]
        if self.replicate and not 0 < len(self.repositories) <= MAXIMUM_COPIED:
            got = len(self.repositories)
            problems.append(
                f"replicate: got true with {got} repositories, wanted 1 to {MAXIMUM_COPIED}"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _cache_problems(self) -> list[str]:
        missing = sorted((set(self.caches) & CREDENTIALED) - set(self.credentials))
        needless = sorted(set(self.credentials) - CREDENTIALED)
        problems: list[str] = []
        if missing:
            names = ", ".join(missing)
            problems.append(f"caches: got {names} without credentials, wanted {names} there first")
        if needless:
            known = ", ".join(sorted(CREDENTIALED))
            problems.append(f"credentials: got {', '.join(needless)}, wanted any of {known}")
        return problems

    def _name_problems(self) -> list[str]:
        """A repository below a cache's prefix would be taken for a cached one."""
        taken = sorted(
            name
            for name in self.repositories
            if name.partition("/")[0] in {upstream.value for upstream in Upstream}
        )
        return [f"repositories: got {name}, wanted no name of a cache" for name in taken]


class ChartSource(LayerConfig):
    """A Helm chart in a source repository (playbook DEP-04).

    Attributes:
        repository: Where its source is.
        path: The folder of the chart.
        revision: A tag or a commit; a third party's chart never follows a branch.
    """

    repository: GitUrl
    path: Folder = "."
    revision: Annotated[str, Field(pattern=r"^(v?\d+\.\d+\.\d+[\w.+-]*|[0-9a-f]{40})$")]


class GitOpsApplication(LayerConfig):
    """An application that Argo CD keeps as the GitOps repository says (playbook DEP-05).

    Its values are in ``<name>/<environment>/values.yaml`` there; no other environment's are read.

    Attributes:
        namespace: Where it runs.
        chart: The chart; absent, the folder ``<name>/chart`` of the GitOps repository.
        prune: Whether what leaves the repository leaves the cluster.
    """

    namespace: Label
    chart: ChartSource | None = None
    prune: bool = True


class SsoConfig(LayerConfig):
    """The identity provider of Argo CD's own login (playbook SEC-13).

    Attributes:
        issuer: Who it is.
        client_id: Who Argo CD is to it. The client secret is a value of the secret this layer
            makes; it is in no file.
        administrators: Groups of the provider that may do everything.
        readers: Groups that may look.
    """

    issuer: Annotated[str, Field(pattern=r"^https://[^\s?#]+$")]
    client_id: Annotated[str, Field(min_length=1, pattern=r"^\S+$")]
    administrators: Annotated[tuple[Group, ...], Field(min_length=1)]
    readers: tuple[Group, ...] = ()


class ArgoCdConfig(LayerConfig):
    """Argo CD in a cluster.

    Attributes:
        gitops_repository: What the cluster is to look like.
        revision: The branch it follows.
        applications: What it keeps so, by name.
        webhook: Whether pushes announce themselves, at the API's name (playbook DEP-03). It needs
            ``superinc:edge.api.host``.
        host: Its pages' name, a label below the account's domain and one of
            ``superinc:edge.admin.hosts``; without one it has no pages, only ``argocd --core``.
        sso: How visitors of its pages are known; given if and only if ``host`` is.
        high_availability: Whether every part has a second pod, and Redis three.
    """

    gitops_repository: GitUrl
    revision: Revision = "main"
    applications: Annotated[dict[Label, GitOpsApplication], Field(min_length=1)]
    webhook: bool = True
    host: Label | None = None
    sso: SsoConfig | None = None
    high_availability: bool = True

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.host is None) != (self.sso is None):
            got = "none with a host" if self.sso is None else "settings without a host"
            raise ValueError(f"sso: got {got}, wanted both or neither")
        return self

    def source_repositories(self) -> list[str]:
        """Every repository an Application may be made from, and no other."""
        charts = {one.chart.repository for one in self.applications.values() if one.chart}
        return sorted({self.gitops_repository, *charts})

    def namespaces(self) -> list[str]:
        """Every namespace an Application may be in."""
        return sorted({one.namespace for one in self.applications.values()})
