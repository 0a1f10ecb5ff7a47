"""EKS: clusters, node groups, add-ons, who may enter, and which roles pods have."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import eks as special
from sandbox.aws.table.entry import NOT_IN_ANSWER, Call, Entry
from sandbox.aws.table.tags import arn_tags

_ADDON: Final = {"clusterName": "$0", "addonName": "$1"}
_ENTRY: Final = {"clusterName": "$0", "principalArn": "$1+"}
_IDENTITY: Final = {"clusterName": "$.clusterName", "associationId": "$id"}


EKS: Final[Mapping[str, Entry]] = {
    "eks/cluster:Cluster": Entry(
        service="eks",
        make=special.make_cluster,
        look=special.find_cluster,
        change=special.change_cluster,
        in_place=special.CLUSTER_SETTINGS,
        replaces=special.replaces_cluster,
        before_delete=special.delete_cluster,
        tagging=arn_tags("resourceArn", tags="tags", keys="tagKeys"),
        unmapped=frozenset({"enabledClusterLogTypes"}),
        refreshed=frozenset({"certificateAuthority", "endpoint"}),
        kept=True,
    ),
    "eks/nodeGroup:NodeGroup": Entry(
        service="eks",
        make=special.make_group,
        read=Call("DescribeNodegroup", {"clusterName": "$0", "nodegroupName": "$1"}),
        found="nodegroup",
        separator=":",
        computed={"arn": "nodegroupArn", "resources": NOT_IN_ANSWER},
        names={
            "nodeGroupName": "nodegroupName",
            "sourceSecurityGroupIds": "sourceSecurityGroups",
        },
        change=special.change_group,
        in_place=special.GROUP_SETTINGS,
        replaces=special.replaces_group,
        before_delete=special.delete_group,
        tagging=arn_tags("resourceArn", tags="tags", keys="tagKeys"),
        kept=True,
    ),
    "eks/addon:Addon": Entry(
        service="eks",
        make=special.make_addon,
        read=Call("DescribeAddon", _ADDON),
        found="addon",
        separator=":",
        update=Call(
            "UpdateAddon",
            {**_ADDON, "resolveConflicts": "$.resolveConflictsOnUpdate"},
            mapped=True,
        ),
        computed={"arn": "addonArn"},
        replace_on=frozenset({"addonName", "clusterName", "namespaceConfig"}),
        in_place=frozenset({"preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"}),
        delete=(Call("DeleteAddon", {**_ADDON, "preserve": "$.preserve"}),),
        tagging=arn_tags("resourceArn", tags="tags", keys="tagKeys"),
    ),
    "eks/accessEntry:AccessEntry": Entry(
        service="eks",
        create=Call("CreateAccessEntry", mapped=True),
        made="accessEntry",
        read=Call("DescribeAccessEntry", _ENTRY),
        found="accessEntry",
        separator=":",
        names={"userName": "username"},
        computed={"userName": "username"},
        change=special.change_entry,
        in_place=frozenset({"kubernetesGroups", "userName"}),
        delete=(Call("DeleteAccessEntry", _ENTRY),),
        tagging=arn_tags("resourceArn", "$.accessEntryArn", tags="tags", keys="tagKeys"),
        kept=True,
    ),
    "eks/accessPolicyAssociation:AccessPolicyAssociation": Entry(
        service="eks",
        create=Call("AssociateAccessPolicy", mapped=True),
        made="associatedAccessPolicy",
        look=special.find_policy,
        separator="#",
        delete=(
            Call(
                "DisassociateAccessPolicy",
                {"clusterName": "$0", "principalArn": "$1", "policyArn": "$2"},
            ),
        ),
        kept=True,
    ),
    "eks/podIdentityAssociation:PodIdentityAssociation": Entry(
        service="eks",
        create=Call("CreatePodIdentityAssociation", mapped=True),
        id="association.associationId",
        made="association",
        read=Call("DescribePodIdentityAssociation", _IDENTITY),
        found="association",
        update=Call("UpdatePodIdentityAssociation", _IDENTITY, mapped=True),
        replace_on=frozenset({"clusterName", "namespace", "serviceAccount"}),
        delete=(Call("DeletePodIdentityAssociation", _IDENTITY),),
        tagging=arn_tags("resourceArn", "$.associationArn", tags="tags", keys="tagKeys"),
    ),
}
"""Type (without ``aws:``) → row."""
