"""How requests reach an application: Service, HTTPRoute, ServiceMonitor (K8S-03, APP-06)."""

from collections.abc import Mapping, Sequence

import pulumi_kubernetes as kubernetes

from components.workloads.application_settings import ApplicationConfig, Kind, Strategy
from components.workloads.labels import selector
from components.workloads.pod import METRICS_PORT_NAME, PORT_NAME
from components.workloads.settings import MetricsConfig, RouteConfig

_core = kubernetes.core.v1

SERVICE_PORT = 80

GATEWAY_API = "gateway.networking.k8s.io/v1"
MONITOR_API = "monitoring.coreos.com/v1"


def service(application: str, config: ApplicationConfig) -> kubernetes.core.v1.ServiceSpecArgs:
    """A Service inside the cluster; a stateful set's gives each pod a name (Kubernetes docs)."""
    service_ports = [
        _core.ServicePortArgs(
            name=PORT_NAME, port=SERVICE_PORT, target_port=PORT_NAME, protocol="TCP"
        )
    ]
    if config.metrics is not None and config.metrics.port not in (None, config.port):
        port = config.metrics.port
        service_ports.append(
            _core.ServicePortArgs(
                name=METRICS_PORT_NAME, port=port, target_port=METRICS_PORT_NAME, protocol="TCP"
            )
        )
    return _core.ServiceSpecArgs(
        type="ClusterIP",
        cluster_ip="None" if config.kind is Kind.STATEFUL_SET else None,
        selector=selector(application),
        ports=service_ports,
    )


def http_route(
    application: str,
    config: ApplicationConfig,
    route: RouteConfig,
    *,
    gateway: Mapping[str, str],
    hosts: Sequence[str],
) -> dict[str, object]:
    """The specification of an HTTPRoute on the platform's Gateway."""
    stable: dict[str, object] = {"kind": "Service", "name": application, "port": SERVICE_PORT}
    backends = [stable]
    if config.strategy is Strategy.CANARY:
        canary = {**stable, "name": f"{application}-canary"}
        backends = [{**stable, "weight": 100}, {**canary, "weight": 0}]
    parent = {
        "group": GATEWAY_API.partition("/")[0],
        "kind": "Gateway",
        "namespace": gateway["namespace"],
        "name": gateway["name"],
    }
    matches = [{"path": {"type": "PathPrefix", "value": path}} for path in route.paths]
    return {
        "parentRefs": [parent],
        "hostnames": list(hosts),
        "rules": [{"matches": matches, "backendRefs": backends}],
    }


def service_monitor(
    application: str, config: ApplicationConfig, metrics: MetricsConfig
) -> dict[str, object]:
    """The specification of a ServiceMonitor, which Prometheus finds in every namespace."""
    port = PORT_NAME if metrics.port in (None, config.port) else METRICS_PORT_NAME
    endpoint = {
        "port": port,
        "path": metrics.path,
        "interval": f"{metrics.interval_seconds}s",
    }
    return {"selector": {"matchLabels": selector(application)}, "endpoints": [endpoint]}
