"""The Pulumi engine: where its CLI and its Python language host come from.

`find_engine()` looks on PATH, installs the official release, or builds the CLI from its Go module
(`tools/`), in this order, and says why. Knows nothing of projects and stacks.
"""

from automation.engine.discovery import Engine, Origin, find_engine

__all__ = ["Engine", "Origin", "find_engine"]
