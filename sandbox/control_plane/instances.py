"""What EC2 offers, as far as simulated nodes need it.

Types by family and size, labelled as Karpenter labels its nodes (Karpenter: well-known labels).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

ARCHITECTURE: Final = "kubernetes.io/arch"
CAPACITY_TYPE: Final = "karpenter.sh/capacity-type"
INSTANCE_TYPE: Final = "node.kubernetes.io/instance-type"
REGION: Final = "topology.kubernetes.io/region"
ZONE: Final = "topology.kubernetes.io/zone"
SPOT: Final = "spot"
ON_DEMAND: Final = "on-demand"

_AWS: Final = "karpenter.k8s.aws/instance-"
_FAMILIES: Final = {
    "arm64": ("t4g", "c7g", "m7g", "r7g", "c8g", "m8g", "r8g", "c6g", "m6g", "r6g"),
    "amd64": (
        "t3",
        "c7i",
        "m7i",
        "r7i",
        "c7a",
        "m7a",
        "r7a",
        "c6i",
        "m6i",
        "r6i",
        "m5",
        "c5",
        "r5",
    ),
}
"""Architecture → families, the first of them taken where nothing else decides."""

_SIZES: Final = {"medium": 1, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}
"""Size → vCPUs (EC2 user guide, "Instance types")."""

_MEMORY_PER_CPU: Final = {"c": 2048, "m": 4096, "r": 8192, "t": 4096}
"""Category → MiB for each vCPU (likewise)."""

_PODS: Final = 110
"""What prefix delegation allows on all but the largest (EKS: recommended maximum Pods)."""

_RESERVED_CPU: Final = 80
_RESERVED_MEMORY: Final = 1420
"""Millicores and MiB that the kubelet keeps of a node of 110 pods (EKS AMI: 255 MiB + 11 MiB for
each pod, and 100 MiB before eviction, rounded up)."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An instance type in one zone, at one kind of price.

    Attributes:
        labels: Those of a node that runs on it.
        cpu: vCPUs.
        memory: MiB.
    """

    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    cpu: int
    memory: int

    @property
    def zone(self) -> str:
        """Its availability zone."""
        return self.labels[ZONE]

    @property
    def spot(self) -> bool:
        """Whether it can be taken away."""
        return self.labels[CAPACITY_TYPE] == SPOT

    @property
    def capacity(self) -> dict[str, str]:
        """What a node's status says it has."""
        return {"cpu": str(self.cpu), "memory": f"{self.memory}Mi", "pods": str(_PODS)}

    @property
    def allocatable(self) -> dict[str, str]:
        """What a node's status leaves for pods."""
        return {
            "cpu": f"{self.cpu * 1000 - _RESERVED_CPU}m",
            "memory": f"{self.memory - min(_RESERVED_MEMORY, self.memory // 2)}Mi",
            "pods": str(_PODS),
        }


def zones_of(region: str) -> tuple[str, ...]:
    """The three zones that the organisation's networks span."""
    return tuple(f"{region}{letter}" for letter in "abc")


@cache
def offers(region: str, zones: tuple[str, ...]) -> tuple[Offer, ...]:
    """Everything there is, what Karpenter would rather take first: spot, then the smaller."""
    return tuple(
        Offer(
            labels={
                **_type_labels(family, size, architecture),
                CAPACITY_TYPE: kind,
                REGION: region,
                ZONE: zone,
            },
            cpu=cpu,
            memory=cpu * _MEMORY_PER_CPU[family[0]],
        )
        for kind in (SPOT, ON_DEMAND)
        for size, cpu in _SIZES.items()
        for architecture, families in _FAMILIES.items()
        for family in families
        for zone in zones
    )


def of_type(instance_type: str, kind: str, region: str, zone: str) -> Offer:
    """The offer of an instance type by name; of unknown families, one with memory as `m` has."""
    family, _, size = instance_type.partition(".")
    known = {one: arch for arch, families in _FAMILIES.items() for one in families}
    # The letter after the generation tells Graviton (EC2: naming conventions).
    architecture = known.get(family) or ("arm64" if "g" in family[2:] else "amd64")
    cpu = _SIZES.get(size, _SIZES["xlarge"])
    labels = {**_type_labels(family, size, architecture), CAPACITY_TYPE: kind}
    memory = cpu * _MEMORY_PER_CPU.get(family[:1], _MEMORY_PER_CPU["m"])
    return Offer(labels={**labels, REGION: region, ZONE: zone}, cpu=cpu, memory=memory)


def matches(labels: Mapping[str, str], requirements: Sequence[Mapping[str, Any]]) -> bool:
    """Whether labels meet all requirements (Kubernetes: node selector requirements)."""
    return all(_meets(labels.get(str(one["key"])), one) for one in requirements)


def chosen_labels(requirements: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Labels that requirements leave a choice of: Karpenter takes any; here, the first."""
    for one in requirements:
        if one.get("operator") == "In" and one.get("values"):
            yield str(one["key"]), str(one["values"][0])


def _meets(value: str | None, requirement: Mapping[str, Any]) -> bool:
    operator: str = requirement["operator"]
    values: list[str] = list(requirement.get("values") or ())
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    if value is None or not value.isdigit():
        return False
    number, limit = int(value), int(values[0])
    compared = {"Gt": number > limit, "Gte": number >= limit}
    return {**compared, "Lt": number < limit, "Lte": number <= limit}[operator]


def _type_labels(family: str, size: str, architecture: str) -> dict[str, str]:
    cpu = _SIZES.get(size, _SIZES["xlarge"])
    category = family[:1]
    generation = "".join(letter for letter in family if letter.isdigit())
    return {
        "kubernetes.io/os": "linux",
        ARCHITECTURE: architecture,
        INSTANCE_TYPE: f"{family}.{size}",
        f"{_AWS}category": category,
        f"{_AWS}cpu": str(cpu),
        f"{_AWS}cpu-manufacturer": "aws" if architecture == "arm64" else "intel",
        f"{_AWS}family": family,
        f"{_AWS}generation": generation,
        f"{_AWS}hypervisor": "nitro",
        f"{_AWS}memory": str(cpu * _MEMORY_PER_CPU.get(category, _MEMORY_PER_CPU["m"])),
        f"{_AWS}size": size,
    }
