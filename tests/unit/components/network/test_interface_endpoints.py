import json
from collections.abc import Callable
from typing import Any

import pytest

from components.network.endpoint_services import (
    ESSENTIAL,
    FULL,
    InterfaceService,
    interface_policy,
)
from tests.recording import Recorded, Recording

NetworkRecorder = Callable[..., Recording]

OWN_PRINCIPALS = {
    "Sid": "OwnPrincipals",
    "Effect": "Allow",
    "Principal": "*",
    "Action": ["*"],
    "Resource": ["*"],
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}},
}


def interfaces(recording: Recording) -> dict[str, Recorded]:
    found = [
        one for one in recording.of("VpcEndpoint") if one.inputs["vpcEndpointType"] == "Interface"
    ]
    return {
        one.inputs["serviceName"].removeprefix("com.amazonaws.eu-central-1."): one for one in found
    }


@pytest.mark.parametrize(
    ("values", "services"),
    [
        ({}, ESSENTIAL),
        ({"endpoints": {"interface": "full"}}, FULL),
        ({"endpoints": {"interface": "none"}}, ()),
        ({"endpoints": {"interface": ["sts", "xray"]}}, ("sts", "xray")),
        ({"nat": "none"}, FULL),
        ({"nat": "none", "access": "none", "endpoints": {"interface": ["sts"]}}, ("sts",)),
    ],
)
def test_services_are_chosen_by_name_by_set_or_by_nat(
    network: NetworkRecorder, values: dict[str, Any], services: tuple[str, ...]
) -> None:
    assert interfaces(network(**values)).keys() == set(services)


def test_an_endpoint_answers_to_the_services_own_name(network: NetworkRecorder) -> None:
    recording = network()
    endpoint = interfaces(recording)["ecr.dkr"]
    assert endpoint.name == "network-privatelink-ecr-dkr"
    assert endpoint.inputs["privateDnsEnabled"] is True
    assert endpoint.inputs["securityGroupIds"] == [
        recording.exports["security_group_ids"]["endpoint"]
    ]


@pytest.mark.parametrize(("intra", "tier"), [(True, "intra"), (False, "private")])
def test_an_endpoint_has_one_subnet_in_every_zone(
    network: NetworkRecorder, *, intra: bool, tier: str
) -> None:
    recording = network(tiers={"intra": intra})
    subnets = {one.id: one.inputs for one in recording.of("Subnet")}
    for endpoint in interfaces(recording).values():
        chosen = [subnets[subnet] for subnet in endpoint.inputs["subnetIds"]]
        assert {one["tags"]["tier"] for one in chosen} == {tier}
        assert [one["availabilityZone"][-1] for one in chosen] == ["a", "b", "c"]


def test_every_policy_lets_only_the_organisation_through(network: NetworkRecorder) -> None:
    for service, endpoint in interfaces(network(endpoints={"interface": "full"})).items():
        policy = endpoint.policy("policy")
        assert policy == json.loads(interface_policy(InterfaceService(service), "o-exampleorg1"))
        own, *more = policy["Statement"]
        assert own == OWN_PRINCIPALS
        assert bool(more) is (service == "sts")


def test_a_token_buys_a_role_of_the_organisation_and_of_nobody_else() -> None:
    policy = json.loads(interface_policy(InterfaceService.STS, "o-exampleorg1"))
    federated = policy["Statement"][1]
    assert federated["Action"] == ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
    assert federated["Condition"] == {"StringEquals": {"aws:ResourceOrgID": "o-exampleorg1"}}


def test_no_policy_lets_through_what_it_sets_no_condition_on() -> None:
    for service in InterfaceService:
        for statement in json.loads(interface_policy(service, "o-exampleorg1"))["Statement"]:
            (values,) = statement["Condition"].values()
            assert list(values.values()) == ["o-exampleorg1"]


def test_the_sets_repeat_nothing_and_one_holds_the_other() -> None:
    assert len(set(FULL)) == len(FULL)
    assert set(ESSENTIAL) < set(FULL)
