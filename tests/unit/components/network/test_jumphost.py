import json
from collections.abc import Callable

import pulumi
import pytest

from tests.recording import Recording

NetworkRecorder = Callable[..., Recording]

LOGS_KEY = "arn:aws:kms:eu-central-1:222233334444:key/logs"
EBS_KEY = "arn:aws:kms:eu-central-1:222233334444:key/ebs"


def test_it_is_one_small_machine_in_the_private_subnets(network: NetworkRecorder) -> None:
    recording = network()
    group = recording.one("autoscaling/group:Group", "network-jumphost-instances").inputs
    assert (group["minSize"], group["maxSize"], group["desiredCapacity"]) == (1, 1, 1)
    assert group["vpcZoneIdentifiers"] == recording.exports["subnet_ids"]["private"]
    assert group["maxInstanceLifetime"] == 14 * 24 * 3600


def test_nothing_connects_to_it(network: NetworkRecorder) -> None:
    recording = network()
    template = recording.one("LaunchTemplate", "network-jumphost-template").inputs
    group = recording.exports["security_group_ids"]["jumphost"]
    (interface,) = template["networkInterfaces"]
    assert interface["securityGroups"] == [group]
    assert interface["associatePublicIpAddress"] == "false"
    assert "keyName" not in template
    assert "userData" not in template
    ingress = recording.of("SecurityGroupIngressRule")
    assert not [one for one in ingress if one.inputs["securityGroupId"] == group]


def test_it_is_hardened_and_its_disk_encrypted(network: NetworkRecorder) -> None:
    template = network().one("LaunchTemplate", "network-jumphost-template").inputs
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpPutResponseHopLimit": 1,
        "httpTokens": "required",
    }
    (disk,) = template["blockDeviceMappings"]
    assert disk["ebs"] == {"encrypted": "true", "kmsKeyId": EBS_KEY, "volumeType": "gp3"}
    for tagged in template["tagSpecifications"]:
        assert tagged["tags"]["Name"] == "network-jumphost"
        assert {"owner", "stack", "managed-by"} <= tagged["tags"].keys()


def test_ec2_reads_the_image_from_awss_parameter_unless_one_is_pinned(
    network: NetworkRecorder,
) -> None:
    image = network().one("LaunchTemplate", "network-jumphost-template").inputs["imageId"]
    assert image.startswith("resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-")
    pinned = network(jumphost={"image": "ami-0123456789abcdef0"})
    template = pinned.one("LaunchTemplate", "network-jumphost-template")
    assert template.inputs["imageId"] == "ami-0123456789abcdef0"


def test_its_role_may_be_reached_and_record_it_and_nothing_else(network: NetworkRecorder) -> None:
    recording = network()
    role = recording.one("RolePolicy", "network-jumphost-policy")
    assert role.inputs["policy"] == recording.exports["session_policy"]
    agent, write, find, decrypt = role.policy("policy")["Statement"]
    assert {action.partition(":")[0] for action in agent["Action"]} == {"ssm", "ssmmessages"}
    assert "ssm:GetParameter" not in agent["Action"]
    group = recording.one("LogGroup", "network-sessions-group").outputs["arn"]
    assert write["Resource"] == [group, f"{group}:*"]
    assert find["Action"] == ["logs:DescribeLogGroups"]
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], [LOGS_KEY])
    assert "kms:EncryptionContext:aws:ssm:SessionId" in decrypt["Condition"]["StringLike"]


def test_sessions_are_encrypted_limited_and_recorded(network: NetworkRecorder) -> None:
    recording = network(sessions={"retention_days": 90, "idle_minutes": 10, "maximum_hours": 12})
    group = recording.one("LogGroup", "network-sessions-group")
    assert group.inputs == {"kmsKeyId": LOGS_KEY, "retentionInDays": 90}
    document = recording.one("ssm/document:Document")
    assert (document.inputs["name"], document.inputs["documentType"]) == (
        "SSM-SessionManagerRunShell",
        "Session",
    )
    content = json.loads(document.inputs["content"])
    assert (content["schemaVersion"], content["sessionType"]) == ("1.0", "Standard_Stream")
    inputs = content["inputs"]
    assert inputs["kmsKeyId"] == LOGS_KEY
    assert inputs["cloudWatchLogGroupName"] == group.outputs["name"]
    assert inputs["cloudWatchEncryptionEnabled"] is True
    assert (inputs["idleSessionTimeout"], inputs["maxSessionDuration"]) == ("10", "720")
    assert inputs["runAsEnabled"] is False


def test_it_starts_when_it_can_be_reached(network: NetworkRecorder) -> None:
    recording = network()
    waits = recording.one("autoscaling/group:Group", "network-jumphost-instances").depends_on
    wanted = (
        ("RolePolicy", "network-jumphost-policy"),
        ("Document", "network-sessions-preferences"),
        ("Route", "network-private-egress-a"),
        ("RouteTableAssociation", "network-private-association-a"),
        ("SecurityGroupEgressRule", "network-security-jumphost-to-internet-tcp-443"),
        ("VpcEndpoint", "network-privatelink-sts"),
    )
    assert {recording.one(*one).urn for one in wanted} <= waits


@pytest.mark.parametrize("access", ["none", "client-vpn"])
def test_other_modes_have_neither_machine_nor_preferences(
    network: NetworkRecorder, access: str
) -> None:
    vpn = {"client_cidr": "10.200.0.0/22", "saml_metadata": "x" * 1000, "groups": ["operators"]}
    recording = network(access=access, **({"client_vpn": vpn} if access == "client-vpn" else {}))
    assert not recording.of("ssm/document:Document")
    assert not recording.of("LaunchTemplate")
    assert "session_policy" not in recording.exports


def test_it_needs_the_key_of_volumes(network: NetworkRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:keys\.domains: got logs, wanted ebs"):
        network(keys=["logs"])
