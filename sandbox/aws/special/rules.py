"""Security groups and network ACLs: rules as EC2 writes them, inline lists, adopted defaults."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.table.entry import Call, Step
from sandbox.aws.work import Work

_ALL_PROTOCOLS: Final = "-1"

ACL_NAMES: Final = {"icmpType": "Type", "icmpCode": "Code"}


ACL_ENTRY: Final[Mapping[str, Any]] = {
    "NetworkAclId": "$.networkAclId",
    "Protocol": "$.protocol",
    "PortRange": {"From": "$.fromPort", "To": "$.toPort"},
}
"""What of a network ACL's rule is not called as in the API."""


def _acl_step(direction: str) -> Step:
    egress = direction == "egress"
    return Step(
        (direction,),
        Call(
            "CreateNetworkAclEntry",
            {
                "NetworkAclId": "$id",
                "RuleNumber": "$item.ruleNo",
                "RuleAction": "$item.action",
                "Egress": egress,
                "CidrBlock": "$item.cidrBlock",
                "Ipv6CidrBlock": "$item.ipv6CidrBlock",
                "Protocol": "$item.protocol",
                "PortRange": {"From": "$item.fromPort", "To": "$item.toPort"},
            },
        ),
        Call(
            "DeleteNetworkAclEntry",
            {"NetworkAclId": "$id", "RuleNumber": "$item.ruleNo", "Egress": egress},
        ),
        each=True,
    )


ACL_STEPS: Final = (_acl_step("ingress"), _acl_step("egress"))


def make_rule(direction: str) -> Callable[[Work], tuple[str, object]]:
    """How one rule of a security group is made; the rule gets an id of its own."""

    def make(work: Work) -> tuple[str, object]:
        given = work.properties
        inline: dict[str, Any] = {
            "protocol": given.get("ipProtocol"),
            "fromPort": given.get("fromPort"),
            "toPort": given.get("toPort"),
            "description": given.get("description"),
            "cidrBlocks": _one(given.get("cidrIpv4")),
            "ipv6CidrBlocks": _one(given.get("cidrIpv6")),
            "prefixListIds": _one(given.get("prefixListId")),
            "securityGroups": _one(given.get("referencedSecurityGroupId")),
        }
        parameters: dict[str, Any] = {
            "GroupId": given["securityGroupId"],
            "IpPermissions": [permission(inline, "")],
        }
        if work.tags:
            tags = [{"Key": key, "Value": value} for key, value in work.tags.items()]
            parameters["TagSpecifications"] = [
                {"ResourceType": "security-group-rule", "Tags": tags}
            ]
        work.result = work.send(f"AuthorizeSecurityGroup{direction}", parameters)
        rule = cast("dict[str, Any]", shapes.at(work.result, "SecurityGroupRules[0]"))
        return str(rule["SecurityGroupRuleId"]), rule

    return make


RULE_SETTINGS: Final = frozenset(
    {
        "cidrIpv4",
        "cidrIpv6",
        "description",
        "fromPort",
        "ipProtocol",
        "prefixListId",
        "referencedSecurityGroupId",
        "toPort",
    }
)
"""What of a rule ModifySecurityGroupRules changes: everything but its group."""


def change_rule(work: Work, changed: frozenset[str]) -> None:
    """Write a rule anew; it keeps its id."""
    if not changed & RULE_SETTINGS:
        return
    given = work.properties
    protocol = str(given["ipProtocol"]).lower()
    request: dict[str, Any] = {
        "IpProtocol": _ALL_PROTOCOLS if protocol == "all" else protocol,
        "FromPort": int(given.get("fromPort", -1)),
        "ToPort": int(given.get("toPort", -1)),
        "Description": str(given.get("description") or ""),
    }
    for name, member in (
        ("cidrIpv4", "CidrIpv4"),
        ("cidrIpv6", "CidrIpv6"),
        ("prefixListId", "PrefixListId"),
        ("referencedSecurityGroupId", "ReferencedGroupId"),
    ):
        if given.get(name):
            request[member] = given[name]
    rule = {"SecurityGroupRuleId": work.id, "SecurityGroupRule": request}
    parameters = {"GroupId": given["securityGroupId"], "SecurityGroupRules": [rule]}
    work.send("ModifySecurityGroupRules", parameters)


def permission(rule: Mapping[str, Any], group: str) -> dict[str, Any]:
    """A rule as EC2 wants it; `group` is what ``self`` means."""
    note = {"Description": rule["description"]} if rule.get("description") else {}
    groups = [
        *cast("list[str]", rule.get("securityGroups") or []),
        *([group] if rule.get("self") else []),
    ]
    protocol = str(rule.get("protocol", _ALL_PROTOCOLS)).lower()
    found: dict[str, Any] = {"IpProtocol": _ALL_PROTOCOLS if protocol == "all" else protocol}
    if found["IpProtocol"] != _ALL_PROTOCOLS:
        found |= {
            "FromPort": int(rule.get("fromPort") or 0),
            "ToPort": int(rule.get("toPort") or 0),
        }
    for member, key, values in (
        ("IpRanges", "CidrIp", rule.get("cidrBlocks")),
        ("Ipv6Ranges", "CidrIpv6", rule.get("ipv6CidrBlocks")),
        ("PrefixListIds", "PrefixListId", rule.get("prefixListIds")),
        ("UserIdGroupPairs", "GroupId", groups),
    ):
        if values:
            found[member] = [{key: value, **note} for value in cast("list[str]", values)]
    return found


def make_group(work: Work) -> tuple[str, object]:
    """Create a group without AWS's egress rule for everything, then with the inline rules."""
    parameters: dict[str, Any] = {
        "GroupName": work.properties["name"],
        "Description": work.properties.get("description") or "Managed by Pulumi",
    }
    if work.properties.get("vpcId"):
        parameters["VpcId"] = work.properties["vpcId"]
    if work.tags:
        tags = [{"Key": key, "Value": value} for key, value in work.tags.items()]
        parameters["TagSpecifications"] = [{"ResourceType": "security-group", "Tags": tags}]
    work.result = work.send("CreateSecurityGroup", parameters)
    work.id = str(work.result["GroupId"])
    return work.id, _only_inline(work)


def adopt_group(work: Work) -> tuple[str, object]:
    """Take over the VPC's default group and leave only the inline rules in it: usually none."""
    filters = [{"Name": "group-name", "Values": ["default"]}]
    if work.properties.get("vpcId"):
        filters.append({"Name": "vpc-id", "Values": [work.properties["vpcId"]]})
    found = work.send("DescribeSecurityGroups", {"Filters": filters})
    work.id = str(shapes.at(found, "SecurityGroups[0].GroupId"))
    return work.id, _only_inline(work)


def change_group(work: Work, changed: frozenset[str]) -> None:
    """Replace the inline rules that changed."""
    if changed & {"ingress", "egress"}:
        _only_inline(work, frozenset(changed & {"ingress", "egress"}))


def _only_inline(
    work: Work, directions: frozenset[str] = frozenset({"ingress", "egress"})
) -> dict[str, Any]:
    group = _group(work)
    for direction, member in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        if direction not in directions:
            continue
        there = cast("list[dict[str, Any]]", group.get(member) or [])
        if there:
            work.send(
                f"RevokeSecurityGroup{direction.title()}",
                {"GroupId": work.id, "IpPermissions": [_bare(one) for one in there]},
            )
        wanted = cast("list[dict[str, Any]]", work.properties.get(direction) or [])
        if wanted:
            permissions = [permission(rule, work.id) for rule in wanted]
            work.send(
                f"AuthorizeSecurityGroup{direction.title()}",
                {"GroupId": work.id, "IpPermissions": permissions},
            )
    return group


def _group(work: Work) -> dict[str, Any]:
    found = work.send("DescribeSecurityGroups", {"GroupIds": [work.id]})
    return cast("dict[str, Any]", found["SecurityGroups"][0])


def _bare(described: Mapping[str, Any]) -> dict[str, Any]:
    """A described permission without its empty lists."""
    return {key: value for key, value in described.items() if value not in ([], None)}


def adopt_acl(work: Work) -> tuple[str, object]:
    """Take over the VPC's default network ACL; the entries it was born with go."""
    identity = str(work.properties["defaultNetworkAclId"])
    found = work.send("DescribeNetworkAcls", {"NetworkAclIds": [identity]})
    acl = cast("dict[str, Any]", found["NetworkAcls"][0])
    for entry in cast("list[dict[str, Any]]", acl.get("Entries") or []):
        if int(entry["RuleNumber"]) < _FINAL_DENY:
            work.send(
                "DeleteNetworkAclEntry",
                {
                    "NetworkAclId": identity,
                    "RuleNumber": entry["RuleNumber"],
                    "Egress": entry["Egress"],
                },
            )
    return identity, acl


_FINAL_DENY: Final = 32767
"""The rule at the end of every ACL; it cannot be deleted (VPC user guide, Network ACL rules)."""


def associate_acl(work: Work, changed: frozenset[str]) -> None:
    """Put subnets under an ACL; a subnet always has exactly one."""
    if "subnetIds" not in changed:
        return
    for subnet in cast("list[str]", work.properties.get("subnetIds") or []):
        filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
        _associate(work, {"Filters": filters}, work.id, subnet)


def release_acl(work: Work) -> None:
    """Give an ACL's subnets back to the VPC's default one."""
    filters = [
        {"Name": "vpc-id", "Values": [work.properties["vpcId"]]},
        {"Name": "default", "Values": ["true"]},
    ]
    default = shapes.at(work.send("DescribeNetworkAcls", {"Filters": filters}), "NetworkAcls[0]")
    if default is not None:
        default_id = str(shapes.at(default, "NetworkAclId"))
        _associate(work, {"NetworkAclIds": [work.id]}, default_id, "")


def _associate(work: Work, which: Mapping[str, Any], acl: str, subnet: str) -> None:
    """Move the associations of the ACL found, of one subnet or of all, to another ACL."""
    found = work.send("DescribeNetworkAcls", which)
    there = cast("list[dict[str, Any]]", shapes.at(found, "NetworkAcls[0].Associations") or [])
    for one in there:
        if subnet in {"", one["SubnetId"]} and one["NetworkAclId"] != acl:
            work.send(
                "ReplaceNetworkAclAssociation",
                {"AssociationId": one["NetworkAclAssociationId"], "NetworkAclId": acl},
            )


def find_acl_entry(work: Work) -> object:
    """A rule is listed in its ACL, by number and direction."""
    try:
        found = work.send(
            "DescribeNetworkAcls", {"NetworkAclIds": [work.properties["networkAclId"]]}
        )
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    entries = cast("list[dict[str, Any]]", shapes.at(found, "NetworkAcls[0].Entries") or [])
    number, egress = int(work.properties["ruleNumber"]), bool(work.properties.get("egress"))
    return next(
        (one for one in entries if int(one["RuleNumber"]) == number and one["Egress"] == egress),
        None,
    )


def delete_acl_entry(work: Work) -> None:
    """Delete a rule that is there."""
    if find_acl_entry(work) is not None:
        work.send(
            "DeleteNetworkAclEntry",
            {
                "NetworkAclId": work.properties["networkAclId"],
                "RuleNumber": int(work.properties["ruleNumber"]),
                "Egress": bool(work.properties.get("egress")),
            },
        )


def _one(value: object) -> list[object]:
    return [] if value is None else [value]
