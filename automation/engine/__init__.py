"""The Pulumi engine: where its CLI and its Python language host come from.

`find_engine()` looks on PATH, installs the official release, or builds the CLI from its Go module
(`tools/`), in this order, and says why. Knows nothing of projects and stacks.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from automation.engine.discovery import Engine, Origin, find_engine

__all__ = ["Engine", "Origin", "find_engine"]


def __getattr__(name: str) -> object:
    """Load the discovery when it is asked for: the language host, below here, starts per engine."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from automation.engine import discovery  # noqa: PLC0415 - see above

    return getattr(discovery, name)
