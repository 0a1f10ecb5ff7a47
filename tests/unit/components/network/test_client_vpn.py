from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.recording import Recording

NetworkRecorder = Callable[..., Recording]

METADATA = "<EntityDescriptor>" + "x" * 1000
GROUPS = ["a1b2-operators", "c3d4-database-administrators"]
SETTINGS: dict[str, Any] = {
    "client_cidr": "10.200.0.0/22",
    "saml_metadata": METADATA,
    "groups": GROUPS,
}


def with_vpn(network: NetworkRecorder, **more: object) -> Recording:
    certificate = more.pop("certificate", "arn:aws:acm:eu-central-1:222233334444:certificate/zone")
    return network(access="client-vpn", certificate=certificate, client_vpn={**SETTINGS, **more})


def test_operators_sign_in_at_the_identity_provider(network: NetworkRecorder) -> None:
    recording = with_vpn(network)
    provider = recording.one("SamlProvider")
    assert provider.inputs["samlMetadataDocument"] == METADATA
    endpoint = recording.one("ec2clientvpn/endpoint:Endpoint").inputs
    assert endpoint["authenticationOptions"] == [
        {"type": "federated-authentication", "samlProviderArn": provider.outputs["arn"]}
    ]
    assert endpoint["sessionTimeoutHours"] == 8
    assert endpoint["disconnectOnSessionTimeout"] is True


def test_only_the_networks_traffic_goes_through_it(network: NetworkRecorder) -> None:
    recording = with_vpn(network)
    endpoint = recording.one("ec2clientvpn/endpoint:Endpoint").inputs
    assert endpoint["splitTunnel"] is True
    assert endpoint["clientCidrBlock"] == "10.200.0.0/22"
    assert endpoint["dnsServers"] == ["10.48.0.2"]
    assert endpoint["vpcId"] == recording.exports["vpc_id"]
    assert endpoint["securityGroupIds"] == [recording.exports["security_group_ids"]["vpn"]]


def test_every_connection_is_remembered(network: NetworkRecorder) -> None:
    recording = with_vpn(network)
    group = recording.one("LogGroup", "network-vpn-group")
    assert group.inputs["kmsKeyId"] == "arn:aws:kms:eu-central-1:222233334444:key/logs"
    options = recording.one("ec2clientvpn/endpoint:Endpoint").inputs["connectionLogOptions"]
    assert options == {
        "enabled": True,
        "cloudwatchLogGroup": group.outputs["name"],
        "cloudwatchLogStream": recording.one("LogStream").outputs["name"],
    }


@pytest.mark.parametrize("zones", [1, 3])
def test_it_stands_in_as_many_zones_as_the_configuration_says(
    network: NetworkRecorder, zones: int
) -> None:
    recording = with_vpn(network, zones=zones)
    found = [one.inputs["subnetId"] for one in recording.of("NetworkAssociation")]
    assert found == recording.exports["subnet_ids"]["private"][:zones]


def test_only_the_groups_named_enter_and_only_this_network(network: NetworkRecorder) -> None:
    recording = with_vpn(network)
    rules = recording.of("AuthorizationRule")
    assert {one.inputs["accessGroupId"] for one in rules} == set(GROUPS)
    assert {one.inputs["targetNetworkCidr"] for one in rules} == {"10.48.0.0/16"}
    assert not [one for one in rules if one.inputs.get("authorizeAllGroups")]
    association = recording.one("NetworkAssociation").urn
    assert all(association in one.depends_on for one in rules)


def test_a_new_group_moves_no_other(network: NetworkRecorder) -> None:
    before = with_vpn(network).names("AuthorizationRule")
    after = with_vpn(network, groups=["z9-new", *GROUPS]).names("AuthorizationRule")
    assert before < after


def test_its_certificate_is_that_of_the_zone_unless_another_is_named(
    network: NetworkRecorder,
) -> None:
    arn = "arn:aws:acm:eu-central-1:222233334444:certificate/"
    found = with_vpn(network).one("ec2clientvpn/endpoint:Endpoint").inputs
    assert found["serverCertificateArn"] == f"{arn}zone"
    other = with_vpn(network, server_certificate_arn=f"{arn}other", certificate=None)
    found = other.one("ec2clientvpn/endpoint:Endpoint").inputs
    assert found["serverCertificateArn"] == f"{arn}other"


def test_without_any_certificate_it_says_where_one_comes_from(network: NetworkRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"got none, wanted one, or superinc:dns\.certif"):
        with_vpn(network, certificate=None)
