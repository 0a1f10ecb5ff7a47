"""What Karpenter's role may do, as AWS evaluates it."""

import pytest

from components.eks.karpenter_policy import Surroundings, karpenter_statements
from components.statements import document
from tests.access import Request, decide
from tests.unit.components.eks.platform_ground import (
    ACCOUNT_ID,
    CLUSTER_ARN,
    NODE_ROLE_ARN,
    REGION,
    platform,
)

INLINE_LIMIT = 10_240
"""Characters of all inline policies of a role (IAM quotas)."""

OWNED = "kubernetes.io/cluster/staging"
REQUEST: dict[str, str | list[str]] = {
    f"aws:RequestTag/{OWNED}": "owned",
    "aws:RequestTag/eks:eks-cluster-name": "staging",
    "aws:RequestTag/karpenter.sh/nodepool": "spot-arm64",
}
OWN: dict[str, str | list[str]] = {
    f"aws:ResourceTag/{OWNED}": "owned",
    "aws:ResourceTag/karpenter.sh/nodepool": "spot-arm64",
}
REGIONAL: dict[str, str | list[str]] = {"aws:RequestedRegion": REGION}
TO_EC2: dict[str, str | list[str]] = {"iam:PassedToService": "ec2.amazonaws.com"}


def ec2(kind: str, name: str = "x", account: str = ACCOUNT_ID) -> str:
    return f"arn:aws:ec2:{REGION}:{account}:{kind}/{name}"


CASES: dict[str, tuple[str, str, dict[str, str | list[str]], bool]] = {
    "start a machine with its tags": ("ec2:RunInstances", ec2("instance"), REQUEST, True),
    "start a machine without them": ("ec2:RunInstances", ec2("instance"), {}, False),
    "start one for another cluster": (
        "ec2:RunInstances",
        ec2("instance"),
        {**REQUEST, "aws:RequestTag/eks:eks-cluster-name": "production"},
        False,
    ),
    "use a private subnet": ("ec2:RunInstances", ec2("subnet", "subnet-a"), {}, True),
    "use another subnet": ("ec2:RunInstances", ec2("subnet", "subnet-public"), {}, False),
    "use the group of nodes": ("ec2:RunInstances", ec2("security-group", "sg-node"), {}, True),
    "use another group": ("ec2:RunInstances", ec2("security-group", "sg-database"), {}, False),
    "use a public image": ("ec2:RunInstances", ec2("image", account=""), {}, True),
    "tag what it makes": (
        "ec2:CreateTags",
        ec2("instance"),
        {**REQUEST, "ec2:CreateAction": "RunInstances"},
        True,
    ),
    "claim a machine of another": (
        "ec2:CreateTags",
        ec2("instance"),
        {**REQUEST, "aws:TagKeys": [OWNED]},
        False,
    ),
    "end its own": ("ec2:TerminateInstances", ec2("instance"), OWN, True),
    "end another's": ("ec2:TerminateInstances", ec2("instance"), {}, False),
    "give the node role": ("iam:PassRole", NODE_ROLE_ARN, TO_EC2, True),
    "give it to a function": (
        "iam:PassRole",
        NODE_ROLE_ARN,
        {"iam:PassedToService": "lambda.amazonaws.com"},
        False,
    ),
    "give another role": (
        "iam:PassRole",
        f"arn:aws:iam::{ACCOUNT_ID}:role/superinc-deploy",
        TO_EC2,
        False,
    ),
    "read instance types": ("ec2:DescribeInstanceTypes", "*", REGIONAL, True),
    "read those of elsewhere": (
        "ec2:DescribeInstanceTypes",
        "*",
        {"aws:RequestedRegion": "us-east-1"},
        False,
    ),
    "read its cluster": ("eks:DescribeCluster", CLUSTER_ARN, {}, True),
    "read another cluster": ("eks:DescribeCluster", f"{CLUSTER_ARN}-2", {}, False),
}


def test_it_rules_over_its_own_machines_and_nothing_else() -> None:
    policy = platform().one("rolePolicy:RolePolicy", "eks-karpenter-controller-permissions")
    requests = [
        Request(
            principal=f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/karpenter/pod",
            action=action,
            resource=resource,
            account=ACCOUNT_ID,
            context=context,
            identity=[policy.policy("policy")],
        )
        for action, resource, context, _ in CASES.values()
    ]
    got = dict(zip(CASES, decide(requests), strict=True))
    assert got == {
        name: "Allowed" if allowed else "ImplicitlyDenied" for name, (*_, allowed) in CASES.items()
    }


@pytest.mark.parametrize("subnets", [3, 6])
def test_it_fits_into_an_inline_policy(subnets: int) -> None:
    """Its longest likely form: upstream splits its own six ways for managed policies' 6,144."""
    around = Surroundings(
        account_id=ACCOUNT_ID,
        region="ap-southeast-2",
        cluster="production",
        cluster_arn=CLUSTER_ARN,
        node_role_arn=NODE_ROLE_ARN,
        queue_arn="arn:aws:sqs:ap-southeast-2:222233334444:production-interruptions",
        messages_key_arn="arn:aws:kms:ap-southeast-2:222233334444:key/mrk-0123456789abcdef0123456789abcdef",
        subnet_ids=["subnet-0123456789abcdef0"] * subnets,
        group_ids=["sg-0123456789abcdef0"] * 2,
    )
    assert len(document(karpenter_statements(around))) < INLINE_LIMIT
