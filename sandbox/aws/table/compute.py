"""What runs: auto scaling, EKS, load balancers, registries, web ACLs."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.special import compute as special
from sandbox.aws.table.entry import NOT_IN_ANSWER, Call, Entry, Step, Tagging
from sandbox.aws.table.watch import arn_tags

_BALANCING_TAGS = Tagging(
    add=Call("AddTags", {"ResourceArns": ["$id"], "Tags": "$tags"}),
    remove=Call("RemoveTags", {"ResourceArns": ["$id"], "TagKeys": "$tagkeys"}),
)
_EKS_TAGS = arn_tags("resourceArn", tags="tags", keys="tagKeys")


def _balancing(kind: str, member: str, **more: Any) -> Entry:  # noqa: ANN401 - the row's own fields
    """An ELBv2 resource: made, described and deleted by its ARN."""
    return Entry(
        service="elbv2",
        create=Call(f"Create{kind}", mapped=True),
        id=f"{member}s[0].{member}Arn",
        made=f"{member}s[0]",
        read=Call(f"Describe{kind}s", {f"{member}Arns": ["$id"]}),
        found=f"{member}s[0]",
        delete=(Call(f"Delete{kind}", {f"{member}Arn": "$id"}),),
        tagging=_BALANCING_TAGS,
        drift=False,
        **more,
    )


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
    "lb/loadBalancer:LoadBalancer": _balancing(
        "LoadBalancer",
        "LoadBalancer",
        names={"loadBalancerType": "Type"},
        computed={"zoneId": "CanonicalHostedZoneId", "dnsName": "DNSName"},
        unmapped=frozenset({"enableDeletionProtection"}),
        make=special.make_balancer,
        change=special.change_balancer,
        in_place=special.BALANCER_SETTINGS,
    ),
    "lb/targetGroup:TargetGroup": _balancing(
        "TargetGroup",
        "TargetGroup",
        unmapped=frozenset({"healthCheck"}),
        in_place=frozenset(
            {
                "connectionTermination",
                "deregistrationDelay",
                "healthCheck",
                "loadBalancingAlgorithmType",
                "loadBalancingCrossZoneEnabled",
                "preserveClientIp",
                "slowStart",
                "stickiness",
            }
        ),
    ),
    "lb/listener:Listener": _balancing(
        "Listener",
        "Listener",
        names=special.ACTION_NAMES,
        unmapped=frozenset({"certificateArn"}),
        make=special.make_listener,
        in_place=frozenset({"certificateArn", "defaultActions", "sslPolicy", "port", "protocol"}),
    ),
    "lb/listenerRule:ListenerRule": _balancing(
        "Rule",
        "Rule",
        make=special.make_listener_rule,
        in_place=frozenset({"actions", "conditions", "priority"}),
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
    "wafv2/ipSet:IpSet": Entry(
        service="wafv2",
        create=Call("CreateIPSet", mapped=True),
        id="Summary.Id",
        made="Summary",
        read=Call("GetIPSet", {"Name": "$.name", "Scope": "$.scope", "Id": "$id"}),
        found="IPSet",
        change=special.change_ip_set,
        in_place=frozenset({"addresses", "description"}),
        before_delete=special.delete_ip_set,
        tagging=arn_tags("ResourceARN"),
        drift=False,
    ),
    "wafv2/webAcl:WebAcl": Entry(
        service="wafv2",
        create=Call("CreateWebACL", mapped=True),
        id="Summary.Id",
        made="Summary",
        read=Call("GetWebACL", {"Name": "$.name", "Scope": "$.scope", "Id": "$id"}),
        found="WebACL",
        change=special.change_web_acl,
        in_place=frozenset({"defaultAction", "description", "rules", "visibilityConfig"}),
        before_delete=special.delete_web_acl,
        tagging=arn_tags("ResourceARN"),
        drift=False,
    ),
    "wafv2/webAclAssociation:WebAclAssociation": Entry(
        service="wafv2",
        create=Call("AssociateWebACL", mapped=True),
        delete=(Call("DisassociateWebACL", {"ResourceArn": "$.resourceArn"}),),
    ),
}
"""Type (without ``aws:``) → row."""
