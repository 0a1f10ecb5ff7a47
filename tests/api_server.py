"""What an API server of the pinned version would refuse, by schemas alone."""

from pathlib import Path
from typing import Any

from components.versions import KUBERNETES
from sandbox.kubernetes import schemas
from sandbox.kubernetes.custom import Definitions

ROOT = Path(__file__).parents[1]

DEFINITIONS = Definitions(
    file
    for folder in ("sandbox/crds", "components/eks/crds")
    for file in sorted((ROOT / folder).rglob("*.yaml"))
)
"""Of the custom resources that the charts and the addons bring."""


def problems(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Field paths and reasons; rules in CEL are the server's."""
    return schemas.problems(document, KUBERNETES, DEFINITIONS)
