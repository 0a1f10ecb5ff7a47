"""What every machine of the network has in common: metadata, disk, tags of what a launch makes."""

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

LAUNCHED: Final = ("instance", "network-interface", "volume")
"""What a launch makes that default tags do not reach."""


def metadata_options() -> aws.ec2.LaunchTemplateMetadataOptionsArgsDict:
    """Metadata by session token only, and for nobody behind the machine (IMDSv2, hop limit 1)."""
    return {
        "http_endpoint": "enabled",
        "http_tokens": "required",
        "http_put_response_hop_limit": 1,
    }


def encrypted_disk(
    kms_key_arn: pulumi.Input[str],
) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgsDict:
    """The root disk of an Amazon Linux image, with the account's own key."""
    return {
        "device_name": "/dev/xvda",  # the root device of Amazon Linux images
        "ebs": {"encrypted": "true", "kms_key_id": kms_key_arn, "volume_type": "gp3"},
    }


def launch_tags(
    tags: Mapping[str, str],
) -> list[aws.ec2.LaunchTemplateTagSpecificationArgsDict]:
    """The same tags on everything a launch makes."""
    return [{"resource_type": kind, "tags": dict(tags)} for kind in LAUNCHED]


def group_tags(tags: Mapping[str, str]) -> list[aws.autoscaling.GroupTagArgsDict]:
    """The tags of an auto scaling group itself; instances have theirs from the template."""
    return [
        {"key": key, "value": value, "propagate_at_launch": False}
        for key, value in sorted(tags.items())
    ]
