"""A third-party chart on the cluster: always by Helm itself, always pinned (design D6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component

SECONDS = 900
"""How long a release may take: Karpenter may have to start a node for it first."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart at one version.

    Attributes:
        name: Its name in the repository.
        repository: The repository's address, ``https:`` or ``oci:``.
        version: Its version.
    """

    name: str
    repository: str
    version: str


def release(  # noqa: PLR0913 - what a release is
    parent: Component,
    resource_name: str,
    chart: Chart,
    *,
    namespace: str,
    values: Mapping[str, Any],
    provider: kubernetes.Provider,
    skip_crds: bool = False,
    depends_on: Sequence[pulumi.Resource] = (),
) -> kubernetes.helm.v3.Release:
    """Release a chart under its own name; a failed release is rolled back as a whole."""
    oci = chart.repository.startswith("oci://")
    return kubernetes.helm.v3.Release(
        resource_name,
        kubernetes.helm.v3.ReleaseArgs(
            chart=f"{chart.repository}/{chart.name}" if oci else chart.name,
            repository_opts=None
            if oci
            else kubernetes.helm.v3.RepositoryOptsArgs(repo=chart.repository),
            version=chart.version,
            name=chart.name,
            namespace=namespace,
            values=dict(values),
            skip_crds=skip_crds,
            atomic=True,
            cleanup_on_fail=True,
            timeout=SECONDS,
        ),
        opts=parent.child(provider=provider, depends_on=list(depends_on)),
    )


ON_BASE_NODES: Mapping[str, Any] = {
    "nodeSelector": {"karpenter.sh/controller": "true"},
    "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
}
"""Values of what must run before Karpenter starts nodes (playbook NODE-02)."""


def resources(cpu: str, memory: str) -> dict[str, Any]:
    """Requests and limits as the playbook wants them everywhere (NODE-07)."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def spread(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Replicas over zones and nodes; soft, so that a zone that is full stops no rollout."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
