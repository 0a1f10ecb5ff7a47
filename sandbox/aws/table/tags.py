"""Tags where a service has one way for all of its types."""

from sandbox.aws.table.entry import Call, Tagging


def arn_tags(
    key: str = "ResourceArn", value: str = "$.arn", tags: str = "Tags", keys: str = "TagKeys"
) -> Tagging:
    """The tags of services that know their resources by ARN."""
    return Tagging(
        add=Call("TagResource", {key: value, tags: "$tags"}),
        remove=Call("UntagResource", {key: value, keys: "$tagkeys"}),
    )
