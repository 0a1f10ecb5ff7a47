"""NET: VPCs, subnets, routes, endpoints, machines."""

from typing import Any

from tests.unit.policy.cases.graphs import UNKNOWN, Record, broken, kept, ref, res, undecided

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ROUTE = "aws:ec2/route:Route"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INSTANCE = "aws:ec2/instance:Instance"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
VOLUME = "aws:ebs/volume:Volume"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"

NETWORK = res(VPC)
ENCRYPTED = res("aws:ebs/encryptionByDefault:EncryptionByDefault", enabled=True)


def subnet(tier: str, zone: str = "a", **inputs: Any) -> Record:  # noqa: ANN401 - any input
    place = {"availabilityZone": f"eu-central-1{zone}", "tags": {"tier": tier}}
    return res(SUBNET, f"{tier}-{zone}", **{**place, **inputs})


def tier(name: str, zones: str) -> tuple[Record, ...]:
    return tuple(subnet(name, zone) for zone in zones)


DATABASE, PRIVATE, PUBLIC = subnet("database"), subnet("private"), subnet("public")
TABLE_OF = {
    name: res(TABLE, name, **more)
    for name, more in (
        ("database", {}),
        ("private", {}),
        ("learning", {"propagatingVgws": ["vgw-1"]}),
        ("leaky", {"routes": [{"cidrBlock": "0.0.0.0/0"}]}),
    )
}


def associated(member: Record, table: Record) -> tuple[Record, ...]:
    link = res(ASSOCIATION, member["name"], subnetId=ref(member), routeTableId=ref(table))
    return member, table, link


ISOLATED = associated(DATABASE, TABLE_OF["database"])
BEHIND_NAT = associated(PRIVATE, TABLE_OF["private"])
INTERNET = res(GATEWAY)


def route(table: str, **inputs: Any) -> Record:  # noqa: ANN401 - any input
    return res(ROUTE, routeTableId=ref(TABLE_OF[table]), **inputs)


def endpoint(service: str, kind: str, **inputs: Any) -> Record:  # noqa: ANN401 - any input
    name = f"com.amazonaws.eu-central-1.{service}"
    return res(
        ENDPOINT, service, vpcId=ref(NETWORK), serviceName=name, vpcEndpointType=kind, **inputs
    )


ESSENTIAL = tuple(endpoint(name, "Interface") for name in ("ecr.api", "ecr.dkr", "logs", "sts"))
BUCKETS = endpoint("s3", "Gateway", routeTableIds=ref(TABLE_OF["private"]))
BUCKETS_NOWHERE = endpoint("s3", "Gateway", routeTableIds=[])

GROUP = res("aws:ec2/securityGroup:SecurityGroup", "nat")
OUTSIDE = res(
    "aws:ec2/networkInterface:NetworkInterface", securityGroups=ref(GROUP), sourceDestCheck=False
)
INSIDE = {**OUTSIDE, "inputs": {"sourceDestCheck": True}}
TO_OUTSIDE = route("private", destinationCidrBlock="0.0.0.0/0", networkInterfaceId=ref(OUTSIDE))
NAT_MACHINE = res(
    TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true", "securityGroups": [UNKNOWN]}]
)
NAT_MACHINE["property_dependencies"] = {"networkInterfaces": [GROUP["urn"]]}
FORWARDED = {"ipProtocol": "-1", "securityGroupId": ref(GROUP)}
FROM_INSIDE = res(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", cidrIpv4="10.0.0.0/19", **FORWARDED
)
TO_WORLD = res(
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", cidrIpv4="0.0.0.0/0", **FORWARDED
)
NAT_INSTANCE = (GROUP, OUTSIDE, TO_OUTSIDE, NAT_MACHINE, FROM_INSIDE, TO_WORLD)
NO_NAT_INSTANCE = (GROUP, INSIDE, TO_OUTSIDE, NAT_MACHINE, FROM_INSIDE, TO_WORLD)

CASES = [
    *(kept(rule, *NAT_INSTANCE) for rule in ("NET-09", "NET-11", "NET-20", "NET-21")),
    *(broken(rule, *NO_NAT_INSTANCE) for rule in ("NET-09", "NET-11", "NET-21")),
    broken("NET-20", *NAT_INSTANCE, stack="production"),
    broken("NET-01", NETWORK, res(VPC, "second")),
    broken("NET-01", res(DEFAULT_VPC)),
    kept("NET-01", NETWORK, res(VPC, "there", record={"account": "shared"})),
    kept("NET-01", res(DEFAULT_VPC, forceDestroy=True)),
    broken("NET-02", *tier("private", "ab"), stack="production"),
    broken("NET-02", res(SUBNET, tags={"tier": "private"}), stack="production"),
    kept("NET-02", *tier("private", "abc"), *tier("public", "abc"), stack="production"),
    undecided(
        "NET-02",
        *(subnet("private", zone, availabilityZone=UNKNOWN) for zone in "abc"),
        stack="production",
    ),
    broken("NET-03", subnet("private", cidrBlock="10.0.0.0/24")),
    broken("NET-03", subnet("public", cidrBlock="10.0.0.0/20")),
    broken("NET-03", res(SUBNET, cidrBlock="10.0.0.0/24")),
    kept("NET-03", subnet("private", cidrBlock="10.0.0.0/21")),
    kept("NET-03", subnet("intra", cidrBlock="10.0.0.0/24")),
    undecided("NET-03", subnet("private", cidrBlock=UNKNOWN)),
    broken("NET-04", subnet("private", mapPublicIpOnLaunch=True)),
    kept("NET-04", subnet("public", mapPublicIpOnLaunch=True), PRIVATE),
    broken("NET-05", *ISOLATED, route("database", destinationCidrBlock="0.0.0.0/0")),
    broken("NET-05", *ISOLATED, route("database", destinationCidrBlock="0.0.0.0/1")),
    broken("NET-05", *ISOLATED, route("database", destinationIpv6CidrBlock="::/0")),
    broken("NET-05", *associated(DATABASE, TABLE_OF["leaky"])),
    broken("NET-05", *associated(DATABASE, TABLE_OF["learning"])),
    broken(
        "NET-05",
        *ISOLATED,
        res(
            "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
            routeTableId=ref(TABLE_OF["database"]),
        ),
    ),
    kept("NET-05", *ISOLATED, route("database", destinationCidrBlock="10.0.0.0/16")),
    kept("NET-05", *BEHIND_NAT, route("private", destinationCidrBlock="0.0.0.0/0")),
    undecided("NET-05", DATABASE, res(ASSOCIATION, subnetId=ref(DATABASE), routeTableId=UNKNOWN)),
    broken("NET-06", DATABASE),
    kept("NET-06", *ISOLATED, PRIVATE),
    undecided("NET-06", DATABASE, res(ASSOCIATION, subnetId=UNKNOWN)),
    broken(
        "NET-07",
        *BEHIND_NAT,
        INTERNET,
        route("private", destinationCidrBlock="0.0.0.0/0", gatewayId=ref(INTERNET)),
    ),
    broken(
        "NET-07",
        *BEHIND_NAT,
        route("private", destinationCidrBlock="0.0.0.0/0", gatewayId="igw-0123"),
    ),
    kept(
        "NET-07",
        *BEHIND_NAT,
        route("private", destinationCidrBlock="0.0.0.0/0", natGatewayId=UNKNOWN),
    ),
    undecided("NET-07", PRIVATE, res(ASSOCIATION, subnetId=ref(PRIVATE), routeTableId=UNKNOWN)),
    broken("NET-17", NETWORK),
    broken("NET-17", NETWORK, *BEHIND_NAT, BUCKETS_NOWHERE, *ESSENTIAL),
    broken("NET-17", NETWORK, *BEHIND_NAT, BUCKETS),
    kept("NET-17", NETWORK, *BEHIND_NAT, BUCKETS, *ESSENTIAL),
    undecided("NET-17", NETWORK, res(ENDPOINT, vpcId=UNKNOWN)),
    undecided("NET-17", NETWORK, endpoint("s3", "Gateway", routeTableIds=UNKNOWN)),
    broken("NET-18", endpoint("sts", "Interface", policy="{}")),
    broken("NET-18", endpoint("s3", "Gateway")),
    kept("NET-18", endpoint("sts", "Interface", privateDnsEnabled=True, policy="{}")),
    undecided("NET-18", endpoint("sts", "Interface", privateDnsEnabled=UNKNOWN, policy="{}")),
    broken(
        "NET-19",
        res(
            ACL_RULE,
            ruleAction="allow",
            cidrBlock="0.0.0.0/0",
            protocol="tcp",
            fromPort=1,
            toPort=99,
        ),
    ),
    broken("NET-19", res(ACL_RULE, ruleAction="allow", ipv6CidrBlock="::/0", protocol="-1")),
    broken(
        "NET-19",
        res(
            "aws:ec2/networkAcl:NetworkAcl",
            ingress=[
                {
                    "action": "allow",
                    "cidrBlock": "0.0.0.0/0",
                    "protocol": "6",
                    "fromPort": 3389,
                    "toPort": 3389,
                }
            ],
        ),
    ),
    kept("NET-19", res(ACL_RULE, ruleAction="deny", cidrBlock="0.0.0.0/0", protocol="-1")),
    kept("NET-19", res(ACL_RULE, ruleAction="allow", cidrBlock="10.0.0.0/16", protocol="-1")),
    kept(
        "NET-19",
        res(
            ACL_RULE,
            ruleAction="allow",
            cidrBlock="0.0.0.0/0",
            protocol="tcp",
            fromPort=443,
            toPort=443,
        ),
    ),
    broken("NET-20", *tier("private", "abc"), res(NAT), stack="production"),
    broken("NET-20", *tier("private", "abc"), res(NAT), res(NAT, "b")),
    kept("NET-20", *tier("private", "abc"), res(NAT)),
    kept("NET-20", *tier("private", "ab"), res(NAT, "a"), res(NAT, "b"), stack="production"),
    kept(
        "NET-20",
        *tier("private", "abc"),
        res(NAT, availabilityMode="regional"),
        stack="production",
    ),
    broken("NET-21", res(INSTANCE, associatePublicIpAddress=True)),
    broken("NET-21", res(TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true"}])),
    kept("NET-21", res(INSTANCE), res(TEMPLATE, networkInterfaces=[{}])),
    undecided("NET-21", res(INSTANCE, associatePublicIpAddress=UNKNOWN)),
    broken("NET-22", res(INSTANCE)),
    broken("NET-22", res(TEMPLATE, metadataOptions={"httpTokens": "optional"})),
    broken(
        "NET-22",
        res(INSTANCE, metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 3}),
    ),
    kept("NET-22", res(INSTANCE, metadataOptions={"httpTokens": "required"})),
    undecided("NET-22", res(INSTANCE, metadataOptions={"httpTokens": UNKNOWN})),
    broken("NET-23", res(VOLUME, encrypted=True)),
    broken("NET-23", ENCRYPTED, res(VOLUME)),
    broken("NET-23", res("aws:ebs/encryptionByDefault:EncryptionByDefault", enabled=False)),
    broken("NET-23", ENCRYPTED, res(INSTANCE, rootBlockDevice={"encrypted": False})),
    broken("NET-23", ENCRYPTED, res(TEMPLATE, blockDeviceMappings=[{"ebs": {}}])),
    kept("NET-23", ENCRYPTED, res(INSTANCE), res(VOLUME, encrypted=True)),
    kept("NET-23", ENCRYPTED, res(TEMPLATE, blockDeviceMappings=[{"ebs": {"encrypted": "true"}}])),
    undecided("NET-23", ENCRYPTED, res(VOLUME, encrypted=UNKNOWN)),
    broken("NET-24", res(ROUTE, vpcPeeringConnectionId="pcx-1", destinationCidrBlock="10.0.0.0/8")),
    kept("NET-24", res(ROUTE, vpcPeeringConnectionId="pcx-1", destinationCidrBlock="10.0.9.0/24")),
    kept("NET-24", res(ROUTE, natGatewayId="nat-1", destinationCidrBlock="0.0.0.0/0")),
    broken("NET-26", NETWORK),
    broken("NET-26", res(VPC, enableDnsHostnames=True, enableDnsSupport=False)),
    kept("NET-26", res(VPC, enableDnsHostnames=True)),
    undecided("NET-26", res(VPC, enableDnsHostnames=UNKNOWN)),
]
