"""K8S: API versions that newer clusters no longer serve."""

from collections.abc import Iterator, Mapping

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.objects import tokens
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed

GONE: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "admissionregistration.k8s.io/v1beta1": (
        "1.22",
        "admissionregistration.k8s.io/v1",
        ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    ),
    "apiextensions.k8s.io/v1beta1": (
        "1.22",
        "apiextensions.k8s.io/v1",
        ("CustomResourceDefinition",),
    ),
    "apps/v1beta1": ("1.16", "apps/v1", ("Deployment", "StatefulSet")),
    "apps/v1beta2": ("1.16", "apps/v1", ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
    "autoscaling/v2beta1": ("1.25", "autoscaling/v2", ("HorizontalPodAutoscaler",)),
    "autoscaling/v2beta2": ("1.26", "autoscaling/v2", ("HorizontalPodAutoscaler",)),
    "batch/v1beta1": ("1.25", "batch/v1", ("CronJob",)),
    "discovery.k8s.io/v1beta1": ("1.25", "discovery.k8s.io/v1", ("EndpointSlice",)),
    "extensions/v1beta1": (
        "1.22",
        "apps/v1 or networking.k8s.io/v1",
        ("DaemonSet", "Deployment", "Ingress", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet"),
    ),
    "external-secrets.io/v1alpha1": ("0.17", "external-secrets.io/v1", ("SecretStore",)),
    "external-secrets.io/v1beta1": (
        "0.17",
        "external-secrets.io/v1",
        ("ClusterExternalSecret", "ClusterSecretStore", "ExternalSecret", "SecretStore"),
    ),
    "flowcontrol.apiserver.k8s.io/v1beta3": (
        "1.32",
        "flowcontrol.apiserver.k8s.io/v1",
        ("FlowSchema", "PriorityLevelConfiguration"),
    ),
    "karpenter.k8s.aws/v1beta1": ("1.1", "karpenter.k8s.aws/v1", ("EC2NodeClass",)),
    "karpenter.sh/v1beta1": ("1.1", "karpenter.sh/v1", ("NodeClaim", "NodePool")),
    "networking.k8s.io/v1beta1": ("1.22", "networking.k8s.io/v1", ("Ingress", "IngressClass")),
    "policy/v1beta1": ("1.25", "policy/v1", ("PodDisruptionBudget", "PodSecurityPolicy")),
    "rbac.authorization.k8s.io/v1beta1": (
        "1.22",
        "rbac.authorization.k8s.io/v1",
        ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
    ),
    "storage.k8s.io/v1beta1": ("1.22", "storage.k8s.io/v1", ("CSIDriver", "StorageClass")),
}
"""Served no more since which version of Kubernetes or of its controller, what took its place, and
the kinds (Kubernetes deprecation guide; changelogs of Karpenter and External Secrets)."""

BY_TOKEN: Mapping[str, str] = {
    token: version for version, (_, _, kinds) in GONE.items() for token in tokens(version, *kinds)
}


def _served(resource: Resource, _: Context) -> Iterator[Problem]:
    version = BY_TOKEN[resource.type]
    since, instead, _kinds = GONE[version]
    message = f"got {version}, which is gone since {since}; wanted {instead}"
    yield failed(resource, "apiVersion", message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-31",
        title="Objects use API versions that are served",
        severity=Severity.MEDIUM,
        remedy="use the API version that took its place",
        types=tuple(BY_TOKEN),
        resource=_served,
    ),
)
