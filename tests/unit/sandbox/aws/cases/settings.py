"""Cases of settings of a Region, lists, query logs and keys."""

import re

from tests.unit.sandbox.aws.cases.case import Case, World, case
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT


@case("ebs/defaultKmsKey:DefaultKmsKey")
def default_key(world: World) -> Case:
    key = world.make("kms/key:Key")["arn"]
    made = world.make("ebs/defaultKmsKey:DefaultKmsKey", keyArn=key)
    client = world.see("ec2")
    assert client.get_ebs_default_kms_key_id()["KmsKeyId"] == key
    return Case(made=made, replaced={"keyArn": world.make("kms/key:Key")["arn"]}, stays=True)


@case("ebs/encryptionByDefault:EncryptionByDefault")
def encryption(world: World) -> Case:
    made = world.make("ebs/encryptionByDefault:EncryptionByDefault", enabled=True)
    client = world.see("ec2")
    return Case(
        made=made,
        seen=lambda: client.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        before=True,
        change={"enabled": False},
        after=False,
        stays=True,
    )


@case("ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess")
def snapshots(world: World) -> Case:
    token = "ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
    client = world.see("ec2")
    return Case(
        made=world.make(token, state="block-new-sharing"),
        seen=lambda: client.get_snapshot_block_public_access_state()["State"],
        before="block-new-sharing",
        change={"state": "block-all-sharing"},
        after="block-all-sharing",
        stays=True,
    )


@case("ec2/imageBlockPublicAccess:ImageBlockPublicAccess")
def images(world: World) -> Case:
    token = "ec2/imageBlockPublicAccess:ImageBlockPublicAccess"
    client = world.see("ec2")

    def seen() -> object:
        return client.get_image_block_public_access_state()["ImageBlockPublicAccessState"]

    return Case(
        made=world.make(token, state="block-new-sharing"),
        seen=seen,
        before="block-new-sharing",
        change={"state": "unblocked"},
        after="unblocked",
        stays=True,
    )


@case("ec2/instanceMetadataDefaults:InstanceMetadataDefaults")
def metadata(world: World) -> Case:
    token = "ec2/instanceMetadataDefaults:InstanceMetadataDefaults"
    client = world.see("ec2")
    return Case(
        made=world.make(token, httpTokens="required", httpPutResponseHopLimit=2),
        seen=lambda: client.get_instance_metadata_defaults()["AccountLevel"],
        before={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        change={"httpPutResponseHopLimit": 1},
        after={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    )


@case("ec2/subnetCidrReservation:SubnetCidrReservation")
def reservation(world: World) -> Case:
    subnet = world.subnets(world.vpc())[0]
    made = world.make(
        "ec2/subnetCidrReservation:SubnetCidrReservation",
        subnetId=subnet,
        cidrBlock="10.60.0.128/25",
        reservationType="prefix",
    )
    return Case(
        made=made,
        outputs={"ownerId": MANAGEMENT},
        replaced={"cidrBlock": "10.60.0.192/26", "reservationType": "explicit"},
    )


@case("ec2/managedPrefixList:ManagedPrefixList")
def prefix_list(world: World) -> Case:
    made = world.make(
        "ec2/managedPrefixList:ManagedPrefixList",
        addressFamily="IPv4",
        maxEntries=5,
        entries=[{"cidr": "10.1.0.0/16", "description": "a"}, {"cidr": "10.2.0.0/16"}],
    )
    client = world.see("ec2")

    def seen() -> object:
        found = client.get_managed_prefix_list_entries(PrefixListId=made.id)["Entries"]
        return {one["Cidr"] for one in found}

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:ec2:{HOME}:\d+:prefix-list/{made.id}", "ownerId": MANAGEMENT},
        seen=seen,
        before={"10.1.0.0/16", "10.2.0.0/16"},
        change={"entries": [{"cidr": "10.2.0.0/16"}, {"cidr": "10.3.0.0/16"}]},
        after={"10.2.0.0/16", "10.3.0.0/16"},
        replaced={"addressFamily": "IPv6"},
    )


@case("route53/queryLog:QueryLog")
def query_log(world: World) -> Case:
    zone = world.make("route53/zone:Zone", name=f"{world.name()}.superinc.com")
    group = world.log_group(name=f"/aws/route53/{world.name()}", region="us-east-1")
    made = world.make(
        "route53/queryLog:QueryLog", zoneId=zone.id, cloudwatchLogGroupArn=group["arn"]
    )
    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:route53:::queryloggingconfig/{re.escape(made.id)}"},
        replaced={"zoneId": "Z1"},
    )


@case("kms/key:Key")
def signing_key(world: World) -> Case:
    made = world.make(
        "kms/key:Key",
        description="zone",
        customerMasterKeySpec="ECC_NIST_P256",
        keyUsage="SIGN_VERIFY",
        deletionWindowInDays=7,
    )
    client = world.see("kms")

    def seen() -> object:
        found = client.describe_key(KeyId=made.id)["KeyMetadata"]
        return found["Description"], found["KeySpec"], found["KeyUsage"]

    kind = ("ECC_NIST_P256", "SIGN_VERIFY")
    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:kms:{HOME}:\d+:key/{made.id}", "keyId": made.id},
        seen=seen,
        before=("zone", *kind),
        change={"description": "other"},
        after=("other", *kind),
        replaced={"customerMasterKeySpec": "ECC_NIST_P384"},
    )
