"""Who is who on a cluster: IAM roles and the groups they have there (playbook SEC-07)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.eks.contract import ADMINISTRATORS_GROUP, READERS_GROUP, developers_group
from components.eks.settings import AccessConfig
from components.naming import role_arn

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
"""Everything on the cluster: for rollouts alone, before there is any RBAC to bind."""


@dataclass(frozen=True, kw_only=True)
class AccessEntriesArgs:
    """Inputs of :class:`AccessEntries`.

    Attributes:
        cluster_name: The cluster.
        account_id: The account of the roles.
        deploy_role: The role that rollouts assume here, by name.
        node_role_arn: The role of the nodes.
        people: Groups by role name.
        known_roles: ARNs of roles that this stack makes, by name: their entries wait for them,
            EKS refuses one for a role that does not exist.
    """

    cluster_name: pulumi.Input[str]
    account_id: pulumi.Output[str]
    deploy_role: str
    node_role_arn: pulumi.Input[str]
    people: Mapping[str, Sequence[str]]
    known_roles: Mapping[str, pulumi.Output[str]] = field(
        default_factory=dict[str, "pulumi.Output[str]"]
    )


class AccessEntries(Component):
    """One entry per IAM role; nobody else is let in, not even who created the cluster.

    :attr:`deploy` is what everything in Kubernetes depends on: it must be the first to be there
    and the last to go, or a rollout has locked itself out. Deleting a person's entry ends their
    access at once.
    """

    deploy_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: AccessEntriesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        arns = {
            role: args.account_id.apply(lambda known, role=role: role_arn(known, role))
            for role in (args.deploy_role, *args.people)
        } | dict(args.known_roles)
        self.deploy = self._deploy(name, args, arns[args.deploy_role])
        self.nodes = aws.eks.AccessEntry(
            f"{name}-nodes",
            cluster_name=args.cluster_name,
            principal_arn=args.node_role_arn,
            type="EC2_LINUX",
            opts=self.child(),
        )
        for role, groups in args.people.items():
            aws.eks.AccessEntry(
                f"{name}-{role.rpartition('/')[2].lower()}",
                cluster_name=args.cluster_name,
                principal_arn=arns[role],
                kubernetes_groups=list(groups),
                opts=self.child(),
            )
        self.finish(deploy_role_arn=arns[args.deploy_role])

    def _deploy(
        self, name: str, args: AccessEntriesArgs, principal: pulumi.Output[str]
    ) -> list[pulumi.Resource]:
        entry = aws.eks.AccessEntry(
            f"{name}-deploy",
            cluster_name=args.cluster_name,
            principal_arn=principal,
            opts=self.child(),
        )
        policy = aws.eks.AccessPolicyAssociation(
            f"{name}-deploy-policy",
            cluster_name=args.cluster_name,
            principal_arn=principal,
            policy_arn=ADMIN_POLICY,
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            opts=self.child(depends_on=[entry]),
        )
        return [entry, policy]


def groups_of(access: AccessConfig) -> dict[str, tuple[str, ...]]:
    """The Kubernetes groups of each role: a role has one entry, whatever it may do."""
    wanted: dict[str, list[str]] = {}
    for group, roles in (
        (ADMINISTRATORS_GROUP, access.administrators),
        (READERS_GROUP, access.readers),
        *((developers_group(space), roles) for space, roles in access.developers.items()),
    ):
        for role in roles:
            wanted.setdefault(role, []).append(group)
    return {role: tuple(sorted(set(groups))) for role, groups in sorted(wanted.items())}
