"""ECR: the organisation's registry (playbook SEC-08, IMG-05, IMG-06)."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.documents import allowing, is_open, name_of, partly_unknown
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, read, spread

REPOSITORY = "aws:ecr/repository:Repository"
CREATION_TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
PULL_THROUGH = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"

SCANS = frozenset({"CONTINUOUS_SCAN", "SCAN_ON_PUSH"})
EVERYTHING = "*"

IMMUTABLE = "IMMUTABLE"
WITH_EXCLUSIONS = "IMMUTABLE_WITH_EXCLUSION"
MOVING_TAGS = frozenset({"buildcache", "buildcache*", "buildcache-*"})
"""Tags that may move: what a build keeps for the next one, which nobody runs."""

OPEN_UPSTREAMS = ("public.ecr.aws", "quay.io", "registry.k8s.io")
"""Upstream registries ECR reads without credentials (ECR user guide, pull through cache rules)."""

CREDENTIALS = "ecr-pullthroughcache/"


def _scanned(graph: Graph, _: Context) -> Iterator[Problem]:
    covered = [_covers_everything(found) for found in graph.of_type(SCANNING)]
    if True in covered:
        return
    for repository in graph.of_type(REPOSITORY):
        value = repository.get("imageScanningConfiguration", "scanOnPush")
        path = "imageScanningConfiguration.scanOnPush"
        if value is True:
            continue
        if value is UNKNOWN or None in covered:
            yield undecided(repository, path)
        else:
            yield failed(repository, path, "got images nobody scans, wanted true")


def _covers_everything(configuration: Resource) -> bool | None:
    rules = configuration.get("rules")
    if rules is UNKNOWN or UNKNOWN in items(rules):
        return None
    return any(
        read(rule, "scanFrequency") in SCANS
        and EVERYTHING in spread(rule, "repositoryFilters", "filter")
        for rule in items(rules)
    )


def _immutable(resource: Resource, _: Context) -> Iterator[Problem]:
    value = resource.get("imageTagMutability")
    if value is UNKNOWN:
        yield undecided(resource, "imageTagMutability")
    elif value == WITH_EXCLUSIONS:
        path = "imageTagMutabilityExclusionFilters"
        found = {str(item) for item in spread(resource.get(path), "filter")}
        if more := sorted(found - MOVING_TAGS):
            wanted = ", ".join(sorted(MOVING_TAGS))
            yield failed(resource, path, f"got {', '.join(more)}, wanted {wanted} at most")
    elif value != IMMUTABLE:
        got = "MUTABLE, as nothing is said" if value is MISSING else value
        yield failed(resource, "imageTagMutability", f"got {got}, wanted {IMMUTABLE}")


def _cleared(graph: Graph, _: Context) -> Iterator[Problem]:
    policies = graph.of_type(LIFECYCLE)
    for repository in graph.of_type(REPOSITORY):
        found = graph.referring(repository, LIFECYCLE, "repository")
        named = any(
            isinstance(name := policy.get("repository"), str) and name == repository.get("name")
            for policy in policies
        )
        if not found.found and not named:
            message = "got images kept for ever, wanted a lifecycle policy"
            problem = failed(repository, "", message)
            yield problem if found.certain else undecided(repository, "repository")


def _ours(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.type == REPOSITORY:
        if resource.get("forceDelete") is True:
            problem = failed if context.production else advised
            message = "got images that go with their repository, wanted false"
            yield problem(resource, "forceDelete", message)
        return
    document = resource.get("policy")
    open_ = [item for item in allowing(document) if is_open(item)]
    for statement in open_:
        message = f"got principal * in {name_of(statement)}, wanted a condition on the organisation"
        yield failed(resource, "policy", message)
    if not open_ and partly_unknown(document):
        yield undecided(resource, "policy")


def _logs_in(resource: Resource, _: Context) -> Iterator[Problem]:
    upstream = resource.get("upstreamRegistryUrl")
    credential = resource.get("credentialArn")
    if upstream is UNKNOWN:
        yield undecided(resource, "upstreamRegistryUrl")
    elif not isinstance(upstream, str) or upstream in OPEN_UPSTREAMS or _is_ecr(upstream):
        return
    elif credential is MISSING:
        message = f"got none for {upstream}, wanted the ARN of a secret {CREDENTIALS}…"
        yield failed(resource, "credentialArn", message)
    elif isinstance(credential, str) and f":secret:{CREDENTIALS}" not in credential:
        message = f"got a secret of another name, wanted {CREDENTIALS}…"
        yield failed(resource, "credentialArn", message)


def _is_ecr(upstream: str) -> bool:
    """Whether it is another registry in ECR, which a role opens."""
    return ".dkr.ecr" in upstream and upstream.endswith(".amazonaws.com")


RULES: tuple[Rule, ...] = (
    Rule(
        id="ECR-01",
        title="Images are scanned when they are pushed",
        severity=Severity.HIGH,
        remedy="let the registry's scanning configuration cover *, or set scan_on_push=True",
        types=(REPOSITORY, SCANNING),
        stack=_scanned,
        controls=("CIS EKS 1.5 5.1.1", "FSBP ECR.1"),
    ),
    Rule(
        id="ECR-02",
        title="A tag stays with its image",
        severity=Severity.HIGH,
        remedy="set image_tag_mutability=IMMUTABLE",
        types=(REPOSITORY, CREATION_TEMPLATE),
        resource=_immutable,
        controls=("FSBP ECR.2",),
    ),
    Rule(
        id="ECR-03",
        title="Repositories forget old images",
        severity=Severity.MEDIUM,
        remedy="add a lifecycle policy that keeps releases and forgets the rest",
        types=(REPOSITORY, LIFECYCLE),
        stack=_cleared,
        controls=("FSBP ECR.3",),
    ),
    Rule(
        id="ECR-04",
        title="Repositories are the organisation's, and are not deleted with their images",
        severity=Severity.HIGH,
        remedy="add a condition on aws:PrincipalOrgID; leave force_delete out",
        types=(REPOSITORY, REPOSITORY_POLICY),
        resource=_ours,
    ),
    Rule(
        id="ECR-05",
        title="Pull-through caches log in where the upstream counts pulls",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="keep the login in a secret ecr-pullthroughcache/… and set credential_arn",
        types=(PULL_THROUGH,),
        resource=_logs_in,
    ),
)
