"""Exceptions of what runs: attributes as text, actions by kind, locks, blocks turned inside out."""

from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_SCALING: Final = Call(
    "CreateAutoScalingGroup",
    {
        "AutoScalingGroupName": "$.name",
        "VPCZoneIdentifier": "$.zones",
        "LaunchTemplate": "$.template",
        "Tags": "$.group_tags",
    },
    mapped=True,
)
_SCALING_CHANGE: Final = Call(
    "UpdateAutoScalingGroup",
    {
        "AutoScalingGroupName": "$id",
        "VPCZoneIdentifier": "$.zones",
        "LaunchTemplate": "$.template",
    },
    mapped=True,
)
SCALING_SETTINGS: Final = frozenset(
    {
        "capacityRebalance",
        "defaultCooldown",
        "defaultInstanceWarmup",
        "desiredCapacity",
        "enabledMetrics",
        "forceDelete",
        "healthCheckGracePeriod",
        "healthCheckType",
        "instanceMaintenancePolicy",
        "instanceRefresh",
        "launchTemplate",
        "maxInstanceLifetime",
        "maxSize",
        "minSize",
        "mixedInstancesPolicy",
        "tags",
        "targetGroupArns",
        "terminationPolicies",
        "vpcZoneIdentifiers",
        "waitForCapacityTimeout",
    }
)
BALANCER_SETTINGS: Final = frozenset(
    {
        "accessLogs",
        "connectionLogs",
        "desyncMitigationMode",
        "dropInvalidHeaderFields",
        "enableCrossZoneLoadBalancing",
        "enableDeletionProtection",
        "enableHttp2",
        "enableWafFailOpen",
        "idleTimeout",
        "preserveHostHeader",
        "securityGroups",
        "subnets",
        "xffHeaderProcessingMode",
    }
)
_BALANCER_ATTRIBUTES: Final = {
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
"""ELBv2's attribute of each property (ELBv2 API, LoadBalancerAttribute)."""

ACTION_NAMES: Final = {
    "redirect": "RedirectConfig",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "arn": "TargetGroupArn",
}
CLUSTER_UNMAPPED: Final = frozenset({"enabledClusterLogTypes"})
_CLUSTER_GROUP: Final = "eks-cluster-sg-"
_CREATE_CLUSTER = Call("CreateCluster", {"resourcesVpcConfig": "$.vpcConfig"}, mapped=True)
_CREATE_BALANCER = Call("CreateLoadBalancer", mapped=True)
_CREATE_LISTENER = Call("CreateListener", {"Certificates": "$.certificates"}, mapped=True)


def make_scaling_group(work: Work) -> tuple[str, object]:
    """Create a group; its subnets are one text, its tags know whether instances get them."""
    given = work.properties
    work.properties = _scaling(given)
    try:
        work.result = work.call(_SCALING)
    finally:
        work.properties = given
    work.id = str(given["name"])
    answer = work.send("DescribeAutoScalingGroups", {"AutoScalingGroupNames": [work.id]})
    return work.id, shapes.at(answer, "AutoScalingGroups[0]")


def change_scaling_group(work: Work, changed: frozenset[str]) -> None:
    """Change what changed; the whole group is said again."""
    if not changed & SCALING_SETTINGS:
        return
    given = work.properties
    work.properties = _scaling(given)
    try:
        work.call(_SCALING_CHANGE)
    finally:
        work.properties = given


def _scaling(given: dict[str, Any]) -> dict[str, Any]:
    found = dict(given)
    zones = cast("list[str]", given.get("vpcZoneIdentifiers") or [])
    template = cast("dict[str, Any]", given.get("launchTemplate") or {})
    if zones:
        found["zones"] = ",".join(zones)
    if template:
        known = {"id": "LaunchTemplateId", "name": "LaunchTemplateName", "version": "Version"}
        found["template"] = {known[key]: str(value) for key, value in template.items()}
    if given.get("tags"):
        found["group_tags"] = given["tags"]
    for name in ("vpcZoneIdentifiers", "launchTemplate"):
        found.pop(name, None)
    return found


def make_cluster(work: Work) -> tuple[str, object]:
    """Create a cluster, and the security group that EKS makes with every one."""
    work.result = work.call(_CREATE_CLUSTER, tagged=True)
    work.id = str(shapes.at(work.result, "cluster.name"))
    network = dict(cast("dict[str, Any]", work.properties.get("vpcConfig") or {}))
    subnets = work.send("DescribeSubnets", {"SubnetIds": network["subnetIds"]}, service="ec2")
    network["vpcId"] = shapes.at(subnets, "Subnets[0].VpcId")
    group = work.send(
        "CreateSecurityGroup",
        {
            "GroupName": f"{_CLUSTER_GROUP}{work.id}",
            "Description": "EKS created security group applied to ENI of the control plane",
            "VpcId": network["vpcId"],
        },
        service="ec2",
    )
    network["clusterSecurityGroupId"] = group["GroupId"]
    work.properties = {**work.properties, "vpcConfig": network}
    return work.id, work.result["cluster"]


def delete_cluster_group(work: Work) -> None:
    """Delete the security group that EKS made."""
    filters = [{"Name": "group-name", "Values": [f"{_CLUSTER_GROUP}{work.id}"]}]
    found = work.send("DescribeSecurityGroups", {"Filters": filters}, service="ec2")
    for group in cast("list[dict[str, Any]]", found["SecurityGroups"]):
        work.send("DeleteSecurityGroup", {"GroupId": group["GroupId"]}, service="ec2")


def make_balancer(work: Work) -> tuple[str, object]:
    """Create a load balancer and set its attributes."""
    given = work.properties
    scheme = "internal" if given.get("internal") else "internet-facing"
    work.properties = {**given, "scheme": scheme}
    try:
        work.result = work.call(_CREATE_BALANCER, tagged=True)
    finally:
        work.properties = given
    made = shapes.at(work.result, "LoadBalancers[0]")
    work.id = str(shapes.at(made, "LoadBalancerArn"))
    change_balancer(work, frozenset(given) - {"securityGroups", "subnets"})
    return work.id, made


def change_balancer(work: Work, changed: frozenset[str]) -> None:
    """Set the attributes that changed, and what has an operation of its own."""
    attributes = [
        {"Key": key, "Value": str(work.properties[name]).lower()}
        for name, key in _BALANCER_ATTRIBUTES.items()
        if name in changed and work.properties.get(name) is not None
    ]
    if attributes:
        parameters = {"LoadBalancerArn": work.id, "Attributes": attributes}
        work.send("ModifyLoadBalancerAttributes", parameters)
    for name, operation, member in (
        ("securityGroups", "SetSecurityGroups", "SecurityGroups"),
        ("subnets", "SetSubnets", "Subnets"),
    ):
        if name in changed:
            work.send(operation, {"LoadBalancerArn": work.id, member: work.properties.get(name)})


def make_listener(work: Work) -> tuple[str, object]:
    """Create a listener; its first certificate is a list of one."""
    given = work.properties
    certificate = given.get("certificateArn")
    extra = {"certificates": [{"CertificateArn": certificate}]} if certificate else {}
    work.properties = {**given, **extra}
    try:
        work.result = work.call(_CREATE_LISTENER, tagged=True)
    finally:
        work.properties = given
    made = shapes.at(work.result, "Listeners[0]")
    return str(shapes.at(made, "ListenerArn")), made


def make_listener_rule(work: Work) -> tuple[str, object]:
    """Create a rule; each of its conditions names its field."""
    given = work.properties
    parameters: dict[str, Any] = {
        "ListenerArn": given["listenerArn"],
        "Priority": int(given.get("priority") or 1),
        "Conditions": [_condition(one) for one in cast("list[Any]", given.get("conditions") or [])],
        "Actions": [_action(one) for one in cast("list[Any]", given.get("actions") or [])],
    }
    work.result = work.send("CreateRule", parameters)
    made = shapes.at(work.result, "Rules[0]")
    return str(shapes.at(made, "RuleArn")), made


def _condition(given: dict[str, Any]) -> dict[str, Any]:
    if "hostHeader" in given:
        return {
            "Field": "host-header",
            "HostHeaderConfig": {"Values": given["hostHeader"]["values"]},
        }
    if "pathPattern" in given:
        return {
            "Field": "path-pattern",
            "PathPatternConfig": {"Values": given["pathPattern"]["values"]},
        }
    header = cast("dict[str, Any]", given.get("httpHeader") or {})
    config = {"HttpHeaderName": header.get("httpHeaderName"), "Values": header.get("values")}
    return {"Field": "http-header", "HttpHeaderConfig": config}


def _action(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"Type": given["type"]}
    if given.get("targetGroupArn"):
        found["TargetGroupArn"] = given["targetGroupArn"]
    for name, member in (("redirect", "RedirectConfig"), ("fixedResponse", "FixedResponseConfig")):
        if given.get(name):
            block = cast("dict[str, Any]", given[name])
            found[member] = {key[:1].upper() + key[1:]: value for key, value in block.items()}
    return found


def change_ip_set(work: Work, changed: frozenset[str]) -> None:
    """Replace the addresses under the lock that the last reader got."""
    if changed & {"addresses", "description"}:
        parameters = {**_locked(work, "GetIPSet"), "Addresses": work.properties["addresses"]}
        work.send("UpdateIPSet", parameters)


def delete_ip_set(work: Work) -> None:
    """Delete the set under the lock that the last reader got."""
    _delete_locked(work, "GetIPSet", "DeleteIPSet")


def change_web_acl(work: Work, changed: frozenset[str]) -> None:
    """Replace the rules under the lock that the last reader got."""
    if changed & {"defaultAction", "description", "rules", "visibilityConfig"}:
        token = str(_locked(work, "GetWebACL")["LockToken"])
        work.call(Call("UpdateWebACL", {"Id": "$id", "LockToken": token}, mapped=True))


def delete_web_acl(work: Work) -> None:
    """Delete the ACL under the lock that the last reader got."""
    _delete_locked(work, "GetWebACL", "DeleteWebACL")


def _delete_locked(work: Work, read: str, operation: str) -> None:
    try:
        parameters = _locked(work, read)
    except ClientError as error:
        if errors.is_gone(error):
            return
        raise
    work.send(operation, parameters)


def _locked(work: Work, operation: str) -> dict[str, Any]:
    which = {"Name": work.properties["name"], "Scope": work.properties["scope"], "Id": work.id}
    return {**which, "LockToken": work.send(operation, which)["LockToken"]}
