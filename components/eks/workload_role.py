"""How a pod becomes an IAM role, by Pod Identity or by IRSA: one component for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.base import Component, LayerContext
from components.eks.settings import WorkloadIdentity
from components.statements import Condition, allow, document

if TYPE_CHECKING:
    from components.eks.contract import EksOutputs

TOKEN_AUDIENCE = "sts.amazonaws.com"  # noqa: S105 - an audience, not a password
"""Whom a service account's token is for, when it is exchanged for a role (EKS User Guide)."""


@dataclass(frozen=True, kw_only=True)
class ClusterIdentity:
    """A cluster as the roles of its pods know it.

    Attributes:
        name: Its name.
        arn: Its ARN.
        account_id: Its account.
        oidc_issuer: The issuer of its tokens, without ``https://``.
        oidc_provider_arn: IAM's identity provider for that issuer.
    """

    name: pulumi.Input[str]
    arn: pulumi.Input[str]
    account_id: pulumi.Input[str]
    oidc_issuer: pulumi.Input[str]
    oidc_provider_arn: pulumi.Input[str]


def identity_of(context: LayerContext, cluster: "EksOutputs") -> ClusterIdentity:
    """The identity of the account's cluster, for a layer that comes after this one.

    Raises:
        pulumi.RunError: The account has no cluster.
    """
    known = (
        cluster.cluster_name,
        cluster.cluster_arn,
        cluster.oidc_issuer,
        cluster.oidc_provider_arn,
    )
    name, arn, issuer, provider = known
    if name is None or arn is None or issuer is None or provider is None:
        raise pulumi.RunError("superinc:eks.cluster: got none, wanted one for what runs on it")
    return ClusterIdentity(
        name=name,
        arn=arn,
        account_id=context.account_id,
        oidc_issuer=issuer,
        oidc_provider_arn=provider,
    )


@dataclass(frozen=True, kw_only=True)
class WorkloadRoleArgs:
    """Inputs of :class:`WorkloadRole`.

    Attributes:
        cluster: The cluster the pods run on.
        namespace: Their namespace.
        service_account: Their service account; nobody else may become the role.
        mode: How they become it.
        policy: What they may do, as a policy document; :func:`components.statements.document`.
        managed_policies: ARNs of AWS managed policies, where AWS keeps the list.
        associate: Whether to associate the role by itself in mode ``pod-identity``; false for an
            EKS addon, which makes its own association.
    """

    cluster: ClusterIdentity
    namespace: str
    service_account: str
    mode: WorkloadIdentity
    policy: pulumi.Input[str] | None = None
    managed_policies: Sequence[str] = ()
    associate: bool = True


class WorkloadRole(Component):
    """The role of one service account of one namespace (playbook SEC-07, K8S-07).

    Credentials are given to a pod when it is admitted: a pod that is older than the association
    never gets them, restarts of its containers do not help (EKS User Guide, "Pod Identity").
    So a workload depends on this component as a whole.
    Deleting it takes the credentials from pods that run at their next refresh.
    """

    role_arn: pulumi.Output[str]
    role_name: pulumi.Output[str]
    annotations: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: WorkloadRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-role",
            description=f"Pods of {args.namespace}/{args.service_account}",
            assume_role_policy=trust(args),
            opts=self.child(),
        )
        permissions = self._permissions(name, args, role)
        # Whoever uses the role must find its permissions there, hence both.
        arn = pulumi.Output.all(role.arn, *[one.id for one in permissions]).apply(_first)
        if args.mode is WorkloadIdentity.POD_IDENTITY and args.associate:
            aws.eks.PodIdentityAssociation(
                f"{name}-association",
                cluster_name=args.cluster.name,
                namespace=args.namespace,
                service_account=args.service_account,
                role_arn=arn,
                opts=self.child(),
            )
        irsa = args.mode is WorkloadIdentity.IRSA
        annotations = {"eks.amazonaws.com/role-arn": arn} if irsa else {}
        self.finish(role_arn=arn, role_name=role.name, annotations=annotations)

    def _permissions(
        self, name: str, args: WorkloadRoleArgs, role: aws.iam.Role
    ) -> list[pulumi.CustomResource]:
        made: list[pulumi.CustomResource] = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy.rpartition('/')[2]}",
                role=role.name,
                policy_arn=policy,
                opts=self.child(),
            )
            for policy in args.managed_policies
        ]
        if args.policy is not None:
            made.append(
                aws.iam.RolePolicy(
                    f"{name}-permissions", role=role.id, policy=args.policy, opts=self.child()
                )
            )
        return made


def _first(values: Sequence[str]) -> str:
    return values[0]


def trust(args: WorkloadRoleArgs) -> pulumi.Output[str]:
    """Who may become the role, by its mode."""
    cluster = args.cluster
    if args.mode is WorkloadIdentity.IRSA:
        return pulumi.Output.all(cluster.oidc_provider_arn, cluster.oidc_issuer).apply(
            lambda known: irsa_trust(
                provider_arn=known[0],
                issuer=known[1],
                namespace=args.namespace,
                service_account=args.service_account,
            )
        )
    return pulumi.Output.all(cluster.account_id, cluster.arn).apply(
        lambda known: pod_identity_trust(
            account_id=known[0],
            cluster_arn=known[1],
            namespace=args.namespace,
            service_account=args.service_account,
        )
    )


def pod_identity_trust(
    *, account_id: str, cluster_arn: str, namespace: str, service_account: str
) -> str:
    """EKS, for pods of one service account of one cluster (EKS User Guide, "Pod Identity role").

    The service acts for every account's clusters: account and cluster keep it from being confused
    into ours. Namespace and service account come as session tags, which nobody can choose.
    """
    condition: Condition = {
        "StringEquals": {
            "aws:SourceAccount": account_id,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": service_account,
        },
        "ArnEquals": {"aws:SourceArn": cluster_arn},
    }
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principal: Mapping[str, object] = {"Service": "pods.eks.amazonaws.com"}
    return document([allow("Pods", actions, principal=principal, condition=condition)])


def irsa_trust(*, provider_arn: str, issuer: str, namespace: str, service_account: str) -> str:
    """Holders of a token of exactly this service account, made for STS (EKS User Guide, "IRSA")."""
    subject = f"system:serviceaccount:{namespace}:{service_account}"
    condition: Condition = {
        "StringEquals": {f"{issuer}:aud": TOKEN_AUDIENCE, f"{issuer}:sub": subject}
    }
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principal: Mapping[str, object] = {"Federated": provider_arn}
    return document([allow("Pods", actions, principal=principal, condition=condition)])
