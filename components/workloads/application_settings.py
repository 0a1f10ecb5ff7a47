"""An application's Config: what a team writes in about fifteen lines."""

from enum import StrEnum
from math import ceil
from typing import Annotated, Self

from pydantic import Field, model_validator

from components.contracts import LayerConfig
from components.network.flows import Role
from components.workloads import shutdown
from components.workloads.environment_rules import environment_problems
from components.workloads.images import ImageConfig
from components.workloads.settings import (
    CanaryStep,
    DatabaseConfig,
    DisruptionConfig,
    EgressConfig,
    MetricsConfig,
    Name,
    Permission,
    Port,
    ProbesConfig,
    ResourcesConfig,
    RouteConfig,
    ScalingConfig,
    SecretConfig,
    ShutdownConfig,
    Spread,
    StorageConfig,
    VariableName,
)

Reason = Annotated[str, Field(min_length=15, max_length=300)]
"""Why a default is weakened, for whoever asks a year later."""

ENOUGH_REPLICAS = 2
"""Playbook APP-05: the loss of one pod is not the loss of the application."""

SURGE = 0.25
"""Pods a rollout may add, as a share of the replicas: Kubernetes' own default, said explicitly."""


class Kind(StrEnum):
    """What keeps the pods (playbook K8S-02)."""

    DEPLOYMENT = "deployment"
    STATEFUL_SET = "stateful-set"


class Strategy(StrEnum):
    """How a new version replaces the old (playbook DEP-01)."""

    ROLLING = "rolling"
    RECREATE = "recreate"
    CANARY = "canary"
    BLUE_GREEN = "blue-green"


class Capacity(StrEnum):
    """How its nodes are bought (playbook NODE-03)."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"


class Architecture(StrEnum):
    """What processors its image is built for (playbook NODE-03)."""

    AMD64 = "amd64"
    ARM64 = "arm64"


class Acceptable(StrEnum):
    """A weakening that may be accepted, with a reason.

    ``single-replica``: one pod or none, so every drain of its node is an outage.
    ``writable-root-filesystem``: what breaks in can change the program it broke into.
    """

    SINGLE_REPLICA = "single-replica"
    WRITABLE_ROOT_FILESYSTEM = "writable-root-filesystem"


ROLLOUT_STRATEGIES = frozenset({Strategy.CANARY, Strategy.BLUE_GREEN})
"""Strategies that Argo Rollouts follows; a Deployment knows the other two."""


class ApplicationConfig(LayerConfig):
    """One application. All that is left out is safe; `accept` names what is not.

    Attributes:
        namespace: The namespace it is in; absent, the one of its own name.
        image: What runs.
        arguments: Arguments of the image's entry point.
        kind: What keeps the pods: ``stateful-set`` where each has a name and a volume of its own.
        strategy: How a new version replaces the old. ``canary`` and ``blue-green`` need
            `superinc:delivery.rollouts`.
        canary: The steps of strategy ``canary``.
        automatic_promotion: Whether strategy ``blue-green`` switches by itself, once all new pods
            are ready; otherwise a person does.
        port: Where it listens; in the environment as ``PORT``.
        user: The user and group it runs as; never root.
        resources: CPU and memory.
        replicas: How many pods run, where their number is fixed.
        scaling: How many pods run, by their load. A deployment without either scales from two
            to six; a stateful set has two.
        probes: How Kubernetes knows how it is.
        shutdown: How a pod leaves.
        disruption: How many pods may be taken away at once.
        environment: Environment variables (playbook APP-01); no secrets.
        secrets: Environment variables whose values are in a secret store.
        database: The database, as separate variables.
        aws: What it may do in AWS, with a role of its own (playbook SEC-07).
        route: How requests from outside get here; absent, only its namespace reaches it.
        callers: Other namespaces whose pods may call it (playbook K8S-05, direct).
        metrics: Metrics for Prometheus.
        egress: Whom it may open connections to.
        security_groups: Security groups of its pods, by the network layer's roles, where groups
            guard what network policies cannot (playbook SEC-10).
        leader_election: Whether its pods elect a leader, with a Lease (playbook APP-05).
        capacity: ``spot`` where two minutes' notice is enough; ``on-demand`` never gives notice.
        architecture: What processors its image is built for.
        spread: Whether pods *must* be spread over zones, or wait.
        storage: A volume for each pod of a stateful set.
        accept: Weakenings, each with its reason; an annotation of the workload says so too.
    """

    namespace: Name | None = None
    image: ImageConfig
    arguments: tuple[str, ...] = ()
    kind: Kind = Kind.DEPLOYMENT
    strategy: Strategy = Strategy.ROLLING
    canary: Annotated[tuple[CanaryStep, ...], Field(min_length=1)] = (
        CanaryStep(weight=10, pause_seconds=300),
        CanaryStep(weight=50, pause_seconds=300),
    )
    automatic_promotion: bool = True
    port: Port = 8080
    user: int = Field(default=10001, ge=1, le=65535)
    resources: ResourcesConfig = ResourcesConfig()
    replicas: int | None = Field(default=None, ge=0, le=500)
    scaling: ScalingConfig | None = None
    probes: ProbesConfig = ProbesConfig()
    shutdown: ShutdownConfig = ShutdownConfig()
    disruption: DisruptionConfig = DisruptionConfig()
    environment: dict[VariableName, str] = Field(default_factory=dict[str, str])
    secrets: dict[VariableName, SecretConfig] = Field(default_factory=dict[str, SecretConfig])
    database: DatabaseConfig | None = None
    aws: tuple[Permission, ...] = ()
    route: RouteConfig | None = None
    callers: tuple[Name, ...] = ()
    metrics: MetricsConfig | None = None
    egress: EgressConfig = EgressConfig()
    security_groups: Annotated[tuple[Role, ...], Field(max_length=5)] = ()
    leader_election: bool = False
    capacity: Capacity = Capacity.ON_DEMAND
    architecture: Architecture = Architecture.AMD64
    spread: Spread = "preferred"
    storage: StorageConfig | None = None
    accept: dict[Acceptable, Reason] = Field(default_factory=dict[Acceptable, str])

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [
            *self._replica_problems(),
            *self._strategy_problems(),
            *self._shutdown_problems(),
            *environment_problems(
                self.environment, self.secrets, has_database=self.database is not None
            ),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _replica_problems(self) -> list[str]:
        problems: list[str] = []
        if self.replicas is not None and self.scaling is not None:
            problems.append("replicas: got a number beside scaling, wanted one of them")
        if self.kind is Kind.STATEFUL_SET and self.scaling is not None:
            problems.append("scaling: got some for a stateful set, wanted replicas: a number")
        fewest, accepted = self.fewest(), Acceptable.SINGLE_REPLICA in self.accept
        if fewest < ENOUGH_REPLICAS and not accepted:
            place = "replicas" if self.scaling is None else "scaling.minimum"
            problems.append(
                f"{place}: got {fewest}, wanted {ENOUGH_REPLICAS} or more, or"
                f" accept: {{{Acceptable.SINGLE_REPLICA}: why}}"
            )
        if fewest >= ENOUGH_REPLICAS and accepted:
            problems.append(
                f"accept.{Acceptable.SINGLE_REPLICA}: got it with {fewest}, wanted none"
            )
        return problems

    def _strategy_problems(self) -> list[str]:
        problems: list[str] = []
        stateful = self.kind is Kind.STATEFUL_SET
        if stateful and self.strategy is not Strategy.ROLLING:
            problems.append(f"strategy: got {self.strategy}, wanted rolling for a stateful set")
        if self.storage is not None and not stateful:
            problems.append(f"storage: got some for a {self.kind}, wanted kind: stateful-set")
        if self.strategy is not Strategy.CANARY and "canary" in self.model_fields_set:
            problems.append(f"canary: got steps with strategy: {self.strategy}, wanted none")
        weights = [step.weight for step in self.canary]
        if weights != sorted(set(weights)):
            problems.append(f"canary: got weights {weights}, wanted each above the one before")
        return problems

    def _shutdown_problems(self) -> list[str]:
        return shutdown.problems(
            pre_stop=self.shutdown.pre_stop_seconds,
            drain=self.shutdown.drain_seconds,
            grace=self.grace(),
            behind_load_balancer=self.route is not None,
            spot=self.capacity is Capacity.SPOT,
        )

    def autoscaling(self) -> ScalingConfig | None:
        """How it scales; None where the number of pods is fixed."""
        if self.kind is Kind.STATEFUL_SET or self.replicas is not None:
            return None
        return self.scaling or ScalingConfig()

    def fewest(self) -> int:
        """The fewest pods that run."""
        scaling = self.autoscaling()
        if scaling is not None:
            return scaling.minimum
        return ENOUGH_REPLICAS if self.replicas is None else self.replicas

    def most(self) -> int:
        """The most pods that run, rollouts included: what a quota must have room for."""
        scaling = self.autoscaling()
        steady = self.fewest() if scaling is None else scaling.maximum
        if self.kind is Kind.STATEFUL_SET or self.strategy is Strategy.RECREATE:
            return steady
        if self.strategy is Strategy.BLUE_GREEN:
            return 2 * steady
        return steady + ceil(SURGE * steady)

    def grace(self) -> int:
        """When a pod that leaves is killed, in seconds."""
        given = self.shutdown.grace_seconds
        return given or shutdown.safe_grace(
            pre_stop=self.shutdown.pre_stop_seconds,
            drain=self.shutdown.drain_seconds,
            behind_load_balancer=self.route is not None,
        )
