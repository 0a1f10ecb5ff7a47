"""Settings of what runs on the cluster: nodes, the way in, secrets, metrics, admission."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from components.contracts import LayerConfig
from components.eks.node_pool_settings import NodePoolsConfig

RegistryHost = Annotated[
    str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._/-]*[a-z0-9])?$")
]


class Enforcement(StrEnum):
    """What an admission rule does to an object that breaks it."""

    DENY = "deny"
    WARN = "warn"


class AdmissionConfig(LayerConfig):
    """The rules the API server keeps (playbook K8S-03, K8S-04, NODE-07, APP-04, SEC-08).

    Attributes:
        enforcement: Whether a rule refuses, or warns and leaves a line in the audit log; the
            latter is for a cluster that has workloads before it has rules.
        registries: Registry hosts images may come from besides the organisation's own, with a
            path behind them or none.
    """

    enforcement: Enforcement = Enforcement.DENY
    registries: tuple[RegistryHost, ...] = ()


class GatewayConfig(LayerConfig):
    """Traefik, which serves the Gateway (playbook K8S-03).

    Attributes:
        replicas: Fewest pods.
        most_replicas: Most pods.
    """

    replicas: Annotated[int, Field(ge=2, le=50)] = 2
    most_replicas: Annotated[int, Field(ge=2, le=100)] = 6

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.replicas > self.most_replicas:
            raise ValueError(
                f"most_replicas: got {self.most_replicas}, wanted at least replicas"
                f" ({self.replicas})"
            )
        return self


class MetricsConfig(LayerConfig):
    """What autoscalers read (playbook NODE-06).

    Attributes:
        external_metrics: Whether Prometheus's metrics are among it, besides CPU and memory.
        prometheus: Where the adapter finds Prometheus, inside the cluster.
    """

    external_metrics: bool = False
    prometheus: Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")] = (
        "http://prometheus-operated.monitoring.svc:9090"
    )


class PlatformConfig(LayerConfig):
    """What runs on the cluster besides applications.

    Attributes:
        node_pools: The nodes Karpenter starts.
        gateway: The way in; absent, no route leads into the cluster.
        metrics: What autoscalers read.
        admission: The rules for objects.
    """

    node_pools: NodePoolsConfig = NodePoolsConfig()
    gateway: GatewayConfig | None = GatewayConfig()
    metrics: MetricsConfig = MetricsConfig()
    admission: AdmissionConfig = AdmissionConfig()
