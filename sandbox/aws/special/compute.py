"""Exceptions of what runs: groups of instances, clusters and what EKS makes with them."""

from typing import Any, Final, cast

from sandbox.aws import shapes
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_SCALING: Final = Call(
    "CreateAutoScalingGroup",
    {
        "AutoScalingGroupName": "$.name",
        "VPCZoneIdentifier": "$.zones",
        "LaunchTemplate": "$.template",
        "Tags": "$.group_tags",
    },
    mapped=True,
)
_SCALING_CHANGE: Final = Call(
    "UpdateAutoScalingGroup",
    {
        "AutoScalingGroupName": "$id",
        "VPCZoneIdentifier": "$.zones",
        "LaunchTemplate": "$.template",
    },
    mapped=True,
)
SCALING_SETTINGS: Final = frozenset(
    {
        "capacityRebalance",
        "defaultCooldown",
        "defaultInstanceWarmup",
        "desiredCapacity",
        "enabledMetrics",
        "forceDelete",
        "healthCheckGracePeriod",
        "healthCheckType",
        "instanceMaintenancePolicy",
        "instanceRefresh",
        "launchTemplate",
        "maxInstanceLifetime",
        "maxSize",
        "minSize",
        "mixedInstancesPolicy",
        "tags",
        "targetGroupArns",
        "terminationPolicies",
        "vpcZoneIdentifiers",
        "waitForCapacityTimeout",
    }
)
CLUSTER_UNMAPPED: Final = frozenset({"enabledClusterLogTypes"})
_CLUSTER_GROUP: Final = "eks-cluster-sg-"
_CREATE_CLUSTER = Call("CreateCluster", {"resourcesVpcConfig": "$.vpcConfig"}, mapped=True)


def make_scaling_group(work: Work) -> tuple[str, object]:
    """Create a group; its subnets are one text, its tags know whether instances get them."""
    given = work.properties
    work.properties = _scaling(given)
    try:
        work.result = work.call(_SCALING)
    finally:
        work.properties = given
    work.id = str(given["name"])
    answer = work.send("DescribeAutoScalingGroups", {"AutoScalingGroupNames": [work.id]})
    return work.id, shapes.at(answer, "AutoScalingGroups[0]")


def change_scaling_group(work: Work, changed: frozenset[str]) -> None:
    """Change what changed; the whole group is said again."""
    if not changed & SCALING_SETTINGS:
        return
    given = work.properties
    work.properties = _scaling(given)
    try:
        work.call(_SCALING_CHANGE)
    finally:
        work.properties = given


def _scaling(given: dict[str, Any]) -> dict[str, Any]:
    found = dict(given)
    zones = cast("list[str]", given.get("vpcZoneIdentifiers") or [])
    template = cast("dict[str, Any]", given.get("launchTemplate") or {})
    if zones:
        found["zones"] = ",".join(zones)
    if template:
        known = {"id": "LaunchTemplateId", "name": "LaunchTemplateName", "version": "Version"}
        found["template"] = {known[key]: str(value) for key, value in template.items()}
    if given.get("tags"):
        found["group_tags"] = given["tags"]
    for name in ("vpcZoneIdentifiers", "launchTemplate"):
        found.pop(name, None)
    return found


def make_cluster(work: Work) -> tuple[str, object]:
    """Create a cluster, and the security group that EKS makes with every one."""
    work.result = work.call(_CREATE_CLUSTER, tagged=True)
    work.id = str(shapes.at(work.result, "cluster.name"))
    network = dict(cast("dict[str, Any]", work.properties.get("vpcConfig") or {}))
    subnets = work.send("DescribeSubnets", {"SubnetIds": network["subnetIds"]}, service="ec2")
    network["vpcId"] = shapes.at(subnets, "Subnets[0].VpcId")
    group = work.send(
        "CreateSecurityGroup",
        {
            "GroupName": f"{_CLUSTER_GROUP}{work.id}",
            "Description": "EKS created security group applied to ENI of the control plane",
            "VpcId": network["vpcId"],
        },
        service="ec2",
    )
    network["clusterSecurityGroupId"] = group["GroupId"]
    work.properties = {**work.properties, "vpcConfig": network}
    return work.id, work.result["cluster"]


def delete_cluster_group(work: Work) -> None:
    """Delete the security group that EKS made."""
    filters = [{"Name": "group-name", "Values": [f"{_CLUSTER_GROUP}{work.id}"]}]
    found = work.send("DescribeSecurityGroups", {"Filters": filters}, service="ec2")
    for group in cast("list[dict[str, Any]]", found["SecurityGroups"]):
        work.send("DeleteSecurityGroup", {"GroupId": group["GroupId"]}, service="ec2")
