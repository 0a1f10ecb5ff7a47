"""The EKS cluster: pulumi-eks, told everything and left to decide nothing (design D6)."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.eks.cluster_role import ClusterRole, ClusterRoleArgs
from components.eks.control_plane_log import ControlPlaneLog, ControlPlaneLogArgs
from components.eks.settings import ClusterConfig, Endpoint
from components.network.cidr import SERVICE_RANGE

with warnings.catch_warnings():
    # Importing pulumi-eks 4.4 warns about a class of its own that nobody here uses.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pulumi_eks as eks

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""All there are (playbook K8S-01)."""

CLUSTER_TYPE = "aws:eks/cluster:Cluster"


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """Inputs of :class:`Cluster`.

    Attributes:
        cluster_name: What EKS calls it. STATE: another name is another cluster.
        account_id: The account.
        region: The Region.
        settings: What is configured of it.
        subnet_ids: Where its control plane puts its interfaces.
        security_group_id: The network's group for the control plane.
        logs_key_arn: The key its logs are encrypted with.
        secrets_key_arn: The key its secrets are encrypted with.
        deploy_role_arn: The role its kubeconfig assumes.
    """

    cluster_name: str
    account_id: pulumi.Output[str]
    region: str
    settings: ClusterConfig
    subnet_ids: Sequence[pulumi.Output[str]]
    security_group_id: pulumi.Output[str]
    logs_key_arn: pulumi.Input[str]
    secrets_key_arn: pulumi.Input[str]
    deploy_role_arn: pulumi.Output[str]


class Cluster(Component):
    """A control plane with its role, its logs and IAM's identity provider for its tokens.

    Bills by the hour. Nobody is on it but whom access entries let in: its creator is not. With
    deletion protection neither EKS nor Pulumi deletes it. Deleting it deletes every object in it;
    volumes and load balancers that controllers made stay behind.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    oidc_issuer: pulumi.Output[str]
    oidc_provider_arn: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]

    def __init__(
        self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        log = ControlPlaneLog(
            f"{name}-log",
            ControlPlaneLogArgs(
                cluster=args.cluster_name,
                kms_key_arn=args.logs_key_arn,
                retention_days=args.settings.log_retention_days,
            ),
            self.child(),
        )
        role = ClusterRole(
            f"{name}-role",
            ClusterRoleArgs(
                account_id=args.account_id,
                cluster_arn=args.account_id.apply(
                    lambda known: cluster_arn(known, args.region, args.cluster_name)
                ),
                secrets_key_arn=args.secrets_key_arn,
                security_groups_for_pods=args.settings.security_groups_for_pods,
            ),
            self.child(),
        )
        made = self._cluster(f"{name}-control", args, role, [log.name, role.ready])
        own = made.eks_cluster
        self.finish(
            name=own.name,
            arn=own.arn,
            endpoint=own.endpoint,
            certificate_authority=own.certificate_authority.apply(_data),
            security_group_id=own.vpc_config.apply(_own_group),
            oidc_issuer=made.oidc_issuer,
            oidc_provider_arn=made.oidc_provider_arn,
            kubeconfig=made.kubeconfig_json,
        )

    def _cluster(
        self,
        name: str,
        args: ClusterArgs,
        role: ClusterRole,
        before: Sequence[pulumi.Output[str]],
    ) -> eks.Cluster:
        settings = args.settings
        public = settings.endpoint is Endpoint.PUBLIC
        return eks.Cluster(
            name,
            name=args.cluster_name,
            version=settings.kubernetes_version,
            authentication_mode=eks.AuthenticationMode.API,
            service_role=role.role,
            # Its own dependencies do not reach the children of a remote component: what must be
            # there before the cluster, and after it is gone, comes with an input.
            subnet_ids=[
                pulumi.Output.all(subnet, args.security_group_id, *before).apply(_first)
                for subnet in args.subnet_ids
            ],
            endpoint_private_access=True,
            endpoint_public_access=public,
            public_access_cidrs=list(settings.public_cidrs) if public else None,
            kubernetes_service_ip_address_range=SERVICE_RANGE,
            encryption_config_key_arn=args.secrets_key_arn,
            enabled_cluster_log_types=list(LOG_TYPES),
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            deletion_protection=settings.deletion_protection,
            create_oidc_provider=True,
            provider_credential_opts=eks.KubeconfigOptionsArgs(role_arn=args.deploy_role_arn),
            # Nodes, addons and groups are this layer's own: each with its version and its order.
            skip_default_node_group=True,
            skip_default_security_groups=True,
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            kube_proxy_addon_options=eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
            opts=self.child(transforms=[_told(args)]),
        )


def _told(args: ClusterArgs) -> pulumi.ResourceTransform:
    """Tells the cluster within what pulumi-eks has no input for."""

    def told(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if given.type_ != CLUSTER_TYPE:
            return None
        props = cast("Mapping[str, Any]", given.props)
        network = {**props["vpcConfig"], "securityGroupIds": [args.security_group_id]}
        # With true, whoever creates the cluster would be its administrator for ever, in no entry.
        access = {**props["accessConfig"], "bootstrapClusterCreatorAdminPermissions": False}
        told = {"accessConfig": access, "vpcConfig": network}
        if args.settings.zonal_shift:
            told["zonalShiftConfig"] = {"enabled": True}
        opts = pulumi.ResourceOptions.merge(
            given.opts, pulumi.ResourceOptions(protect=args.settings.deletion_protection)
        )
        return pulumi.ResourceTransformResult(props={**props, **told}, opts=opts)

    return told


def cluster_arn(account_id: str, region: str, name: str) -> str:
    """The ARN of a cluster, known before it is made: the trust of its role names it."""
    return f"arn:aws:eks:{region}:{account_id}:cluster/{name}"


def _first(values: list[str]) -> str:
    return values[0]


def _data(authority: aws.eks.outputs.ClusterCertificateAuthority) -> str:
    return authority.data or ""


def _own_group(network: aws.eks.outputs.ClusterVpcConfig) -> str:
    return network.cluster_security_group_id or ""
