"""How many pods there are, and which object says so. Read by the rules of `disruptions`."""

from dataclasses import dataclass

from policy.core.graph import Graph, Resource
from policy.core.objects import apart, kind_of, names
from policy.core.values import MISSING, UNKNOWN

AUTOSCALERS = tuple(
    f"kubernetes:autoscaling/{version}:HorizontalPodAutoscaler" for version in ("v1", "v2")
)


@dataclass(frozen=True, kw_only=True)
class Replication:
    """How many pods a workload has.

    Attributes:
        autoscaler: The HorizontalPodAutoscaler that decides; None without one.
        certain: Whether no other may be found once unknown values are known.
        least: The least number of pods; None where it is not known.
    """

    autoscaler: Resource | None
    certain: bool
    least: int | None

    @property
    def several(self) -> bool | None:
        """Whether there is more than one pod, or may be; None where it is not known."""
        if self.autoscaler is not None:
            return True
        return None if self.least is None else self.least > 1


def replication_of(graph: Graph, workload: Resource) -> Replication:
    """How many pods a workload has."""
    verdicts = [(item, _scales(item, workload)) for item in graph.of_type(*AUTOSCALERS)]
    found = next((item for item, verdict in verdicts if verdict), None)
    certain = found is not None or all(verdict is False for _, verdict in verdicts)
    source = (workload, "replicas") if found is None else (found, "minReplicas")
    count = source[0].get("spec", source[1])
    least = 1 if count is MISSING else count  # Kubernetes' default for both.
    known = certain and isinstance(least, int)
    return Replication(
        autoscaler=found,
        certain=certain,
        least=least if known and isinstance(least, int) else None,
    )


def _scales(autoscaler: Resource, workload: Resource) -> bool | None:
    """Whether an autoscaler is for a workload; None where it cannot be told yet."""
    if apart(autoscaler, workload):
        return False
    target = autoscaler.get("spec", "scaleTargetRef")
    kind = autoscaler.get("spec", "scaleTargetRef", "kind")
    if target is UNKNOWN or kind is UNKNOWN:
        return None
    if kind != kind_of(workload):
        return False
    name = autoscaler.get("spec", "scaleTargetRef", "name")
    return names(name, workload, autoscaler, "spec")
