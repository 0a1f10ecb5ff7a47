"""The role a cluster acts with in its account."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.people import managed_policy_arn
from components.statements import allow, document

CLUSTER_POLICY = "AmazonEKSClusterPolicy"
"""What a control plane needs of EC2 and load balancing (EKS User Guide, "Cluster role")."""

POD_GROUPS_POLICY = "AmazonEKSVPCResourceController"
"""What it needs to give pods interfaces of their own (EKS User Guide, "Security groups for
pods")."""


@dataclass(frozen=True, kw_only=True)
class ClusterRoleArgs:
    """Inputs of :class:`ClusterRole`.

    Attributes:
        account_id: The account.
        cluster_arn: The ARN the cluster will have.
        secrets_key_arn: The key its secrets are encrypted with.
        security_groups_for_pods: Whether it gives pods interfaces of their own.
    """

    account_id: pulumi.Input[str]
    cluster_arn: pulumi.Input[str]
    secrets_key_arn: pulumi.Input[str]
    security_groups_for_pods: bool


class ClusterRole(Component):
    """The role of a cluster's control plane.

    Its policies must outlive the cluster: without them EKS cannot delete the interfaces it made,
    and the subnets cannot be deleted either. So the cluster depends on :attr:`ready`.
    """

    arn: pulumi.Output[str]
    ready: pulumi.Output[str]

    def __init__(
        self, name: str, args: ClusterRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self.role = aws.iam.Role(
            f"{name}-role",
            description="The control plane of the cluster",
            assume_role_policy=pulumi.Output.all(args.account_id, args.cluster_arn).apply(
                lambda known: cluster_trust(*known)
            ),
            opts=self.child(),
        )
        policies = [CLUSTER_POLICY]
        if args.security_groups_for_pods:
            policies.append(POD_GROUPS_POLICY)
        attached = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=self.role.name,
                policy_arn=managed_policy_arn(policy),
                opts=self.child(),
            )
            for policy in policies
        ]
        key_use = aws.iam.RolePolicy(
            f"{name}-secrets",
            role=self.role.id,
            policy=pulumi.Output.from_input(args.secrets_key_arn).apply(key_use_policy),
            opts=self.child(),
        )
        ids = [*(one.id for one in attached), key_use.id]
        self.finish(arn=self.role.arn, ready=pulumi.Output.all(self.role.arn, *ids).apply(_first))


def _first(values: list[str]) -> str:
    return values[0]


def cluster_trust(account_id: str, cluster_arn: str) -> str:
    """EKS, for this one cluster: the service acts for every account's (confused deputy)."""
    return document(
        [
            allow(
                "ControlPlane",
                ["sts:AssumeRole", "sts:TagSession"],
                principal={"Service": "eks.amazonaws.com"},
                condition={
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnEquals": {"aws:SourceArn": cluster_arn},
                },
            )
        ]
    )


def key_use_policy(key_arn: str) -> str:
    """What envelope encryption of Kubernetes secrets takes (EKS User Guide, "Encrypt secrets")."""
    actions = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]
    return document([allow("EncryptSecrets", actions, [key_arn])])
