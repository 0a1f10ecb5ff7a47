"""What EC2 keeps for a whole Region of an account: encryption, sharing, metadata, reservations."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.special import ec2 as special
from sandbox.aws.table.entry import Call, Entry, Step


def _sharing(kind: str, parameter: str, answer: str, off: str) -> Entry:
    """A block on making snapshots or images public; `off` is how AWS says that there is none."""
    enable = Call(f"Enable{kind}BlockPublicAccess", {parameter: "$.state"})
    disable = Call(f"Disable{kind}BlockPublicAccess")
    return Entry(
        service="ec2",
        make=special.make_block(enable, disable, off),
        read=Call(f"Get{kind}BlockPublicAccessState"),
        change=special.change_block(enable, disable, off),
        names={"state": answer},
        in_place=frozenset({"state"}),
        delete=(disable,),
    )


_DEFAULTS: Mapping[str, Any] = {
    "HttpEndpoint": "$.httpEndpoint",
    "HttpPutResponseHopLimit": "$.httpPutResponseHopLimit",
    "HttpTokens": "$.httpTokens",
    "InstanceMetadataTags": "$.instanceMetadataTags",
}
_DEFAULT_KEY = Call("ModifyEbsDefaultKmsKeyId", {"KmsKeyId": "$.keyArn"})

SETTINGS: Final[Mapping[str, Entry]] = {
    "ebs/encryptionByDefault:EncryptionByDefault": Entry(
        service="ec2",
        make=special.set_ebs_encryption,
        read=Call("GetEbsEncryptionByDefault"),
        change=special.change_ebs_encryption,
        in_place=frozenset({"enabled"}),
        names={"enabled": "EbsEncryptionByDefault"},
        delete=(Call("DisableEbsEncryptionByDefault"),),
    ),
    "ebs/defaultKmsKey:DefaultKmsKey": Entry(
        service="ec2",
        create=_DEFAULT_KEY,
        read=Call("GetEbsDefaultKmsKeyId"),
        names={"keyArn": "KmsKeyId"},
        delete=(Call("ResetEbsDefaultKmsKeyId"),),
        delete_first=True,
    ),
    "ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": _sharing(
        "Snapshot", "State", "State", "unblocked"
    ),
    "ec2/imageBlockPublicAccess:ImageBlockPublicAccess": _sharing(
        "Image", "ImageBlockPublicAccessState", "ImageBlockPublicAccessState", "unblocked"
    ),
    "ec2/instanceMetadataDefaults:InstanceMetadataDefaults": Entry(
        service="ec2",
        create=Call("ModifyInstanceMetadataDefaults", _DEFAULTS),
        read=Call("GetInstanceMetadataDefaults"),
        found="AccountLevel",
        steps=(
            Step(
                (
                    "httpEndpoint",
                    "httpPutResponseHopLimit",
                    "httpTokens",
                    "instanceMetadataTags",
                ),
                Call("ModifyInstanceMetadataDefaults", _DEFAULTS),
                later=True,
            ),
        ),
        delete=(
            Call(
                "ModifyInstanceMetadataDefaults",
                {
                    "HttpEndpoint": "no-preference",
                    "HttpPutResponseHopLimit": -1,
                    "HttpTokens": "no-preference",
                    "InstanceMetadataTags": "no-preference",
                },
            ),
        ),
    ),
    "ec2/subnetCidrReservation:SubnetCidrReservation": Entry(
        service="ec2",
        create=Call("CreateSubnetCidrReservation", {"Cidr": "$.cidrBlock"}, mapped=True),
        id="SubnetCidrReservation.SubnetCidrReservationId",
        made="SubnetCidrReservation",
        look=special.find_reservation,
        names={"cidrBlock": "Cidr"},
        delete=(Call("DeleteSubnetCidrReservation", {"SubnetCidrReservationId": "$id"}),),
    ),
}
"""Type (without ``aws:``) → row."""
