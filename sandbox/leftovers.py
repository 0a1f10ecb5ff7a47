"""What is left in an account of the emulator: everything there that AWS did not put there itself.

For whoever destroyed a stack and wants to be sure, and for comparing a hub with what it was. It
asks as anybody may, through the API. What AWS forgets by itself (keys and secrets waiting for
their deletion, ended instances, deleted gateways and peerings) does not count; nor do settings of
a whole account, which always have a value, nor what is inside Identity Center.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from botocore import xform_name
from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.connection import Connection, Credentials
from sandbox.environment import ACCESS_KEY

_ROLE: Final = "OrganizationAccountAccessRole"
_ACCOUNT: Final = "$account"
"""Stands for the account's id in a call's parameters."""

_FIRST_REGION: Final = "us-east-1"
_OVER: Final = frozenset(
    {"deleted", "deleting", "terminated", "shutting-down", "PendingDeletion", "rejected"}
)
_STATES: Final = ("State", "State.Name", "Status.Code", "KeyState")


@dataclass(frozen=True)
class Listing:
    """One question: what there is of a kind.

    Attributes:
        service: botocore's name of the service.
        operation: Lists them.
        items: Path to the list in the answer.
        name: Path to what a person calls one; empty when the item is its own name.
        params: Of the call.
        own: Whether one is the account's own; AWS's are left out.
    """

    service: str
    operation: str
    items: str
    name: str = ""
    params: Mapping[str, object] | None = None
    own: Callable[[Any], bool] = lambda _: True


_Own = Callable[[dict[str, Any]], bool]


def _listed(
    service: str,
    operation: str,
    items: str,
    name: str = "",
    *,
    params: Mapping[str, object] | None = None,
    own: _Own = lambda _: True,
) -> Listing:
    return Listing(service, operation, items, name, params, own)


def _ec2(kind: str, name: str, *, own: _Own = lambda _: True) -> Listing:
    return _listed("ec2", f"Describe{kind}", kind, name, own=own)


REGIONAL: Final = (
    _listed("acm", "ListCertificates", "CertificateSummaryList", "CertificateArn"),
    _listed(
        "autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups", "AutoScalingGroupName"
    ),
    _listed("backup", "ListBackupVaults", "BackupVaultList", "BackupVaultName"),
    _listed("cloudtrail", "DescribeTrails", "trailList", "TrailARN"),
    _listed("cloudwatch", "DescribeAlarms", "MetricAlarms", "AlarmName"),
    _ec2("Addresses", "AllocationId"),
    _ec2("FlowLogs", "FlowLogId"),
    _listed("ec2", "DescribeInstances", "Reservations", "Instances[0].InstanceId"),
    _ec2("InternetGateways", "InternetGatewayId"),
    _ec2("LaunchTemplates", "LaunchTemplateName"),
    _listed(
        "ec2",
        "DescribeManagedPrefixLists",
        "PrefixLists",
        "PrefixListName",
        own=lambda one: one["OwnerId"] != "AWS",
    ),
    _ec2("NatGateways", "NatGatewayId"),
    _ec2("NetworkAcls", "NetworkAclId", own=lambda one: not one["IsDefault"]),
    _ec2("NetworkInterfaces", "NetworkInterfaceId"),
    _ec2("RouteTables", "RouteTableId", own=lambda one: not _main(one)),
    _ec2("SecurityGroups", "GroupId", own=lambda one: one["GroupName"] != "default"),
    _ec2("Subnets", "SubnetId", own=lambda one: not one["DefaultForAz"]),
    _ec2("Volumes", "VolumeId"),
    _ec2("VpcEndpoints", "VpcEndpointId"),
    _ec2("VpcPeeringConnections", "VpcPeeringConnectionId"),
    _ec2("Vpcs", "VpcId", own=lambda one: not one["IsDefault"]),
    _listed("ecr", "DescribePullThroughCacheRules", "pullThroughCacheRules", "ecrRepositoryPrefix"),
    _listed("ecr", "DescribeRepositories", "repositories", "repositoryName"),
    _listed("ecr", "DescribeRepositoryCreationTemplates", "repositoryCreationTemplates", "prefix"),
    _listed("eks", "ListClusters", "clusters"),
    _listed("elbv2", "DescribeLoadBalancers", "LoadBalancers", "LoadBalancerArn"),
    _listed("elbv2", "DescribeTargetGroups", "TargetGroups", "TargetGroupArn"),
    _listed("events", "ListRules", "Rules", "Name"),
    _listed("kafka", "ListClusters", "ClusterInfoList", "ClusterArn"),
    _listed(
        "kms",
        "ListAliases",
        "Aliases",
        "AliasName",
        own=lambda one: not one["AliasName"].startswith("alias/aws/"),
    ),
    _listed("logs", "DescribeDeliveries", "deliveries", "id"),
    _listed("logs", "DescribeDeliveryDestinations", "deliveryDestinations", "name"),
    _listed("logs", "DescribeDeliverySources", "deliverySources", "name"),
    _listed("logs", "DescribeLogGroups", "logGroups", "logGroupName"),
    _listed("logs", "DescribeResourcePolicies", "resourcePolicies", "policyName"),
    _listed("rds", "DescribeDBClusters", "DBClusters", "DBClusterIdentifier"),
    _listed("rds", "DescribeDBInstances", "DBInstances", "DBInstanceIdentifier"),
    _listed("secretsmanager", "ListSecrets", "SecretList", "Name"),
    _listed("sns", "ListTopics", "Topics", "TopicArn"),
    _listed("sqs", "ListQueues", "QueueUrls"),
    _listed(
        "ssm",
        "ListDocuments",
        "DocumentIdentifiers",
        "Name",
        params={"Filters": [{"Key": "Owner", "Values": ["Self"]}]},
        own=lambda one: one.get("Owner") != "Amazon",
    ),
    _listed(
        "ssm",
        "DescribeParameters",
        "Parameters",
        "Name",
        own=lambda one: not one["Name"].startswith("/aws/"),
    ),
    _listed("wafv2", "ListIPSets", "IPSets", "Name", params={"Scope": "REGIONAL"}),
    _listed("wafv2", "ListWebACLs", "WebACLs", "Name", params={"Scope": "REGIONAL"}),
)
"""What is of a Region."""

GLOBAL: Final = (
    _listed("budgets", "DescribeBudgets", "Budgets", "BudgetName", params={"AccountId": _ACCOUNT}),
    _listed("cloudfront", "ListDistributions", "DistributionList.Items", "Id"),
    _listed("cloudfront", "ListOriginAccessControls", "OriginAccessControlList.Items", "Id"),
    _listed("iam", "ListAccountAliases", "AccountAliases"),
    _listed("iam", "ListGroups", "Groups", "GroupName"),
    _listed("iam", "ListInstanceProfiles", "InstanceProfiles", "InstanceProfileName"),
    _listed("iam", "ListOpenIDConnectProviders", "OpenIDConnectProviderList", "Arn"),
    _listed("iam", "ListPolicies", "Policies", "Arn", params={"Scope": "Local"}),
    _listed("iam", "ListRoles", "Roles", "RoleName", own=lambda one: not _given(one)),
    _listed("iam", "ListUsers", "Users", "UserName"),
    _listed("route53", "ListHostedZones", "HostedZones", "Name"),
    _listed("route53", "ListQueryLoggingConfigs", "QueryLoggingConfigs", "Id"),
    _listed("s3", "ListBuckets", "Buckets", "Name"),
    _listed("wafv2", "ListIPSets", "IPSets", "Name", params={"Scope": "CLOUDFRONT"}),
    _listed("wafv2", "ListWebACLs", "WebACLs", "Name", params={"Scope": "CLOUDFRONT"}),
)
"""What an account has once, wherever it is asked for."""


def left(
    endpoint: str, account_id: str, regions: Sequence[str], *, management_account_id: str
) -> list[str]:
    """Everything of its own that an account still has, in some Regions and in none.

    Args:
        endpoint: The emulator's address.
        account_id: The account.
        regions: Where to look for what is of a Region.
        management_account_id: The account that keys without a role belong to.

    Returns:
        ``<region> <service> <what>: <name>`` of each, sorted; ``global`` stands for no Region.
    """
    connection = Connection(Credentials(ACCESS_KEY, ACCESS_KEY), _FIRST_REGION, endpoint)
    if account_id != management_account_id:
        role = f"arn:aws:iam::{account_id}:role/{_ROLE}"
        connection = connection.assume([{"roleArn": role, "sessionName": "leftovers"}])
    found = [(region, REGIONAL) for region in regions] + [("", GLOBAL)]
    lines = [
        line
        for region, listings in found
        for listing in listings
        for line in _lines(connection, region, listing, account_id)
    ]
    lines += [line for region in regions for line in _keys(connection, region)]
    lines += [line for region in regions for line in _routes(connection, region)]
    return sorted([*lines, *_records(connection)])


def _lines(connection: Connection, region: str, listing: Listing, account: str) -> Iterable[str]:
    where, kind = region or "global", listing.items.split(".")[0]
    defaults = _default_networks(connection, region) if listing.service == "ec2" else set[str]()
    for one in _items(connection, region or _FIRST_REGION, listing, account):
        if _is_over(one) or not listing.own(one) or _network(one) in defaults:
            continue
        yield f"{where} {listing.service} {kind}: {shapes.at(one, listing.name)}"


def _keys(connection: Connection, region: str) -> Iterable[str]:
    """Customer keys; only a question each says whether one is waiting for its deletion."""
    client = connection.client("kms", region)
    for key in _items(connection, region, _listed("kms", "ListKeys", "Keys")):
        found = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if found["KeyManager"] == "CUSTOMER" and found["KeyState"] not in _OVER:
            yield f"{region} kms Keys: {found['Arn']}"


def _routes(connection: Connection, region: str) -> Iterable[str]:
    """Routes somebody made, the ways into peered networks among them."""
    defaults = _default_networks(connection, region)
    for table in _items(connection, region, _ec2("RouteTables", "")):
        for route in table["Routes"]:
            if route.get("Origin") == "CreateRoute" and table["VpcId"] not in defaults:
                where = route.get("DestinationCidrBlock") or route.get("DestinationPrefixListId")
                yield f"{region} ec2 Routes: {table['RouteTableId']} {where}"


def _records(connection: Connection) -> Iterable[str]:
    """Records beyond those that a zone is born with, delegations to other zones among them."""
    for zone in _items(
        connection, _FIRST_REGION, _listed("route53", "ListHostedZones", "HostedZones")
    ):
        which = {"HostedZoneId": zone["Id"]}
        listing = _listed("route53", "ListResourceRecordSets", "ResourceRecordSets", params=which)
        for record in _items(connection, _FIRST_REGION, listing):
            if record["Name"] != zone["Name"] or record["Type"] not in {"NS", "SOA"}:
                yield f"global route53 ResourceRecordSets: {record['Name']} {record['Type']}"


def _items(connection: Connection, region: str, listing: Listing, account: str = "") -> list[Any]:
    client = connection.client(listing.service, region)
    operation = xform_name(listing.operation)
    params = {
        name: account if value == _ACCOUNT else value
        for name, value in (listing.params or {}).items()
    }
    found: list[Any] = []
    try:
        if client.can_paginate(operation):
            pages = client.get_paginator(operation).paginate(**params)
        else:
            pages = [getattr(client, operation)(**params)]
        for page in pages:
            found += cast("list[Any]", shapes.at(page, listing.items) or [])
    except ClientError as error:
        if not errors.is_gone(error):
            raise
    return found


def _default_networks(connection: Connection, region: str) -> set[str]:
    """The VPC that every new account has in a Region; what is in it came with it."""
    filters = [{"Name": "is-default", "Values": ["true"]}]
    answer = connection.client("ec2", region or _FIRST_REGION).describe_vpcs(Filters=filters)
    return {str(one["VpcId"]) for one in answer["Vpcs"]}


def _network(one: object) -> str:
    return str(shapes.at(one, "VpcId") or shapes.at(one, "Attachments[0].VpcId") or "")


def _is_over(one: object) -> bool:
    if shapes.at(one, "DeletedDate") or shapes.at(one, "DeletionDate"):
        return True
    instance = shapes.at(one, "Instances[0]")
    states = [shapes.at(item, path) for item in (one, instance) for path in _STATES]
    return any(isinstance(state, str) and state in _OVER for state in states)


def _main(table: dict[str, Any]) -> bool:
    return any(one.get("Main") for one in table.get("Associations", []))


def _given(role: dict[str, Any]) -> bool:
    """Whether Organizations or a service made the role."""
    return role["RoleName"] == _ROLE or str(role["Path"]).startswith("/aws-service-role/")
