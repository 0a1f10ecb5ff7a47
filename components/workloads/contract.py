"""What the workloads layer takes, reads and publishes; importable without a provider SDK."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from components.contracts import AccountKind, LayerConfig, LayerContract, Read
from components.delivery.contract import REGISTRY
from components.eks.namespaces import PLATFORM_NAMESPACES, SYSTEM_NAMESPACES
from components.workloads.application_settings import ApplicationConfig
from components.workloads.namespace_settings import NamespaceConfig
from components.workloads.quantities import amount
from components.workloads.settings import Name

if TYPE_CHECKING:
    import pulumi

TAKEN_NAMESPACES = frozenset({"default", *SYSTEM_NAMESPACES, *PLATFORM_NAMESPACES})
"""Namespaces no application is in."""

DERIVED_SUFFIXES = ("canary", "parameters", "preview", "secrets")
"""What names derived from an application's end in; no application may be called so."""


class WorkloadsConfig(LayerConfig):
    """Applications and their namespaces. Nothing is made unless it is asked for.

    Attributes:
        namespaces: Namespaces by name, for the applications below and for those of Argo CD.
        applications: Applications by name.
    """

    namespaces: dict[Name, NamespaceConfig] = Field(default_factory=dict[str, NamespaceConfig])
    applications: dict[Name, ApplicationConfig] = Field(
        default_factory=dict[str, ApplicationConfig]
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [
            *self._system_namespaces(),
            *self._unknown_namespaces(),
            *self._names_twice(),
            *self._routes_twice(),
        ]
        if not problems:
            problems = [*self._large_containers(), *self._crowded_namespaces()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def namespace_of(self, application: str) -> str:
        """The namespace an application is in."""
        return self.applications[application].namespace or application

    def applications_in(self, namespace: str) -> dict[str, ApplicationConfig]:
        """The applications of a namespace, by name."""
        return {
            name: application
            for name, application in self.applications.items()
            if self.namespace_of(name) == namespace
        }

    def _system_namespaces(self) -> Iterator[str]:
        for name in self.namespaces:
            if name in TAKEN_NAMESPACES:
                yield f"namespaces.{name}: got one of the platform's, wanted one of your own"

    def _unknown_namespaces(self) -> Iterator[str]:
        known = ", ".join(self.namespaces) or "one below namespaces"
        for name in self.applications:
            namespace = self.namespace_of(name)
            if namespace not in self.namespaces:
                yield f"applications.{name}.namespace: got {namespace}, wanted {known}"

    def _names_twice(self) -> Iterator[str]:
        """Derived objects stand beside the application's own: their names must not meet."""
        for name in self.applications:
            stem, _, last = name.rpartition("-")
            if stem in self.applications and last in DERIVED_SUFFIXES:
                yield f"applications.{name}: got a name {stem} derives, wanted another"

    def _routes_twice(self) -> Iterator[str]:
        taken: dict[tuple[str, str], str] = {}
        for name, application in self.applications.items():
            if application.route is None:
                continue
            hosts = [*application.route.hosts, *(["the site"] if application.route.site else [])]
            for place in ((host, path) for host in hosts for path in application.route.paths):
                if (other := taken.setdefault(place, name)) != name:
                    got = " at ".join(reversed(place))
                    yield f"applications.{name}.route: got {got}, wanted what {other} has not taken"

    def _large_containers(self) -> Iterator[str]:
        for name, application in self.applications.items():
            memory = application.resources.requests.memory
            largest = self.namespaces[self.namespace_of(name)].defaults.largest_memory
            if amount(memory) > amount(largest):
                yield (
                    f"applications.{name}.resources.requests.memory: got {memory}, wanted"
                    f" {largest} or less, the largest_memory of its namespace"
                )

    def _crowded_namespaces(self) -> Iterator[str]:
        """A rollout that meets the quota halfway hangs; better refused than stuck."""
        for namespace, settings in self.namespaces.items():
            applications = self.applications_in(namespace).values()
            pods = sum(found.most() for found in applications)
            cpu = sum(found.most() * amount(found.resources.requests.cpu) for found in applications)
            memory = sum(
                found.most() * amount(found.resources.requests.memory) for found in applications
            )
            needs = (
                ("pods", str(settings.quota.pods), pods, f"{pods}"),
                ("cpu", settings.quota.cpu, cpu, f"{float(cpu):g}"),
                ("memory", settings.quota.memory, memory, f"{ceil(memory / 1024**2)}Mi"),
            )
            for what, allowed, need, shown in needs:
                if need > amount(allowed):
                    yield (
                        f"namespaces.{namespace}.quota.{what}: got {allowed}, wanted {shown} or"
                        " more: what its applications may grow to, rollouts included"
                    )


@dataclass(frozen=True, kw_only=True)
class WorkloadsOutputs:
    """What the workloads layer publishes.

    Attributes:
        namespaces: The namespaces.
        hosts: The names an application answers at, by application.
        role_arns: Roles of applications that may do something in AWS, by application.
    """

    namespaces: list[str] | None = None
    hosts: dict[str, list[str]] | None = None
    role_arns: "dict[str, pulumi.Output[str]] | None" = None


def reads(config: WorkloadsConfig, kind: AccountKind) -> tuple[Read, ...]:
    """What the layer reads: the registry that images come from."""
    del kind
    return (REGISTRY,) if config.applications else ()


CONTRACT = LayerContract(
    name="workloads", config=WorkloadsConfig, outputs=WorkloadsOutputs, reads=reads
)
