"""What the developers of a namespace may do in it (playbook K8S-09). Pure."""

import pulumi_kubernetes as kubernetes

_Rule = kubernetes.rbac.v1.PolicyRuleArgs

READ = ("get", "list", "watch")

READABLE = {
    "": (
        "configmaps",
        "endpoints",
        "events",
        "limitranges",
        "persistentvolumeclaims",
        "pods",
        "pods/log",
        "resourcequotas",
        "serviceaccounts",
        "services",
    ),
    "apps": ("deployments", "replicasets", "statefulsets"),
    "argoproj.io": ("rollouts",),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "discovery.k8s.io": ("endpointslices",),
    "external-secrets.io": ("externalsecrets",),
    "gateway.networking.k8s.io": ("httproutes",),
    "metrics.k8s.io": ("pods",),
    "networking.k8s.io": ("networkpolicies",),
    "policy": ("poddisruptionbudgets",),
}
"""What they see, by API group. Not Secrets, and no shell in a pod, which sees them as well."""


def developer_rules() -> list[kubernetes.rbac.v1.PolicyRuleArgs]:
    """See everything but Secrets, and restart a pod by deleting it: its owner makes another."""
    rules = [
        _Rule(api_groups=[group], resources=list(resources), verbs=list(READ))
        for group, resources in READABLE.items()
    ]
    return [*rules, _Rule(api_groups=[""], resources=["pods"], verbs=["delete"])]


def leader_rules(application: str) -> list[kubernetes.rbac.v1.PolicyRuleArgs]:
    """Hold the application's Lease (playbook APP-05); creating cannot be limited to a name."""
    leases = {"api_groups": ["coordination.k8s.io"], "resources": ["leases"]}
    return [
        _Rule(**leases, verbs=["create"]),
        _Rule(**leases, verbs=["get", "update", "patch"], resource_names=[application]),
    ]
