"""The log group of a cluster's control plane, made before EKS would make its own."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


def log_group_name(cluster: str) -> str:
    """The group that EKS writes to; it cannot be told another (EKS User Guide, "Logs")."""
    return f"/aws/eks/{cluster}/cluster"


@dataclass(frozen=True, kw_only=True)
class ControlPlaneLogArgs:
    """Inputs of :class:`ControlPlaneLog`.

    Attributes:
        cluster: The cluster's name.
        kms_key_arn: The account's key for logs.
        retention_days: How long logs are kept.
    """

    cluster: str
    kms_key_arn: pulumi.Input[str]
    retention_days: int


class ControlPlaneLog(Component):
    """The group of a control plane's logs, encrypted and with an end.

    EKS makes a missing group itself: in clear, and kept for ever. It also writes what it still
    has after the cluster is gone, so a deleted group comes back empty-handed; a cluster of the
    same name is then refused until somebody deletes the group again.
    """

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: ControlPlaneLogArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=log_group_name(args.cluster),
            kms_key_id=args.kms_key_arn,
            retention_in_days=args.retention_days,
            opts=self.child(),
        )
        self.finish(name=group.name)
