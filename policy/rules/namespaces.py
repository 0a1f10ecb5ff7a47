"""K8S: namespaces and what bounds them (playbook K8S-02, K8S-08, NODE-08)."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.objects import (
    DEFAULT_NAMESPACE,
    SYSTEM_NAMESPACES,
    is_patch,
    name_of,
    names,
    namespace_of,
    tokens,
)
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, StackCheck, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, read, strings
from policy.rules.pod_templates import CARRIERS

NAMESPACE = "kubernetes:core/v1:Namespace"
NAMESPACES = tokens("core/v1", "Namespace")
RESOURCE_QUOTA = "kubernetes:core/v1:ResourceQuota"
LIMIT_RANGE = "kubernetes:core/v1:LimitRange"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
BOUNDS = (*tokens("core/v1", "LimitRange"), *tokens("core/v1", "ResourceQuota"))

NAMESPACED = (
    *CARRIERS,
    *tokens("argoproj.io/v1alpha1", "AnalysisTemplate", "Application", "AppProject"),
    *tokens("autoscaling/v2", "HorizontalPodAutoscaler"),
    *tokens("core/v1", "ConfigMap", "LimitRange", "PersistentVolumeClaim", "ResourceQuota"),
    *tokens("core/v1", "Secret", "Service", "ServiceAccount"),
    *tokens("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"),
    *tokens("external-secrets.io/v1", "ExternalSecret", "SecretStore"),
    *tokens("gateway.networking.k8s.io/v1", "Gateway", "GRPCRoute", "HTTPRoute"),
    *tokens("monitoring.coreos.com/v1", "PodMonitor", "PrometheusRule", "ServiceMonitor"),
    *tokens("networking.k8s.io/v1", "NetworkPolicy"),
    *tokens("policy/v1", "PodDisruptionBudget"),
    *tokens("rbac.authorization.k8s.io/v1", "Role", "RoleBinding"),
    *tokens("traefik.io/v1alpha1", "IngressRoute", "Middleware"),
    *tokens("vpcresources.k8s.aws/v1beta1", "SecurityGroupPolicy"),
)
"""Kinds that are in a namespace, of those this organisation's clusters know."""

NOBODYS = frozenset({DEFAULT_NAMESPACE, *SYSTEM_NAMESPACES})
STANDARD = "pod-security.kubernetes.io/enforce"
STANDARDS = frozenset({"baseline", "restricted"})

PRIVILEGED = frozenset({"fluent-bit", "logging", "node-exporter"})
"""Namespaces whose pods read the node itself (K8S-15 lets them)."""


def _own_namespace(resource: Resource, _: Context) -> Iterator[Problem]:
    namespace = namespace_of(resource)
    path = "metadata.namespace"
    if namespace is UNKNOWN:
        yield undecided(resource, path)
    elif namespace == DEFAULT_NAMESPACE:
        yield failed(resource, path, "got the namespace default, wanted the application's own")
    elif namespace in SYSTEM_NAMESPACES and resource.type in CARRIERS:
        yield failed(resource, path, f"got {namespace}, wanted a namespace that is not Kubernetes'")


def _has(token: str, wanted: str) -> StackCheck:
    """Every namespace has an object of a kind in it."""

    def run(graph: Graph, _: Context) -> Iterator[Problem]:
        for namespace in graph.of_type(NAMESPACE):
            if name_of(namespace) in NOBODYS:
                continue
            verdicts = [is_in(item, namespace) for item in graph.of_type(token)]
            if True in verdicts:
                continue
            if None in verdicts:
                yield undecided(namespace, "metadata.name")
            else:
                yield failed(namespace, "", f"got no {wanted}, wanted one in it")

    return run


def is_in(item: Resource, namespace: Resource) -> bool | None:
    """Whether an object is in a namespace; None where it cannot be told yet."""
    return names(namespace_of(item), namespace, item, "metadata")


def _no_processor_limit(resource: Resource, _: Context) -> Iterator[Problem]:
    if "LimitRange" in resource.type:
        for index, item in enumerate(items(resource.get("spec", "limits"))):
            for field in ("default", "max"):
                if read(item, field, "cpu") is not MISSING:
                    path = f"spec.limits[{index}].{field}.cpu"
                    message = "got a processor limit for every container, wanted none"
                    yield failed(resource, path, message)
    elif "limits.cpu" in mapping(resource.get("spec", "hard")):
        message = "got pods refused that have no processor limit, wanted requests.cpu"
        yield failed(resource, "spec.hard.limits.cpu", message)


def _labelled(resource: Resource, _: Context) -> Iterator[Problem]:
    labels = resource.get("metadata", "labels")
    name = name_of(resource)
    if name in NOBODYS or name in PRIVILEGED or (is_patch(resource) and labels is MISSING):
        return
    standard = read(labels, STANDARD)
    path = f"metadata.labels.{STANDARD}"
    if standard is UNKNOWN:
        yield undecided(resource, path)
    elif standard not in STANDARDS:
        got = "none" if standard is MISSING else standard
        yield failed(resource, path, f"got {got}, wanted {' or '.join(sorted(STANDARDS))}")


def _closed(graph: Graph, _: Context) -> Iterator[Problem]:
    policies = [item for item in graph.of_type(NETWORK_POLICY) if _denies(item)]
    for namespace in graph.of_type(NAMESPACE):
        if name_of(namespace) in NOBODYS:
            continue
        verdicts = [is_in(item, namespace) for item in policies]
        if True not in verdicts and None in verdicts:
            yield undecided(namespace, "metadata.name")
        elif True not in verdicts:
            message = "got pods that everybody reaches, wanted a NetworkPolicy for all of them"
            yield failed(namespace, "", message)


def _denies(policy: Resource) -> bool:
    """Whether it picks all pods and lets nothing in."""
    selector = policy.get("spec", "podSelector")
    everyone = selector is MISSING or (selector is not UNKNOWN and not mapping(selector))
    kinds = policy.get("spec", "policyTypes")
    ingress = kinds is MISSING or "Ingress" in strings(kinds)
    return everyone and ingress and not items(policy.get("spec", "ingress"))


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-02",
        title="Objects are in a namespace of their own",
        severity=Severity.HIGH,
        remedy="set metadata.namespace to the application's namespace",
        types=NAMESPACED,
        resource=_own_namespace,
        controls=("CIS EKS 1.5 4.5.3", "CIS Kubernetes 1.10 5.7.4"),
    ),
    Rule(
        id="K8S-03",
        title="Namespaces have a quota",
        severity=Severity.MEDIUM,
        remedy="add a ResourceQuota with requests.cpu, requests.memory and limits.memory",
        types=(NAMESPACE, RESOURCE_QUOTA),
        stack=_has(RESOURCE_QUOTA, "ResourceQuota"),
    ),
    Rule(
        id="K8S-04",
        title="Namespaces have defaults for containers",
        severity=Severity.MEDIUM,
        remedy="add a LimitRange with a default for memory and a default request for cpu",
        types=(NAMESPACE, LIMIT_RANGE),
        stack=_has(LIMIT_RANGE, "LimitRange"),
    ),
    Rule(
        id="K8S-05",
        title="Quotas and defaults bring no processor limit back",
        severity=Severity.MEDIUM,
        remedy="take default.cpu out of the LimitRange and limits.cpu out of the ResourceQuota",
        types=BOUNDS,
        resource=_no_processor_limit,
    ),
    Rule(
        id="K8S-24",
        title="Namespaces hold pods to a Pod Security Standard",
        severity=Severity.MEDIUM,
        remedy=f"label the namespace {STANDARD}=restricted",
        types=NAMESPACES,
        resource=_labelled,
        controls=("CIS EKS 1.5 4.2.1", "CIS Kubernetes 1.10 5.2.1"),
    ),
    Rule(
        id="K8S-25",
        title="Namespaces let nothing in by default",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="add a NetworkPolicy with an empty podSelector and policyTypes Ingress and Egress",
        types=(NAMESPACE, NETWORK_POLICY),
        stack=_closed,
        controls=("CIS EKS 1.5 4.3.2", "CIS Kubernetes 1.10 5.3.2"),
    ),
)
