"""Route 53's exceptions: records are changes of a zone, zones have records of their own."""

from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.errors import AwsError, title
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_ZONE_ID_PREFIX: Final = "/hostedzone/"

_CREATE_ZONE = Call(
    "CreateHostedZone",
    {
        "Name": "$.name",
        "CallerReference": "$token",
        "HostedZoneConfig": {"Comment": "$.comment", "PrivateZone": "$.private"},
        "VPC": {"VPCId": "$.vpcs[0].vpcId", "VPCRegion": "$.vpc_region"},
        "DelegationSetId": "$.delegationSetId",
    },
)
_ROUTING: Final = {
    "weightedRoutingPolicies": {"weight": "Weight"},
    "latencyRoutingPolicies": {"region": "Region"},
    "failoverRoutingPolicies": {"type": "Failover"},
}


def make_zone(work: Work) -> tuple[str, object]:
    """Create a zone; a private one with its first VPC, the others are associated after it."""
    given = work.properties
    vpcs = cast("list[dict[str, Any]]", given.get("vpcs") or [])
    first = vpcs[0] if vpcs else {}
    extra: dict[str, Any] = {"private": bool(vpcs)}
    if vpcs:
        extra["vpc_region"] = first.get("vpcRegion") or work.region
    work.properties = {**given, **extra}
    try:
        work.result = work.call(_CREATE_ZONE)
    finally:
        work.properties = given
    zone = cast("dict[str, Any]", work.result["HostedZone"])
    work.id = str(zone["Id"]).removeprefix(_ZONE_ID_PREFIX)
    for one in vpcs[1:]:
        vpc = {"VPCId": one["vpcId"], "VPCRegion": one.get("vpcRegion") or work.region}
        work.send("AssociateVPCWithHostedZone", {"HostedZoneId": work.id, "VPC": vpc})
    return work.id, {**zone, "Id": work.id}


def empty_zone(work: Work) -> None:
    """Delete a zone's records when the program says so; AWS keeps a zone that has any."""
    if not work.properties.get("forceDestroy"):
        return
    for record in _records(work, work.id):
        if record["Type"] not in {"NS", "SOA"}:
            _change(work, work.id, "DELETE", record)


def say_all_streams(parameters: dict[str, Any]) -> None:
    """Name a log group with all its streams, as the emulator wants; AWS takes both forms."""
    arn = str(parameters["CloudWatchLogsLogGroupArn"]).removesuffix(":*")
    parameters["CloudWatchLogsLogGroupArn"] = f"{arn}:*"


def make_record(work: Work) -> tuple[str, object]:
    """Create a record set; only `allowOverwrite` lets it replace one that is there."""
    given = work.properties
    record = _record_set(work)
    zone, name, kind = str(given["zoneId"]), str(record["Name"]), str(given["type"])
    # The emulator replaces a record set that AWS would refuse to create twice.
    if not given.get("allowOverwrite") and _there(work, name) is not None:
        raise AwsError(
            f"error creating {title(work.token)}: InvalidChangeBatch: [Tried to create resource "
            f"record set [name='{name}.', type='{kind}'] but it already exists]"
        )
    _change(work, zone, "UPSERT", record)
    parts = [zone, str(given["name"]).rstrip("."), kind]
    if given.get("setIdentifier"):
        parts.append(str(given["setIdentifier"]))
    return "_".join(parts), {"Fqdn": name}


def change_record(work: Work, changed: frozenset[str]) -> None:
    """Replace what the record set says."""
    if changed - {"allowOverwrite"}:
        _change(work, str(work.properties["zoneId"]), "UPSERT", _record_set(work))


def delete_record(work: Work) -> None:
    """Delete the record set as it is now: AWS wants to see it word for word."""
    found = _there(work)
    if found is not None:
        _change(work, str(work.properties["zoneId"]), "DELETE", found)


def find_record(work: Work) -> object:
    """The record set with this name and type."""
    found = _there(work)
    return None if found is None else {**found, "Fqdn": str(found["Name"]).rstrip(".")}


def _there(work: Work, qualified: str = "") -> dict[str, Any] | None:
    kind, identifier = work.properties["type"], work.properties.get("setIdentifier")
    try:
        name = f"{qualified or _qualified(work)}.".lower()
        records = _records(work, str(work.properties["zoneId"]), start=(name, str(kind)))
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    for record in records:
        same = record["Name"].lower() == name and record["Type"] == kind
        if same and record.get("SetIdentifier") == identifier:
            return record
    return None


def _qualified(work: Work) -> str:
    """The full name; the program may leave the zone's part out, as in the console."""
    name = str(work.properties["name"]).rstrip(".")
    zone = _zone_name(work)
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}".lstrip(".")


def _zone_name(work: Work) -> str:
    answer = work.send("GetHostedZone", {"Id": work.properties["zoneId"]})
    return str(shapes.at(answer, "HostedZone.Name")).rstrip(".")


def _record_set(work: Work) -> dict[str, Any]:
    given = work.properties
    found: dict[str, Any] = {"Name": _qualified(work), "Type": given["type"]}
    aliases = cast("list[dict[str, Any]]", given.get("aliases") or [])
    if aliases:
        found["AliasTarget"] = {
            "DNSName": aliases[0]["name"],
            "HostedZoneId": aliases[0]["zoneId"],
            "EvaluateTargetHealth": bool(aliases[0].get("evaluateTargetHealth")),
        }
    else:
        found["TTL"] = int(given.get("ttl") or 0)
        values = cast("list[str]", given.get("records") or [])
        found["ResourceRecords"] = [{"Value": _quoted(str(given["type"]), one)} for one in values]
    for name, member in (("setIdentifier", "SetIdentifier"), ("healthCheckId", "HealthCheckId")):
        if given.get(name):
            found[member] = given[name]
    for name, members in _ROUTING.items():
        for policy in cast("list[dict[str, Any]]", given.get(name) or []):
            found |= {member: policy[key] for key, member in members.items() if key in policy}
    return found


def _quoted(kind: str, value: str) -> str:
    return f'"{value}"' if kind == "TXT" and not value.startswith('"') else value


def _records(
    work: Work, zone: str, *, start: tuple[str, str] | None = None
) -> list[dict[str, Any]]:
    parameters: dict[str, Any] = {"HostedZoneId": zone}
    if start is not None:
        parameters |= {"StartRecordName": start[0], "StartRecordType": start[1]}
    answer = work.send("ListResourceRecordSets", parameters)
    return cast("list[dict[str, Any]]", answer["ResourceRecordSets"])


def _change(work: Work, zone: str, action: str, record: dict[str, Any]) -> None:
    change = {"Action": action, "ResourceRecordSet": record}
    work.send(
        "ChangeResourceRecordSets", {"HostedZoneId": zone, "ChangeBatch": {"Changes": [change]}}
    )
