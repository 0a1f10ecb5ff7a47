"""What Karpenter may do in AWS: start and end machines that carry this cluster's tags.

Pure. The actions and their conditions are those of Karpenter's own CloudFormation reference for
1.14; they are written for one account, one Region and one cluster. What it makes carries three
tags, what it changes must carry them already, so a machine of somebody else is out of its reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.statements import Condition, Statement, allow

_MADE = (
    "fleet",
    "instance",
    "launch-template",
    "network-interface",
    "spot-instances-request",
    "volume",
)
"""Kinds that are made with tags."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where Karpenter works.

    Attributes:
        account_id: The account.
        region: The Region.
        cluster: The cluster's name.
        cluster_arn: Its ARN.
        node_role_arn: The only role its machines may have.
        queue_arn: The queue of interruptions.
        messages_key_arn: The key of its messages.
        subnet_ids: The only subnets its machines may be in.
        group_ids: The only security groups they may have.
    """

    account_id: str
    region: str
    cluster: str
    cluster_arn: str
    node_role_arn: str
    queue_arn: str
    messages_key_arn: str
    subnet_ids: Sequence[str]
    group_ids: Sequence[str]

    def ec2(self, kind: str, name: str = "*") -> str:
        """EC2 resources of a kind in the account: all, or one."""
        return f"arn:aws:ec2:{self.region}:{self.account_id}:{kind}/{name}"

    def public(self, kind: str) -> str:
        """Images and snapshots, whose ARNs name no account (Service Authorization Reference)."""
        return f"arn:aws:ec2:{self.region}::{kind}/*"

    def profiles(self) -> str:
        """Every instance profile."""
        return f"arn:aws:iam::{self.account_id}:instance-profile/*"

    def carries(self, side: str) -> dict[str, str]:
        """The tag that says whose a thing is, on the request or on the resource."""
        return {f"aws:{side}/kubernetes.io/cluster/{self.cluster}": "owned"}

    def named(self) -> dict[str, str]:
        """The tag EKS counts machines by, which every request must set."""
        return {"aws:RequestTag/eks:eks-cluster-name": self.cluster}


def karpenter_statements(around: Surroundings) -> list[Statement]:
    """All it may do, in the order of a machine's life."""
    return [*_machines(around), *_tags_and_ends(around), *_profiles(around), *_reads(around)]


def _machines(around: Surroundings) -> list[Statement]:
    launch = ["ec2:CreateFleet", "ec2:RunInstances"]
    made = [around.ec2(kind) for kind in _MADE]
    pool = {"aws:RequestTag/karpenter.sh/nodepool": "*"}
    used = [
        around.public("image"),
        around.public("snapshot"),
        *[around.ec2("security-group", group) for group in around.group_ids],
        *[around.ec2("subnet", subnet) for subnet in around.subnet_ids],
    ]
    return [
        allow("UseWhatIsThere", launch, used),
        allow(
            "UseOwnTemplates",
            launch,
            [around.ec2("launch-template")],
            condition={
                "StringEquals": around.carries("ResourceTag"),
                "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
            },
        ),
        allow(
            "MakeWithTags",
            [*launch, "ec2:CreateLaunchTemplate"],
            made,
            condition={
                "StringEquals": {**around.carries("RequestTag"), **around.named()},
                "StringLike": pool,
            },
        ),
        allow(
            "TagWhatIsMade",
            ["ec2:CreateTags"],
            made,
            condition={
                "StringEquals": {
                    **around.carries("RequestTag"),
                    **around.named(),
                    "ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"],
                },
                "StringLike": pool,
            },
        ),
    ]


def _tags_and_ends(around: Surroundings) -> list[Statement]:
    own: Condition = {
        "StringEquals": around.carries("ResourceTag"),
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
    }
    return [
        allow(
            "NameOwnMachines",
            ["ec2:CreateTags"],
            [around.ec2("instance")],
            condition={
                **own,
                "StringEqualsIfExists": around.named(),
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ["Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"]
                },
            },
        ),
        allow(
            "EndOwnMachines",
            ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
            [around.ec2("instance"), around.ec2("launch-template")],
            condition=own,
        ),
    ]


def _profiles(around: Surroundings) -> list[Statement]:
    place = {"topology.kubernetes.io/region": around.region}
    request = {
        **around.carries("RequestTag"),
        **around.named(),
        **{f"aws:RequestTag/{tag}": value for tag, value in place.items()},
    }
    resource = {
        **around.carries("ResourceTag"),
        **{f"aws:ResourceTag/{tag}": value for tag, value in place.items()},
    }
    asked = {"aws:RequestTag/karpenter.k8s.aws/ec2nodeclass": "*"}
    has = {"aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass": "*"}
    return [
        allow(
            "GiveTheNodeRole",
            ["iam:PassRole"],
            [around.node_role_arn],
            condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        allow(
            "MakeProfiles",
            ["iam:CreateInstanceProfile"],
            [around.profiles()],
            condition={"StringEquals": request, "StringLike": asked},
        ),
        allow(
            "TagProfiles",
            ["iam:TagInstanceProfile"],
            [around.profiles()],
            condition={
                "StringEquals": {**resource, **request},
                "StringLike": {**has, **asked},
            },
        ),
        allow(
            "KeepOwnProfiles",
            [
                "iam:AddRoleToInstanceProfile",
                "iam:DeleteInstanceProfile",
                "iam:RemoveRoleFromInstanceProfile",
            ],
            [around.profiles()],
            condition={"StringEquals": resource, "StringLike": has},
        ),
    ]


def _reads(around: Surroundings) -> list[Statement]:
    described = (
        "CapacityReservations",
        "Images",
        "InstanceStatus",
        "InstanceTypeOfferings",
        "InstanceTypes",
        "Instances",
        "LaunchTemplates",
        "PlacementGroups",
        "SecurityGroups",
        "SpotPriceHistory",
        "Subnets",
    )
    return [
        allow(
            "ReadMachines",
            [f"ec2:Describe{what}" for what in described],
            ["*"],
            condition={"StringEquals": {"aws:RequestedRegion": around.region}},
        ),
        allow(
            "ReadImageNames",
            ["ssm:GetParameter"],
            [f"arn:aws:ssm:{around.region}::parameter/aws/service/*"],
        ),
        # Neither takes a resource (Service Authorization Reference).
        allow("ReadPricesAndProfiles", ["iam:ListInstanceProfiles", "pricing:GetProducts"], ["*"]),
        allow("ReadProfiles", ["iam:GetInstanceProfile"], [around.profiles()]),
        allow("ReadTheCluster", ["eks:DescribeCluster"], [around.cluster_arn]),
        allow(
            "ReadZonalShifts",
            ["arc-zonal-shift:GetManagedResource"],
            ["*"],
            condition={"StringEquals": {"arc-zonal-shift:ResourceIdentifier": around.cluster_arn}},
        ),
        allow(
            "ReadInterruptions",
            ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            [around.queue_arn],
        ),
        allow(
            "DecryptInterruptions",
            ["kms:Decrypt"],
            [around.messages_key_arn],
            condition={"StringEquals": {"kms:ViaService": f"sqs.{around.region}.amazonaws.com"}},
        ),
    ]
