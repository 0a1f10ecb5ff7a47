"""The values of Traefik's chart. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.eks.chart_release import resources, spread

WEB_PORT = 8000
"""Entry point of requests; the load balancer's target group and its rules name it."""

PING_PORT = 8080
"""Entry point of health checks: ``/ping`` answers 503 once Traefik is told to stop."""

METRICS_PORT = 9100

DRAIN_SECONDS = 45
"""How long Traefik goes on serving after it was told to stop: the load balancer sees the health
check fail within 45 s (edge layer) and the deregistration begins at once."""

_LABELS = {"app.kubernetes.io/name": "traefik"}


def traefik_values(
    *,
    service: str,
    trusted_ranges: Sequence[str],
    replicas: int,
    most_replicas: int,
    priority_class: str,
) -> dict[str, Any]:
    """What is not as the chart has it.

    Args:
        service: The name of its Service.
        trusted_ranges: Where the load balancer's requests come from: only from there
            ``X-Forwarded-*`` is believed.
        replicas: How many pods at least.
        most_replicas: How many pods at most.
        priority_class: Their priority.
    """
    return {
        **_pods(replicas, most_replicas, priority_class),
        **_providers(),
        **_entries(trusted_ranges),
        **_observability(),
        "service": {"nameOverride": service, "spec": {"type": "ClusterIP"}},
        # Our own objects: see `gateway.py`.
        "gateway": {"enabled": False},
        "gatewayClass": {"enabled": False},
        "ingressClass": {"enabled": False, "isDefaultClass": False},
        "ingressRoute": {"dashboard": {"enabled": False}, "healthcheck": {"enabled": False}},
        "api": {"dashboard": False},
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
    }


def _pods(replicas: int, most_replicas: int, priority_class: str) -> Mapping[str, Any]:
    return {
        "deployment": {"terminationGracePeriodSeconds": DRAIN_SECONDS + 15},
        "autoscaling": {
            "enabled": True,
            "minReplicas": replicas,
            "maxReplicas": most_replicas,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 70},
                    },
                }
            ],
        },
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "priorityClassName": priority_class,
        "resources": resources("200m", "256Mi"),
        "topologySpreadConstraints": spread(_LABELS),
    }


def _providers() -> Mapping[str, Any]:
    return {
        "providers": {
            # IngressRoute and Middleware, for internal routes (playbook K8S-05).
            "kubernetesCRD": {"enabled": True, "allowCrossNamespace": False},
            "kubernetesGateway": {
                "enabled": True,
                "experimentalChannel": False,
                # The load balancer is not the Service's: there is no address to publish.
                "statusAddress": {"service": {"enabled": False}},
            },
            "kubernetesIngress": {"enabled": False, "publishedService": {"enabled": False}},
        }
    }


def _entries(trusted_ranges: Sequence[str]) -> Mapping[str, Any]:
    return {
        "ports": {
            "traefik": {"port": PING_PORT, "expose": {"default": False}},
            "web": {
                "port": WEB_PORT,
                "expose": {"default": True},
                "forwardedHeaders": {"trustedIPs": list(trusted_ranges), "insecure": False},
                "transport": {
                    "lifeCycle": {
                        "requestAcceptGraceTimeout": DRAIN_SECONDS,
                        "graceTimeOut": 10,
                    }
                },
            },
            # TLS ends at the load balancer; a redirect here would never end.
            "websecure": {"expose": {"default": False}},
            "metrics": {"port": METRICS_PORT, "expose": {"default": False}},
        }
    }


def _observability() -> Mapping[str, Any]:
    return {
        "log": {"level": "INFO", "format": "json"},
        "accessLog": {
            "enabled": True,
            "format": "json",
            # Headers and queries carry tokens and people's data.
            "fields": {
                "defaultMode": "keep",
                "headers": {"defaultMode": "drop"},
                "queryParameters": {"defaultMode": "drop"},
            },
        },
        "metrics": {
            "prometheus": {
                "entryPoint": "metrics",
                "service": {"enabled": True},
                "serviceMonitor": {"enabled": True},
            }
        },
    }
