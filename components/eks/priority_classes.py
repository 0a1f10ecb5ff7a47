"""Which pods go first when room is short."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component

PLATFORM = "platform"
APPLICATION = "application"
BATCH = "batch"


@dataclass(frozen=True, kw_only=True)
class Priority:
    """One class.

    Attributes:
        value: The higher goes first; Kubernetes' own classes are at two billion.
        preempts: Whether it may push pods of a lower class off their node.
        description: Who uses it.
    """

    value: int
    preempts: bool
    description: str


PRIORITIES = {
    PLATFORM: Priority(
        value=100_000, preempts=True, description="What applications need to be reached or to start"
    ),
    APPLICATION: Priority(
        value=1_000, preempts=True, description="Applications; the class of pods that name none"
    ),
    BATCH: Priority(
        value=-1_000, preempts=False, description="Work that waits until there is room"
    ),
}
"""The classes by name. STATE: pods name them, and a class's value cannot be changed."""


@dataclass(frozen=True, kw_only=True)
class PriorityClassesArgs:
    """Inputs of :class:`PriorityClasses`.

    Attributes:
        provider: The cluster's provider.
    """

    provider: kubernetes.Provider


class PriorityClasses(Component):
    """Three classes: the platform, applications, batch work.

    Deleting one changes no pod that runs; pods that name it are not created any more.
    """

    names: list[str]

    def __init__(
        self, name: str, args: PriorityClassesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        for priority, found in PRIORITIES.items():
            kubernetes.scheduling.v1.PriorityClass(
                f"{name}-{priority}",
                kubernetes.scheduling.v1.PriorityClassInitArgs(
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(name=priority),
                    value=found.value,
                    global_default=priority == APPLICATION,
                    preemption_policy="PreemptLowerPriority" if found.preempts else "Never",
                    description=found.description,
                ),
                opts=self.child(
                    provider=args.provider,
                    # The API server refuses a change of the value and two defaults at a time.
                    replace_on_changes=["value", "preemptionPolicy"],
                    delete_before_replace=True,
                ),
            )
        self.finish(names=list(PRIORITIES))
