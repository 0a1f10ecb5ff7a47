"""What a machine of Karpenter is like, whichever pool starts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.versions import NODE_IMAGE

NODE_CLASS = "default"
"""The name node pools refer to it by."""

ROOT_DEVICE = "/dev/xvda"
"""The root volume of Amazon Linux 2023 (EKS User Guide)."""


@dataclass(frozen=True, kw_only=True)
class NodeClassArgs:
    """Inputs of :class:`NodeClass`.

    Attributes:
        role_name: The role of the machines.
        subnet_ids: Where they are: private subnets.
        group_ids: Their security groups.
        kms_key_arn: The key of their volumes.
        volume_gibibytes: The size of their volumes.
        pods_per_node: How many pods one takes.
        tags: What they and their volumes are tagged with, besides Karpenter's own tags.
        provider: The cluster's provider.
    """

    role_name: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_ids: Sequence[pulumi.Input[str]]
    kms_key_arn: pulumi.Input[str]
    volume_gibibytes: int
    pods_per_node: int
    tags: Mapping[str, str]
    provider: kubernetes.Provider


class NodeClass(Component):
    """Image, place, role and volumes of Karpenter's machines.

    Subnets and groups are named by id: a tag on the wrong subnet would bring nodes into it.
    The image is pinned, since ``@latest`` rolls out what nobody has tried. Metadata answers at one
    hop only, so a pod cannot borrow the node's role. Karpenter refuses to delete it while a pool
    refers to it.
    """

    node_class: str

    def __init__(
        self, name: str, args: NodeClassArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        kubernetes.apiextensions.CustomResource(
            f"{name}-class",
            api_version="karpenter.k8s.aws/v1",
            kind="EC2NodeClass",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=NODE_CLASS),
            spec=_spec(args),
            opts=self.child(provider=args.provider),
        )
        self.finish(node_class=NODE_CLASS)


def _spec(args: NodeClassArgs) -> dict[str, Any]:
    return {
        "amiSelectorTerms": [{"alias": NODE_IMAGE}],
        "role": args.role_name,
        "subnetSelectorTerms": [{"id": subnet} for subnet in args.subnet_ids],
        "securityGroupSelectorTerms": [{"id": group} for group in args.group_ids],
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpPutResponseHopLimit": 1,
            "httpTokens": "required",
        },
        "blockDeviceMappings": [
            {
                "deviceName": ROOT_DEVICE,
                "rootVolume": True,
                "ebs": {
                    "deleteOnTermination": True,
                    "encrypted": True,
                    "kmsKeyID": args.kms_key_arn,
                    "volumeSize": f"{args.volume_gibibytes}Gi",
                    "volumeType": "gp3",
                },
            }
        ],
        "kubelet": {"maxPods": args.pods_per_node},
        "tags": dict(args.tags),
    }
