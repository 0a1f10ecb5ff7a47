"""The AWS Load Balancer Controller, for TargetGroupBindings and nothing else (playbook K8S-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.chart_release import ON_BASE_NODES, Chart, release, resources
from components.eks.namespaces import KUBE_SYSTEM
from components.eks.settings import WorkloadIdentity
from components.eks.workload_role import ClusterIdentity, WorkloadRole, WorkloadRoleArgs
from components.statements import Statement, allow, document
from components.versions import EKS_CHARTS, LOAD_BALANCER_CONTROLLER_CHART

CHART = Chart(
    name="aws-load-balancer-controller",
    repository=EKS_CHARTS,
    version=LOAD_BALANCER_CONTROLLER_CHART,
)
SERVICE_ACCOUNT = "aws-load-balancer-controller"

_UNUSED = ("ALBGatewayAPI", "EnableServiceController", "GatewayListenerSet", "NLBGatewayAPI")
"""What the controller would otherwise watch and make load balancers for (its docs, "Feature
gates")."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerControllerArgs:
    """Inputs of :class:`LoadBalancerController`.

    Attributes:
        cluster: The cluster's name.
        identity: The cluster as roles know it.
        mode: How the controller becomes its role.
        region: The Region; it cannot ask the metadata service, one hop away.
        vpc_id: The VPC; for the same reason.
        target_group_arns: The only target groups it may put pods into.
        provider: The cluster's provider.
        ready: Nodes to run on, and the CRDs of what scrapes it.
    """

    cluster: str
    identity: ClusterIdentity
    mode: WorkloadIdentity
    region: str
    vpc_id: pulumi.Input[str]
    target_group_arns: Mapping[str, pulumi.Input[str]]
    provider: kubernetes.Provider
    ready: Sequence[pulumi.Resource]


class LoadBalancerController(Component):
    """The controller that keeps pods in target groups; it can make no load balancer.

    Load balancers are the edge's. Its webhook for Services is off: while the controller is not
    up, it would refuse every Service of the cluster.
    Deleted before a TargetGroupBinding it leaves that with a finalizer nobody removes.
    """

    role_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: LoadBalancerControllerArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = WorkloadRole(
            f"{name}-controller",
            WorkloadRoleArgs(
                cluster=args.identity,
                namespace=KUBE_SYSTEM,
                service_account=SERVICE_ACCOUNT,
                mode=args.mode,
                policy=pulumi.Output.all(*args.target_group_arns.values()).apply(
                    lambda arns: document(statements(arns, args.region))
                ),
            ),
            self.child(),
        )
        release(
            self,
            f"{name}-chart",
            CHART,
            namespace=KUBE_SYSTEM,
            values=_values(args, role),
            provider=args.provider,
            depends_on=[role, *args.ready],
        )
        self.finish(role_arn=role.role_arn)


def statements(target_group_arns: Sequence[str], region: str) -> list[Statement]:
    """Put pods into our target groups and take them out; look around in the Region."""
    reads = allow(
        "LookAround",
        [
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeInstances",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
        ],
        ["*"],
        condition={"StringEquals": {"aws:RequestedRegion": region}},
    )
    if not target_group_arns:
        return [reads]
    changes = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
    return [allow("KeepOurTargets", changes, list(target_group_arns)), reads]


def _values(args: LoadBalancerControllerArgs, role: WorkloadRole) -> dict[str, Any]:
    return {
        **ON_BASE_NODES,
        "clusterName": args.cluster,
        "region": args.region,
        "vpcId": args.vpc_id,
        "replicaCount": 2,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "resources": resources("100m", "256Mi"),
        "serviceAccount": {"name": SERVICE_ACCOUNT, "annotations": role.annotations},
        "serviceMonitor": {"enabled": True},
        "enableServiceMutatorWebhook": False,
        "webhookConfig": {"disableIngressValidation": True},
        "createIngressClassResource": False,
        "ingressClassParams": {"create": False},
        "enableBackendSecurityGroup": False,
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        "controllerConfig": {"featureGates": dict.fromkeys(_UNUSED, False)},
    }
