"""EC2's exceptions: flow logs that fail without an error, things that a VPC is born with."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.errors import AwsError, EmulatorLimitError, title
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_RESOURCES = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
_FLOW_LOG = Call(
    "CreateFlowLogs",
    {
        "TrafficType": "$.trafficType",
        "LogDestinationType": "$.logDestinationType",
        "MaxAggregationInterval": "$.maxAggregationInterval",
        "LogFormat": "$.logFormat",
        "DeliverLogsPermissionArn": "$.iamRoleArn",
        "DestinationOptions": "$.destinationOptions",
        "LogDestination": "$.target",
        "LogGroupName": "$.group",
        "ResourceIds": ["$.resource"],
        "ResourceType": "$.kind",
    },
)


def make_flow_log(work: Work) -> tuple[str, object]:
    """Create a flow log; AWS answers 200 with a list of those it did not create."""
    given = work.properties
    subject = next((key for key in _RESOURCES if given.get(key)), "vpcId")
    destination = str(given.get("logDestination") or "")
    extra: dict[str, Any] = {"resource": given.get(subject), "kind": _RESOURCES[subject]}
    if given.get("logDestinationType") == "s3":
        # The emulator takes the bucket's ARN alone; AWS takes a folder behind it as well.
        extra["target"] = destination.split("/", maxsplit=1)[0]
    else:
        extra["group"] = destination.removesuffix(":*").rpartition(":log-group:")[2]
    work.properties = {**given, **extra}
    try:
        work.result = work.call(_FLOW_LOG, tagged=True)
    finally:
        work.properties = given
    failed = shapes.at(work.result, "Unsuccessful[0].Error")
    if isinstance(failed, Mapping):
        words = cast("Mapping[str, str]", failed)
        message = f"{words['Code']}: {words['Message']}"
        work.result = {}
        if "target" in extra and _is_a_bucket(work, str(extra["target"])):
            raise EmulatorLimitError(f"flow logs into a bucket of another account: {message}")
        raise AwsError(f"error creating {title(work.token)}: {message}")
    return str(shapes.at(work.result, "FlowLogIds[0]")), {}


def _is_a_bucket(work: Work, arn: str) -> bool:
    """Whether the bucket exists, in whichever account."""
    try:
        work.send("HeadBucket", {"Bucket": arn.rpartition(":")[2]}, service="s3")
    except ClientError as error:
        return not errors.is_gone(error)
    return True


def change_endpoint(work: Work, changed: frozenset[str]) -> None:
    """Change an endpoint: its lists by what joins and what leaves."""
    now = _endpoint(work)
    parameters: dict[str, Any] = {"VpcEndpointId": work.id}
    if "policy" in changed:
        policy = work.properties.get("policy")
        parameters |= {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
    if "privateDnsEnabled" in changed:
        parameters["PrivateDnsEnabled"] = bool(work.properties.get("privateDnsEnabled"))
    for name, member, actual in (
        ("routeTableIds", "RouteTableIds", now.get("RouteTableIds", [])),
        ("subnetIds", "SubnetIds", now.get("SubnetIds", [])),
        ("securityGroupIds", "SecurityGroupIds", [one["GroupId"] for one in now.get("Groups", [])]),
    ):
        if name in changed:
            wanted = cast("list[str]", work.properties.get(name) or [])
            parameters[f"Add{member}"] = [one for one in wanted if one not in actual]
            parameters[f"Remove{member}"] = [one for one in actual if one not in wanted]
    if len(parameters) > 1:
        work.send("ModifyVpcEndpoint", {key: one for key, one in parameters.items() if one != []})


def _endpoint(work: Work) -> dict[str, Any]:
    answer = work.send("DescribeVpcEndpoints", {"VpcEndpointIds": [work.id]})
    return cast("dict[str, Any]", answer["VpcEndpoints"][0])


def accept_peering(work: Work) -> tuple[str, object]:
    """Accept a peering that another account asked for, unless it has been accepted."""
    identity = str(work.properties["vpcPeeringConnectionId"])
    found = work.send("DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": [identity]})
    state = shapes.at(found, "VpcPeeringConnections[0].Status.Code")
    if work.properties.get("autoAccept") and state == "pending-acceptance":
        work.send("AcceptVpcPeeringConnection", {"VpcPeeringConnectionId": identity})
        found = work.send("DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": [identity]})
    return identity, shapes.at(found, "VpcPeeringConnections[0]")


def adopt_route_table(work: Work) -> tuple[str, object]:
    """Take over the route table that came with the VPC; its routes become ours to say."""
    identity = str(work.properties["defaultRouteTableId"])
    found = work.send("DescribeRouteTables", {"RouteTableIds": [identity]})
    table = cast("dict[str, Any]", found["RouteTables"][0])
    for route in cast("list[dict[str, Any]]", table.get("Routes", [])):
        if route.get("Origin") == "CreateRoute" and "DestinationCidrBlock" in route:
            work.send(
                "DeleteRoute",
                {
                    "RouteTableId": identity,
                    "DestinationCidrBlock": route["DestinationCidrBlock"],
                },
            )
    return identity, table


def find_route(work: Work) -> object:
    """A route is known by its table and its destination alone."""
    tables = work.send(
        "DescribeRouteTables",
        {"Filters": [{"Name": "route-table-id", "Values": [work.properties["routeTableId"]]}]},
    )
    routes = cast("list[dict[str, Any]]", shapes.at(tables, "RouteTables[0].Routes") or [])
    given = work.properties
    for name, member in (
        ("destinationCidrBlock", "DestinationCidrBlock"),
        ("destinationIpv6CidrBlock", "DestinationIpv6CidrBlock"),
        ("destinationPrefixListId", "DestinationPrefixListId"),
    ):
        if given.get(name):
            return next((route for route in routes if route.get(member) == given[name]), None)
    return None


def find_association(work: Work) -> object:
    """An association is listed in its route table."""
    tables = work.send(
        "DescribeRouteTables",
        {"Filters": [{"Name": "route-table-id", "Values": [work.properties["routeTableId"]]}]},
    )
    found = cast("list[dict[str, Any]]", shapes.at(tables, "RouteTables[0].Associations") or [])
    return next((one for one in found if one.get("RouteTableAssociationId") == work.id), None)


def replace_main_association(work: Work) -> tuple[str, object]:
    """Make another route table the VPC's main one."""
    tables = work.send(
        "DescribeRouteTables",
        {
            "Filters": [
                {"Name": "vpc-id", "Values": [work.properties["vpcId"]]},
                {"Name": "association.main", "Values": ["true"]},
            ]
        },
    )
    found = cast("list[dict[str, Any]]", shapes.at(tables, "RouteTables[0].Associations") or [])
    main = next(one["RouteTableAssociationId"] for one in found if one.get("Main"))
    return _reassociate(work, str(main)), {}


def change_main_association(work: Work, changed: frozenset[str]) -> None:
    """Make yet another route table the main one."""
    if "routeTableId" in changed:
        replace_main_association(work)


def _reassociate(work: Work, association: str) -> str:
    answer = work.send(
        "ReplaceRouteTableAssociation",
        {"AssociationId": association, "RouteTableId": work.properties["routeTableId"]},
    )
    return str(answer["NewAssociationId"])


def set_ebs_encryption(work: Work) -> tuple[str, object]:
    """Switch encryption of new volumes on or off, for one Region of one account."""
    on = work.properties.get("enabled", True)
    work.send(f"{'Enable' if on else 'Disable'}EbsEncryptionByDefault")
    return work.region, {}


def change_ebs_encryption(work: Work, changed: frozenset[str]) -> None:
    """Switch it again."""
    if "enabled" in changed:
        set_ebs_encryption(work)


def make_block(enable: Call, disable: Call, off: str) -> Callable[[Work], tuple[str, object]]:
    """How a Region's block on sharing is set; the id is the Region's name."""

    def make(work: Work) -> tuple[str, object]:
        work.call(disable if work.properties["state"] == off else enable)
        return work.region, None

    return make


def change_block(enable: Call, disable: Call, off: str) -> Callable[[Work, frozenset[str]], None]:
    """How it is set anew."""

    def change(work: Work, changed: frozenset[str]) -> None:
        if "state" in changed:
            work.call(disable if work.properties["state"] == off else enable)

    return change


def find_reservation(work: Work) -> object:
    """A reservation is listed with its subnet, by its kind."""
    try:
        answer = work.send("GetSubnetCidrReservations", {"SubnetId": work.properties["subnetId"]})
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    kinds = ("SubnetIpv4CidrReservations", "SubnetIpv6CidrReservations")
    found = [one for kind in kinds for one in cast("list[dict[str, Any]]", answer.get(kind) or [])]
    return next((one for one in found if one["SubnetCidrReservationId"] == work.id), None)


def choose_version(work: Work, changed: frozenset[str]) -> None:
    """Make a launch template's new version, or the one given, the default."""
    version = work.properties.get("defaultVersion")
    if work.properties.get("updateDefaultVersion"):
        version = "$Latest"
    if version is not None and changed - {"tags", "tagsAll"}:
        parameters = {"LaunchTemplateId": work.id, "DefaultVersion": _version(work, str(version))}
        work.send("ModifyLaunchTemplate", parameters)


def _version(work: Work, version: str) -> str:
    if version != "$Latest":
        return version
    answer = work.send("DescribeLaunchTemplates", {"LaunchTemplateIds": [work.id]})
    return str(shapes.at(answer, "LaunchTemplates[0].LatestVersionNumber"))


def change_prefix_list(work: Work, changed: frozenset[str]) -> None:
    """Change a prefix list's entries by what joins and what leaves; each change is a version."""
    if not changed & {"entries", "maxEntries", "name"}:
        return
    which = {"PrefixListId": work.id}
    answer = work.send("DescribeManagedPrefixLists", {"PrefixListIds": [work.id]})
    parameters: dict[str, Any] = {**which, "PrefixListName": work.properties["name"]}
    if "entries" in changed:
        parameters["CurrentVersion"] = shapes.at(answer, "PrefixLists[0].Version")
        listed = cast("list[dict[str, str]]", work.properties.get("entries") or [])
        wanted = {one["cidr"]: one.get("description", "") for one in listed}
        found = work.send("GetManagedPrefixListEntries", which)["Entries"]
        there = {one["Cidr"]: one.get("Description", "") for one in found}
        parameters["AddEntries"] = [
            {"Cidr": cidr, "Description": text}
            for cidr, text in wanted.items()
            if there.get(cidr) != text
        ]
        parameters["RemoveEntries"] = [{"Cidr": cidr} for cidr in there if cidr not in wanted]
    if "maxEntries" in changed:
        parameters["MaxEntries"] = int(work.properties["maxEntries"])
    work.send("ModifyManagedPrefixList", {k: v for k, v in parameters.items() if v != []})
