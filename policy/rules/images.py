"""K8S: what runs, and where it was pulled from (playbook IMG-03, IMG-04, SEC-08)."""

import re
from collections.abc import Iterator
from functools import partial

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN
from policy.rules.pod_templates import CARRIERS, Container, PodTemplate, of_containers

HOST = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
"""A registry of ECR and the account it is in."""

RELEASE = re.compile(r"v?\d+\.\d+\.\d+[-+.][0-9a-f]{7,40}")
"""A version and the commit it was built from."""

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

CACHES = frozenset({"docker-hub", "ecr-public", "ghcr", "quay", "registry-k8s"})
"""First parts of the paths that our registry caches others under: their tags are theirs."""

MOVING = frozenset({"latest", "main", "master", "stable"})


def _fixed(
    context: Context, resource: Resource, _: PodTemplate, container: Container
) -> Iterator[Problem]:
    image = container.get("image")
    path = container.at("image")
    if image is UNKNOWN:
        yield undecided(resource, path)
    elif image is MISSING or not isinstance(image, str):
        yield failed(resource, path, "got none, wanted one of our registry")
    elif message := _foreign(image, context) or _movable(image):
        yield failed(resource, path, message)


def _foreign(image: str, context: Context) -> str | None:
    host, _, path = image.partition("/")
    match = HOST.fullmatch(host)
    if match is None or not path:
        return f"got {image}, wanted our registry or its cache of that one"
    ids = {account.id for account in context.accounts.values()}
    # An account whose id the project does not pin is known to the engine alone.
    if None in ids or match["account"] in ids:
        return None
    return f"got {image}, wanted the registry of an account of the organisation"


def _movable(image: str) -> str | None:
    name, _, digest = image.partition("@")
    if DIGEST.fullmatch(digest):
        return None
    repository, _, tag = name.partition("/")[2].partition(":")
    if not tag or tag in MOVING:
        return f"got {image}, wanted a tag that stays, or a digest"
    if repository.partition("/")[0] not in CACHES and not RELEASE.fullmatch(tag):
        return f"got {image}, wanted a tag of version and commit (1.4.2-0a1b2c3), or a digest"
    return None


def _fixed_images(resource: Resource, context: Context) -> Iterator[Problem]:
    yield from of_containers(partial(_fixed, context), patches=False)(resource, context)


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-18",
        title="Images come from our registry, by a tag that stays",
        severity=Severity.HIGH,
        remedy="push it to our registry, tagged version-commit, or pull it by the registry's cache",
        types=CARRIERS,
        resource=_fixed_images,
        controls=("CIS EKS 1.5 5.1.4",),
    ),
)
