"""Objects for the tests of a control plane."""

from typing import Any

EXTENSIONS = "apiextensions.k8s.io/v1"
NODE_POOLS = "nodepools.karpenter.sh"
POOL: dict[str, Any] = {
    "apiVersion": "karpenter.sh/v1",
    "kind": "NodePool",
    "metadata": {"name": "spot"},
    "spec": {
        "template": {
            "spec": {
                "taints": [{"key": "spot", "value": "true", "effect": "NoSchedule"}],
                "requirements": [
                    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]},
                    {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]},
                ],
            }
        },
        "limits": {"cpu": "100"},
    },
}


def deployment(app: str, *, cpu: str = "100m", **spec: object) -> dict[str, Any]:
    requests = {"cpu": cpu, "memory": "64Mi"}
    container = {"name": "app", "image": "app:1", "resources": {"requests": requests}}
    labels = {"app": app}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": app},
        "spec": {"replicas": 3, "selector": {"matchLabels": labels}, "template": template},
    }


def spread(app: str) -> dict[str, Any]:
    constraint = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": app}},
    }
    return {"topologySpreadConstraints": [constraint]}


def config(key: str) -> dict[str, object]:
    name = "no" if key == "forbidden" else "yes"
    metadata = {"name": name}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {key: "1"}}


def crd() -> dict[str, object]:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "NodePool", "plural": "nodepools", "singular": "nodepool"}
    return {
        "apiVersion": EXTENSIONS,
        "kind": "CustomResourceDefinition",
        "metadata": {"name": NODE_POOLS},
        "spec": {
            "group": "karpenter.sh",
            "names": {**names, "listKind": "NodePoolList"},
            "scope": "Cluster",
            "versions": [version],
        },
    }
