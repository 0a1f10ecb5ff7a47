"""Names of the namespaces that are not an application's. Pure, free of any provider SDK."""

NAME_LABEL = "kubernetes.io/metadata.name"
"""Label with a namespace's own name: the API server sets it and nobody can change it (Kubernetes
docs, "Namespaces"), so a selector by it cannot be escaped by labelling."""

KUBE_SYSTEM = "kube-system"
TRAEFIK = "traefik"
EXTERNAL_SECRETS = "external-secrets"

SYSTEM_NAMESPACES = ("kube-node-lease", "kube-public", KUBE_SYSTEM)
"""Kubernetes' own."""

PLATFORM_NAMESPACES = (
    "argo-rollouts",
    "argocd",
    EXTERNAL_SECRETS,
    "monitoring",
    TRAEFIK,
)
"""Those of the platform's charts, whose pods are as their charts make them."""


def others_than(names: tuple[str, ...]) -> dict[str, object]:
    """A label selector of every namespace but these; one that is new is in it."""
    return {
        "matchExpressions": [
            {"key": NAME_LABEL, "operator": "NotIn", "values": sorted(names)},
        ]
    }
