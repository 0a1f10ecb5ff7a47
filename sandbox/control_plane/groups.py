"""The managed node groups of an EKS cluster, as the emulator's EKS tells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.connection import Connection, Credentials
from sandbox.control_plane.plane import ControlPlane
from sandbox.environment import ACCESS_KEY
from sandbox.instance import Instance

_ROLE: Final = "OrganizationAccountAccessRole"
_EFFECTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}
"""The EKS API's word for a taint's effect → Kubernetes's."""


@dataclass(frozen=True, kw_only=True)
class NodeGroup:
    """What the nodes of a group are.

    Attributes:
        name: The group's.
        size: How many it wants.
        instance_type: The first of its types.
        labels: Those it puts on its nodes.
        taints: As in a node's spec.
        zones: Of its subnets.
        spot: Whether its nodes can be taken away.
    """

    name: str
    size: int
    instance_type: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: tuple[Mapping[str, str], ...] = ()
    zones: tuple[str, ...] = ()
    spot: bool = False


def groups_of(control_plane: ControlPlane) -> list[NodeGroup]:
    """The node groups of one cluster; none without a sandbox or an EKS cluster."""
    instance = Instance.read(control_plane.sandbox / "sandbox.json")
    if instance is None:
        return []
    connection = Connection(
        Credentials(ACCESS_KEY, ACCESS_KEY), control_plane.region, instance.endpoint
    )
    if control_plane.account != instance.management_account_id:
        role = f"arn:aws:iam::{control_plane.account}:role/{_ROLE}"
        connection = connection.assume([{"roleArn": role, "sessionName": "nodes"}])
    eks, cluster = connection.client("eks"), control_plane.name
    try:
        names: Sequence[str] = eks.list_nodegroups(clusterName=cluster)["nodegroups"]
        said = [
            eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
            for name in names
        ]
    except ClientError as error:
        if errors.is_gone(error):
            return []
        raise
    return [_group(one, _zones(connection, one.get("subnets") or ())) for one in said]


def _group(said: Mapping[str, Any], zones: tuple[str, ...]) -> NodeGroup:
    return NodeGroup(
        name=said["nodegroupName"],
        size=int(said.get("scalingConfig", {}).get("desiredSize", 1)),
        instance_type=next(iter(said.get("instanceTypes") or ()), "m7g.xlarge"),
        labels=dict(said.get("labels") or {}),
        taints=tuple(
            {"key": one["key"], "value": one.get("value", ""), "effect": _EFFECTS[one["effect"]]}
            for one in said.get("taints") or ()
        ),
        zones=zones,
        spot=said.get("capacityType") == "SPOT",
    )


def _zones(connection: Connection, subnets: Sequence[str]) -> tuple[str, ...]:
    if not subnets:
        return ()
    found = connection.client("ec2").describe_subnets(SubnetIds=list(subnets))["Subnets"]
    return tuple(sorted({str(one["AvailabilityZone"]) for one in found}))
