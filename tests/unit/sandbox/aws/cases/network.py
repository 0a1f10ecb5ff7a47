"""Cases of networks: rules, endpoints, peerings, instances."""

import json

from tests.unit.sandbox.aws.cases.case import (
    Case,
    World,
    case,
    document,
)
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, STAGING, Driver

IMAGE = "ami-0123456789abcdef0"


def _group_rule(direction: str) -> None:
    token = f"vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule"

    @case(token)
    def making(world: World) -> Case:
        group = world.group(world.vpc()).id
        made = world.make(
            token,
            securityGroupId=group,
            ipProtocol="tcp",
            fromPort=443,
            toPort=443,
            cidrIpv4="10.0.0.0/16",
            description="one",
        )
        client = world.see("ec2")

        def seen() -> object:
            found = client.describe_security_group_rules(SecurityGroupRuleIds=[made.id])
            (rule,) = found["SecurityGroupRules"]
            return rule["FromPort"], rule["CidrIpv4"], rule["Description"], rule["IsEgress"]

        egress = direction == "Egress"
        return Case(
            made=made,
            outputs={
                "arn": rf"arn:aws:ec2:{HOME}:\d+:security-group-rule/{made.id}",
                "securityGroupRuleId": made.id,
            },
            seen=seen,
            before=(443, "10.0.0.0/16", "one", egress),
            change={"fromPort": 80, "toPort": 80, "cidrIpv4": "10.1.0.0/16", "description": "two"},
            after=(80, "10.1.0.0/16", "two", egress),
            replaced={"securityGroupId": "sg-1"},
        )


_group_rule("Ingress")


_group_rule("Egress")


@case("ec2/vpcEndpoint:VpcEndpoint")
def endpoint(world: World) -> Case:
    vpc = world.vpc()
    subnets, group = world.subnets(vpc), world.group(vpc).id
    made = world.make(
        "ec2/vpcEndpoint:VpcEndpoint",
        vpcId=vpc.id,
        serviceName=f"com.amazonaws.{HOME}.ecr.api",
        vpcEndpointType="Interface",
        subnetIds=subnets[:1],
        securityGroupIds=[group],
        privateDnsEnabled=True,
        policy=_policy("ecr:Get*"),
    )
    client = world.see("ec2")

    def seen() -> object:
        (found,) = client.describe_vpc_endpoints(VpcEndpointIds=[made.id])["VpcEndpoints"]
        action = json.loads(found["PolicyDocument"])["Statement"][0]["Action"]
        return action, sorted(found["SubnetIds"])

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:ec2:{HOME}:\d+:vpc-endpoint/{made.id}",
            "state": "available",
            "dnsEntries": r".*'dnsName': .*",
            "networkInterfaceIds": r"\['eni-\w+'\]",
        },
        seen=seen,
        before=("ecr:Get*", subnets[:1]),
        change={"policy": _policy("ecr:*"), "subnetIds": subnets},
        after=("ecr:*", sorted(subnets)),
        replaced={"serviceName": f"com.amazonaws.{HOME}.sts"},
    )


def _policy(action: str) -> str:
    return document({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"})


@case("ec2/vpcPeeringConnection:VpcPeeringConnection")
def peering(world: World) -> Case:
    mine, theirs = world.vpc(), world.vpc()
    made = world.make(
        "ec2/vpcPeeringConnection:VpcPeeringConnection",
        vpcId=mine.id,
        peerVpcId=theirs.id,
        autoAccept=True,
    )
    client = world.see("ec2")

    def seen() -> object:
        found = client.describe_vpc_peering_connections(VpcPeeringConnectionIds=[made.id])
        return {one["Key"] for one in found["VpcPeeringConnections"][0]["Tags"]}

    return Case(
        made=made,
        outputs={"acceptStatus": "active"},
        seen=seen,
        before={"owner"},
        change={"tags": {"to": "shared"}},
        after={"owner", "to"},
        replaced={"peerVpcId": "vpc-1"},
    )


@case("ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter")
def accepter(world: World) -> Case:
    identity, mine = _asked(world)
    made = world.make(
        "ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        vpcPeeringConnectionId=identity,
        autoAccept=True,
    )
    client = world.see("ec2")

    def seen() -> object:
        found = client.describe_tags(Filters=[{"Name": "resource-id", "Values": [identity]}])
        return {one["Key"] for one in found["Tags"]}

    return Case(
        made=made,
        outputs={"acceptStatus": "active", "vpcId": mine, "peerOwnerId": STAGING},
        seen=seen,
        before={"owner"},
        change={"tags": {"side": "Accepter"}},
        after={"owner", "side"},
        replaced={"vpcPeeringConnectionId": "pcx-1"},
        stays=True,
    )


def _asked(world: World) -> tuple[str, str]:
    """A peering that the staging account asks of ours, and our VPC."""
    role = f"arn:aws:iam::{STAGING}:role/Access"
    staging = Driver(world.store, assumeRoles=[{"roleArn": role, "sessionName": "case"}])
    theirs = staging.create("aws:ec2/vpc:Vpc", world.name(), cidrBlock="10.70.0.0/16")
    mine = world.vpc()
    asked = staging.create(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        world.name(),
        vpcId=theirs.id,
        peerVpcId=mine.id,
        peerOwnerId=MANAGEMENT,
    )
    assert asked["acceptStatus"] == "pending-acceptance"
    return asked.id, mine.id


@case("ec2/peeringConnectionOptions:PeeringConnectionOptions")
def options(world: World) -> Case:
    identity, _ = _asked(world)
    world.make(
        "ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        vpcPeeringConnectionId=identity,
        autoAccept=True,
    )
    made = world.make(
        "ec2/peeringConnectionOptions:PeeringConnectionOptions",
        vpcPeeringConnectionId=identity,
        accepter={"allowRemoteVpcDnsResolution": True},
    )
    client = world.see("ec2")

    def seen() -> object:
        found = client.describe_vpc_peering_connections(VpcPeeringConnectionIds=[identity])
        accepts = found["VpcPeeringConnections"][0]["AccepterVpcInfo"]["PeeringOptions"]
        return accepts["AllowDnsResolutionFromRemoteVpc"]

    return Case(
        made=made,
        seen=seen,
        before=True,
        change={"accepter": {"allowRemoteVpcDnsResolution": False}},
        after=False,
        stays=True,
    )


@case("ec2/instance:Instance")
def instance(world: World) -> Case:
    vpc = world.vpc()
    first, second = world.group(vpc).id, world.group(vpc).id
    role = world.role().id
    made = world.make(
        "ec2/instance:Instance",
        ami=IMAGE,
        instanceType="t4g.nano",
        subnetId=world.subnets(vpc)[0],
        vpcSecurityGroupIds=[first],
        iamInstanceProfile=world.make("iam/instanceProfile:InstanceProfile", role=role).id,
        metadataOptions={"httpTokens": "required", "httpEndpoint": "enabled"},
        rootBlockDevice={"encrypted": True, "volumeSize": 8, "volumeType": "gp3"},
        userData="#!/bin/sh\n",
        sourceDestCheck=False,
    )
    client = world.see("ec2")

    def seen() -> object:
        found = client.describe_instances(InstanceIds=[made.id])["Reservations"][0]["Instances"][0]
        groups = [one["GroupId"] for one in found["SecurityGroups"]]
        return found["InstanceType"], groups, found["SourceDestCheck"]

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:ec2:{HOME}:\d+:instance/{made.id}",
            "instanceState": "running",
            "privateIp": r"10\.60\..*",
            "primaryNetworkInterfaceId": r"eni-\w+",
        },
        seen=seen,
        before=("t4g.nano", [first], False),
        change={"instanceType": "t4g.micro", "vpcSecurityGroupIds": [second]},
        after=("t4g.micro", [second], False),
        replaced={"ami": "ami-1", "subnetId": "subnet-1"},
    )


@case("ec2/launchTemplate:LaunchTemplate")
def template(world: World) -> Case:
    made = world.make(
        "ec2/launchTemplate:LaunchTemplate",
        imageId=IMAGE,
        instanceType="t4g.nano",
        metadataOptions={"httpTokens": "required"},
        updateDefaultVersion=True,
    )
    client = world.see("ec2")

    def seen() -> object:
        (found,) = client.describe_launch_templates(LaunchTemplateIds=[made.id])["LaunchTemplates"]
        return found["LatestVersionNumber"], found["DefaultVersionNumber"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:ec2:{HOME}:\d+:launch-template/{made.id}", "latestVersion": "1"},
        seen=seen,
        before=(1, 1),
        change={"instanceType": "t4g.micro"},
        after=(2, 2),
        replaced={"name": "other"},
    )
