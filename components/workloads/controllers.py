"""What keeps an application's pods: a Deployment, a StatefulSet or a Rollout (DEP-01)."""

from dataclasses import dataclass

import pulumi_kubernetes as kubernetes

from components.delivery.argo_rollouts import GATEWAY_PLUGIN
from components.workloads.application_settings import (
    SURGE,
    ApplicationConfig,
    Kind,
    Strategy,
)
from components.workloads.labels import selector
from components.workloads.pod import VOLUME
from components.workloads.settings import CanaryStep

_apps = kubernetes.apps.v1
_core = kubernetes.core.v1
_meta = kubernetes.meta.v1

MAX_SURGE = f"{SURGE:.0%}"
MIN_READY_SECONDS = 10
"""A pod that is ready but falls over at once does not count."""

PROGRESS_SECONDS = 600
"""How long a rollout may stand still, starting aside, before it has failed."""

REVISIONS = 5
"""Old versions to go back to."""

ROLLOUT_API = "argoproj.io/v1alpha1"
ROLLOUT_KIND = "Rollout"


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """What an autoscaler scales: API version and kind."""

    api_version: str
    kind: str


def scaled(config: ApplicationConfig) -> Scaled:
    """What keeps the pods."""
    if config.kind is Kind.STATEFUL_SET:
        return Scaled(api_version="apps/v1", kind="StatefulSet")
    if config.strategy in (Strategy.CANARY, Strategy.BLUE_GREEN):
        return Scaled(api_version=ROLLOUT_API, kind=ROLLOUT_KIND)
    return Scaled(api_version="apps/v1", kind="Deployment")


def fixed_replicas(config: ApplicationConfig) -> int | None:
    """The number of pods, where no autoscaler sets it: the two would fight."""
    return None if config.autoscaling() is not None else config.fewest()


def deployment(
    application: str,
    config: ApplicationConfig,
    template: kubernetes.core.v1.PodTemplateSpecArgs,
) -> kubernetes.apps.v1.DeploymentSpecArgs:
    """A Deployment that rolls, or that stops the old before it starts the new."""
    recreate = config.strategy is Strategy.RECREATE
    return _apps.DeploymentSpecArgs(
        replicas=fixed_replicas(config),
        selector=_meta.LabelSelectorArgs(match_labels=selector(application)),
        template=template,
        strategy=_apps.DeploymentStrategyArgs(
            type="Recreate" if recreate else "RollingUpdate",
            rolling_update=None
            if recreate
            else _apps.RollingUpdateDeploymentArgs(max_surge=MAX_SURGE, max_unavailable=0),
        ),
        min_ready_seconds=MIN_READY_SECONDS,
        progress_deadline_seconds=PROGRESS_SECONDS + config.probes.startup_seconds,
        revision_history_limit=REVISIONS,
    )


def stateful_set(
    application: str,
    config: ApplicationConfig,
    template: kubernetes.core.v1.PodTemplateSpecArgs,
) -> kubernetes.apps.v1.StatefulSetSpecArgs:
    """A StatefulSet; its volumes stay when it is scaled down or deleted."""
    storage = config.storage
    claims = (
        None
        if storage is None
        else [
            _core.PersistentVolumeClaimArgs(
                metadata=_meta.ObjectMetaArgs(name=VOLUME, labels=selector(application)),
                spec=_core.PersistentVolumeClaimSpecArgs(
                    access_modes=["ReadWriteOnce"],
                    storage_class_name=storage.storage_class,
                    resources=_core.VolumeResourceRequirementsArgs(
                        requests={"storage": storage.size}
                    ),
                ),
            )
        ]
    )
    return _apps.StatefulSetSpecArgs(
        replicas=fixed_replicas(config),
        service_name=application,
        selector=_meta.LabelSelectorArgs(match_labels=selector(application)),
        template=template,
        update_strategy=_apps.StatefulSetUpdateStrategyArgs(type="RollingUpdate"),
        min_ready_seconds=MIN_READY_SECONDS,
        revision_history_limit=REVISIONS,
        volume_claim_templates=claims,
        persistent_volume_claim_retention_policy=None
        if claims is None
        else _apps.StatefulSetPersistentVolumeClaimRetentionPolicyArgs(
            when_deleted="Retain", when_scaled="Retain"
        ),
    )


def rollout(
    application: str,
    config: ApplicationConfig,
    template: kubernetes.core.v1.PodTemplateSpecArgs,
    namespace: str,
) -> dict[str, object]:
    """The specification of an Argo Rollout."""
    replicas = fixed_replicas(config)
    return {
        **({} if replicas is None else {"replicas": replicas}),
        "selector": {"matchLabels": selector(application)},
        "template": template,
        "minReadySeconds": MIN_READY_SECONDS,
        "progressDeadlineSeconds": PROGRESS_SECONDS + config.probes.startup_seconds,
        "revisionHistoryLimit": REVISIONS,
        "strategy": {"canary": _canary(application, config, namespace)}
        if config.strategy is Strategy.CANARY
        else {"blueGreen": _blue_green(application, config)},
    }


def second_service(config: ApplicationConfig) -> str | None:
    """What the Service of the new version is called after the application; None without one."""
    if config.strategy is Strategy.BLUE_GREEN:
        return "preview"
    weighed = config.strategy is Strategy.CANARY and config.route is not None
    return "canary" if weighed else None


def _canary(application: str, config: ApplicationConfig, namespace: str) -> dict[str, object]:
    """Steps; the route weighs requests, and without a route the number of pods does."""
    steps = [
        part
        for step in config.canary
        for part in ({"setWeight": step.weight}, {"pause": _pause(step)})
    ]
    canary: dict[str, object] = {"maxSurge": MAX_SURGE, "maxUnavailable": 0, "steps": steps}
    if config.route is not None:
        plugin = {"httpRoute": application, "namespace": namespace}
        canary |= {
            "stableService": application,
            "canaryService": f"{application}-canary",
            "trafficRouting": {"plugins": {GATEWAY_PLUGIN: plugin}},
        }
    return canary


def _pause(step: CanaryStep) -> dict[str, str]:
    """How long; without a duration, until a person promotes it."""
    return {} if step.pause_seconds is None else {"duration": f"{step.pause_seconds}s"}


def _blue_green(application: str, config: ApplicationConfig) -> dict[str, object]:
    return {
        "activeService": application,
        "previewService": f"{application}-preview",
        "autoPromotionEnabled": config.automatic_promotion,
        # The old pods stay until nobody has the old endpoints, and no longer.
        "scaleDownDelaySeconds": config.grace(),
    }
