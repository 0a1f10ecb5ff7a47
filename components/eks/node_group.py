"""The base node group: what must run before Karpenter can make any node (playbook NODE-01)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.eks.settings import Architecture, NodeGroupConfig
from components.network.machine import launch_tags, metadata_options

AMI_TYPES = {
    Architecture.ARM64: "AL2023_ARM_64_STANDARD",
    Architecture.AMD64: "AL2023_x86_64_STANDARD",
}
"""Amazon Linux 2023; EKS picks the image of the Kubernetes version (EKS API, "amiType")."""

BASE_LABELS = {"karpenter.sh/controller": "true"}
"""What Karpenter and whatever it needs select these nodes by (Karpenter's chart)."""

BASE_TAINT = "CriticalAddonsOnly"
"""Keeps everything else away: the key that EKS addons tolerate by default (playbook NODE-02)."""

BASE_TOLERATION = {"key": BASE_TAINT, "operator": "Exists"}
"""What a pod needs to run on these nodes."""


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs:
    """Inputs of :class:`NodeGroup`.

    Attributes:
        cluster_name: The cluster.
        kubernetes_version: The Kubernetes version of the nodes; the cluster's.
        settings: What is configured of it.
        role_arn: The nodes' role, with its policies.
        subnet_ids: Private subnets, one a zone, with their ways out.
        security_group_ids: The nodes' groups.
        kms_key_arn: The key of their disks.
        tags: What instances, disks and interfaces carry; default tags do not reach them.
    """

    cluster_name: pulumi.Input[str]
    kubernetes_version: str
    settings: NodeGroupConfig
    role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    kms_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class NodeGroup(Component):
    """A small managed node group, tainted for controllers and addons.

    Bills by instance. It must be there before Karpenter and go after it: Karpenter runs on it.
    It needs the pod network before its first node and until its last. Deleting it drains its
    nodes one by one, as budgets allow.
    """

    node_group_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        template = self._template(name, args)
        settings = args.settings
        group = aws.eks.NodeGroup(
            f"{name}-group",
            cluster_name=args.cluster_name,
            version=args.kubernetes_version,
            ami_type=AMI_TYPES[settings.architecture],
            instance_types=list(settings.types()),
            capacity_type="ON_DEMAND",
            node_role_arn=args.role_arn,
            subnet_ids=list(args.subnet_ids),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=settings.min_size,
                desired_size=settings.desired_size,
                max_size=settings.max_size,
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
            node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            labels=BASE_LABELS,
            taints=[aws.eks.NodeGroupTaintArgs(key=BASE_TAINT, value="true", effect="NO_SCHEDULE")],
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            # Dotted paths are not translated: the name is the provider's.
            opts=self.child(ignore_changes=["scalingConfig.desiredSize"]),
        )
        self.finish(node_group_arn=group.arn)

    def _template(self, name: str, args: NodeGroupArgs) -> aws.ec2.LaunchTemplate:
        """Without an image: EKS then adds its own, and counts the pods a node can hold."""
        disk: aws.ec2.LaunchTemplateBlockDeviceMappingArgsDict = {
            "device_name": "/dev/xvda",  # the root device of Amazon Linux images
            "ebs": {
                "delete_on_termination": "true",
                "encrypted": "true",
                "kms_key_id": args.kms_key_arn,
                "volume_size": args.settings.disk_gib,
                "volume_type": "gp3",
            },
        }
        return aws.ec2.LaunchTemplate(
            f"{name}-template",
            description="Base nodes of the cluster",
            metadata_options=metadata_options(),
            block_device_mappings=[disk],
            vpc_security_group_ids=list(args.security_group_ids),
            tag_specifications=launch_tags({**args.tags, "Name": name}),
            update_default_version=True,
            opts=self.child(),
        )
