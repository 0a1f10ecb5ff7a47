"""Which image runs: one of ours, by a release or by its digest (playbook IMG-03, IMG-04)."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components.contracts import LayerConfig

_REPOSITORY = re.compile(r"^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$")
_RELEASE = re.compile(r"^v?\d+\.\d+\.\d+[-.][0-9a-f]{7,40}$")


def _own_repository(value: str) -> str:
    first = value.partition("/")[0]
    if "/" in value and ("." in first or ":" in first or first == "localhost"):
        raise ValueError(
            f"got {value}, wanted a repository of the organisation's registry without its host;"
            " images of others come through the registry's caches"
        )
    if not _REPOSITORY.match(value):
        raise ValueError(f"got {value!r}, wanted a repository such as hello or team/hello")
    return value


def _release(value: str) -> str:
    if not _RELEASE.match(value):
        raise ValueError(
            f"got {value!r}, wanted a release and its commit, such as 1.4.2-0a1b2c3:"
            " any other tag may move or says nothing of its source"
        )
    return value


class ImageConfig(LayerConfig):
    """An image of the organisation's registry.

    Attributes:
        repository: Its repository; the registry's host is the delivery layer's to know. An image
            of a public registry is at its cache's prefix, such as `ecr-public/nginx/nginx`.
        tag: A release and its commit, such as ``1.4.2-0a1b2c3``. Give this or `digest`.
        digest: The digest, which is the same artefact in every environment.
    """

    repository: Annotated[str, AfterValidator(_own_repository)]
    tag: Annotated[str, AfterValidator(_release)] | None = None
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.tag is None) == (self.digest is None):
            got = "neither" if self.tag is None else "both"
            raise ValueError(f"got {got} of tag and digest, wanted one of them")
        return self

    def reference(self, registry: str) -> str:
        """The image as a container names it."""
        name = f"{registry}/{self.repository}"
        return f"{name}:{self.tag}" if self.digest is None else f"{name}@{self.digest}"

    def version(self) -> str:
        """The version for labels, which hold no colon and 63 characters."""
        return self.tag or (self.digest or "").removeprefix("sha256:")[:12]
