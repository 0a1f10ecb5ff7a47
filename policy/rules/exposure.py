"""K8S: how requests get in: one load balancer, the Gateway API (playbook K8S-03, K8S-04)."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.objects import is_patch, tokens
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items

INGRESSES = (
    *tokens("extensions/v1beta1", "Ingress", "IngressList"),
    *tokens("networking.k8s.io/v1", "Ingress", "IngressClass", "IngressList"),
    *tokens("networking.k8s.io/v1beta1", "Ingress", "IngressClass", "IngressList"),
)
SERVICES = tokens("core/v1", "Service")
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"

OPENING_TYPES = frozenset({"LoadBalancer", "NodePort"})


def _no_ingress(resource: Resource, _: Context) -> Iterator[Problem]:
    yield failed(resource, "", "got an Ingress, wanted an HTTPRoute on the cluster's Gateway")


def _inside(resource: Resource, _: Context) -> Iterator[Problem]:
    kind = resource.get("spec", "type")
    if kind is UNKNOWN:
        yield undecided(resource, "spec.type")
    elif kind in OPENING_TYPES:
        message = f"got {kind}, wanted ClusterIP behind the load balancer of the edge layer"
        yield failed(resource, "spec.type", message)
    elif kind == "ExternalName":
        message = "got another name for a host outside, wanted the host in the configuration"
        yield advised(resource, "spec.type", message)
    if items(resource.get("spec", "externalIPs")):
        message = "got addresses that the cluster takes over, wanted none"
        yield failed(resource, "spec.externalIPs", message)


def _binds_addresses(graph: Graph, _: Context) -> Iterator[Problem]:
    for binding in graph.of_type(BINDING):
        yield from _of_pods(binding)
        arn = binding.get("spec", "targetGroupARN")
        groups = graph.joined(binding, "spec", TARGET_GROUP) or graph.of_type(TARGET_GROUP)
        joined = TARGET_GROUP in {
            graph.by_urn[urn].type for urn in binding.joins.get("spec", ()) if urn in graph.by_urn
        }
        if arn is MISSING:
            yield failed(binding, "spec.targetGroupARN", "got none, wanted one of the stack")
        elif not joined and arn is UNKNOWN:
            yield undecided(binding, "spec.targetGroupARN")
        elif not joined and not any(arn == group.get("arn") for group in groups):
            message = "got a target group from elsewhere, wanted one of the stack"
            yield failed(binding, "spec.targetGroupARN", message)


def _of_pods(binding: Resource) -> Iterator[Problem]:
    kind = binding.get("spec", "targetType")
    if kind is UNKNOWN:
        yield undecided(binding, "spec.targetType")
    elif kind != "ip":
        got = "none" if kind is MISSING else kind
        yield failed(binding, "spec.targetType", f"got {got}, wanted ip")
    if binding.get("spec", "serviceRef") is MISSING and not is_patch(binding):
        yield failed(binding, "spec.serviceRef", "got no service, wanted the one with the pods")


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-01",
        title="Requests are routed by the Gateway API, not by Ingress",
        severity=Severity.HIGH,
        remedy="make an HTTPRoute that names the cluster's Gateway as its parent",
        types=INGRESSES,
        resource=_no_ingress,
    ),
    Rule(
        id="K8S-19",
        title="No Service makes a load balancer or opens a port of the nodes",
        severity=Severity.HIGH,
        remedy="use type ClusterIP; the edge layer's load balancer reaches it through the Gateway",
        types=SERVICES,
        resource=_inside,
    ),
    Rule(
        id="K8S-20",
        title="Target groups of the stack get the pods' own addresses",
        severity=Severity.MEDIUM,
        remedy="set targetType=ip, serviceRef and the ARN of the edge layer's target group",
        types=(BINDING,),
        stack=_binds_addresses,
    ),
)
