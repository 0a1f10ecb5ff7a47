"""The node pools' settings: which machines Karpenter may start, and when it may replace them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.contracts import LayerConfig

SPOT_TAINT = "superinc.com/spot"
"""Taint of Spot nodes: only pods that say they bear an interruption are put there. STATE: the
tolerations of workloads name it."""

SPOT_FAMILIES = 5
"""Instance families a Spot pool must be able to choose from: fewer, and one interruption empties
the pool (Karpenter docs, "NodePools", ``minValues``)."""


class Architecture(StrEnum):
    """Instruction set of a node, as ``kubernetes.io/arch`` spells it."""

    AMD64 = "amd64"
    ARM64 = "arm64"


class Capacity(StrEnum):
    """How a node is bought, as ``karpenter.sh/capacity-type`` spells it."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"


PoolName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$")]
Category = Literal["c", "m", "r"]
Size = Annotated[str, Field(pattern=r"^([a-z]+|[0-9]{1,2}xlarge|metal(-[0-9]{1,2}xl)?)$")]


class NodePoolConfig(LayerConfig):
    """One node pool (playbook NODE-03).

    Attributes:
        architecture: Its instruction set.
        capacity: How its nodes are bought; Spot nodes are tainted.
        weight: Which pool is tried first; the highest wins. A pod that names no architecture
            goes to the heaviest pool that takes it.
        cpu_limit: Virtual CPUs the pool may have at most, over all its nodes.
        memory_limit_gibibytes: Memory the pool may have at most.
        categories: Instance categories.
        least_generation: The oldest instance generation.
        excluded_sizes: Sizes too small to carry the daemons beside pods.
        families: Instance families that must be possible at all times; none without a number.
        expire_after_hours: Age at which a node is replaced (playbook NODE-09). Forceful: it does
            not wait for disruption budgets.
        termination_grace_hours: How long a blocked drain may last before the node goes anyway.
        consolidate_after_minutes: How long a node must be underused before it is emptied.
    """

    architecture: Architecture
    capacity: Capacity
    weight: Annotated[int, Field(ge=1, le=100)]
    cpu_limit: Annotated[int, Field(ge=2, le=10_000)] = 64
    memory_limit_gibibytes: Annotated[int, Field(ge=4, le=100_000)] = 256
    categories: Annotated[tuple[Category, ...], Field(min_length=1)] = ("c", "m", "r")
    least_generation: Annotated[int, Field(ge=5, le=9)] = 5
    excluded_sizes: tuple[Size, ...] = ("nano", "micro", "small", "medium")
    families: Annotated[int, Field(ge=1, le=50)] | None = None
    expire_after_hours: Annotated[int, Field(ge=24, le=2160)] = 720
    termination_grace_hours: Annotated[int, Field(ge=1, le=168)] = 24
    consolidate_after_minutes: Annotated[int, Field(ge=1, le=1440)] = 10

    @model_validator(mode="after")
    def _diverse(self) -> Self:
        if self.capacity is Capacity.SPOT and self.least_families() < SPOT_FAMILIES:
            raise ValueError(
                f"families: got {self.families} with capacity: spot,"
                f" wanted at least {SPOT_FAMILIES}"
            )
        return self

    def least_families(self) -> int:
        """Families that must be possible; Spot pools have a default, on-demand ones take any."""
        if self.families is not None:
            return self.families
        return SPOT_FAMILIES if self.capacity is Capacity.SPOT else 1


class DisruptionConfig(LayerConfig):
    """When Karpenter may replace nodes of its own accord (playbook NODE-09).

    Attributes:
        nodes_percent: Share of a pool's nodes that may be replaced at a time.
        freeze_schedule: When drift and consolidation stop, as a cron line in UTC: Karpenter
            knows no other time zone.
        freeze_hours: How long they stop; none, never.
    """

    nodes_percent: Annotated[int, Field(ge=1, le=50)] = 10
    freeze_schedule: Annotated[str, Field(pattern=r"^(\S+ ){4}\S+$")] = "0 6 * * mon-fri"
    freeze_hours: Annotated[int, Field(ge=0, le=23)] = 12


DEFAULT_POOLS: Mapping[str, NodePoolConfig] = {
    f"{kind}-{architecture}": NodePoolConfig(
        architecture=architecture, capacity=capacity, weight=weight
    )
    for kind, capacity, architecture, weight in (
        ("spot", Capacity.SPOT, Architecture.AMD64, 40),
        ("spot", Capacity.SPOT, Architecture.ARM64, 30),
        ("ondemand", Capacity.ON_DEMAND, Architecture.AMD64, 20),
        ("ondemand", Capacity.ON_DEMAND, Architecture.ARM64, 10),
    )
}
"""amd64 comes first: an image that runs on one architecture alone runs on that one, and a pod that
names none must not land where its image cannot start."""


class NodePoolsConfig(LayerConfig):
    """The nodes Karpenter starts.

    Attributes:
        pools: The pools by name; a pool's name is its identity, renaming it replaces its nodes.
        disruption: When nodes may be replaced.
        volume_gibibytes: Root volume of a node.
        pods_per_node: With prefix delegation the network allows more than the classic numbers;
            Karpenter itself counts single addresses (Karpenter docs, "NodeClasses").
    """

    pools: Annotated[dict[PoolName, NodePoolConfig], Field(min_length=1)] = Field(
        default_factory=lambda: dict(DEFAULT_POOLS)
    )
    disruption: DisruptionConfig = DisruptionConfig()
    volume_gibibytes: Annotated[int, Field(ge=20, le=1000)] = 50
    pods_per_node: Annotated[int, Field(ge=30, le=250)] = 110

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if all(pool.capacity is Capacity.SPOT for pool in self.pools.values()):
            got = ", ".join(sorted(self.pools))
            raise ValueError(
                f"pools: got only Spot pools ({got}), wanted one of on-demand nodes too: most pods"
                " do not tolerate Spot"
            )
        weights = [pool.weight for pool in self.pools.values()]
        if len(set(weights)) != len(weights):
            raise ValueError(
                f"pools: got weights {sorted(weights)}, wanted each once: equal ones are tried in"
                " random order"
            )
        return self
