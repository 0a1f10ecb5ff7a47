"""Objects that break a rule of the platform, one each, and the words that refuse them."""

from copy import deepcopy
from typing import Any

from tests.engine.real_cluster import DEPLOYMENT, deployment, document

SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
CPU_LIMIT = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}


def good(namespace: str, registry: str) -> dict[str, Any]:
    """A Deployment that breaks no rule."""
    return deployment(namespace, image=f"{registry}/web:1")


def bad(namespace: str, registry: str) -> dict[str, tuple[str, dict[str, Any], str]]:
    """By what is wrong: the type, the object, and a pattern of the refusal.

    Args:
        namespace: Where they are planted.
        registry: The host that images may come from.
    """
    right = good(namespace, registry)
    return {
        "load-balancer": (SERVICE, _service(namespace, "LoadBalancer"), "wanted spec.type Cluster"),
        "node-port": (SERVICE, _service(namespace, "NodePort"), "wanted spec.type ClusterIP"),
        "ingress": (INGRESS, _ingress(namespace), "serves no Ingress"),
        "no-probe": (DEPLOYMENT, _but(right, livenessProbe=None), "wanted a livenessProbe"),
        "cpu-limit": (DEPLOYMENT, _but(right, resources=CPU_LIMIT), "wanted no resources.limits.c"),
        "no-limit": (DEPLOYMENT, _but(right, resources=None), "wanted resources.limits.memory"),
        "foreign-image": (
            DEPLOYMENT,
            _but(right, image="docker.io/nginx:1"),
            "images of our registries",
        ),
        "latest": (DEPLOYMENT, _but(right, image=f"{registry}/web:latest"), "not latest"),
    }


def _service(namespace: str, kind: str) -> dict[str, Any]:
    spec = {"type": kind, "selector": {"app": "web"}, "ports": [{"port": 80}]}
    return {**document("v1", "Service", "open", namespace), "spec": spec}


def _ingress(namespace: str) -> dict[str, Any]:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    spec = {"defaultBackend": backend}
    return {**document("networking.k8s.io/v1", "Ingress", "open", namespace), "spec": spec}


def _but(right: dict[str, Any], **container: object) -> dict[str, Any]:
    """A good Deployment with one thing wrong; None takes a field away."""
    made = deepcopy(right)
    own = made["spec"]["template"]["spec"]["containers"][0]
    own.update(container)
    for key in [key for key, value in own.items() if value is None]:
        del own[key]
    return made


NAMES = tuple(bad("", ""))
"""What can be wrong."""
