"""Networks are made in the emulator, which says no as AWS does."""

from collections.abc import Callable

import pytest

from sandbox.aws.connection import Connection
from sandbox.aws.errors import AwsError
from sandbox.store import Store
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, STAGING, Driver, Made

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture
def vpc(driver: Driver) -> Made:
    return driver.create(
        VPC, "main", cidrBlock="10.20.0.0/16", enableDnsHostnames=True, tags={"Name": "main"}
    )


def test_a_vpc_is_in_the_account_with_its_settings_and_all_its_tags(
    vpc: Made, connect: Callable[[str], Connection]
) -> None:
    ec2 = connect(MANAGEMENT).client("ec2")
    found = ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]
    assert found["CidrBlock"] == "10.20.0.0/16"
    assert {tag["Key"]: tag["Value"] for tag in found["Tags"]} == {
        "Name": "main",
        "owner": "platform",
    }
    attribute = ec2.describe_vpc_attribute(VpcId=vpc.id, Attribute="enableDnsHostnames")
    assert attribute["EnableDnsHostnames"]["Value"] is True
    assert vpc["arn"] == f"arn:aws:ec2:{HOME}:{MANAGEMENT}:vpc/{vpc.id}"
    assert vpc["ownerId"] == MANAGEMENT
    assert vpc["tagsAll"] == {"Name": "main", "owner": "platform"}
    assert vpc["mainRouteTableId"].startswith("rtb-")
    assert vpc["defaultSecurityGroupId"].startswith("sg-")
    assert vpc["defaultNetworkAclId"].startswith("acl-")


def test_a_vpc_that_is_too_large_is_refused_in_awss_words(driver: Driver) -> None:
    with pytest.raises(
        AwsError, match=r"^error creating EC2 VPC: InvalidVpc\.Range: .*10\.0\.0\.0/8"
    ):
        driver.create(VPC, "wide", cidrBlock="10.0.0.0/8")


def test_a_subnet_outside_its_vpc_is_refused(driver: Driver, vpc: Made) -> None:
    with pytest.raises(AwsError, match=r"^error creating EC2 Subnet: InvalidSubnet\.Range: "):
        driver.create(SUBNET, "lost", vpcId=vpc.id, cidrBlock="192.168.0.0/24")


def test_a_second_look_finds_no_drift_and_a_deleted_vpc_is_gone(vpc: Made) -> None:
    assert vpc.drift() == {}
    vpc.delete()
    assert vpc.drift() == {"gone": True}
    vpc.delete()


def test_a_change_from_outside_is_drift(vpc: Made, connect: Callable[[str], Connection]) -> None:
    ec2 = connect(MANAGEMENT).client("ec2")
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "Name", "Value": "theirs"}])
    drift = vpc.drift()
    assert drift["tagsAll"] == {"Name": "theirs", "owner": "platform"}
    assert drift["inputs"]["tags"] == {"Name": "theirs"}


def test_a_default_tag_is_not_taken_for_a_drifted_one(
    vpc: Made, connect: Callable[[str], Connection]
) -> None:
    ec2 = connect(MANAGEMENT).client("ec2")
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "Team", "Value": "data"}])
    assert vpc.drift()["inputs"]["tags"] == {"Name": "main", "Team": "data"}


def test_tags_and_settings_change_in_place_and_the_network_does_not(
    vpc: Made, connect: Callable[[str], Connection]
) -> None:
    assert vpc.diff().changes is False
    replaced = vpc.diff(cidrBlock="10.21.0.0/16")
    assert replaced.replaces == ["cidrBlock"]
    assert replaced.delete_before_replace is False
    vpc.update(tags={"Team": "data"}, enableDnsHostnames=False)
    ec2 = connect(MANAGEMENT).client("ec2")
    found = ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]
    assert {tag["Key"] for tag in found["Tags"]} == {"Team", "owner"}
    attribute = ec2.describe_vpc_attribute(VpcId=vpc.id, Attribute="enableDnsHostnames")
    assert attribute["EnableDnsHostnames"]["Value"] is False
    assert vpc.drift() == {}


def test_what_a_subnet_needs_to_reach_the_world_is_made_and_unmade(
    driver: Driver, vpc: Made
) -> None:
    subnet = driver.create(
        SUBNET, "a", vpcId=vpc.id, cidrBlock="10.20.0.0/24", availabilityZone=f"{HOME}a"
    )
    gateway = driver.create("aws:ec2/internetGateway:InternetGateway", "igw", vpcId=vpc.id)
    table = driver.create("aws:ec2/routeTable:RouteTable", "public", vpcId=vpc.id)
    route = driver.create(
        "aws:ec2/route:Route",
        "default",
        routeTableId=table.id,
        destinationCidrBlock="0.0.0.0/0",
        gatewayId=gateway.id,
    )
    association = driver.create(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "a",
        routeTableId=table.id,
        subnetId=subnet.id,
    )
    address = driver.create("aws:ec2/eip:Eip", "nat", domain="vpc")
    nat = driver.create(
        "aws:ec2/natGateway:NatGateway", "nat", allocationId=address.id, subnetId=subnet.id
    )
    made = [subnet, gateway, table, route, association, address, nat]
    assert nat["publicIp"] == address["publicIp"]
    assert [one.drift() for one in made] == [{}] * len(made)
    for one in (nat, address, association, route, table, gateway, subnet, vpc):
        one.delete()
    assert all(one.drift() == {"gone": True} for one in made)


def test_a_group_starts_without_awss_egress_rule(
    driver: Driver, vpc: Made, connect: Callable[[str], Connection]
) -> None:
    group = driver.create(GROUP, "web", vpcId=vpc.id, description="web")
    rule = driver.create(
        RULE,
        "https",
        securityGroupId=group.id,
        ipProtocol="tcp",
        fromPort=443,
        toPort=443,
        cidrIpv4="10.20.0.0/16",
    )
    found = connect(MANAGEMENT).client("ec2").describe_security_groups(GroupIds=[group.id])
    group_there = found["SecurityGroups"][0]
    assert group_there["IpPermissionsEgress"] == []
    assert group_there["IpPermissions"][0]["IpRanges"] == [{"CidrIp": "10.20.0.0/16"}]
    assert rule.id.startswith("sgr-")
    rule.delete()
    assert rule.drift() == {"gone": True}


def test_the_default_group_is_adopted_and_emptied(
    driver: Driver, vpc: Made, connect: Callable[[str], Connection]
) -> None:
    adopted = driver.create(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "none", vpcId=vpc.id
    )
    assert adopted.id == vpc["defaultSecurityGroupId"]
    found = connect(MANAGEMENT).client("ec2").describe_security_groups(GroupIds=[adopted.id])
    group = found["SecurityGroups"][0]
    assert group["IpPermissions"] == []
    assert group["IpPermissionsEgress"] == []


def test_an_acl_gives_its_subnets_back_before_it_goes(driver: Driver, vpc: Made) -> None:
    subnet = driver.create(SUBNET, "b", vpcId=vpc.id, cidrBlock="10.20.1.0/24")
    entry = {"ruleNo": 100, "action": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443}
    acl = driver.create(
        "aws:ec2/networkAcl:NetworkAcl",
        "db",
        vpcId=vpc.id,
        subnetIds=[subnet.id],
        ingress=[{**entry, "cidrBlock": "10.20.0.0/16"}],
    )
    acl.delete()
    assert acl.drift() == {"gone": True}


def test_a_launch_template_gets_a_version_for_each_change(driver: Driver) -> None:
    template = driver.create(
        "aws:ec2/launchTemplate:LaunchTemplate", "nat", imageId="ami-1", instanceType="t4g.micro"
    )
    assert template["latestVersion"] == 1
    assert template.update(instanceType="t4g.small")["latestVersion"] == 2


def test_two_accounts_peer_and_the_accepter_sees_the_other_side(
    store: Store, driver: Driver, vpc: Made
) -> None:
    roles = [{"roleArn": f"arn:aws:iam::{STAGING}:role/Access", "sessionName": "platform-staging"}]
    other = Driver(store, assumeRoles=roles, allowedAccountIds=[STAGING])
    theirs = other.create(VPC, "other", cidrBlock="10.30.0.0/16")
    peering = driver.create(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        "peering",
        vpcId=vpc.id,
        peerVpcId=theirs.id,
        peerOwnerId=STAGING,
    )
    assert peering["acceptStatus"] == "pending-acceptance"
    accepted = other.create(
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        "peering",
        vpcPeeringConnectionId=peering.id,
        autoAccept=True,
    )
    assert accepted["acceptStatus"] == "active"
    assert accepted["peerVpcId"] == vpc.id


def test_a_flow_log_into_a_bucket_nobody_has_is_refused(driver: Driver, vpc: Made) -> None:
    with pytest.raises(AwsError, match="does not exist"):
        driver.create(
            "aws:ec2/flowLog:FlowLog",
            "lost",
            vpcId=vpc.id,
            trafficType="ALL",
            logDestinationType="s3",
            logDestination="arn:aws:s3:::nobody-has-this/vpc",
        )
