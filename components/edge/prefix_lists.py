"""The managed prefix list of CloudFront's origin-facing addresses, by Region.

AWS keeps the list ``com.amazonaws.global.cloudfront.origin-facing`` in every Region under an id
that never changes. A rule that names it counts for 55 of the 60 rules a security group may have
(CloudFront Developer Guide, "Use the CloudFront managed prefix list"): one port, and nothing wide
beside it.
"""

ORIGIN_FACING = {
    "ap-northeast-1": "pl-58a04531",
    "ap-northeast-2": "pl-22a6434b",
    "ap-northeast-3": "pl-31a14458",
    "ap-south-1": "pl-9aa247f3",
    "ap-southeast-1": "pl-31a34658",
    "ap-southeast-2": "pl-b8a742d1",
    "ca-central-1": "pl-38a64351",
    "eu-central-1": "pl-a3a144ca",
    "eu-north-1": "pl-fab65393",
    "eu-west-1": "pl-4fa04526",
    "eu-west-2": "pl-93a247fa",
    "eu-west-3": "pl-75b1541c",
    "sa-east-1": "pl-5da64334",
    "us-east-1": "pl-3b927c52",
    "us-east-2": "pl-b6a144df",
    "us-west-1": "pl-4ea04527",
    "us-west-2": "pl-82a045eb",
}
"""Region → id, as published with AWS's announcement of the list. Elsewhere it is configured:
``aws ec2 describe-managed-prefix-lists`` shows it."""
