"""Where the resources of a stack are written, for whoever reports on them by URN."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from automation.graph import Graph
    from automation.organization import Project

_PACKAGES: Final = Path(__file__).resolve().parents[2]

_PATIENCE_SECONDS: Final = 120
"""A synthesis takes seconds; what takes longer than this is not worth the wait for a line."""


def sources_of(project: "Project", graph: "Graph", stack: str) -> Mapping[str, str]:
    """The line that makes each resource of a stack, by URN; nothing if its program fails.

    The stack is synthesised in a process of its own: the provider SDKs stay out of this one, and
    it may be called from any thread, beside a running event loop.
    """
    if stack not in {node.stack for node in graph.nodes}:
        return {}
    command = [sys.executable, "-m", "automation.synth", str(project.root), stack]
    try:
        found = subprocess.run(
            command, cwd=_PACKAGES, capture_output=True, check=True, timeout=_PATIENCE_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    resources = json.loads(found.stdout)[stack]["resources"]
    return {item["urn"]: item["source"] for item in resources if item["source"]}


def source_of(project: "Project", graph: "Graph", stack: str, urn: str) -> str | None:
    """The line that makes one resource, such as ``components/network/vpc.py:42``.

    For several resources of a stack call :func:`sources_of` once.
    """
    return sources_of(project, graph, stack).get(urn)
