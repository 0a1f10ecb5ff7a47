"""Volumes of pods: the driver's role and the class every claim gets."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.people import managed_policy_arn
from components.statements import allow, document

DRIVER = "ebs.csi.aws.com"
DRIVER_NAMESPACE = "kube-system"
DRIVER_SERVICE_ACCOUNT = "ebs-csi-controller-sa"
DRIVER_POLICY = managed_policy_arn("service-role/AmazonEBSCSIDriverPolicy")
"""What the driver does with volumes and snapshots (EKS User Guide, "Amazon EBS CSI driver")."""

STORAGE_CLASS = "gp3"


@dataclass(frozen=True, kw_only=True)
class StorageClassArgs:
    """Inputs of :class:`StorageClass`.

    Attributes:
        provider: The cluster's provider.
        kms_key_arn: The key of the volumes.
    """

    provider: kubernetes.Provider
    kms_key_arn: pulumi.Input[str]


class StorageClass(Component):
    """The default class: gp3, encrypted with the account's own key, made where the pod runs.

    Deleting the class deletes no volume; a claim's volume is deleted with the claim.
    """

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: StorageClassArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = kubernetes.storage.v1.StorageClass(
            f"{name}-class",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=STORAGE_CLASS,
                annotations={"storageclass.kubernetes.io/is-default-class": "true"},
            ),
            provisioner=DRIVER,
            parameters={"type": "gp3", "encrypted": "true", "kmsKeyId": args.kms_key_arn},
            # In the zone of the pod: a volume does not leave its zone.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy="Delete",
            opts=self.child(provider=args.provider),
        )
        self.finish(name=made.metadata["name"])


def key_policy(key_arn: str) -> str:
    """The use of the volumes' key (EKS User Guide, "Create an Amazon EBS CSI driver IAM role")."""
    grant = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    use = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"]
    return document(
        [
            allow("GrantToEc2", ["kms:CreateGrant"], [key_arn], condition=grant),
            allow("EncryptVolumes", [*use, "kms:ReEncrypt*"], [key_arn]),
        ]
    )
