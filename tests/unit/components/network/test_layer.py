from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.network.cidr import ISOLATED_TIERS, Tier
from tests.recording import Recorded, Recording

NetworkRecorder = Callable[..., Recording]

EVERY_MODE: dict[str, dict[str, Any]] = {
    "single": {"nat": "single"},
    "per-az": {"nat": "per-az"},
    "fck-nat": {"nat": "fck-nat", "fck_nat": {"image_id": "ami-0123456789abcdef0"}},
    "none": {"nat": "none"},
}
every_mode = pytest.mark.parametrize("mode", EVERY_MODE)


def tables_of(recording: Recording, tier: Tier) -> set[str]:
    return {table.id for table in recording.of("RouteTable") if tier_of(table) == tier}


def tier_of(resource: Recorded) -> str:
    return resource.inputs["tags"]["tier"]


def test_the_vpc_resolves_names_and_measures_its_addresses(network: NetworkRecorder) -> None:
    vpc = network().one("Vpc", "network-vpc")
    assert vpc.inputs == {
        "cidrBlock": "10.48.0.0/16",
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "enableNetworkAddressUsageMetrics": True,
        "tags": {"Name": "network"},
    }


def test_what_aws_puts_into_a_vpc_is_adopted(network: NetworkRecorder) -> None:
    recording = network()
    vpc = recording.one("Vpc", "network-vpc")
    group = recording.one("DefaultSecurityGroup")
    assert group.inputs["vpcId"] == vpc.id
    assert not {"ingress", "egress"} & group.inputs.keys()
    table = recording.one("DefaultRouteTable")
    assert table.inputs["defaultRouteTableId"] == vpc.outputs["defaultRouteTableId"]
    assert table.inputs["routes"] == []
    acl = recording.one("DefaultNetworkAcl")
    assert acl.inputs["defaultNetworkAclId"] == vpc.outputs["defaultNetworkAclId"]
    assert acl.ignore_changes == ("subnetIds",)
    everything = {
        "action": "allow",
        "cidrBlock": "0.0.0.0/0",
        "fromPort": 0,
        "protocol": "-1",
        "ruleNo": 100,
        "toPort": 0,
    }
    assert acl.inputs["ingress"] == acl.inputs["egress"] == [everything]


def test_every_tier_has_a_subnet_in_every_zone(network: NetworkRecorder) -> None:
    recording = network()
    subnets = recording.of("Subnet")
    assert {(tier_of(one), one.inputs["availabilityZone"]) for one in subnets} == {
        (tier, f"eu-central-1{zone}") for tier in Tier for zone in "abc"
    }
    assert recording.one("Subnet", "network-private-subnet-b").inputs == {
        "availabilityZone": "eu-central-1b",
        "cidrBlock": "10.48.32.0/19",
        "mapPublicIpOnLaunch": False,
        "tags": {
            "Name": "network-private-b",
            "kubernetes.io/role/internal-elb": "1",
            "tier": "private",
        },
        "vpcId": recording.one("Vpc", "network-vpc").id,
    }


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ({"private_prefix": 20}, ["10.48.0.0/20", "10.48.16.0/20", "10.48.32.0/20"]),
        ({"private_prefix": 21}, ["10.48.0.0/21", "10.48.8.0/21", "10.48.16.0/21"]),
        (
            {"private_prefix": 20, "cidr": "10.48.64.0/18"},
            ["10.48.64.0/20", "10.48.80.0/20", "10.48.96.0/20"],
        ),
    ],
)
def test_private_subnets_may_be_smaller(
    network: NetworkRecorder, values: dict[str, Any], places: list[str]
) -> None:
    recording = network(**values)
    made = {one.inputs["cidrBlock"] for one in recording.of("Subnet") if tier_of(one) == "private"}
    assert made == set(places)
    assert recording.exports["subnet_cidrs"]["private"] == places
    assert [cidr[-3:] for cidr in recording.exports["subnet_cidrs"]["database"]] == ["/24"] * 3


def test_load_balancers_find_their_subnets_by_tag(network: NetworkRecorder) -> None:
    tagged = {
        tier_of(one): sorted(tag for tag in one.inputs["tags"] if tag.startswith("kubernetes.io"))
        for one in network().of("Subnet")
    }
    assert tagged == {
        "private": ["kubernetes.io/role/internal-elb"],
        "public": ["kubernetes.io/role/elb"],
        "database": [],
        "elasticache": [],
        "intra": [],
    }


@every_mode
def test_no_subnet_hands_out_public_addresses(network: NetworkRecorder, mode: str) -> None:
    subnets = network(**EVERY_MODE[mode]).of("Subnet")
    assert {one.inputs["mapPublicIpOnLaunch"] for one in subnets} == {False}


def test_every_subnet_is_associated_with_a_table_of_its_tier(network: NetworkRecorder) -> None:
    recording = network()
    tables = {table.id: tier_of(table) for table in recording.of("RouteTable")}
    subnets = {subnet.id: tier_of(subnet) for subnet in recording.of("Subnet")}
    associations = recording.of("RouteTableAssociation")
    assert {one.inputs["subnetId"] for one in associations} == subnets.keys()
    for one in associations:
        assert tables[one.inputs["routeTableId"]] == subnets[one.inputs["subnetId"]]


def test_only_private_subnets_have_a_table_per_zone(network: NetworkRecorder) -> None:
    recording = network()
    assert {tier: len(tables_of(recording, tier)) for tier in Tier} == {
        Tier.PRIVATE: 3,
        Tier.PUBLIC: 1,
        Tier.DATABASE: 1,
        Tier.ELASTICACHE: 1,
        Tier.INTRA: 1,
    }


def test_the_public_tier_leads_to_the_internet_gateway(network: NetworkRecorder) -> None:
    recording = network()
    gateway = recording.one("InternetGateway")
    route = recording.one("Route", "network-public-egress-internet")
    assert gateway.inputs["vpcId"] == recording.one("Vpc", "network-vpc").id
    assert route.inputs == {
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": gateway.id,
        "routeTableId": recording.one("RouteTable", "network-public-table").id,
    }


@every_mode
def test_isolated_tiers_never_have_a_way_out(network: NetworkRecorder, mode: str) -> None:
    recording = network(**EVERY_MODE[mode])
    isolated = {table for tier in ISOLATED_TIERS for table in tables_of(recording, tier)}
    assert isolated
    assert not [one for one in recording.of("Route") if one.inputs["routeTableId"] in isolated]
    assert not [one for one in recording.of("RouteTable") if "routes" in one.inputs]


@every_mode
def test_private_traffic_never_leaves_by_the_internet_gateway(
    network: NetworkRecorder, mode: str
) -> None:
    recording = network(**EVERY_MODE[mode])
    private = tables_of(recording, Tier.PRIVATE)
    routes = [one for one in recording.of("Route") if one.inputs["routeTableId"] in private]
    assert len(routes) == (0 if mode == "none" else 3)
    assert not [one for one in routes if "gatewayId" in one.inputs]


def targets(recording: Recording, key: str) -> dict[str, str]:
    return {
        one.name: one.inputs[key]
        for one in recording.of("Route")
        if one.name.startswith("network-private-egress-")
    }


def test_a_single_nat_gateway_serves_all_zones(network: NetworkRecorder) -> None:
    recording = network(nat="single")
    gateway = recording.one("NatGateway")
    assert gateway.inputs["subnetId"] == recording.one("Subnet", "network-public-subnet-a").id
    assert targets(recording, "natGatewayId") == {
        f"network-private-egress-{zone}": gateway.id for zone in "abc"
    }


def test_each_zone_leaves_by_its_own_nat_gateway(network: NetworkRecorder) -> None:
    recording = network(nat="per-az")
    for zone in "abc":
        gateway = recording.one("NatGateway", f"network-nat-gateway-{zone}")
        subnet = recording.one("Subnet", f"network-public-subnet-{zone}")
        table = recording.one("RouteTable", f"network-private-table-{zone}")
        route = recording.one("Route", f"network-private-egress-{zone}")
        address = recording.one("Eip", f"network-nat-address-{zone}")
        assert gateway.inputs["subnetId"] == subnet.id
        assert gateway.inputs["allocationId"] == address.outputs["allocationId"]
        assert address.inputs["domain"] == "vpc"
        assert route.inputs["natGatewayId"] == gateway.id
        assert route.inputs["routeTableId"] == table.id


@every_mode
def test_a_nat_waits_for_the_internet_gateway_and_the_public_route(
    network: NetworkRecorder, mode: str
) -> None:
    recording = network(**EVERY_MODE[mode])
    wanted = {
        recording.one("InternetGateway").urn,
        recording.one("Route", "network-public-egress-internet").urn,
    }
    types = ("NatGateway", "autoscaling/group:Group", "Eip")
    made = [one for of_type in types for one in recording.of(of_type)]
    for nat in (one for one in made if one.name.startswith("network-nat")):
        assert wanted <= nat.depends_on


@pytest.mark.parametrize(
    ("mode", "count"), [("single", 1), ("per-az", 3), ("fck-nat", 1), ("none", 0)]
)
def test_the_addresses_traffic_comes_from_are_published(
    network: NetworkRecorder, mode: str, count: int
) -> None:
    recording = network(**EVERY_MODE[mode])
    assert len(recording.exports["nat_public_ips"]) == count
    assert len(recording.of("Eip")) == count


def test_without_nat_nothing_of_one_is_made(network: NetworkRecorder) -> None:
    recording = network(nat="none")
    assert not recording.of("NatGateway")
    assert recording.names("Route") == {"network-public-egress-internet"}


def test_flow_logs_record_everything_into_an_encrypted_group(network: NetworkRecorder) -> None:
    recording = network(flow_logs={"retention_days": 90, "aggregation_seconds": 600})
    group = recording.one("LogGroup", "network-flow-group")
    log = recording.one("ec2/flowLog:FlowLog")
    assert group.inputs == {
        "kmsKeyId": "arn:aws:kms:eu-central-1:222233334444:key/logs",
        "retentionInDays": 90,
    }
    assert log.inputs == {
        "iamRoleArn": recording.one("Role", "network-flow-role").outputs["arn"],
        "logDestination": group.outputs["arn"],
        "logDestinationType": "cloud-watch-logs",
        "maxAggregationInterval": 600,
        "tags": {"Name": "network-flow"},
        "trafficType": "ALL",
        "vpcId": recording.one("Vpc", "network-vpc").id,
    }
    assert recording.one("RolePolicy", "network-flow-policy").urn in log.depends_on


def test_only_flow_logs_of_this_account_may_use_the_role(network: NetworkRecorder) -> None:
    recording = network()
    (trust,) = recording.one("Role", "network-flow-role").policy("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "222233334444"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-central-1:222233334444:vpc-flow-log/*"},
    }
    group = recording.one("LogGroup", "network-flow-group").outputs["arn"]
    write, find = recording.one("RolePolicy", "network-flow-policy").policy("policy")["Statement"]
    assert write["Resource"] == [group, f"{group}:*"]
    assert find["Action"] == ["logs:DescribeLogGroups"]


def test_endpoints_serve_every_tier_but_the_public_one(network: NetworkRecorder) -> None:
    recording = network()
    tables = {table for tier in Tier if tier != "public" for table in tables_of(recording, tier)}
    for service in ("s3", "dynamodb"):
        endpoint = recording.one("VpcEndpoint", f"network-endpoint-{service}")
        assert endpoint.inputs["serviceName"] == f"com.amazonaws.eu-central-1.{service}"
        assert endpoint.inputs["vpcEndpointType"] == "Gateway"
        assert set(endpoint.inputs["routeTableIds"]) == tables


def test_endpoints_let_only_the_organisation_through(network: NetworkRecorder) -> None:
    recording = network(readable_buckets=["packages.example.org"])
    own, read = recording.one("VpcEndpoint", "network-endpoint-s3").policy("policy")["Statement"]
    assert own["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}
    assert read["Action"] == ["s3:GetObject"]
    assert "arn:aws:s3:::packages.example.org/*" in read["Resource"]
    assert "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*" in read["Resource"]
    assert not [one for one in read["Resource"] if one.startswith("arn:aws:s3:::*")]
    dynamodb = recording.one("VpcEndpoint", "network-endpoint-dynamodb").policy("policy")
    assert dynamodb["Statement"] == [own]


def test_the_outputs_are_lists_per_tier_in_the_order_of_the_zones(network: NetworkRecorder) -> None:
    recording = network(availability_zones=["c", "a"], tiers={"elasticache": False})
    published = recording.exports
    assert published["vpc_id"] == recording.one("Vpc", "network-vpc").id
    assert published["cidr"] == "10.48.0.0/16"
    assert published["availability_zones"] == ["eu-central-1c", "eu-central-1a"]
    assert published["subnet_ids"] == {
        tier: [recording.one("Subnet", f"network-{tier}-subnet-{zone}").id for zone in "ca"]
        for tier in ("private", "public", "database", "intra")
    }
    assert published["subnet_cidrs"]["private"] == ["10.48.0.0/19", "10.48.32.0/19"]
    assert published["route_table_ids"]["private"] == [
        recording.one("RouteTable", f"network-private-table-{zone}").id for zone in "ca"
    ]


def test_what_a_machine_must_wait_for_is_published(network: NetworkRecorder) -> None:
    recording = network()
    wanted = {
        one.id
        for one in (*recording.of("RouteTableAssociation"), *recording.of("Route"))
        if one.name.startswith("network-private")
    }
    assert len(wanted) == 6
    assert set(recording.exports["routing_ids"]["private"]) == wanted


@every_mode
def test_it_builds_before_anything_is_known(network: NetworkRecorder, mode: str) -> None:
    assert network(preview=True, **EVERY_MODE[mode]).of("Subnet")


def test_everything_is_made_with_the_accounts_own_provider(network: NetworkRecorder) -> None:
    recording = network(**EVERY_MODE["fck-nat"])
    made = [one for one in recording.resources if one.custom and one.type.startswith("aws:")]
    assert {one.provider for one in made} == {"staging"}


def test_a_missing_key_is_named(network: NetworkRecorder) -> None:
    with pytest.raises(
        pulumi.RunError, match=r"superinc:keys\.domains: got ebs, wanted logs among them"
    ):
        network(keys=("ebs",))
