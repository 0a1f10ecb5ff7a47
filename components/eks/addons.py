"""EKS addons with pinned versions, and what each of ours is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.eks.node_group import BASE_LABELS, BASE_TOLERATION
from components.eks.settings import AddonsConfig, WorkloadIdentity


@dataclass(frozen=True, kw_only=True)
class AddonRole:
    """The role of an addon's pods.

    Attributes:
        service_account: Their service account.
        arn: The role.
        mode: How they become it.
    """

    service_account: str
    arn: pulumi.Input[str]
    mode: WorkloadIdentity


@dataclass(frozen=True, kw_only=True)
class AddonSpec:
    """One addon.

    Attributes:
        version: Its version.
        configuration: Its configuration values; EKS refuses what its schema does not know.
        role: The role of its pods, if they have one.
    """

    version: str
    configuration: Mapping[str, Any] = field(default_factory=dict[str, Any])
    role: AddonRole | None = None


@dataclass(frozen=True, kw_only=True)
class AddonsArgs:
    """Inputs of :class:`Addons`.

    Attributes:
        cluster_name: The cluster.
        addons: The addons by name.
        keep_software: Whether what an addon installed stays when the addon is deleted.
    """

    cluster_name: pulumi.Input[str]
    addons: Mapping[str, AddonSpec]
    keep_software: bool = False


class Addons(Component):
    """Some addons of a cluster that come and go together.

    They overwrite what they find: configuration lives here and nowhere else. Deleting one deletes
    what it installed unless `keep_software`: without the pod network no node works.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = {
            addon: self._addon(f"{name}-{addon}", addon, spec, args)
            for addon, spec in args.addons.items()
        }
        self.finish(arns={addon: one.arn for addon, one in made.items()})

    def _addon(self, name: str, addon: str, spec: AddonSpec, args: AddonsArgs) -> aws.eks.Addon:
        role = spec.role
        irsa = role is not None and role.mode is WorkloadIdentity.IRSA
        return aws.eks.Addon(
            name,
            cluster_name=args.cluster_name,
            addon_name=addon,
            addon_version=spec.version,
            configuration_values=_text(spec.configuration),
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            preserve=args.keep_software,
            service_account_role_arn=role.arn if role is not None and irsa else None,
            pod_identity_associations=[
                aws.eks.AddonPodIdentityAssociationArgs(
                    service_account=role.service_account, role_arn=role.arn
                )
            ]
            if role is not None and not irsa
            else None,
            opts=self.child(),
        )


def _text(configuration: Mapping[str, Any]) -> str | None:
    """Sorted and compact: the same configuration is the same text."""
    if not configuration:
        return None
    return json.dumps(configuration, sort_keys=True, separators=(",", ":"))


def before_nodes(versions: AddonsConfig, *, pod_groups: bool) -> dict[str, AddonSpec]:
    """What a node needs to join: told before the first one starts, or its pods stay few."""
    return {
        "eks-pod-identity-agent": AddonSpec(version=versions.pod_identity_agent),
        "kube-proxy": AddonSpec(version=versions.kube_proxy),
        "vpc-cni": AddonSpec(
            version=versions.vpc_cni, configuration=pod_network(pod_groups=pod_groups)
        ),
    }


def after_nodes(versions: AddonsConfig, *, volumes: AddonRole) -> dict[str, AddonSpec]:
    """What runs in pods: EKS calls it degraded until there is a node."""
    return {
        "aws-ebs-csi-driver": AddonSpec(
            version=versions.ebs_csi_driver,
            configuration={"controller": _on_base_nodes()},
            role=volumes,
        ),
        "coredns": AddonSpec(version=versions.coredns, configuration=names()),
        "eks-node-monitoring-agent": AddonSpec(version=versions.node_monitoring_agent),
    }


def pod_network(*, pod_groups: bool) -> dict[str, Any]:
    """The VPC CNI's configuration (playbook NET-10); every value is text (EKS User Guide).

    Prefixes of sixteen addresses let a node hold 110 pods. With groups for pods, the kubelet
    reaches them only without early demultiplexing of TCP (EKS User Guide, "Security groups for
    pods"), and their traffic stays subject to their groups, on the node too.
    """
    variables = {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
    configuration: dict[str, Any] = {"enableNetworkPolicy": "true", "env": variables}
    if pod_groups:
        variables |= {"ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "standard"}
        configuration["init"] = {"env": {"DISABLE_TCP_EARLY_DEMUX": "true"}}
    return configuration


def names() -> dict[str, Any]:
    """CoreDNS on the base nodes, over the zones, more of it as the cluster grows.

    It brings its own disruption budget; a second one would stop every drain.
    """
    spread = {
        "labelSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
    }
    scaling = {"enabled": True, "maxReplicas": 10, "minReplicas": 2}
    return {**_on_base_nodes(), "autoScaling": scaling, "topologySpreadConstraints": [spread]}


def _on_base_nodes() -> dict[str, Any]:
    return {"nodeSelector": dict(BASE_LABELS), "tolerations": [dict(BASE_TOLERATION)]}
