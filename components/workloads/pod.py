"""The pod of an application: everything the playbook and the restricted standard demand of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import pulumi
import pulumi_kubernetes as kubernetes

from components.eks.node_pool_settings import SPOT_TAINT
from components.workloads.application_settings import (
    ROLLOUT_STRATEGIES,
    Acceptable,
    ApplicationConfig,
    Capacity,
    Kind,
)
from components.workloads.labels import accepted, pod_labels, selector

_core = kubernetes.core.v1
_meta = kubernetes.meta.v1

PORT_NAME = "http"
METRICS_PORT_NAME = "metrics"
VOLUME = "data"

STARTUP_PERIOD_SECONDS = 5
LIVENESS_PERIOD_SECONDS = 10
READINESS_PERIOD_SECONDS = 5
PROBE_TIMEOUT_SECONDS = 3
"""The default of one second restarts pods that merely wait for CPU."""

SCRATCH_SIZE = "64Mi"
"""The one place to write in a read-only root filesystem; more than that evicts the pod."""


@dataclass(frozen=True, kw_only=True)
class SecretVariable:
    """An environment variable from a Secret of the namespace.

    Attributes:
        name: The variable, and the key in the Secret.
        secret: The Secret.
    """

    name: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class PodArgs:
    """What a pod is made of.

    Attributes:
        application: The application's name, and its service account's.
        config: Its settings.
        image: The image, with the registry's host.
        config_map: The ConfigMap with its plain variables.
        secrets: Its secret variables.
    """

    application: str
    config: ApplicationConfig
    image: pulumi.Input[str]
    config_map: str
    secrets: Sequence[SecretVariable] = ()


def pod_template(args: PodArgs) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The template that a Deployment, a StatefulSet or a Rollout makes pods from."""
    config = args.config
    return _core.PodTemplateSpecArgs(
        metadata=_meta.ObjectMetaArgs(
            labels=pod_labels(args.application, config),
            annotations=dict(accepted(config)) or None,
        ),
        spec=_core.PodSpecArgs(
            service_account_name=args.application,
            automount_service_account_token=config.leader_election,
            enable_service_links=False,
            termination_grace_period_seconds=config.grace(),
            node_selector={"kubernetes.io/arch": config.architecture.value},
            tolerations=_tolerations(config),
            topology_spread_constraints=_spread(args.application, config),
            security_context=_core.PodSecurityContextArgs(
                run_as_non_root=True,
                run_as_user=config.user,
                run_as_group=config.user,
                fs_group=config.user,
                seccomp_profile=_core.SeccompProfileArgs(type="RuntimeDefault"),
            ),
            containers=[_container(args)],
            volumes=[
                _core.VolumeArgs(
                    name="scratch",
                    empty_dir=_core.EmptyDirVolumeSourceArgs(size_limit=SCRATCH_SIZE),
                )
            ],
        ),
    )


def _container(args: PodArgs) -> kubernetes.core.v1.ContainerArgs:
    config = args.config
    requests = config.resources.requests
    mounts = [_core.VolumeMountArgs(name="scratch", mount_path="/tmp")]  # noqa: S108 - in a pod of its own
    if config.storage is not None:
        mounts.append(_core.VolumeMountArgs(name=VOLUME, mount_path=config.storage.path))
    return _core.ContainerArgs(
        name=args.application,
        image=args.image,
        image_pull_policy="IfNotPresent",
        args=list(config.arguments) or None,
        ports=_ports(config),
        env_from=[
            _core.EnvFromSourceArgs(
                config_map_ref=_core.ConfigMapEnvSourceArgs(name=args.config_map)
            )
        ],
        env=[_secret_variable(found) for found in args.secrets] or None,
        resources=_core.ResourceRequirementsArgs(
            requests={"cpu": requests.cpu, "memory": requests.memory},
            limits={"memory": requests.memory},
        ),
        lifecycle=_core.LifecycleArgs(
            pre_stop=_core.LifecycleHandlerArgs(
                # The kubelet itself sleeps: an image needs no shell for it (Kubernetes 1.30).
                sleep=_core.SleepActionArgs(seconds=config.shutdown.pre_stop_seconds)
            )
        ),
        startup_probe=_startup(config),
        liveness_probe=_probe(config.probes.liveness, LIVENESS_PERIOD_SECONDS, 3),
        readiness_probe=_probe(config.probes.readiness, READINESS_PERIOD_SECONDS, 3),
        security_context=_core.SecurityContextArgs(
            allow_privilege_escalation=False,
            privileged=False,
            read_only_root_filesystem=Acceptable.WRITABLE_ROOT_FILESYSTEM not in config.accept,
            run_as_non_root=True,
            capabilities=_core.CapabilitiesArgs(drop=["ALL"]),
        ),
        volume_mounts=mounts,
    )


def _ports(config: ApplicationConfig) -> list[kubernetes.core.v1.ContainerPortArgs]:
    ports = {PORT_NAME: config.port}
    if config.metrics is not None and config.metrics.port not in (None, config.port):
        ports[METRICS_PORT_NAME] = config.metrics.port
    return [
        _core.ContainerPortArgs(name=name, container_port=port, protocol="TCP")
        for name, port in ports.items()
    ]


def _secret_variable(variable: SecretVariable) -> kubernetes.core.v1.EnvVarArgs:
    return _core.EnvVarArgs(
        name=variable.name,
        value_from=_core.EnvVarSourceArgs(
            secret_key_ref=_core.SecretKeySelectorArgs(name=variable.secret, key=variable.name)
        ),
    )


def _probe(path: str, period: int, failures: int) -> kubernetes.core.v1.ProbeArgs:
    return _core.ProbeArgs(
        http_get=_core.HTTPGetActionArgs(path=path, port=PORT_NAME),
        period_seconds=period,
        timeout_seconds=PROBE_TIMEOUT_SECONDS,
        failure_threshold=failures,
    )


def _startup(config: ApplicationConfig) -> kubernetes.core.v1.ProbeArgs:
    tries = ceil(config.probes.startup_seconds / STARTUP_PERIOD_SECONDS)
    return _probe(config.probes.startup, STARTUP_PERIOD_SECONDS, tries)


def _tolerations(
    config: ApplicationConfig,
) -> list[kubernetes.core.v1.TolerationArgs] | None:
    """Spot nodes are tainted; without a selector pods still start when none is to be had."""
    if config.capacity is not Capacity.SPOT:
        return None
    return [_core.TolerationArgs(key=SPOT_TAINT, operator="Exists", effect="NoSchedule")]


def _spread(
    application: str, config: ApplicationConfig
) -> list[kubernetes.core.v1.TopologySpreadConstraintArgs]:
    """Over zones and nodes (playbook NODE-04); each version by itself, so rollouts stay even."""
    zones = "DoNotSchedule" if config.spread == "required" else "ScheduleAnyway"
    return [
        _core.TopologySpreadConstraintArgs(
            max_skew=1,
            topology_key=key,
            when_unsatisfiable=unsatisfiable,
            label_selector=_meta.LabelSelectorArgs(match_labels=selector(application)),
            match_label_keys=_revision_keys(config),
        )
        for key, unsatisfiable in (
            ("topology.kubernetes.io/zone", zones),
            ("kubernetes.io/hostname", "ScheduleAnyway"),
        )
    ]


def _revision_keys(config: ApplicationConfig) -> list[str]:
    """The label that tells versions apart, by who makes the pods."""
    if config.kind is Kind.STATEFUL_SET:
        return ["controller-revision-hash"]
    if config.strategy in ROLLOUT_STRATEGIES:
        return ["rollouts-pod-template-hash"]
    return ["pod-template-hash"]
