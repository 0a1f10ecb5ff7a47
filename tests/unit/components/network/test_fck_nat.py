from base64 import b64decode
from collections.abc import Callable
from typing import Any

from tests.recording import Recording

NetworkRecorder = Callable[..., Recording]

SETTINGS: dict[str, Any] = {
    "nat": "fck-nat",
    "fck_nat": {"image_id": "ami-0123456789abcdef0", "instance_type": "c7gn.medium"},
}


def test_private_routes_lead_to_an_interface_that_stays(network: NetworkRecorder) -> None:
    recording = network(**SETTINGS)
    interface = recording.one("NetworkInterface")
    assert interface.inputs["sourceDestCheck"] is False
    assert interface.inputs["subnetId"] == recording.one("Subnet", "network-public-subnet-a").id
    for zone in "abc":
        route = recording.one("Route", f"network-private-egress-{zone}")
        assert route.inputs["networkInterfaceId"] == interface.id


def test_one_instance_is_kept_in_the_zone_of_the_interface(network: NetworkRecorder) -> None:
    recording = network(**SETTINGS)
    group, template = (
        recording.one("autoscaling/group:Group", "network-nat-instances"),
        recording.one("LaunchTemplate", "network-nat-template"),
    )
    sizes = (group.inputs["minSize"], group.inputs["maxSize"], group.inputs["desiredCapacity"])
    assert sizes == (1, 1, 1)
    assert group.inputs["vpcZoneIdentifiers"] == [
        recording.one("NetworkInterface").inputs["subnetId"]
    ]
    assert group.inputs["launchTemplate"]["id"] == template.id
    assert group.inputs["instanceRefresh"]["preferences"] == {"minHealthyPercentage": 0}


def test_the_image_is_pinned_and_the_machine_hardened(network: NetworkRecorder) -> None:
    template = network(**SETTINGS).one("LaunchTemplate", "network-nat-template").inputs
    assert (template["imageId"], template["instanceType"]) == (
        "ami-0123456789abcdef0",
        "c7gn.medium",
    )
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpPutResponseHopLimit": 1,
        "httpTokens": "required",
    }
    (disk,) = template["blockDeviceMappings"]
    assert disk["ebs"]["encrypted"] == "true"
    assert disk["ebs"]["kmsKeyId"] == "arn:aws:kms:eu-central-1:222233334444:key/ebs"


def test_the_permissions_hang_on_the_tag_that_the_machine_gets(network: NetworkRecorder) -> None:
    recording = network(**SETTINGS)
    role_policy = recording.one("RolePolicy", "network-nat-access-policy").policy("policy")
    take, address, own, _ = role_policy["Statement"]
    name = take["Condition"]["StringEquals"]["ec2:ResourceTag/Name"]
    assert own["Condition"] == take["Condition"]
    assert recording.one("NetworkInterface").inputs["tags"]["Name"] == name
    tagged = recording.one("LaunchTemplate", "network-nat-template").inputs["tagSpecifications"]
    assert {one["resourceType"]: one["tags"]["Name"] for one in tagged} == dict.fromkeys(
        ("instance", "network-interface", "volume"), name
    )
    allocation = recording.one("Eip").outputs["allocationId"]
    assert address["Resource"] == [f"arn:aws:ec2:eu-central-1:222233334444:elastic-ip/{allocation}"]


def test_what_is_launched_carries_the_required_tags(network: NetworkRecorder) -> None:
    for one in (
        network(**SETTINGS)
        .one("LaunchTemplate", "network-nat-template")
        .inputs["tagSpecifications"]
    ):
        assert {"account", "environment", "managed-by", "owner", "risk-domain", "stack"} <= set(
            one["tags"]
        )


def test_the_machine_is_told_its_interface_and_its_address(network: NetworkRecorder) -> None:
    recording = network(**SETTINGS)
    script = b64decode(
        recording.one("LaunchTemplate", "network-nat-template").inputs["userData"]
    ).decode()
    interface = recording.one("NetworkInterface").id
    allocation = recording.one("Eip").outputs["allocationId"]
    assert script == (
        "#!/bin/sh\n"
        f"printf 'eni_id={interface}\\neip_id={allocation}\\n' > /etc/fck-nat.conf\n"
        "service fck-nat restart\n"
    )


def test_only_private_subnets_may_send_through_it(network: NetworkRecorder) -> None:
    recording = network(**SETTINGS)
    group = recording.one("securityGroup:SecurityGroup", "network-nat-group")
    rules = recording.of("SecurityGroupIngressRule")
    sources = {one.inputs["cidrIpv4"] for one in rules if one.inputs["securityGroupId"] == group.id}
    assert sources == {"10.48.0.0/19", "10.48.32.0/19", "10.48.64.0/19"}
    assert not {"ingress", "egress"} & group.inputs.keys()


def test_where_sessions_are_recorded_its_role_may_record_them(network: NetworkRecorder) -> None:
    name = "network-nat-access-sessions"
    recording = network(**SETTINGS)
    assert recording.one("RolePolicy", name).inputs["policy"] == recording.exports["session_policy"]
    assert name not in network(**SETTINGS, access="none").names("RolePolicy")


def test_its_instance_starts_only_with_its_permissions(network: NetworkRecorder) -> None:
    recording = network(**SETTINGS)
    group = recording.one("autoscaling/group:Group", "network-nat-instances")
    assert recording.one("RolePolicy", "network-nat-access-policy").urn in group.depends_on
