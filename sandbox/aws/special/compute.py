"""Exceptions of what runs: groups of instances."""

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
