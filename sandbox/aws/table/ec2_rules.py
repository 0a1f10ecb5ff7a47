"""What traffic may do in EC2: routes, security groups, network ACLs."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import ec2 as special
from sandbox.aws.special import instances, rules
from sandbox.aws.table.ec2 import tagging
from sandbox.aws.table.entry import Call, Entry, Step, Tagging

_ROUTE = {
    "RouteTableId": "$.routeTableId",
    "DestinationCidrBlock": "$.destinationCidrBlock",
    "DestinationIpv6CidrBlock": "$.destinationIpv6CidrBlock",
    "DestinationPrefixListId": "$.destinationPrefixListId",
}
_ROUTE_NAMES = {
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
}
_INLINE_ROUTES = Step(
    ("routes",),
    Call("CreateRoute", {"RouteTableId": "$id"}, mapped=True),
    Call(
        "DeleteRoute",
        {
            "RouteTableId": "$id",
            "DestinationCidrBlock": "$item.cidrBlock",
            "DestinationIpv6CidrBlock": "$item.ipv6CidrBlock",
        },
    ),
    each=True,
)
_RETAGGED = Tagging(
    add=Call("CreateTags", {"Resources": ["$id"], "Tags": "$tags"}),
    remove=Call("DeleteTags", {"Resources": ["$id"], "Tags": "$tagkeys"}),
    at_creation=False,
)


def _rule(direction: str) -> Entry:
    return Entry(
        service="ec2",
        make=rules.make_rule(direction),
        read=Call("DescribeSecurityGroupRules", {"SecurityGroupRuleIds": ["$id"]}),
        found="SecurityGroupRules[0]",
        change=rules.change_rule,
        in_place=rules.RULE_SETTINGS,
        delete=(
            Call(
                f"RevokeSecurityGroup{direction}",
                {"GroupId": "$.securityGroupId", "SecurityGroupRuleIds": ["$id"]},
            ),
        ),
        tagging=tagging("security-group-rule"),
        drift=False,
    )


RULES: Final[Mapping[str, Entry]] = {
    "ec2/routeTable:RouteTable": Entry(
        service="ec2",
        create=Call("CreateRouteTable", {"VpcId": "$.vpcId"}),
        id="RouteTable.RouteTableId",
        made="RouteTable",
        read=Call("DescribeRouteTables", {"RouteTableIds": ["$id"]}),
        found="RouteTables[0]",
        names=_ROUTE_NAMES,
        steps=(_INLINE_ROUTES,),
        in_place=frozenset({"propagatingVgws"}),
        delete=(Call("DeleteRouteTable", {"RouteTableId": "$id"}),),
        tagging=tagging("route-table"),
    ),
    "ec2/defaultRouteTable:DefaultRouteTable": Entry(
        service="ec2",
        make=special.adopt_route_table,
        read=Call("DescribeRouteTables", {"RouteTableIds": ["$id"]}),
        found="RouteTables[0]",
        names=_ROUTE_NAMES,
        steps=(_INLINE_ROUTES,),
        in_place=frozenset({"propagatingVgws"}),
        tagging=_RETAGGED,
    ),
    "ec2/route:Route": Entry(
        service="ec2",
        create=Call("CreateRoute", mapped=True),
        look=special.find_route,
        names=_ROUTE_NAMES,
        update=Call("ReplaceRoute", mapped=True),
        replace_on=frozenset(
            {
                "routeTableId",
                "destinationCidrBlock",
                "destinationIpv6CidrBlock",
                "destinationPrefixListId",
            }
        ),
        delete=(Call("DeleteRoute", _ROUTE),),
    ),
    "ec2/routeTableAssociation:RouteTableAssociation": Entry(
        service="ec2",
        create=Call("AssociateRouteTable", mapped=True),
        id="AssociationId",
        look=special.find_association,
        delete=(Call("DisassociateRouteTable", {"AssociationId": "$id"}),),
        delete_first=True,
    ),
    "ec2/mainRouteTableAssociation:MainRouteTableAssociation": Entry(
        service="ec2",
        make=special.replace_main_association,
        in_place=frozenset({"routeTableId"}),
        change=special.change_main_association,
    ),
    "ec2/securityGroup:SecurityGroup": Entry(
        service="ec2",
        make=rules.make_group,
        read=Call("DescribeSecurityGroups", {"GroupIds": ["$id"]}),
        found="SecurityGroups[0]",
        names={"name": "GroupName"},
        change=rules.change_group,
        in_place=frozenset({"ingress", "egress", "revokeRulesOnDelete"}),
        replace_on=frozenset({"description"}),
        delete=(Call("DeleteSecurityGroup", {"GroupId": "$id"}),),
        tagging=tagging("security-group"),
        defaults={"description": "Managed by Pulumi"},
    ),
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": Entry(
        service="ec2",
        make=rules.adopt_group,
        read=Call("DescribeSecurityGroups", {"GroupIds": ["$id"]}),
        found="SecurityGroups[0]",
        computed={"name": "GroupName", "description": "Description"},
        change=rules.change_group,
        in_place=frozenset({"ingress", "egress", "revokeRulesOnDelete"}),
        tagging=_RETAGGED,
    ),
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("Ingress"),
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("Egress"),
    "ec2/networkAcl:NetworkAcl": Entry(
        service="ec2",
        create=Call("CreateNetworkAcl", {"VpcId": "$.vpcId"}),
        id="NetworkAcl.NetworkAclId",
        made="NetworkAcl",
        read=Call("DescribeNetworkAcls", {"NetworkAclIds": ["$id"]}),
        found="NetworkAcls[0]",
        steps=rules.ACL_STEPS,
        in_place=frozenset({"subnetIds"}),
        change=rules.associate_acl,
        change_at_creation=True,
        before_delete=rules.release_acl,
        delete=(Call("DeleteNetworkAcl", {"NetworkAclId": "$id"}),),
        names=rules.ACL_NAMES,
        tagging=tagging("network-acl"),
    ),
    "ec2/defaultNetworkAcl:DefaultNetworkAcl": Entry(
        service="ec2",
        make=rules.adopt_acl,
        read=Call("DescribeNetworkAcls", {"NetworkAclIds": ["$id"]}),
        found="NetworkAcls[0]",
        steps=rules.ACL_STEPS,
        in_place=frozenset({"subnetIds"}),
        names=rules.ACL_NAMES,
        tagging=_RETAGGED,
    ),
    "ec2/networkAclRule:NetworkAclRule": Entry(
        service="ec2",
        create=Call("CreateNetworkAclEntry", rules.ACL_ENTRY, mapped=True),
        look=rules.find_acl_entry,
        before_delete=rules.delete_acl_entry,
        defaults={"egress": False},
        delete_first=True,
    ),
    "ec2/instance:Instance": Entry(
        service="ec2",
        make=instances.run,
        read=Call("DescribeInstances", {"InstanceIds": ["$id"]}),
        found="Reservations[0].Instances[0]",
        names=instances.NAMES,
        computed={
            "instanceState": "State.Name",
            "primaryNetworkInterfaceId": "NetworkInterfaces[0].NetworkInterfaceId",
            "privateDns": "PrivateDnsName",
            "privateIp": "PrivateIpAddress",
            "publicDns": "PublicDnsName",
            "publicIp": "PublicIpAddress",
        },
        change=instances.change,
        in_place=instances.SETTINGS,
        delete=(Call("TerminateInstances", {"InstanceIds": ["$id"]}),),
        tagging=tagging("instance"),
        drift=False,
    ),
    "ec2/launchTemplate:LaunchTemplate": Entry(
        service="ec2",
        create=Call(
            "CreateLaunchTemplate", {"LaunchTemplateName": "$.name", "LaunchTemplateData": "*"}
        ),
        id="LaunchTemplate.LaunchTemplateId",
        made="LaunchTemplate",
        read=Call("DescribeLaunchTemplates", {"LaunchTemplateIds": ["$id"]}),
        found="LaunchTemplates[0]",
        update=Call(
            "CreateLaunchTemplateVersion", {"LaunchTemplateId": "$id", "LaunchTemplateData": "*"}
        ),
        names={"vpcSecurityGroupIds": "SecurityGroupIds", "securityGroups": "Groups"},
        computed={"latestVersion": "LatestVersionNumber", "defaultVersion": "DefaultVersionNumber"},
        change=special.choose_version,
        in_place=frozenset({"description", "updateDefaultVersion", "defaultVersion"}),
        delete=(Call("DeleteLaunchTemplate", {"LaunchTemplateId": "$id"}),),
        tagging=tagging("launch-template"),
        drift=False,
    ),
    "ec2/managedPrefixList:ManagedPrefixList": Entry(
        service="ec2",
        create=Call("CreateManagedPrefixList", {"PrefixListName": "$.name"}, mapped=True),
        id="PrefixList.PrefixListId",
        made="PrefixList",
        read=Call("DescribeManagedPrefixLists", {"PrefixListIds": ["$id"]}),
        found="PrefixLists[0]",
        change=special.change_prefix_list,
        in_place=frozenset({"entries", "maxEntries", "name"}),
        delete=(Call("DeleteManagedPrefixList", {"PrefixListId": "$id"}),),
        tagging=tagging("prefix-list"),
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
