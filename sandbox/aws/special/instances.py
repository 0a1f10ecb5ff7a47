"""Instances: one call to run them, and for every later change one of its own."""

from collections.abc import Mapping
from typing import Any, Final, cast

from sandbox.aws import shapes
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

NAMES: Final = {
    "ami": "ImageId",
    "availabilityZone": "AvailabilityZone",
    "id": "LaunchTemplateId",
    "name": "LaunchTemplateName",
    "vpcSecurityGroupIds": "SecurityGroupIds",
}
_ROOT_DEVICE: Final = "/dev/xvda"
"""The root device of Amazon Linux images (EC2 User Guide, "Device names")."""

_RUN = Call(
    "RunInstances",
    {
        "MinCount": 1,
        "MaxCount": 1,
        "Placement": {"AvailabilityZone": "$.availabilityZone", "Tenancy": "$.tenancy"},
    },
    mapped=True,
)
_ATTRIBUTES: Final = {
    "disableApiStop": "DisableApiStop",
    "disableApiTermination": "DisableApiTermination",
    "ebsOptimized": "EbsOptimized",
    "instanceInitiatedShutdownBehavior": "InstanceInitiatedShutdownBehavior",
    "sourceDestCheck": "SourceDestCheck",
}
_STOPPED: Final = {"instanceType": "InstanceType"}
"""What only changes while the instance is stopped (EC2 API, ModifyInstanceAttribute)."""

SETTINGS: Final = frozenset(
    _ATTRIBUTES.keys()
    | _STOPPED.keys()
    | {"forceDestroy", "iamInstanceProfile", "metadataOptions", "monitoring", "volumeTags"}
    | {"userDataReplaceOnChange", "vpcSecurityGroupIds"}
)


def run(work: Work) -> tuple[str, object]:
    """Start an instance."""
    given = work.properties
    work.properties = _in_api_form(given)
    try:
        work.result = work.call(_RUN, tagged=True)
    finally:
        work.properties = given
    work.id = str(shapes.at(work.result, "Instances[0].InstanceId"))
    if given.get("sourceDestCheck") is False:
        change(work, frozenset({"sourceDestCheck"}))
    answer = work.send("DescribeInstances", {"InstanceIds": [work.id]})
    return work.id, shapes.at(answer, "Reservations[0].Instances[0]")


def _in_api_form(given: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in given.items() if key != "ebsBlockDevices"}
    if given.get("iamInstanceProfile"):
        found["iamInstanceProfile"] = {"name": given["iamInstanceProfile"]}
    if given.get("monitoring") is not None:
        found["monitoring"] = {"enabled": given["monitoring"]}
    devices = cast("list[dict[str, Any]]", given.get("ebsBlockDevices") or [])
    root = cast("dict[str, Any]", given.get("rootBlockDevice") or {})
    if root:
        devices = [{"deviceName": _ROOT_DEVICE, **root}, *devices]
    if devices:
        found["blockDeviceMappings"] = [
            {"deviceName": one["deviceName"], "ebs": _volume(one)} for one in devices
        ]
    if given.get("associatePublicIpAddress") is not None:
        # An address is a matter of the interface, which then has the subnet and the groups.
        found["networkInterfaces"] = [
            {
                "deviceIndex": 0,
                "associatePublicIpAddress": given["associatePublicIpAddress"],
                "subnetId": found.pop("subnetId", None),
                "groups": found.pop("vpcSecurityGroupIds", None),
            }
        ]
    return found


def _volume(given: Mapping[str, Any]) -> dict[str, Any]:
    names = ("deleteOnTermination", "encrypted", "iops", "kmsKeyId", "snapshotId", "throughput")
    return {name: given[name] for name in (*names, "volumeSize", "volumeType") if name in given}


def change(work: Work, changed: frozenset[str]) -> None:
    """Change what EC2 changes in place, stopping the instance where it demands that.

    Only detailed monitoring has no call: the emulator knows neither of its two operations.
    """
    which, given = {"InstanceId": work.id}, work.properties
    for name, member in _ATTRIBUTES.items():
        if name in changed:
            work.send("ModifyInstanceAttribute", {**which, member: {"Value": given.get(name)}})
    if "vpcSecurityGroupIds" in changed:
        groups = {"Groups": cast("list[str]", given.get("vpcSecurityGroupIds") or [])}
        work.send("ModifyInstanceAttribute", {**which, **groups})
    if changed & _STOPPED.keys():
        work.send("StopInstances", {"InstanceIds": [work.id]})
        for name in sorted(changed & _STOPPED.keys()):
            value = {_STOPPED[name]: {"Value": given[name]}}
            work.send("ModifyInstanceAttribute", {**which, **value})
        work.send("StartInstances", {"InstanceIds": [work.id]})
    if "metadataOptions" in changed:
        work.call(_METADATA)
    if "iamInstanceProfile" in changed:
        _change_profile(work)


_METADATA = Call(
    "ModifyInstanceMetadataOptions",
    {
        "InstanceId": "$id",
        "HttpEndpoint": "$.metadataOptions.httpEndpoint",
        "HttpTokens": "$.metadataOptions.httpTokens",
        "HttpPutResponseHopLimit": "$.metadataOptions.httpPutResponseHopLimit",
        "InstanceMetadataTags": "$.metadataOptions.instanceMetadataTags",
    },
)


def _change_profile(work: Work) -> None:
    profile = work.properties.get("iamInstanceProfile")
    filters = [{"Name": "instance-id", "Values": [work.id]}]
    found = work.send("DescribeIamInstanceProfileAssociations", {"Filters": filters})
    association = shapes.at(found, "IamInstanceProfileAssociations[0].AssociationId")
    named = {"IamInstanceProfile": {"Name": profile}}
    if association and profile:
        work.send("ReplaceIamInstanceProfileAssociation", {"AssociationId": association, **named})
    elif association:
        work.send("DisassociateIamInstanceProfile", {"AssociationId": association})
    elif profile:
        work.send("AssociateIamInstanceProfile", {"InstanceId": work.id, **named})
