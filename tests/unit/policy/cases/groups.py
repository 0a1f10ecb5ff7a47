"""NET: security groups."""

from typing import Any

from tests.unit.policy.cases.graphs import UNKNOWN, Record, broken, kept, ref, res, undecided

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
CLUSTER = "aws:rds/cluster:Cluster"
FUNCTION = "aws:lambda/function:Function"
KAFKA = "aws:msk/cluster:Cluster"
PREFIXES = "aws:ec2/managedPrefixList:ManagedPrefixList"
VPC = "aws:ec2/vpc:Vpc"

WORLD = "0.0.0.0/0"
FRONT, BACK = res(GROUP, "front"), res(GROUP, "back")
PUBLIC = res(BALANCER, "public", securityGroups=ref(FRONT))
INTERNAL = res(BALANCER, "internal", internal=True, securityGroups=ref(FRONT))
NETWORK = res(VPC)


def way_in(**inputs: Any) -> Record:  # noqa: ANN401 - any input
    return res(INGRESS, **{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **inputs})


def inline(direction: str, **entry: object) -> Record:
    return res(GROUP, **{direction: [entry]})


CASES = [
    broken("NET-08", way_in(cidrIpv4=WORLD)),
    broken("NET-08", way_in(cidrIpv6="0::/0")),
    broken("NET-08", way_in(cidrIpv4="10.0.0.5/0")),
    broken("NET-08", inline("ingress", protocol="tcp", cidrBlocks=["1.2.3.4/0"])),
    broken("NET-08", res(LEGACY, type="ingress", protocol="tcp", cidrBlocks=["128.0.0.0/1"])),
    broken("NET-08", FRONT, INTERNAL, way_in(cidrIpv4=WORLD, securityGroupId=ref(FRONT))),
    broken("NET-08", BACK, PUBLIC, way_in(cidrIpv4=WORLD, securityGroupId=ref(BACK))),
    broken(
        "NET-08",
        FRONT,
        PUBLIC,
        way_in(cidrIpv4=WORLD, securityGroupId=ref(FRONT), fromPort=22, toPort=22),
    ),
    broken(
        "NET-08",
        FRONT,
        PUBLIC,
        way_in(cidrIpv4=WORLD, securityGroupId=ref(FRONT), fromPort=80, toPort=443),
    ),
    kept("NET-08", FRONT, PUBLIC, way_in(cidrIpv4=WORLD, securityGroupId=ref(FRONT))),
    kept("NET-08", way_in(cidrIpv4="10.0.0.0/8"), way_in(referencedSecurityGroupId=UNKNOWN)),
    kept("NET-08", res(LEGACY, type="egress", protocol="tcp", cidrBlocks=[WORLD])),
    undecided("NET-08", way_in(cidrIpv4=UNKNOWN)),
    broken("NET-09", way_in(cidrIpv4="10.0.0.0/16", fromPort=1024, toPort=65535)),
    broken("NET-09", way_in(cidrIpv4="10.0.0.0/16", ipProtocol="-1")),
    broken(
        "NET-09",
        BACK,
        FRONT,
        way_in(
            securityGroupId=ref(BACK),
            referencedSecurityGroupId=ref(FRONT),
            fromPort=1,
            toPort=200,
        ),
    ),
    kept("NET-09", way_in(cidrIpv4="10.0.0.0/16", fromPort=8000, toPort=8099)),
    kept("NET-09", way_in(cidrIpv4="10.0.0.0/16", fromPort=0, toPort=0)),
    kept("NET-09", way_in(cidrIpv4="10.0.0.0/16", ipProtocol="icmp", fromPort=-1, toPort=-1)),
    kept(
        "NET-09",
        BACK,
        way_in(
            securityGroupId=ref(BACK),
            referencedSecurityGroupId=ref(BACK),
            fromPort=1,
            toPort=9999,
        ),
    ),
    kept("NET-09", inline("ingress", protocol="-1", self=True)),
    broken("NET-10", way_in(cidrIpv4="10.0.0.0/8")),
    kept("NET-10", way_in(cidrIpv4="10.48.0.0/16")),
    broken("NET-11", res(EGRESS, cidrIpv4=WORLD, ipProtocol="-1")),
    broken("NET-11", inline("egress", protocol="-1", cidrBlocks=[WORLD])),
    kept("NET-11", res(EGRESS, cidrIpv4=WORLD, ipProtocol="tcp", fromPort=443, toPort=443)),
    kept("NET-11", res(GROUP)),
    broken(
        "NET-12",
        inline("ingress", protocol="tcp"),
        res(INGRESS, securityGroupId=ref(res(GROUP)), cidrIpv4="10.0.0.0/16"),
    ),
    kept("NET-12", BACK, way_in(securityGroupId=ref(BACK))),
    kept(
        "NET-12",
        res(GROUP, record={"outputs": {"ingress": [{"protocol": "tcp"}]}}),
        way_in(securityGroupId=ref(res(GROUP))),
    ),
    broken("NET-13", res(LEGACY)),
    kept("NET-13", way_in()),
    broken("NET-14", NETWORK),
    broken("NET-14", NETWORK, res(DEFAULT_GROUP, vpcId=ref(NETWORK), ingress=[{"protocol": "-1"}])),
    kept("NET-14", NETWORK, res(DEFAULT_GROUP, vpcId=ref(NETWORK))),
    undecided("NET-14", NETWORK, res(DEFAULT_GROUP, vpcId=UNKNOWN)),
    broken("NET-15", res(CLUSTER)),
    broken("NET-15", res(CLUSTER, vpcSecurityGroupIds=[])),
    broken("NET-15", res(KAFKA, brokerNodeGroupInfo={}), stack="shared"),
    broken("NET-15", res("aws:ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Interface")),
    kept("NET-15", res(CLUSTER, vpcSecurityGroupIds=[UNKNOWN])),
    kept("NET-15", res(KAFKA, brokerNodeGroupInfo={"securityGroups": [UNKNOWN]}), stack="shared"),
    kept("NET-15", res("aws:ec2/vpcEndpoint:VpcEndpoint"), res(FUNCTION)),
    broken("NET-16", res(GROUP)),
    broken("NET-16", res(GROUP, description="Managed by Pulumi")),
    kept("NET-16", res(GROUP, description="Databases"), way_in(description="From pods")),
    broken("NET-25", res(PREFIXES, entries=[{"cidr": "10.0.0.0/16"}, {"cidr": WORLD}])),
    broken("NET-25", res("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", cidr="::/0")),
    kept("NET-25", res(PREFIXES, entries=[{"cidr": "10.0.0.0/16"}]), res(PREFIXES, "empty")),
    undecided("NET-25", res(PREFIXES, entries=[{"cidr": UNKNOWN}])),
]
