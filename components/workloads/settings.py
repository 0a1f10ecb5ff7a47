"""The parts of an application's Config; `application_settings.py` puts them together."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, model_validator

from components.config import Cidr
from components.contracts import LayerConfig
from components.workloads.quantities import Cpu, Memory, amount

Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")]
"""A name of ours in Kubernetes: a label of DNS that leaves room for what is derived from it."""

Label = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
"""One label of a domain name (RFC 1035, section 2.3.1)."""

HostName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", max_length=253
    ),
]
"""A host, without a scheme, a port or credentials."""

UrlPath = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]*$", max_length=128)]
Port = Annotated[int, Field(ge=1024, le=65535)]
"""Below 1024 a process must be root to listen."""

AnyPort = Annotated[int, Field(ge=1, le=65535)]

VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=128)]
"""An environment variable (POSIX, "Environment Variable Definition")."""

MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_:./-]*$", max_length=128)]
Percent = Annotated[int, Field(ge=1, le=100)]
Seconds = Annotated[int, Field(ge=0, le=3600)]


def _mapping(values: Any) -> Mapping[str, Any]:  # noqa: ANN401 - whatever is in the file
    return cast("Mapping[str, Any]", values) if isinstance(values, Mapping) else {}


class LimitsConfig(LayerConfig):
    """Limits of a container.

    Attributes:
        memory: The memory limit, which is the request: left out, it is set so.
    """

    memory: Memory | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_cpu(cls, values: Any) -> Any:  # noqa: ANN401 - whatever is in the file
        given = _mapping(values)
        if "cpu" in given:
            raise ValueError(
                f"cpu: got {given['cpu']!r}, wanted none: a CPU limit throttles a process while"
                " the node has CPU to spare, and the request already guarantees its share"
            )
        return values


class RequestsConfig(LayerConfig):
    """Requests of a container.

    Attributes:
        cpu: What it is guaranteed; autoscaling measures use against it.
        memory: What it is guaranteed and may never exceed (playbook NODE-07).
    """

    cpu: Cpu = "100m"
    memory: Memory = "128Mi"

    @model_validator(mode="before")
    @classmethod
    def _a_cpu_request(cls, values: Any) -> Any:  # noqa: ANN401 - whatever is in the file
        if _mapping(values).get("cpu", "") is None:
            raise ValueError(
                "cpu: got nothing, wanted a request such as 100m: autoscaling divides by it, and"
                " without one a pod gets what others leave"
            )
        return values


class ResourcesConfig(LayerConfig):
    """Resources of a container (playbook NODE-07).

    Attributes:
        requests: What it is guaranteed.
        limits: What it may use; there is no CPU limit.
    """

    requests: RequestsConfig = RequestsConfig()
    limits: LimitsConfig = LimitsConfig()

    @model_validator(mode="after")
    def _the_same_memory(self) -> Self:
        limit, request = self.limits.memory, self.requests.memory
        if limit is not None and amount(limit) != amount(request):
            raise ValueError(
                f"limits.memory: got {limit}, wanted {request}, the request: memory above the"
                " request is taken back by killing the process"
            )
        return self


class ExternalMetric(LayerConfig):
    """A metric from outside Kubernetes, such as the length of a queue (playbook NODE-06).

    Attributes:
        metric: Its name at the external metrics API.
        labels: Which of its series.
        average: How much of it one pod takes, as a quantity.
    """

    metric: MetricName
    labels: dict[str, str] = Field(default_factory=dict[str, str])
    average: Cpu


class ScalingConfig(LayerConfig):
    """How many pods run, by their load (playbook NODE-06).

    Attributes:
        minimum: The fewest; two survive the loss of one.
        maximum: The most.
        cpu: Average use of the CPU request that is aimed at, in percent.
        memory: Average use of the memory request that is aimed at, in percent.
        external: Metrics from elsewhere.
    """

    minimum: int = Field(default=2, ge=1, le=500)
    maximum: int = Field(default=6, ge=1, le=500)
    cpu: Percent | None = 70
    memory: Percent | None = None
    external: tuple[ExternalMetric, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(
                f"minimum: got {self.minimum}, wanted {self.maximum} or less, the maximum"
            )
        if self.cpu is None and self.memory is None and not self.external:
            raise ValueError("got no metric, wanted cpu, memory or external")
        return self


class ProbesConfig(LayerConfig):
    """How Kubernetes knows that a pod starts, lives and is ready (playbook APP-04).

    Attributes:
        liveness: Whether the process works; failing, it is restarted. It must not ask others: a
            database that is away would restart every pod.
        readiness: Whether requests may come.
        startup: Whether it has started; the others wait for it.
        startup_seconds: How long starting may take.
    """

    liveness: UrlPath = "/livez"
    readiness: UrlPath = "/readyz"
    startup: UrlPath = "/livez"
    startup_seconds: int = Field(default=60, ge=5, le=1800)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.readiness in (self.liveness, self.startup):
            raise ValueError(
                f"readiness: got {self.readiness}, wanted another path than liveness and startup:"
                " a pod that is not ready would be restarted"
            )
        return self


class ShutdownConfig(LayerConfig):
    """How a pod leaves (playbook APP-03); `shutdown.py` has the arithmetic.

    Attributes:
        pre_stop_seconds: How long it serves on while endpoints and load balancers forget it.
        drain_seconds: How long it may take from SIGTERM until it leaves.
        grace_seconds: When it is killed, counted from the start; left out, it is computed.
    """

    pre_stop_seconds: int = Field(default=10, ge=1, le=3600)
    drain_seconds: Seconds = 30
    grace_seconds: int | None = Field(default=None, ge=1, le=3600)


class DisruptionConfig(LayerConfig):
    """How many pods may be taken away at once, to renew nodes (playbook NODE-05).

    Attributes:
        max_unavailable: A number, or a percentage such as ``25%``.
    """

    max_unavailable: int | str = 1

    @model_validator(mode="after")
    def _lets_go(self) -> Self:
        value = self.max_unavailable
        whole = value if isinstance(value, int) else _percentage(value)
        if whole < 1:
            raise ValueError(
                f"max_unavailable: got {value}, wanted 1 or more:"
                " a budget of none blocks every drain of a node"
            )
        return self


def _percentage(value: str) -> int:
    digits = value.removesuffix("%")
    if digits == value or not digits.isdecimal() or int(digits) > 100:  # noqa: PLR2004 - percent
        raise ValueError(f"max_unavailable: got {value!r}, wanted a number or a percentage")
    return int(digits)


class SecretStore(StrEnum):
    """Where a secret is kept (playbook K8S-06)."""

    SECRETS_MANAGER = "secrets-manager"
    PARAMETER_STORE = "parameter-store"


class SecretConfig(LayerConfig):
    """A secret as an environment variable.

    Attributes:
        key: Its name in the store, below ``<account>/<namespace>/``: nobody reads another's.
        property: The key of a secret that is a JSON object; absent, the whole value.
        store: The store.
    """

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", max_length=256)]
    property: Annotated[str, Field(pattern=r"^[\w.-]+$")] | None = None
    store: SecretStore = SecretStore.SECRETS_MANAGER


class DatabaseConfig(LayerConfig):
    """The database, as separate settings (playbook APP-02): ``DB_HOST``, ``DB_PORT``, ….

    Attributes:
        host: The endpoint of the cluster or its proxy; ``DB_HOST``.
        reader_host: The endpoint for reads; ``DB_RO_HOST``.
        port: ``DB_PORT``.
        name: ``DB_NAME``.
        secret: The secret with ``username`` and ``password`` of the application's own user, below
            ``<account>/<namespace>/``; ``DB_USER`` and ``DB_PASSWORD``. Never the master user's.
    """

    host: HostName
    reader_host: HostName | None = None
    port: Port = 5432
    name: Annotated[str, Field(pattern=r"^[A-Za-z_][\w-]{0,62}$")]
    secret: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", max_length=256)]


class Destination(LayerConfig):
    """Addresses that pods may open connections to.

    Attributes:
        cidr: The addresses.
        ports: TCP ports.
    """

    cidr: Cidr
    ports: Annotated[tuple[Annotated[int, Field(ge=1, le=65535)], ...], Field(min_length=1)] = (
        443,
    )

    @model_validator(mode="after")
    def _not_everywhere(self) -> Self:
        if self.cidr == "0.0.0.0/0":
            raise ValueError("cidr: got 0.0.0.0/0, wanted internet: true, which is HTTPS alone")
        return self


class EgressConfig(LayerConfig):
    """Whom pods may open connections to besides DNS and their namespace (playbook SEC-04).

    Attributes:
        internet: Whether they reach the internet, by HTTPS.
        to: Addresses, in the VPC or beyond.
        namespaces: Other namespaces; theirs must name this one among their callers.
    """

    internet: bool = False
    to: tuple[Destination, ...] = ()
    namespaces: tuple[Name, ...] = ()


class RouteConfig(LayerConfig):
    """How requests from outside get here: through the Gateway (playbook K8S-03).

    Attributes:
        hosts: Labels below the account's domain, such as the ``superinc:edge.api.host``.
        site: Whether it also answers at the account's own domain, for `site_paths` of the edge.
        paths: What the paths of its requests begin with.
    """

    hosts: tuple[Label, ...] = ()
    site: bool = False
    paths: Annotated[tuple[UrlPath, ...], Field(min_length=1)] = ("/",)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.hosts and not self.site:
            raise ValueError("got neither hosts nor site, wanted one of them")
        return self


class MetricsConfig(LayerConfig):
    """Metrics for Prometheus (playbook APP-06).

    Attributes:
        path: Where they are.
        port: On which port; absent, the application's own.
        interval_seconds: How often they are read.
        scraped_from: The namespace of Prometheus, which the network policy lets in.
    """

    path: UrlPath = "/metrics"
    port: Port | None = None
    interval_seconds: int = Field(default=30, ge=5, le=300)
    scraped_from: Name = "monitoring"


class Permission(LayerConfig):
    """What an application may do in AWS.

    Attributes:
        actions: IAM actions, none of a whole service.
        resources: ARNs; ``{account}`` and ``{region}`` stand for this account and its Region.
    """

    actions: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Z][A-Za-z0-9]+\*?$")], ...],
        Field(min_length=1),
    ]
    resources: Annotated[
        tuple[Annotated[str, Field(pattern=r"^arn:aws:[a-z0-9-]+:.+$")], ...], Field(min_length=1)
    ]


class CanaryStep(LayerConfig):
    """One step of a canary (playbook DEP-01).

    Attributes:
        weight: Percent of the requests that go to the new version.
        pause_seconds: How long; absent, until a person promotes it.
    """

    weight: Annotated[int, Field(ge=1, le=99)]
    pause_seconds: int | None = Field(default=None, ge=1, le=86_400)


class StorageConfig(LayerConfig):
    """A volume of its own for each pod of a stateful set.

    Attributes:
        path: Where it is mounted.
        size: How large it is.
        storage_class: What kind; absent, the cluster's default.
    """

    path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]+$")]
    size: Memory
    storage_class: Label | None = None


Spread = Literal["preferred", "required"]
