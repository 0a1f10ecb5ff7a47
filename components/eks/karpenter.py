"""Karpenter: starts machines for pods that have none, and takes them away (playbook NODE-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.chart_release import Chart, release, resources
from components.eks.interruption_queue import InterruptionQueue, InterruptionQueueArgs
from components.eks.karpenter_policy import Surroundings, karpenter_statements
from components.eks.namespaces import KUBE_SYSTEM
from components.eks.settings import WorkloadIdentity
from components.eks.workload_role import ClusterIdentity, WorkloadRole, WorkloadRoleArgs
from components.statements import document
from components.versions import KARPENTER_CHART, KARPENTER_CHARTS

CRDS = Chart(name="karpenter-crd", repository=KARPENTER_CHARTS, version=KARPENTER_CHART)
CONTROLLER = Chart(name="karpenter", repository=KARPENTER_CHARTS, version=KARPENTER_CHART)

SERVICE_ACCOUNT = "karpenter"

KEPT: dict[str, Any] = {"additionalAnnotations": {"helm.sh/resource-policy": "keep"}}
"""A CRD that goes takes every node pool with it, and those their nodes: uninstalling the chart
leaves them."""


@dataclass(frozen=True, kw_only=True)
class KarpenterArgs:
    """Inputs of :class:`Karpenter`.

    Attributes:
        cluster: The cluster's name, known before the rollout.
        identity: The cluster as roles know it.
        mode: How the controller becomes its role.
        endpoint: The cluster's API.
        region: Where its machines are.
        node_role_arn: The role of its machines. Its access entry is the cluster's.
        subnet_ids: Where its machines may be.
        group_ids: Their security groups.
        messages_key_arn: The key of the messages about interruptions.
        provider: The cluster's provider.
        ready: Nodes to run on, and the CRDs of what scrapes it.
    """

    cluster: str
    identity: ClusterIdentity
    mode: WorkloadIdentity
    endpoint: pulumi.Input[str]
    region: str
    node_role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_ids: Sequence[pulumi.Input[str]]
    messages_key_arn: pulumi.Input[str]
    provider: kubernetes.Provider
    ready: Sequence[pulumi.Resource]


class Karpenter(Component):
    """The controller with its role and its queue, its CRDs from a chart of their own.

    Helm never upgrades the CRDs inside a chart, and a controller that is newer than they are
    starts no nodes; so they have a release, and the controller's skips them.
    Deleted before its node pools it leaves machines that nobody ends: node pools depend on it.
    """

    queue_name: pulumi.Output[str]
    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: KarpenterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        queue = InterruptionQueue(
            f"{name}-interruptions",
            InterruptionQueueArgs(
                cluster=args.cluster,
                account_id=args.identity.account_id,
                region=args.region,
                kms_key_arn=args.messages_key_arn,
            ),
            self.child(),
        )
        role = WorkloadRole(
            f"{name}-controller",
            WorkloadRoleArgs(
                cluster=args.identity,
                namespace=KUBE_SYSTEM,
                service_account=SERVICE_ACCOUNT,
                mode=args.mode,
                policy=_policy(args, queue),
            ),
            self.child(),
        )
        crds = release(
            self,
            f"{name}-crds",
            CRDS,
            namespace=KUBE_SYSTEM,
            values=KEPT,
            provider=args.provider,
            depends_on=args.ready,
        )
        release(
            self,
            f"{name}-chart",
            CONTROLLER,
            namespace=KUBE_SYSTEM,
            values=_values(args, queue, role),
            provider=args.provider,
            skip_crds=True,
            depends_on=[crds, role, queue, *args.ready],
        )
        self.finish(queue_name=queue.queue_name, role_arn=role.role_arn)


def _policy(args: KarpenterArgs, queue: InterruptionQueue) -> pulumi.Output[str]:
    facts = pulumi.Output.all(
        account_id=args.identity.account_id,
        cluster_arn=args.identity.arn,
        node_role_arn=args.node_role_arn,
        queue_arn=queue.queue_arn,
        messages_key_arn=args.messages_key_arn,
        subnet_ids=pulumi.Output.all(*args.subnet_ids),
        group_ids=pulumi.Output.all(*args.group_ids),
    )
    return facts.apply(
        lambda known: document(
            karpenter_statements(Surroundings(region=args.region, cluster=args.cluster, **known))
        )
    )


def _values(args: KarpenterArgs, queue: InterruptionQueue, role: WorkloadRole) -> dict[str, Any]:
    return {
        "replicas": 2,
        # The chart keeps it off its own nodes, tolerates the base group's taint and spreads it.
        "nodeSelector": {"karpenter.sh/controller": "true"},
        # Its own machines may be what cluster DNS waits for.
        "dnsPolicy": "Default",
        "priorityClassName": "system-cluster-critical",
        "serviceAccount": {"name": SERVICE_ACCOUNT, "annotations": role.annotations},
        "serviceMonitor": {"enabled": True},
        "podDisruptionBudget": {"name": SERVICE_ACCOUNT, "maxUnavailable": 1},
        "controller": {"resources": resources("500m", "1Gi")},
        "settings": {
            "clusterName": args.cluster,
            "clusterEndpoint": args.endpoint,
            "interruptionQueue": queue.queue_name,
            "eksControlPlane": True,
            "enableZonalShift": True,
        },
    }
