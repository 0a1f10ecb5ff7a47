"""Exceptions of what watches: targets inside rules, queue attributes as text, trails that log."""

import json
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_QUEUE: Final = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
"""SQS's attribute of each property (SQS API, SetQueueAttributes)."""

QUEUE_SETTINGS: Final = frozenset(_QUEUE.keys() - {"fifoQueue"}) | {"redriveAllowPolicy"}
TARGET_NAMES: Final = {
    "batchTarget": "BatchParameters",
    "ecsTarget": "EcsParameters",
    "httpTarget": "HttpParameters",
    "inputPaths": "InputPathsMap",
    "kinesisTarget": "KinesisParameters",
    "maximumEventAgeInSeconds": "MaximumEventAgeInSeconds",
    "sqsTarget": "SqsParameters",
}
"""What the API calls a target's blocks (EventBridge API, Target)."""

TARGET_SETTINGS: Final = frozenset(
    {
        "appsyncTarget",
        "arn",
        "batchTarget",
        "deadLetterConfig",
        "ecsTarget",
        "forceDestroy",
        "httpTarget",
        "input",
        "inputPath",
        "inputTransformer",
        "kinesisTarget",
        "redshiftTarget",
        "retryPolicy",
        "roleArn",
        "runCommandTargets",
        "sagemakerPipelineTarget",
        "sqsTarget",
    }
)
_RECOVERY_DAYS: Final = 30
"""How long a deleted secret can be recovered unless told otherwise (Secrets Manager API)."""

_TARGET = Call(
    "PutTargets",
    {"Rule": "$.rule", "EventBusName": "$.eventBusName", "Targets": ["*"]},
)
_SECRET_VALUE = Call("PutSecretValue", {"SecretId": "$.secretId"}, mapped=True)
_TRAIL = Call(
    "PutEventSelectors",
    {
        "TrailName": "$id",
        "EventSelectors": "$.eventSelectors",
        "AdvancedEventSelectors": "$.advancedEventSelectors",
    },
)


def find_log_group(work: Work) -> object:
    """A log group by its whole name; the API knows prefixes only."""
    answer = work.send("DescribeLogGroups", {"logGroupNamePrefix": work.id})
    groups = cast("list[dict[str, Any]]", answer["logGroups"])
    found = next((one for one in groups if one["logGroupName"] == work.id), None)
    if found is not None:
        found["arn"] = str(found["arn"]).removesuffix(":*")
    return found


def find_metric_filter(work: Work) -> object:
    """A metric filter is listed with its log group."""
    group, name = work.properties["logGroupName"], work.properties["name"]
    try:
        answer = work.send("DescribeMetricFilters", {"logGroupName": group})
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    filters = cast("list[dict[str, Any]]", answer["metricFilters"])
    return next((one for one in filters if one["filterName"] == name), None)


def find_resource_policy(work: Work) -> object:
    """A resource policy is one of the few that an account has in a Region."""
    policies = cast(
        "list[dict[str, Any]]", work.send("DescribeResourcePolicies")["resourcePolicies"]
    )
    return next((one for one in policies if one["policyName"] == work.id), None)


def make_target(work: Work) -> tuple[str, object]:
    """Add a target to a rule, under an id of its own."""
    given = dict(work.properties)
    given.setdefault("targetId", f"terraform-{work.caller_reference[:20]}")
    _put_target(work, given)
    return f"{given['rule']}-{given['targetId']}", {"TargetId": given["targetId"]}


def change_target(work: Work, changed: frozenset[str]) -> None:
    """Put the target again."""
    if changed & TARGET_SETTINGS:
        rule = str(work.properties["rule"])
        _put_target(work, {"targetId": work.id.removeprefix(f"{rule}-"), **work.properties})


def _put_target(work: Work, given: dict[str, Any]) -> None:
    kept = work.properties
    work.properties = {**given, "id": given["targetId"]}
    try:
        work.result = work.call(_TARGET)
    finally:
        work.properties = kept


def find_target(work: Work) -> object:
    """A target is listed with its rule."""
    rule = str(work.properties["rule"])
    try:
        answer = work.send("ListTargetsByRule", {"Rule": rule, **_bus(work)})
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    targets = cast("list[dict[str, Any]]", answer["Targets"])
    return next((one for one in targets if f"{rule}-{one['Id']}" == work.id), None)


def delete_target(work: Work) -> None:
    """Take the target out of its rule."""
    rule = str(work.properties["rule"])
    parameters = {"Rule": rule, "Ids": [work.id.removeprefix(f"{rule}-")], **_bus(work)}
    work.send("RemoveTargets", parameters)


def _bus(work: Work) -> dict[str, Any]:
    bus = work.properties.get("eventBusName")
    return {"EventBusName": bus} if bus else {}


def make_queue(work: Work) -> tuple[str, object]:
    """Create a queue with its attributes, all of which are text."""
    work.result = work.send(
        "CreateQueue",
        {"QueueName": work.properties["name"], "Attributes": _attributes(work, frozenset(_QUEUE))},
    )
    work.id = str(work.result["QueueUrl"])
    return work.id, find_queue(work)


def change_queue(work: Work, changed: frozenset[str]) -> None:
    """Set the attributes that changed."""
    attributes = _attributes(work, changed)
    if attributes:
        work.send("SetQueueAttributes", {"QueueUrl": work.id, "Attributes": attributes})


def find_queue(work: Work) -> object:
    """A queue's attributes, with its address as the provider names it."""
    try:
        answer = work.send("GetQueueAttributes", {"QueueUrl": work.id, "AttributeNames": ["All"]})
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    attributes = cast("dict[str, Any]", answer["Attributes"])
    return {"Arn": attributes["QueueArn"], "Url": work.id}


def find_queue_policy(work: Work) -> object:
    """A queue's policy, where it has one."""
    which = {"QueueUrl": work.id, "AttributeNames": ["Policy"]}
    try:
        answer = work.send("GetQueueAttributes", which)
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    found = cast("dict[str, str]", answer.get("Attributes") or {})
    return found if found.get("Policy") else None


def delete_queue_policy(work: Work) -> None:
    """Take a queue's policy away."""
    which = {"QueueUrl": work.id, "Attributes": {"Policy": ""}}
    work.send("SetQueueAttributes", which)


def _attributes(work: Work, names: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(names & _QUEUE.keys()):
        value = work.properties.get(name)
        if value is not None and not (name == "fifoQueue" and value is False):
            found[_QUEUE[name]] = value if isinstance(value, str) else json.dumps(value)
    return found


def change_trail(work: Work, changed: frozenset[str]) -> None:
    """Start or stop logging, and say which events are logged."""
    if "enableLogging" in changed or work.result:
        on = work.properties.get("enableLogging", True)
        work.send("StartLogging" if on else "StopLogging", {"Name": work.id})
    if changed & {"eventSelectors", "advancedEventSelectors"}:
        work.call(_TRAIL)


def switch_rule(work: Work, changed: frozenset[str]) -> None:
    """Enable or disable a rule; `state` goes with its other settings."""
    if "isEnabled" in changed:
        on = work.properties.get("isEnabled", True)
        which = {"Name": work.properties["name"], **_bus(work)}
        work.send("EnableRule" if on else "DisableRule", which)


def change_document(work: Work, changed: frozenset[str]) -> None:
    """Give a document a new version and make that the default one."""
    if not changed & {"content", "attachmentsSources", "targetType", "versionName"}:
        return
    given = work.properties
    parameters = {"Name": work.id, "Content": given["content"], "DocumentVersion": "$LATEST"}
    for name, member in (
        ("documentFormat", "DocumentFormat"),
        ("targetType", "TargetType"),
        ("versionName", "VersionName"),
    ):
        if given.get(name):
            parameters[member] = given[name]
    made = work.send("UpdateDocument", parameters)
    version = str(shapes.at(made, "DocumentDescription.DocumentVersion"))
    parameters = {"Name": work.id, "DocumentVersion": version}
    work.send("UpdateDocumentDefaultVersion", parameters)


def delete_secret(work: Work) -> None:
    """Schedule a secret's deletion, or delete it at once when no time to recover it is given."""
    days = work.properties.get("recoveryWindowInDays", _RECOVERY_DAYS)
    how = {"RecoveryWindowInDays": int(days)} if days else {"ForceDeleteWithoutRecovery": True}
    try:
        work.send("DeleteSecret", {"SecretId": work.id, **how})
    except ClientError as error:
        if not errors.is_gone(error) and "marked deleted" not in errors.words(error):
            raise


def move_stages(work: Work, changed: frozenset[str]) -> None:
    """Move the stages that are newly named to this version."""
    if "versionStages" not in changed:
        return
    secret, _, version = work.id.rpartition("|")
    found = work.send("DescribeSecret", {"SecretId": secret})
    holders = cast("dict[str, list[str]]", found.get("VersionIdsToStages") or {})
    for stage in cast("list[str]", work.properties.get("versionStages") or []):
        holder = next((one for one, stages in holders.items() if stage in stages), None)
        if holder != version:
            moved = {"SecretId": secret, "VersionStage": stage, "MoveToVersionId": version}
            source = {"RemoveFromVersionId": holder} if holder else {}
            work.send("UpdateSecretVersionStage", {**moved, **source})


def make_secret_version(work: Work) -> tuple[str, object]:
    """Give a secret a value; its id names the secret and the version."""
    work.result = work.call(_SECRET_VALUE)
    return f"{work.properties['secretId']}|{work.result['VersionId']}", work.result


def find_secret_version(work: Work) -> object:
    """The version of a secret with this id."""
    secret, _, version = work.id.rpartition("|")
    try:
        return work.send("GetSecretValue", {"SecretId": secret, "VersionId": version})
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
