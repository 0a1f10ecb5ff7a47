"""The role of every node, those of the base group and those of Karpenter."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.people import managed_policy_arn
from components.statements import allow, document

POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)
"""Joining, the pod network, pulling images, Session Manager; nothing of what pods do (EKS User
Guide, "Node role"). The pod network has its policy here and no role of its own: it starts before
the agent that would give it one."""

TRUST_POLICY = document(
    [allow("Instances", ["sts:AssumeRole"], principal={"Service": "ec2.amazonaws.com"})]
)


@dataclass(frozen=True, kw_only=True)
class NodeRoleArgs:
    """Inputs of :class:`NodeRole`: none, a node is a node."""


class NodeRole(Component):
    """The role of the nodes. Pods have roles of their own (playbook K8S-07).

    Its policies must outlive the nodes: without them the pod network cannot give its interfaces
    back, and the subnets cannot be deleted. :attr:`ready` is the role with all of them.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    ready: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodeRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        del args
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-role",
            description="Nodes of the cluster",
            assume_role_policy=TRUST_POLICY,
            opts=self.child(),
        )
        attached = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=managed_policy_arn(policy),
                opts=self.child(),
            )
            for policy in POLICIES
        ]
        ready = pulumi.Output.all(role.arn, *(one.id for one in attached))
        self.finish(arn=role.arn, name=role.name, ready=ready.apply(lambda known: known[0]))
