"""Exceptions of what watches: targets inside rules, queue attributes as text, trails that log."""

import json
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
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


def make_budget(work: Work) -> tuple[str, object]:
    """Create a budget with its notifications."""
    given = work.properties
    budget: dict[str, Any] = {
        "BudgetName": given["name"],
        "BudgetType": given.get("budgetType", "COST"),
        "TimeUnit": given.get("timeUnit", "MONTHLY"),
    }
    if given.get("limitAmount"):
        amount = {"Amount": str(given["limitAmount"]), "Unit": given.get("limitUnit", "USD")}
        budget["BudgetLimit"] = amount
    notifications = cast("list[dict[str, Any]]", given.get("notifications") or [])
    work.send(
        "CreateBudget",
        {
            "AccountId": work.account,
            "Budget": budget,
            "NotificationsWithSubscribers": [_notification(one) for one in notifications],
        },
    )
    return f"{work.account}:{given['name']}", {}


def _notification(given: dict[str, Any]) -> dict[str, Any]:
    topics = cast("list[str]", given.get("subscriberSnsTopicArns") or [])
    mails = cast("list[str]", given.get("subscriberEmailAddresses") or [])
    return {
        "Notification": {
            "NotificationType": given["notificationType"],
            "ComparisonOperator": given["comparisonOperator"],
            "Threshold": float(given["threshold"]),
            "ThresholdType": given["thresholdType"],
        },
        "Subscribers": [
            *({"SubscriptionType": "SNS", "Address": one} for one in topics),
            *({"SubscriptionType": "EMAIL", "Address": one} for one in mails),
        ],
    }
