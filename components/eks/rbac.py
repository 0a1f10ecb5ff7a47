"""What the cluster-wide groups may do; developers' roles are in their namespaces (workloads)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.contract import ADMINISTRATORS_GROUP, READERS_GROUP

READ = ("get", "list", "watch")
CHANGE = (*READ, "create", "delete", "deletecollection", "patch", "update")

BEYOND_NAMESPACES = {
    "": ("namespaces", "nodes", "persistentvolumes"),
    "admissionregistration.k8s.io": (
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "validatingwebhookconfigurations",
    ),
    "apiextensions.k8s.io": ("customresourcedefinitions",),
    "apiregistration.k8s.io": ("apiservices",),
    "argoproj.io": ("applications", "applicationsets", "appprojects", "rollouts"),
    "elbv2.k8s.aws": ("targetgroupbindings",),
    "external-secrets.io": ("clustersecretstores", "externalsecrets", "secretstores"),
    "gateway.networking.k8s.io": ("gatewayclasses", "gateways", "grpcroutes", "httproutes"),
    "karpenter.k8s.aws": ("ec2nodeclasses",),
    "karpenter.sh": ("nodeclaims", "nodepools"),
    "monitoring.coreos.com": ("podmonitors", "prometheusrules", "servicemonitors"),
    "rbac.authorization.k8s.io": ("clusterrolebindings", "clusterroles"),
    "scheduling.k8s.io": ("priorityclasses",),
    "storage.k8s.io": ("csidrivers", "csinodes", "storageclasses", "volumeattachments"),
    "traefik.io": ("ingressroutes", "middlewares", "serverstransports", "tlsoptions"),
    "vpcresources.k8s.aws": ("securitygrouppolicies",),
}
"""Kinds by API group that Kubernetes' own roles leave out: those of no namespace, and those of our
controllers. Listed one by one: a wildcard would also hold what comes tomorrow."""

MEASURES = {"metrics.k8s.io": ("nodes", "pods")}


@dataclass(frozen=True, kw_only=True)
class GroupRoleArgs:
    """Inputs of :class:`GroupRole`.

    Attributes:
        provider: The cluster's provider.
        group: The group, and the name of its role.
        within_namespaces: Kubernetes' own role that the group has in every namespace.
        verbs: What it may do with the kinds beyond namespaces.
    """

    provider: kubernetes.Provider
    group: str
    within_namespaces: str
    verbs: Sequence[str]


class GroupRole(Component):
    """The cluster-wide role of one group of people (playbook K8S-09).

    Kubernetes' own ``admin`` and ``view`` inside namespaces, our list beyond them. Nobody is
    ``cluster-admin`` and nobody is in ``system:masters``; ``view`` does not read Secrets.
    Deleting it takes the group's rights, not its way in.
    """

    role_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: GroupRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        role = kubernetes.rbac.v1.ClusterRole(
            f"{name}-role",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=args.group),
            rules=[*rules(BEYOND_NAMESPACES, args.verbs), *rules(MEASURES, READ)],
            opts=self.child(provider=args.provider),
        )
        own = {"beyond": args.group, "within": args.within_namespaces}
        for part, role_name in own.items():
            kubernetes.rbac.v1.ClusterRoleBinding(
                f"{name}-{part}-binding",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=f"{args.group}-{part}-namespaces"),
                role_ref=kubernetes.rbac.v1.RoleRefArgs(
                    api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role_name
                ),
                subjects=[
                    kubernetes.rbac.v1.SubjectArgs(
                        api_group="rbac.authorization.k8s.io", kind="Group", name=args.group
                    )
                ],
                opts=self.child(provider=args.provider, depends_on=[role]),
            )
        self.finish(role_name=role.metadata["name"])


def administrators(provider: kubernetes.Provider) -> GroupRoleArgs:
    """The role of those who keep the platform."""
    return GroupRoleArgs(
        provider=provider,
        group=ADMINISTRATORS_GROUP,
        within_namespaces="admin",
        verbs=CHANGE,
    )


def readers(provider: kubernetes.Provider) -> GroupRoleArgs:
    """The role of those who look."""
    return GroupRoleArgs(
        provider=provider, group=READERS_GROUP, within_namespaces="view", verbs=READ
    )


def rules(
    kinds: dict[str, tuple[str, ...]], verbs: Sequence[str]
) -> list[kubernetes.rbac.v1.PolicyRuleArgs]:
    """One rule per API group."""
    made: list[dict[str, Any]] = [
        {"api_groups": [group], "resources": list(names), "verbs": list(verbs)}
        for group, names in kinds.items()
    ]
    return [kubernetes.rbac.v1.PolicyRuleArgs(**one) for one in made]
