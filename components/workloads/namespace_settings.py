"""A namespace's Config: how much its applications may use together."""

from typing import Self

from pydantic import Field, model_validator

from components.contracts import LayerConfig
from components.workloads.quantities import Cpu, Memory, amount
from components.workloads.settings import EgressConfig


class QuotaConfig(LayerConfig):
    """What all pods of a namespace may request together (playbook NODE-08).

    There is no limit of CPU, so none to share; memory requests are memory limits.

    Attributes:
        cpu: CPU requests.
        memory: Memory requests, and limits.
        pods: Pods, those of a rollout included.
        volumes: Volume claims.
    """

    cpu: Cpu = "4"
    memory: Memory = "8Gi"
    pods: int = Field(default=40, ge=1, le=1000)
    volumes: int = Field(default=10, ge=0, le=1000)


class ContainerDefaults(LayerConfig):
    """What a container gets that says nothing, and may have at most.

    Attributes:
        cpu: The CPU request; there is no default CPU limit, which would throttle every pod.
        memory: The memory request and limit.
        largest_memory: The most memory one container may have.
    """

    cpu: Cpu = "100m"
    memory: Memory = "128Mi"
    largest_memory: Memory = "4Gi"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if amount(self.memory) > amount(self.largest_memory):
            raise ValueError(
                f"memory: got {self.memory}, wanted {self.largest_memory} or less, the largest"
            )
        return self


class NamespaceConfig(LayerConfig):
    """One namespace; an application has its own (playbook K8S-02).

    Attributes:
        quota: What its pods may use together.
        defaults: What a container gets that says nothing.
        egress: Whom every pod in it may open connections to. An application's own is narrower.
    """

    quota: QuotaConfig = QuotaConfig()
    defaults: ContainerDefaults = ContainerDefaults()
    egress: EgressConfig = EgressConfig()
