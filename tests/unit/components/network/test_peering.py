from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.recording import Recorded, Recording

NetworkRecorder = Callable[..., Recording]

HUB_SUBNETS = {"a": "10.16.0.0/19", "b": "10.16.32.0/19", "c": "10.16.64.0/19"}
OWN_DATABASES = {"a": "10.48.100.0/24", "b": "10.48.101.0/24", "c": "10.48.102.0/24"}


@pytest.fixture
def peered(network: NetworkRecorder) -> Recording:
    return network(peers=["shared"])


def routes(recording: Recording, provider: str) -> set[tuple[str, str]]:
    """Table and destination of every route through the peering."""
    return {
        (one.inputs["routeTableId"], one.inputs["destinationCidrBlock"])
        for one in recording.of("Route")
        if "vpcPeeringConnectionId" in one.inputs and one.provider == provider
    }


def own(recording: Recording) -> list[Recorded]:
    return [one for one in recording.resources if one.name.startswith("network-peer-")]


def test_this_account_asks_and_the_hub_accepts(peered: Recording) -> None:
    connection = peered.one("VpcPeeringConnection")
    assert connection.provider == "staging"
    assert connection.inputs == {
        "autoAccept": False,
        "peerOwnerId": "555566667777",
        "peerVpcId": "vpc-hub",
        "tags": {"Name": "network-peer-shared"},
        "vpcId": peered.exports["vpc_id"],
    }
    accepter = peered.one("VpcPeeringConnectionAccepter")
    assert accepter.provider == "shared"
    assert accepter.inputs == {
        "autoAccept": True,
        "tags": {"Name": "network-staging"},
        "vpcPeeringConnectionId": connection.id,
    }


def test_each_side_resolves_the_others_names(peered: Recording) -> None:
    found = {one.provider: one.inputs for one in peered.of("PeeringConnectionOptions")}
    resolving = {"allowRemoteVpcDnsResolution": True}
    assert found["staging"]["requester"] == resolving
    assert found["shared"]["accepter"] == resolving


def test_databases_and_the_hubs_private_subnets_find_each_other(peered: Recording) -> None:
    database = peered.one("RouteTable", "network-database-table").id
    assert routes(peered, "staging") == {(database, cidr) for cidr in HUB_SUBNETS.values()}
    assert routes(peered, "shared") == {
        (f"rtb-hub-{zone}", cidr) for zone in "abc" for cidr in OWN_DATABASES.values()
    }


def test_private_subnets_are_joined_where_the_configuration_says_so(
    network: NetworkRecorder,
) -> None:
    recording = network(peers=[{"account": "shared", "tiers": ["private", "database"]}])
    tables = {
        *(recording.one("RouteTable", f"network-private-table-{zone}").id for zone in "abc"),
        recording.one("RouteTable", "network-database-table").id,
    }
    wanted = {(table, cidr) for table in tables for cidr in HUB_SUBNETS.values()}
    assert routes(recording, "staging") == wanted
    private = {"10.48.0.0/19", "10.48.32.0/19", "10.48.64.0/19"}
    assert {cidr for _, cidr in routes(recording, "shared")} == private | {*OWN_DATABASES.values()}


def test_only_connectors_reach_only_databases(peered: Recording) -> None:
    databases = peered.exports["security_group_ids"]["database"]
    ingress = [one for one in own(peered) if one.type.endswith("SecurityGroupIngressRule")]
    assert {one.inputs["cidrIpv4"] for one in ingress} == {*HUB_SUBNETS.values()}
    assert {one.inputs["securityGroupId"] for one in ingress} == {databases}
    egress = [one for one in own(peered) if one.type.endswith("SecurityGroupEgressRule")]
    assert {one.inputs["cidrIpv4"] for one in egress} == {*OWN_DATABASES.values()}
    assert {one.inputs["securityGroupId"] for one in egress} == {"sg-hub-connector"}
    assert {one.provider for one in egress} == {"shared"}
    for rule in (*ingress, *egress):
        given = rule.inputs
        assert (given["ipProtocol"], given["fromPort"], given["toPort"]) == ("tcp", 5432, 5432)


def test_without_databases_no_rule_is_made_and_no_group_read(network: NetworkRecorder) -> None:
    recording = network(
        peers=[{"account": "shared", "tiers": ["private"]}],
        hub={**_hub(), "security_group_ids": {}},
    )
    assert not [one for one in own(recording) if "SecurityGroup" in one.type]
    assert routes(recording, "shared")


def test_everything_waits_until_the_connection_is_accepted(peered: Recording) -> None:
    accepter = peered.one("VpcPeeringConnectionAccepter")
    waiting = ("PeeringConnectionOptions", "ec2/route:Route")
    through = [one for one in own(peered) if one.type.endswith(waiting)]
    assert len(through) == 2 + 3 + 9
    assert all(accepter.urn in one.depends_on for one in through)


def test_what_is_made_in_the_hub_belongs_to_this_stack(peered: Recording) -> None:
    there = [one for one in peered.resources if one.provider == "shared"]
    assert {one.type.rpartition(":")[2] for one in there} == {
        "PeeringConnectionOptions",
        "Route",
        "SecurityGroupEgressRule",
        "VpcPeeringConnectionAccepter",
    }
    assert all("superinc:network:Peering$" in one.urn for one in there)
    assert not [one for one in there if one.protect or one.retain_on_delete]


def test_without_peers_nothing_of_another_account_is_touched(network: NetworkRecorder) -> None:
    recording = network()
    assert {one.provider for one in recording.resources if one.custom} <= {"staging", None}


def test_it_is_planned_before_the_hub_is_known(network: NetworkRecorder) -> None:
    preview = network(peers=["shared"], hub=None, preview=True)
    assert {one.urn for one in own(preview)} == {one.urn for one in own(network(peers=["shared"]))}


def _hub() -> dict[str, Any]:
    return {
        "vpc_id": "vpc-hub",
        "subnet_cidrs": {"private": [*HUB_SUBNETS.values()]},
        "route_table_ids": {"private": [f"rtb-hub-{zone}" for zone in "abc"]},
        "security_group_ids": {"connector": "sg-hub-connector"},
    }


def test_a_zone_of_the_hub_that_is_not_said_is_an_error(network: NetworkRecorder) -> None:
    with pytest.raises(
        pulumi.RunError, match=r"peers: got zones a, b of shared, wanted as many as its 3 private"
    ):
        network(peers=[{"account": "shared", "availability_zones": ["a", "b"]}])


def test_a_hub_without_connectors_is_an_error(network: NetworkRecorder) -> None:
    hub = {**_hub(), "security_group_ids": {"load-balancer": "sg-1"}}
    with pytest.raises(pulumi.RunError, match=r"peers: got shared without runs\.kafka, wanted"):
        network(peers=["shared"], hub=hub)


def test_the_hub_does_not_peer_with_itself(network: NetworkRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"peers: got shared in shared itself, wanted"):
        network(peers=["shared"], account="shared")
