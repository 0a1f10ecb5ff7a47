"""Images of others, by way of our registry (playbook SEC-08)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.base import LayerContext
from components.delivery.contract import CACHE_PREFIXES, REGISTRY
from components.delivery.settings import Upstream
from components.versions import UPSTREAM_REGISTRIES


@dataclass(frozen=True, kw_only=True)
class Image:
    """Where an image is, in the two parts that charts ask for.

    Attributes:
        registry: The host it is pulled from.
        repository: Its path there.
    """

    registry: pulumi.Output[str]
    repository: pulumi.Output[str]

    @property
    def name(self) -> pulumi.Output[str]:
        """Both parts, as most charts want them."""
        return pulumi.Output.concat(self.registry, "/", self.repository)


@dataclass(frozen=True, kw_only=True)
class ImageSource:
    """Our registry, and what it caches.

    Attributes:
        registry: Its host.
        prefixes: The first part of a cached image's path, by upstream.
    """

    registry: pulumi.Output[str]
    prefixes: pulumi.Output[Mapping[str, str]]

    def image(self, upstream: Upstream, path: str) -> Image:
        """An image of an upstream: from our cache of it, from itself where we cache it not."""
        found = pulumi.Output.all(self.registry, self.prefixes).apply(
            lambda known: located(known[0], known[1], upstream, path)
        )
        return Image(
            registry=found.apply(lambda both: both[0]),
            repository=found.apply(lambda both: both[1]),
        )


def image_source(context: LayerContext) -> ImageSource:
    """The organisation's registry as another account sees it."""
    return ImageSource(registry=context.read(REGISTRY), prefixes=context.read(CACHE_PREFIXES))


def located(
    registry: str, prefixes: Mapping[str, str], upstream: Upstream, path: str
) -> tuple[str, str]:
    """Host and path of an image of an upstream registry."""
    if upstream not in prefixes:
        return UPSTREAM_REGISTRIES[upstream], path
    return registry, f"{prefixes[upstream]}/{path}"
