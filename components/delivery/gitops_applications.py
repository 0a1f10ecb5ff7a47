"""What Argo CD keeps in the cluster: a project without wildcards, and its Applications."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.delivery.argo_cd import NAMESPACE
from components.delivery.settings import ArgoCdConfig, GitOpsApplication

PROJECT = "applications"
IN_CLUSTER = "https://kubernetes.default.svc"
"""The cluster Argo CD itself runs in."""

FINALIZER = "resources-finalizer.argocd.argoproj.io"
"""An Application that is deleted takes with it what it deployed (Argo CD, "App deletion")."""

_API = "argoproj.io/v1alpha1"

NAMESPACED_KINDS = (
    ("", "ConfigMap"),
    ("", "PersistentVolumeClaim"),
    ("", "Service"),
    ("", "ServiceAccount"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("argoproj.io", "AnalysisTemplate"),
    ("argoproj.io", "Rollout"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("external-secrets.io", "ExternalSecret"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("monitoring.coreos.com", "PodMonitor"),
    ("monitoring.coreos.com", "ServiceMonitor"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("policy", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
)
"""What an application may be made of. Not Secrets (playbook K8S-06), Ingresses (K8S-03), nor
quotas and limits, which are set for the team and not by it (NODE-08)."""


@dataclass(frozen=True, kw_only=True)
class GitOpsApplicationsArgs:
    """Inputs of :class:`GitOpsApplications`.

    Attributes:
        provider: The cluster.
        environment: The environment, whose values the Applications read.
        config: What is kept.
        rollouts: Whether Argo Rollouts moves the weights of routes meanwhile.
    """

    provider: kubernetes.Provider
    environment: str
    config: ArgoCdConfig
    rollouts: bool


class GitOpsApplications(Component):
    """One Application an application, each reading this environment's values and no others.

    Their namespaces are the workloads layer's: Argo CD makes none and owns none. Deleting one
    deletes what it deployed, which needs Argo CD running: so they go before it.
    """

    names: list[str]

    def __init__(
        self, name: str, args: GitOpsApplicationsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        project = kubernetes.apiextensions.CustomResource(
            f"{name}-project",
            api_version=_API,
            kind="AppProject",
            metadata={"name": PROJECT, "namespace": NAMESPACE},
            spec=project_spec(args.config),
            opts=self.child(provider=args.provider),
        )
        for application, settings in args.config.applications.items():
            kubernetes.apiextensions.CustomResource(
                f"{name}-{application}-application",
                api_version=_API,
                kind="Application",
                metadata={
                    "name": application,
                    "namespace": NAMESPACE,
                    "finalizers": [FINALIZER],
                },
                spec=application_spec(args, application, settings),
                opts=self.child(provider=args.provider, depends_on=[project]),
            )
        self.finish(names=sorted(args.config.applications))


def project_spec(config: ArgoCdConfig) -> Mapping[str, object]:
    """What Applications may be made from, where, and of what."""
    return {
        "description": "Applications of this environment",
        "sourceRepos": config.source_repositories(),
        "destinations": [
            {"server": IN_CLUSTER, "namespace": namespace} for namespace in config.namespaces()
        ],
        "clusterResourceWhitelist": [],
        "namespaceResourceWhitelist": [
            {"group": group, "kind": kind} for group, kind in NAMESPACED_KINDS
        ],
        "orphanedResources": {"warn": True},
    }


def application_spec(
    args: GitOpsApplicationsArgs, name: str, settings: GitOpsApplication
) -> Mapping[str, object]:
    """An application of this environment."""
    return {
        "project": PROJECT,
        "sources": _sources(args, name, settings),
        "destination": {"server": IN_CLUSTER, "namespace": settings.namespace},
        "syncPolicy": {
            "automated": {"prune": settings.prune, "selfHeal": True},
            "syncOptions": [
                "CreateNamespace=false",
                "ServerSideApply=true",
                "RespectIgnoreDifferences=true",
            ],
            "retry": {"limit": 5, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}},
        },
        "ignoreDifferences": _moving(rollouts=args.rollouts),
        "revisionHistoryLimit": 10,
    }


def _sources(
    args: GitOpsApplicationsArgs, name: str, settings: GitOpsApplication
) -> list[Mapping[str, object]]:
    """The chart, and the repository of values that it refers to as ``$values``."""
    values = f"{name}/{args.environment}/values.yaml"
    own = {"repoURL": args.config.gitops_repository, "targetRevision": args.config.revision}
    if settings.chart is None:
        chart = {**own, "path": f"{name}/chart"}
    else:
        chart = {
            "repoURL": settings.chart.repository,
            "path": settings.chart.path,
            "targetRevision": settings.chart.revision,
        }
    return [
        {**chart, "helm": {"valueFiles": [f"$values/{values}"]}},
        {**own, "ref": "values"},
    ]


def _moving(*, rollouts: bool) -> list[Mapping[str, object]]:
    """What others change while Argo CD looks: an autoscaler, and a rollout's weights."""
    kinds = [("apps", "Deployment"), ("apps", "StatefulSet")]
    weights: list[Mapping[str, object]] = []
    if rollouts:
        kinds.append(("argoproj.io", "Rollout"))
        weights.append(
            {
                "group": "gateway.networking.k8s.io",
                "kind": "HTTPRoute",
                "jqPathExpressions": [".spec.rules[]?.backendRefs[]?.weight"],
            }
        )
    replicas = [
        {"group": group, "kind": kind, "jsonPointers": ["/spec/replicas"]} for group, kind in kinds
    ]
    return [*replicas, *weights]
