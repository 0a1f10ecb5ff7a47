"""Objects the admission rules let pass or refuse, with the words of the refusal.

Data alone: the unit tests check that it is complete, and whoever has an API server sends it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

REGISTRY = "333344445555.dkr.ecr.eu-central-1.amazonaws.com/"
NAMESPACE = "shop"
PLATFORM_NAMESPACE = "monitoring"

LONG_RUNNING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
ENDING = ("CronJob", "Job", "Pod")
_LABELS = {"app": "shop"}

OURS = "wanted images of our registries"
TAGGED = "wanted an image tag"
MEMORY = "wanted resources.limits.memory"
EQUAL = "wanted resources.requests.memory equal"
CPU = "wanted resources.requests.cpu"
NO_CPU_LIMIT = "wanted no resources.limits.cpu"
LIVE = "wanted a livenessProbe"
READY = "wanted a readinessProbe"
APART = "wanted livenessProbe and readinessProbe on different paths"
ROUTE = "wanted an HTTPRoute"
CLUSTER_IP = "wanted spec.type ClusterIP"
NO_ADDRESS = "wanted no spec.externalIPs"
TRAFFIC = "wanted namespace traefik"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One object sent to the API server.

    Attributes:
        what: A few words.
        document: The object.
        refusal: How the refusal begins; None if it passes.
    """

    what: str
    document: Mapping[str, Any]
    refusal: str | None = None


def container(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of a container
    """A container as the rules want it, with some fields changed; None takes one away."""
    made: dict[str, Any] = {
        "name": "main",
        "image": f"{REGISTRY}shop:1.2.3-0a1b2c3",
        # Two ways to write one amount.
        "resources": {
            "requests": {"cpu": "100m", "memory": "1024Mi"},
            "limits": {"memory": "1Gi"},
        },
        "livenessProbe": _probe("/livez"),
        "readinessProbe": _probe("/readyz"),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def workload(
    kind: str,
    *containers: Mapping[str, Any],
    namespace: str = NAMESPACE,
    **spec: Any,  # noqa: ANN401 - any field of a pod
) -> dict[str, Any]:
    """A workload of a kind with these containers."""
    pod: dict[str, Any] = {"containers": list(containers) or [container()], **spec}
    metadata = {"name": "case", "namespace": namespace}
    if kind == "Pod":
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": pod}
    if kind in ENDING:
        job: dict[str, Any] = {"template": {"spec": {**pod, "restartPolicy": "Never"}}}
        cron = {"schedule": "0 3 * * *", "jobTemplate": {"spec": job}}
        found = cron if kind == "CronJob" else job
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata, "spec": found}
    found: dict[str, Any] = {
        "selector": {"matchLabels": _LABELS},
        "template": {"metadata": {"labels": _LABELS}, "spec": pod},
    }
    if kind == "StatefulSet":
        found["serviceName"] = "case"
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": found}


def cases() -> Iterator[Case]:
    """Every case."""
    for kind in (*LONG_RUNNING, *ENDING):
        yield from _of_pods(kind)
        yield from _of_probes(kind)
    yield from _of_images()
    yield from _of_routing()


def _of_pods(kind: str) -> Iterator[Case]:
    def case(what: str, refusal: str | None, **changes: Any) -> Case:  # noqa: ANN401 - as `container`
        document = workload(kind, container(**changes))
        return Case(what=f"{kind}: {what}", document=document, refusal=refusal)

    yield case("as wanted", None)
    yield case("image of somebody else", OURS, image="nginx:1.29")
    yield case("image latest", TAGGED, image=f"{REGISTRY}shop:latest")
    yield case("no resources", MEMORY, resources=None)
    yield case("no memory limit", MEMORY, resources=_resources("1", "1Gi", None))
    yield case("more memory than asked for", EQUAL, resources=_resources("1", "1Gi", "2Gi"))
    yield case("memory limit alone", None, resources=_resources("1", None, "1Gi"))
    yield case("no cpu request", CPU, resources={"limits": {"memory": "1Gi"}})
    limited = {"requests": {"cpu": "1"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    yield case("cpu limit", NO_CPU_LIMIT, resources=limited)
    bare = container(name="first", livenessProbe=None, readinessProbe=None)
    inits: tuple[tuple[str, str | None, dict[str, Any]], ...] = (
        ("init container as wanted", None, {}),
        ("init container without resources", MEMORY, {"resources": {}}),
        ("init container of somebody else", OURS, {"image": "busybox:1.37"}),
    )
    for what, refusal, changes in inits:
        document = workload(kind, initContainers=[{**bare, **changes}])
        yield Case(what=f"{kind}: {what}", document=document, refusal=refusal)
    free = container(image="nginx", resources=None, livenessProbe=None, readinessProbe=None)
    platforms = workload(kind, free, namespace=PLATFORM_NAMESPACE)
    yield Case(what=f"{kind}: anything in a platform namespace", document=platforms)


def _of_probes(kind: str) -> Iterator[Case]:
    tcp: dict[str, Any] = {"tcpSocket": {"port": 8000}}
    for what, refusal, changes in (
        ("no livenessProbe", LIVE, {"livenessProbe": None}),
        ("no readinessProbe", READY, {"readinessProbe": None}),
        ("one path for both", APART, {"readinessProbe": _probe("/livez")}),
        ("two probes of TCP", None, {"livenessProbe": tcp, "readinessProbe": tcp}),
        ("one probe of TCP", None, {"livenessProbe": tcp}),
    ):
        yield Case(
            what=f"{kind}: {what}",
            document=workload(kind, container(**changes)),
            # What ends by itself needs no probe.
            refusal=refusal if kind in LONG_RUNNING else None,
        )


def _of_images() -> Iterator[Case]:
    for what, refusal, image in (
        ("digest", None, f"{REGISTRY}shop@sha256:{'0' * 64}"),
        ("tag and digest", None, f"{REGISTRY}shop:1.2.3@sha256:{'0' * 64}"),
        ("no tag", TAGGED, f"{REGISTRY}shop"),
        ("host that begins like ours", OURS, f"{REGISTRY.removesuffix('/')}.example.com/shop:1"),
    ):
        document = workload("Deployment", container(image=image))
        yield Case(what=f"image: {what}", document=document, refusal=refusal)
    elsewhere = workload("Deployment", container(image="nginx:1"), namespace="default")
    yield Case(what="image in namespace default", document=elsewhere, refusal=OURS)


def _of_routing() -> Iterator[Case]:
    backend = {"service": {"name": "case", "port": {"number": 80}}}
    ingress = _object("networking.k8s.io/v1", "Ingress", defaultBackend=backend)
    ingress["metadata"]["namespace"] = PLATFORM_NAMESPACE
    yield Case(what="Ingress anywhere", document=ingress, refusal=ROUTE)
    for what, refusal, spec in (
        ("ClusterIP", None, {}),
        ("headless", None, {"clusterIP": "None"}),
        ("LoadBalancer", CLUSTER_IP, {"type": "LoadBalancer"}),
        ("NodePort", CLUSTER_IP, {"type": "NodePort"}),
        ("external address", NO_ADDRESS, {"externalIPs": ["192.0.2.1"]}),
    ):
        service = _object("v1", "Service", ports=[{"port": 80}], selector=_LABELS, **spec)
        yield Case(what=f"Service: {what}", document=service, refusal=refusal)
    for namespace, refusal in ((NAMESPACE, TRAFFIC), ("traefik", None)):
        binding = _object(
            "elbv2.k8s.aws/v1beta1",
            "TargetGroupBinding",
            targetGroupARN="arn:aws:elasticloadbalancing:eu-central-1:222233334444:targetgroup/a/1",
            serviceRef={"name": "case", "port": 80},
        )
        binding["metadata"]["namespace"] = namespace
        yield Case(what=f"TargetGroupBinding in {namespace}", document=binding, refusal=refusal)


def _object(version: str, kind: str, **spec: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    metadata = {"name": "case", "namespace": NAMESPACE}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _resources(cpu: str, request: str | None, limit: str | None) -> dict[str, Any]:
    requests = {"cpu": cpu, **({"memory": request} if request else {})}
    return {"requests": requests, **({"limits": {"memory": limit}} if limit else {})}


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": 8000}}
