"""Which provider answers to which plugin name."""

import importlib
import traceback
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi.provider.experimental.provider import Provider

    from sandbox.store import Store

_PROVIDERS = {
    "aws": ("sandbox.aws.provider", "AwsProvider"),
    "eks": ("sandbox.eks.provider", "EksProvider"),
    "kubernetes": ("sandbox.kubernetes.provider", "KubernetesProvider"),
    "random": ("sandbox.random.provider", "RandomProvider"),
}

NAMES = tuple(_PROVIDERS)
"""The plugins the sandbox replaces."""

COMPONENTS = frozenset({"eks"})
"""Those that construct components and so want outputs with their dependencies."""


def provider_of(name: str, store: "Store") -> "Provider":
    """A new provider instance of this plugin name."""
    module, attribute = _PROVIDERS[name]
    factory = cast(
        "Callable[[Store], Provider]", getattr(importlib.import_module(module), attribute)
    )
    return factory(store)


def preload() -> None:
    """Import every provider and let it fill the caches that are worth sharing.

    A provider module may have a function `preload`; it must start no thread and open no file that
    a fork would then share. One that fails is left for the provider's own process to report.
    """
    for module, _ in _PROVIDERS.values():
        try:
            loaded = importlib.import_module(module)
            fill = cast("Callable[[], None] | None", getattr(loaded, "preload", None))
            if fill is not None:
                fill()
        except Exception:  # noqa: BLE001 - any defect of one provider must leave the others warm
            traceback.print_exc()
