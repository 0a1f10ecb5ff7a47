"""What is left in an account is found, and what came with the account is not counted."""

import pytest

from sandbox.aws.table import TABLE
from sandbox.leftovers import GLOBAL, REGIONAL, left
from sandbox.store import Store
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, Driver

ACCOUNT = "777788889999"


def leftovers(endpoint: str, account: str = ACCOUNT) -> list[str]:
    return left(endpoint, account, [HOME, "us-east-1"], management_account_id=MANAGEMENT)


@pytest.fixture
def resident(aws: str, store: Store) -> Driver:
    """A provider of an account that nobody else uses."""
    role = f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"
    return Driver(store, assumeRoles=[{"roleArn": role, "sessionName": "test"}])


def test_what_is_made_is_left_until_it_is_deleted(aws: str, resident: Driver) -> None:
    assert leftovers(aws) == []
    vpc = resident.create("aws:ec2/vpc:Vpc", "main", cidrBlock="10.1.0.0/16")
    table = resident.create("aws:ec2/routeTable:RouteTable", "t", vpcId=vpc.id)
    gateway = resident.create("aws:ec2/internetGateway:InternetGateway", "g", vpcId=vpc.id)
    route = resident.create(
        "aws:ec2/route:Route",
        "default",
        routeTableId=table.id,
        destinationCidrBlock="0.0.0.0/0",
        gatewayId=gateway.id,
    )
    zone = resident.create("aws:route53/zone:Zone", "zone", name="left.superinc.com")
    record = resident.create(
        "aws:route53/record:Record",
        "www",
        zoneId=zone.id,
        name="www.left.superinc.com",
        type="A",
        ttl=60,
        records=["192.0.2.1"],
    )
    key = resident.create("aws:kms/key:Key", "key", region="us-east-1")
    alias = resident.create(
        "aws:kms/alias:Alias",
        "key",
        name="alias/left",
        targetKeyId=key.id,
        region="us-east-1",
    )
    bucket = resident.create("aws:s3/bucket:Bucket", "bucket", bucket="left-behind")
    role = resident.create("aws:iam/role:Role", "r", name="left", assumeRolePolicy="{}")
    assert leftovers(aws) == sorted(
        [
            f"{HOME} ec2 InternetGateways: {gateway.id}",
            f"{HOME} ec2 RouteTables: {table.id}",
            f"{HOME} ec2 Routes: {table.id} 0.0.0.0/0",
            f"{HOME} ec2 Vpcs: {vpc.id}",
            "global iam Roles: left",
            "global route53 HostedZones: left.superinc.com.",
            "global route53 ResourceRecordSets: www.left.superinc.com. A",
            "global s3 Buckets: left-behind",
            "us-east-1 kms Aliases: alias/left",
            f"us-east-1 kms Keys: {key['arn']}",
        ]
    )
    for one in (role, bucket, alias, key, record, zone, route, gateway, table, vpc):
        one.delete()
    assert leftovers(aws) == []


def test_another_accounts_things_are_not_ours(aws: str, driver: Driver, resident: Driver) -> None:
    topic = driver.create("aws:sns/topic:Topic", "theirs")
    assert leftovers(aws) == []
    assert f"{HOME} sns Topics: {topic.id}" in leftovers(aws, MANAGEMENT)


def test_every_service_that_the_table_makes_lasting_things_of_is_asked() -> None:
    asked = {listing.service for listing in (*REGIONAL, *GLOBAL)}
    # Settings of an account, members of a hub and what only its owner can be asked for.
    elsewhere = {"account", "identitystore", "inspector2", "organizations", "s3control"}
    elsewhere |= {"sso-admin"}
    assert {entry.service for entry in TABLE.values()} - asked == elsewhere
