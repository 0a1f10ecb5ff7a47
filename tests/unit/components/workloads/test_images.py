"""Images: ours, and which."""

import pytest
from pydantic import ValidationError

from components.workloads.images import ImageConfig

HOST = "333344445555.dkr.ecr.eu-central-1.amazonaws.com"
DIGEST = f"sha256:{'a1' * 32}"


def test_a_release_is_named_by_its_tag() -> None:
    image = ImageConfig(repository="team/hello", tag="1.4.2-0a1b2c3")
    assert image.reference(HOST) == f"{HOST}/team/hello:1.4.2-0a1b2c3"
    assert image.version() == "1.4.2-0a1b2c3"


def test_a_digest_is_the_same_artefact_everywhere() -> None:
    image = ImageConfig(repository="hello", digest=DIGEST)
    assert image.reference(HOST) == f"{HOST}/hello@{DIGEST}"
    assert image.version() == "a1" * 6


@pytest.mark.parametrize(
    "repository",
    ["docker.io/library/nginx", "ghcr.io/org/app", "localhost/app", "registry:5000/app"],
)
def test_an_image_of_another_registry_is_refused(repository: str) -> None:
    with pytest.raises(ValidationError, match="wanted a repository of the organisation's registry"):
        ImageConfig(repository=repository, tag="1.4.2-0a1b2c3")


@pytest.mark.parametrize("repository", ["Hello", "hello:latest", "/hello", "a//b", "hello@sha256"])
def test_a_repository_has_neither_tag_nor_capitals(repository: str) -> None:
    with pytest.raises(ValidationError, match="wanted a repository such as"):
        ImageConfig(repository=repository, tag="1.4.2-0a1b2c3")


@pytest.mark.parametrize("tag", ["latest", "1.4.2", "main", "1.4-0a1b2c3", "v1", "1.4.2-xyz1234"])
def test_a_tag_that_may_move_or_names_no_commit_is_refused(tag: str) -> None:
    with pytest.raises(ValidationError, match="wanted a release and its commit"):
        ImageConfig(repository="hello", tag=tag)


@pytest.mark.parametrize(
    ("tag", "digest", "got"), [(None, None, "neither"), ("1.0.0-0a1b2c3", DIGEST, "both")]
)
def test_either_a_tag_or_a_digest(tag: str | None, digest: str | None, got: str) -> None:
    with pytest.raises(ValidationError, match=f"got {got} of tag and digest"):
        ImageConfig(repository="hello", tag=tag, digest=digest)
