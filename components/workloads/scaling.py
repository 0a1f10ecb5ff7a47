"""How many pods run and how many may leave: HorizontalPodAutoscaler and PodDisruptionBudget."""

import pulumi_kubernetes as kubernetes

from components.workloads.application_settings import ApplicationConfig
from components.workloads.controllers import scaled
from components.workloads.labels import selector
from components.workloads.settings import ExternalMetric, ScalingConfig

_scaling = kubernetes.autoscaling.v2
_meta = kubernetes.meta.v1


def autoscaler(
    application: str, config: ApplicationConfig, scaling: ScalingConfig
) -> kubernetes.autoscaling.v2.HorizontalPodAutoscalerSpecArgs:
    """Scales what keeps the pods, by the highest of its metrics (playbook NODE-06)."""
    target = scaled(config)
    return _scaling.HorizontalPodAutoscalerSpecArgs(
        scale_target_ref=_scaling.CrossVersionObjectReferenceArgs(
            api_version=target.api_version, kind=target.kind, name=application
        ),
        min_replicas=scaling.minimum,
        max_replicas=scaling.maximum,
        metrics=_metrics(scaling),
    )


def disruption_budget(
    application: str, config: ApplicationConfig
) -> kubernetes.policy.v1.PodDisruptionBudgetSpecArgs:
    """How many pods may leave at once (playbook NODE-05).

    Pods that are not ready may always leave: otherwise one broken application keeps its nodes for
    ever (Kubernetes, "Unhealthy Pod Eviction Policy").
    """
    return kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
        selector=_meta.LabelSelectorArgs(match_labels=selector(application)),
        max_unavailable=config.disruption.max_unavailable,
        unhealthy_pod_eviction_policy="AlwaysAllow",
    )


def _metrics(scaling: ScalingConfig) -> list[kubernetes.autoscaling.v2.MetricSpecArgs]:
    uses = {"cpu": scaling.cpu, "memory": scaling.memory}
    return [
        *(_use(name, percent) for name, percent in uses.items() if percent is not None),
        *(_external(metric) for metric in scaling.external),
    ]


def _use(resource: str, percent: int) -> kubernetes.autoscaling.v2.MetricSpecArgs:
    return _scaling.MetricSpecArgs(
        type="Resource",
        resource=_scaling.ResourceMetricSourceArgs(
            name=resource,
            target=_scaling.MetricTargetArgs(type="Utilization", average_utilization=percent),
        ),
    )


def _external(metric: ExternalMetric) -> kubernetes.autoscaling.v2.MetricSpecArgs:
    series = _meta.LabelSelectorArgs(match_labels=metric.labels) if metric.labels else None
    return _scaling.MetricSpecArgs(
        type="External",
        external=_scaling.ExternalMetricSourceArgs(
            metric=_scaling.MetricIdentifierArgs(name=metric.metric, selector=series),
            target=_scaling.MetricTargetArgs(type="AverageValue", average_value=metric.average),
        ),
    )
