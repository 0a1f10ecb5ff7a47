"""What runs: auto scaling, EKS, registries."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import compute as special
from sandbox.aws.table.entry import NOT_IN_ANSWER, Call, Entry, Step
from sandbox.aws.table.tags import arn_tags

_EKS_TAGS = arn_tags("resourceArn", tags="tags", keys="tagKeys")


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
    "eks/cluster:Cluster": Entry(
        service="eks",
        make=special.make_cluster,
        read=Call("DescribeCluster", {"name": "$id"}),
        found="cluster",
        unmapped=special.CLUSTER_UNMAPPED,
        before_delete=special.delete_cluster_group,
        in_place=frozenset(
            {
                "accessConfig",
                "computeConfig",
                "controlPlaneScalingConfig",
                "deletionProtection",
                "enabledClusterLogTypes",
                "storageConfig",
                "upgradePolicy",
                "version",
                "vpcConfig",
                "zonalShiftConfig",
            }
        ),
        delete=(Call("DeleteCluster", {"name": "$id"}),),
        tagging=_EKS_TAGS,
        drift=False,
    ),
    "eks/nodeGroup:NodeGroup": Entry(
        service="eks",
        create=Call(
            "CreateNodegroup",
            {"subnets": "$.subnetIds", "nodeRole": "$.nodeRoleArn"},
            mapped=True,
        ),
        made="nodegroup",
        read=Call("DescribeNodegroup", {"clusterName": "$0", "nodegroupName": "$1"}),
        found="nodegroup",
        separator=":",
        computed={"arn": "nodegroupArn", "resources": NOT_IN_ANSWER},
        names={"nodeGroupName": "nodegroupName"},
        in_place=frozenset(
            {"forceUpdateVersion", "labels", "launchTemplate", "nodeRepairConfig", "releaseVersion"}
            | {"scalingConfig", "taints", "updateConfig", "version"}
        ),
        unmapped=frozenset({"taints", "nodeRepairConfig"}),
        delete=(Call("DeleteNodegroup", {"clusterName": "$0", "nodegroupName": "$1"}),),
        tagging=_EKS_TAGS,
        drift=False,
    ),
    "ecr/repository:Repository": Entry(
        service="ecr",
        create=Call(
            "CreateRepository",
            {
                "repositoryName": "$.name",
                "encryptionConfiguration": "$.encryptionConfigurations[0]",
            },
            mapped=True,
        ),
        id="repository.repositoryName",
        made="repository",
        read=Call("DescribeRepositories", {"repositoryNames": ["$id"]}),
        found="repositories[0]",
        names={"kmsKey": "kmsKey"},
        computed={"arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
        steps=(
            Step(
                ("imageTagMutability",),
                Call(
                    "PutImageTagMutability",
                    {"repositoryName": "$id", "imageTagMutability": "$.imageTagMutability"},
                ),
                later=True,
            ),
            Step(
                ("imageScanningConfiguration",),
                Call(
                    "PutImageScanningConfiguration",
                    {
                        "repositoryName": "$id",
                        "imageScanningConfiguration": "$.imageScanningConfiguration",
                    },
                ),
                later=True,
            ),
        ),
        delete=(Call("DeleteRepository", {"repositoryName": "$id", "force": "$.forceDelete"}),),
        tagging=arn_tags("resourceArn", tags="tags", keys="tagKeys"),
    ),
    "ecr/lifecyclePolicy:LifecyclePolicy": Entry(
        service="ecr",
        create=Call(
            "PutLifecyclePolicy",
            {"repositoryName": "$.repository", "lifecyclePolicyText": "$.policy"},
        ),
        read=Call("GetLifecyclePolicy", {"repositoryName": "$.repository"}),
        id="repositoryName",
        steps=(
            Step(
                ("policy",),
                Call(
                    "PutLifecyclePolicy",
                    {"repositoryName": "$.repository", "lifecyclePolicyText": "$.policy"},
                ),
                later=True,
            ),
        ),
        delete=(Call("DeleteLifecyclePolicy", {"repositoryName": "$.repository"}),),
    ),
    "ecr/repositoryPolicy:RepositoryPolicy": Entry(
        service="ecr",
        create=Call(
            "SetRepositoryPolicy", {"repositoryName": "$.repository", "policyText": "$.policy"}
        ),
        id="repositoryName",
        read=Call("GetRepositoryPolicy", {"repositoryName": "$.repository"}),
        steps=(
            Step(
                ("policy",),
                Call(
                    "SetRepositoryPolicy",
                    {"repositoryName": "$.repository", "policyText": "$.policy"},
                ),
                later=True,
            ),
        ),
        delete=(Call("DeleteRepositoryPolicy", {"repositoryName": "$.repository"}),),
    ),
}
"""Type (without ``aws:``) → row."""
