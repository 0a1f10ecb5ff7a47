"""What runs: auto scaling."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import compute as special
from sandbox.aws.table.entry import Call, Entry

COMPUTE: Final[Mapping[str, Entry]] = {
    "autoscaling/group:Group": Entry(
        service="autoscaling",
        make=special.make_scaling_group,
        read=Call("DescribeAutoScalingGroups", {"AutoScalingGroupNames": ["$id"]}),
        found="AutoScalingGroups[0]",
        computed={"arn": "AutoScalingGroupARN"},
        change=special.change_scaling_group,
        in_place=special.SCALING_SETTINGS,
        delete=(
            Call("DeleteAutoScalingGroup", {"AutoScalingGroupName": "$id", "ForceDelete": True}),
        ),
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
