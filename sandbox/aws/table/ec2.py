"""Networks in EC2: VPCs, subnets, gateways, routes, endpoints, peerings, interfaces."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.special import ec2 as special
from sandbox.aws.table.entry import Call, Entry, Lookup, Step, Tagging


def tagging(spec: str) -> Tagging:
    """EC2's tags: with the creation, later by id."""
    return Tagging(
        add=Call("CreateTags", {"Resources": ["$id"], "Tags": "$tags"}),
        remove=Call("DeleteTags", {"Resources": ["$id"], "Tags": "$tagkeys"}),
        spec=spec,
    )


def _filter(name: str, value: str) -> dict[str, Any]:
    return {"Name": name, "Values": [value]}


def _attribute(operation: str, key: str, **attributes: str) -> tuple[Step, ...]:
    """Boolean attributes that EC2 changes one at a time."""
    return tuple(
        Step((name,), Call(operation, {key: "$id", member: {"Value": f"$.{name}"}}))
        for name, member in attributes.items()
    )


_OF_VPC = _filter("vpc-id", "$id")

NETWORKS: Final[Mapping[str, Entry]] = {
    "ec2/vpc:Vpc": Entry(
        service="ec2",
        create=Call("CreateVpc", mapped=True),
        id="Vpc.VpcId",
        made="Vpc",
        read=Call("DescribeVpcs", {"VpcIds": ["$id"]}),
        found="Vpcs[0]",
        steps=_attribute(
            "ModifyVpcAttribute",
            "VpcId",
            enableDnsSupport="EnableDnsSupport",
            enableDnsHostnames="EnableDnsHostnames",
            enableNetworkAddressUsageMetrics="EnableNetworkAddressUsageMetrics",
        ),
        delete=(Call("DeleteVpc", {"VpcId": "$id"}),),
        names={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        lookups=(
            Lookup(
                Call(
                    "DescribeRouteTables",
                    {"Filters": [_OF_VPC, _filter("association.main", "true")]},
                ),
                {
                    "mainRouteTableId": "RouteTables[0].RouteTableId",
                    "defaultRouteTableId": "RouteTables[0].RouteTableId",
                },
            ),
            Lookup(
                Call("DescribeNetworkAcls", {"Filters": [_OF_VPC, _filter("default", "true")]}),
                {"defaultNetworkAclId": "NetworkAcls[0].NetworkAclId"},
            ),
            Lookup(
                Call(
                    "DescribeSecurityGroups",
                    {"Filters": [_OF_VPC, _filter("group-name", "default")]},
                ),
                {"defaultSecurityGroupId": "SecurityGroups[0].GroupId"},
            ),
        ),
        tagging=tagging("vpc"),
    ),
    "ec2/subnet:Subnet": Entry(
        service="ec2",
        create=Call("CreateSubnet", mapped=True),
        id="Subnet.SubnetId",
        made="Subnet",
        read=Call("DescribeSubnets", {"SubnetIds": ["$id"]}),
        found="Subnets[0]",
        steps=_attribute(
            "ModifySubnetAttribute",
            "SubnetId",
            mapPublicIpOnLaunch="MapPublicIpOnLaunch",
            assignIpv6AddressOnCreation="AssignIpv6AddressOnCreation",
        ),
        in_place=frozenset({"enableDns64", "privateDnsHostnameTypeOnLaunch"}),
        delete=(Call("DeleteSubnet", {"SubnetId": "$id"}),),
        tagging=tagging("subnet"),
    ),
    "ec2/internetGateway:InternetGateway": Entry(
        service="ec2",
        create=Call("CreateInternetGateway"),
        id="InternetGateway.InternetGatewayId",
        made="InternetGateway",
        read=Call("DescribeInternetGateways", {"InternetGatewayIds": ["$id"]}),
        found="InternetGateways[0]",
        steps=(
            Step(
                ("vpcId",),
                Call("AttachInternetGateway", {"InternetGatewayId": "$id", "VpcId": "$.vpcId"}),
                Call("DetachInternetGateway", {"InternetGatewayId": "$id", "VpcId": "$.vpcId"}),
                exclusive=True,
            ),
        ),
        delete=(
            Call(
                "DetachInternetGateway",
                {"InternetGatewayId": "$id", "VpcId": "$.vpcId"},
                only_with="vpcId",
            ),
            Call("DeleteInternetGateway", {"InternetGatewayId": "$id"}),
        ),
        tagging=tagging("internet-gateway"),
    ),
    "ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Entry(
        service="ec2",
        create=Call("CreateEgressOnlyInternetGateway", mapped=True),
        id="EgressOnlyInternetGateway.EgressOnlyInternetGatewayId",
        made="EgressOnlyInternetGateway",
        read=Call("DescribeEgressOnlyInternetGateways", {"EgressOnlyInternetGatewayIds": ["$id"]}),
        found="EgressOnlyInternetGateways[0]",
        delete=(Call("DeleteEgressOnlyInternetGateway", {"EgressOnlyInternetGatewayId": "$id"}),),
        tagging=tagging("egress-only-internet-gateway"),
    ),
    "ec2/eip:Eip": Entry(
        service="ec2",
        create=Call("AllocateAddress", {"Domain": "vpc"}),
        id="AllocationId",
        made="",
        read=Call("DescribeAddresses", {"AllocationIds": ["$id"]}),
        found="Addresses[0]",
        steps=(
            Step(
                ("instance", "networkInterface"),
                Call(
                    "AssociateAddress",
                    {
                        "AllocationId": "$id",
                        "InstanceId": "$.instance",
                        "NetworkInterfaceId": "$.networkInterface",
                    },
                ),
            ),
        ),
        in_place=frozenset({"associateWithPrivateIp"}),
        delete=(Call("ReleaseAddress", {"AllocationId": "$id"}),),
        tagging=tagging("elastic-ip"),
    ),
    "ec2/natGateway:NatGateway": Entry(
        service="ec2",
        create=Call("CreateNatGateway", mapped=True),
        id="NatGateway.NatGatewayId",
        made="NatGateway",
        read=Call("DescribeNatGateways", {"NatGatewayIds": ["$id"]}),
        found="NatGateways[0]",
        computed={
            "publicIp": "NatGatewayAddresses[0].PublicIp",
            "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
            "associationId": "NatGatewayAddresses[0].AssociationId",
        },
        delete=(Call("DeleteNatGateway", {"NatGatewayId": "$id"}),),
        tagging=tagging("natgateway"),
    ),
    "ec2/networkInterface:NetworkInterface": Entry(
        service="ec2",
        create=Call("CreateNetworkInterface", mapped=True),
        id="NetworkInterface.NetworkInterfaceId",
        made="NetworkInterface",
        read=Call("DescribeNetworkInterfaces", {"NetworkInterfaceIds": ["$id"]}),
        found="NetworkInterfaces[0]",
        names={"securityGroups": "Groups"},
        unmapped=frozenset({"privateIps", "attachments"}),
        steps=(
            Step(
                ("sourceDestCheck",),
                Call(
                    "ModifyNetworkInterfaceAttribute",
                    {
                        "NetworkInterfaceId": "$id",
                        "SourceDestCheck": {"Value": "$.sourceDestCheck"},
                    },
                ),
            ),
            Step(
                ("securityGroups",),
                Call(
                    "ModifyNetworkInterfaceAttribute",
                    {"NetworkInterfaceId": "$id", "Groups": "$.securityGroups"},
                ),
                later=True,
            ),
        ),
        delete=(Call("DeleteNetworkInterface", {"NetworkInterfaceId": "$id"}),),
        tagging=tagging("network-interface"),
    ),
    "ec2/flowLog:FlowLog": Entry(
        service="ec2",
        make=special.make_flow_log,
        read=Call("DescribeFlowLogs", {"FlowLogIds": ["$id"]}),
        found="FlowLogs[0]",
        names={"iamRoleArn": "DeliverLogsPermissionArn"},
        delete=(Call("DeleteFlowLogs", {"FlowLogIds": ["$id"]}),),
        tagging=tagging("vpc-flow-log"),
        drift=False,
    ),
    "ec2/vpcEndpoint:VpcEndpoint": Entry(
        service="ec2",
        create=Call("CreateVpcEndpoint", mapped=True),
        id="VpcEndpoint.VpcEndpointId",
        made="VpcEndpoint",
        read=Call("DescribeVpcEndpoints", {"VpcEndpointIds": ["$id"]}),
        found="VpcEndpoints[0]",
        names={"policy": "PolicyDocument"},
        change=special.change_endpoint,
        in_place=frozenset(
            {
                "policy",
                "routeTableIds",
                "subnetIds",
                "securityGroupIds",
                "privateDnsEnabled",
                "autoAccept",
            }
        ),
        delete=(Call("DeleteVpcEndpoints", {"VpcEndpointIds": ["$id"]}),),
        tagging=tagging("vpc-endpoint"),
    ),
    "ec2/vpcPeeringConnection:VpcPeeringConnection": Entry(
        service="ec2",
        create=Call("CreateVpcPeeringConnection", mapped=True),
        id="VpcPeeringConnection.VpcPeeringConnectionId",
        read=Call("DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": ["$id"]}),
        found="VpcPeeringConnections[0]",
        computed={"acceptStatus": "Status.Code"},
        steps=(
            Step(
                ("autoAccept",),
                Call("AcceptVpcPeeringConnection", {"VpcPeeringConnectionId": "$id"}),
                unless=False,
            ),
        ),
        in_place=frozenset({"accepter", "requester"}),
        delete=(Call("DeleteVpcPeeringConnection", {"VpcPeeringConnectionId": "$id"}),),
        tagging=tagging("vpc-peering-connection"),
        drift=False,
    ),
    "ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": Entry(
        service="ec2",
        make=special.accept_peering,
        read=Call("DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": ["$id"]}),
        found="VpcPeeringConnections[0]",
        computed={
            "acceptStatus": "Status.Code",
            "vpcId": "AccepterVpcInfo.VpcId",
            "peerVpcId": "RequesterVpcInfo.VpcId",
            "peerOwnerId": "RequesterVpcInfo.OwnerId",
            "peerRegion": "RequesterVpcInfo.Region",
        },
        in_place=frozenset({"accepter", "requester", "autoAccept"}),
        tagging=Tagging(
            add=Call("CreateTags", {"Resources": ["$id"], "Tags": "$tags"}),
            remove=Call("DeleteTags", {"Resources": ["$id"], "Tags": "$tagkeys"}),
            at_creation=False,
        ),
        drift=False,
    ),
    "ec2/peeringConnectionOptions:PeeringConnectionOptions": Entry(
        service="ec2",
        create=Call(
            "ModifyVpcPeeringConnectionOptions",
            {
                "VpcPeeringConnectionId": "$.vpcPeeringConnectionId",
                "AccepterPeeringConnectionOptions": "$.accepter",
                "RequesterPeeringConnectionOptions": "$.requester",
            },
        ),
        names={"allowRemoteVpcDnsResolution": "AllowDnsResolutionFromRemoteVpc"},
        steps=(
            Step(
                ("accepter", "requester"),
                Call(
                    "ModifyVpcPeeringConnectionOptions",
                    {
                        "VpcPeeringConnectionId": "$.vpcPeeringConnectionId",
                        "AccepterPeeringConnectionOptions": "$.accepter",
                        "RequesterPeeringConnectionOptions": "$.requester",
                    },
                ),
                later=True,
            ),
        ),
        read=Call(
            "DescribeVpcPeeringConnections",
            {"VpcPeeringConnectionIds": ["$.vpcPeeringConnectionId"]},
        ),
        found="VpcPeeringConnections[0]",
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
