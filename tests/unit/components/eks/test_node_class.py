"""The EC2NodeClass as an object."""

import re
from typing import Any

from components.versions import NODE_IMAGE
from tests.unit.components.eks.platform_ground import key_arn, platform


def spec(config: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = platform(config).one("EC2NodeClass").inputs["spec"]
    return found


def test_the_image_is_pinned() -> None:
    assert spec()["amiSelectorTerms"] == [{"alias": NODE_IMAGE}]
    assert re.match(r"^al2023@v\d{8}$", NODE_IMAGE)


def test_machines_are_in_private_subnets_and_known_groups_by_id() -> None:
    assert spec()["subnetSelectorTerms"] == [{"id": f"subnet-{zone}"} for zone in "abc"]
    assert spec()["securityGroupSelectorTerms"] == [{"id": "sg-node"}, {"id": "sg-application"}]


def test_a_pod_cannot_borrow_the_nodes_role() -> None:
    options = spec()["metadataOptions"]
    assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


def test_volumes_are_encrypted_with_our_key() -> None:
    (device,) = spec({"node_pools": {"volume_gibibytes": 80}})["blockDeviceMappings"]
    assert device["ebs"] == {
        "deleteOnTermination": True,
        "encrypted": True,
        "kmsKeyID": key_arn("ebs"),
        "volumeSize": "80Gi",
        "volumeType": "gp3",
    }


def test_a_node_takes_as_many_pods_as_prefixes_allow() -> None:
    assert spec()["kubelet"] == {"maxPods": 110}


def test_machines_carry_the_tags_of_everything_else() -> None:
    tags = spec()["tags"]
    assert (tags["stack"], tags["managed-by"]) == ("staging", "pulumi")
