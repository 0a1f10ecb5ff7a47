"""What tells and keeps: events, topics, queues, trails, parameters, secrets, budgets."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import budgets
from sandbox.aws.special import watch as special
from sandbox.aws.table.entry import Call, Entry, Step, Tagging
from sandbox.aws.table.tags import arn_tags


def _topic_attribute(name: str, attribute: str) -> Step:
    return Step(
        (name,),
        Call(
            "SetTopicAttributes",
            {"TopicArn": "$id", "AttributeName": attribute, "AttributeValue": f"$.{name}"},
        ),
    )


def _subscription_attribute(name: str) -> Step:
    attribute = f"{name[0].upper()}{name[1:]}"
    return Step(
        (name,),
        Call(
            "SetSubscriptionAttributes",
            {
                "SubscriptionArn": "$id",
                "AttributeName": attribute,
                "AttributeValue": f"$.{name}",
            },
        ),
        Call(
            "SetSubscriptionAttributes",
            {"SubscriptionArn": "$id", "AttributeName": attribute, "AttributeValue": ""},
        ),
    )


_BUS_POLICY: Final = Call("PutPermission", {"EventBusName": "$.eventBusName", "Policy": "$.policy"})

EVENTS: Final[Mapping[str, Entry]] = {
    "cloudwatch/eventRule:EventRule": Entry(
        service="events",
        create=Call("PutRule", mapped=True),
        read=Call("DescribeRule", {"Name": "$.name", "EventBusName": "$.eventBusName"}),
        update=Call("PutRule", mapped=True),
        replace_on=frozenset({"name", "eventBusName"}),
        delete=(Call("DeleteRule", {"Name": "$.name", "EventBusName": "$.eventBusName"}),),
        tagging=arn_tags("ResourceARN"),
        change=special.switch_rule,
        change_at_creation=True,
        in_place=frozenset({"isEnabled"}),
    ),
    "cloudwatch/eventTarget:EventTarget": Entry(
        service="events",
        make=special.make_target,
        look=special.find_target,
        change=special.change_target,
        in_place=special.TARGET_SETTINGS,
        before_delete=special.delete_target,
        names=special.TARGET_NAMES,
        drift=False,
    ),
    "cloudwatch/eventBusPolicy:EventBusPolicy": Entry(
        service="events",
        create=_BUS_POLICY,
        read=Call("DescribeEventBus", {"Name": "$id"}),
        found="Policy",
        steps=(Step(("policy",), _BUS_POLICY, later=True),),
        delete=(Call("RemovePermission", {"EventBusName": "$id", "RemoveAllPermissions": True}),),
        drift=False,
    ),
}

MESSAGES: Final[Mapping[str, Entry]] = {
    "sns/topic:Topic": Entry(
        service="sns",
        create=Call("CreateTopic", {"Name": "$.name"}),
        id="TopicArn",
        read=Call("GetTopicAttributes", {"TopicArn": "$id"}),
        found="Attributes",
        steps=(
            _topic_attribute("displayName", "DisplayName"),
            _topic_attribute("policy", "Policy"),
            _topic_attribute("deliveryPolicy", "DeliveryPolicy"),
            _topic_attribute("kmsMasterKeyId", "KmsMasterKeyId"),
            _topic_attribute("signatureVersion", "SignatureVersion"),
            _topic_attribute("tracingConfig", "TracingConfig"),
        ),
        computed={"owner": "Owner", "arn": "TopicArn"},
        delete=(Call("DeleteTopic", {"TopicArn": "$id"}),),
        tagging=arn_tags(value="$id"),
    ),
    "sns/topicPolicy:TopicPolicy": Entry(
        service="sns",
        create=Call(
            "SetTopicAttributes",
            {"TopicArn": "$.arn", "AttributeName": "Policy", "AttributeValue": "$.policy"},
        ),
        read=Call("GetTopicAttributes", {"TopicArn": "$.arn"}),
        found="Attributes",
        steps=(
            Step(
                ("policy",),
                Call(
                    "SetTopicAttributes",
                    {"TopicArn": "$.arn", "AttributeName": "Policy", "AttributeValue": "$.policy"},
                ),
                later=True,
            ),
        ),
    ),
    "sns/topicSubscription:TopicSubscription": Entry(
        service="sns",
        create=Call(
            "Subscribe",
            {
                "TopicArn": "$.topic",
                "Protocol": "$.protocol",
                "Endpoint": "$.endpoint",
                "ReturnSubscriptionArn": True,
            },
        ),
        id="SubscriptionArn",
        read=Call("GetSubscriptionAttributes", {"SubscriptionArn": "$id"}),
        found="Attributes",
        steps=tuple(
            _subscription_attribute(name)
            for name in (
                "filterPolicyScope",
                "filterPolicy",
                "rawMessageDelivery",
                "deliveryPolicy",
                "redrivePolicy",
                "subscriptionRoleArn",
            )
        ),
        computed={"arn": "SubscriptionArn", "ownerId": "Owner"},
        in_place=frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms"}),
        delete=(Call("Unsubscribe", {"SubscriptionArn": "$id"}),),
        drift=False,
    ),
    "sqs/queue:Queue": Entry(
        service="sqs",
        make=special.make_queue,
        look=special.find_queue,
        change=special.change_queue,
        in_place=special.QUEUE_SETTINGS,
        delete=(Call("DeleteQueue", {"QueueUrl": "$id"}),),
        tagging=Tagging(
            add=Call("TagQueue", {"QueueUrl": "$id", "Tags": "$tags"}),
            remove=Call("UntagQueue", {"QueueUrl": "$id", "TagKeys": "$tagkeys"}),
            at_creation=False,
        ),
        drift=False,
    ),
    "sqs/queuePolicy:QueuePolicy": Entry(
        service="sqs",
        create=Call(
            "SetQueueAttributes",
            {"QueueUrl": "$.queueUrl", "Attributes": {"Policy": "$.policy"}},
        ),
        look=special.find_queue_policy,
        before_delete=special.delete_queue_policy,
        steps=(
            Step(
                ("policy",),
                Call(
                    "SetQueueAttributes",
                    {"QueueUrl": "$.queueUrl", "Attributes": {"Policy": "$.policy"}},
                ),
                later=True,
            ),
        ),
    ),
}


def _system_tags(kind: str) -> Tagging:
    """The tags of Systems Manager's parameters and documents."""
    which = {"ResourceType": kind, "ResourceId": "$id"}
    return Tagging(
        add=Call("AddTagsToResource", {**which, "Tags": "$tags"}),
        remove=Call("RemoveTagsFromResource", {**which, "TagKeys": "$tagkeys"}),
    )


RECORDS: Final[Mapping[str, Entry]] = {
    "cloudtrail/trail:Trail": Entry(
        service="cloudtrail",
        create=Call("CreateTrail", mapped=True),
        id="TrailARN",
        read=Call("GetTrail", {"Name": "$id"}),
        found="Trail",
        update=Call("UpdateTrail", {"Name": "$id"}, mapped=True),
        names={
            "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
            "snsTopicName": "SnsTopicName",
        },
        computed={"arn": "TrailARN"},
        change=special.change_trail,
        change_at_creation=True,
        replace_on=frozenset({"name"}),
        in_place=frozenset(
            {"advancedEventSelectors", "enableLogging", "eventSelectors", "insightSelectors"}
        ),
        delete=(Call("DeleteTrail", {"Name": "$.name"}),),
        tagging=Tagging(
            add=Call("AddTags", {"ResourceId": "$id", "TagsList": "$tags"}),
            remove=Call("RemoveTags", {"ResourceId": "$id", "TagsList": "$tagkeys"}),
        ),
    ),
    "ssm/parameter:Parameter": Entry(
        service="ssm",
        create=Call("PutParameter", mapped=True),
        read=Call("GetParameter", {"Name": "$id", "WithDecryption": True}),
        found="Parameter",
        update=Call("PutParameter", {"Overwrite": True}, mapped=True),
        replace_on=frozenset({"name", "type"}),
        in_place=frozenset({"overwrite"}),
        unmapped=frozenset({"overwrite"}),
        delete=(Call("DeleteParameter", {"Name": "$id"}),),
        tagging=_system_tags("Parameter"),
    ),
    "ssm/document:Document": Entry(
        service="ssm",
        create=Call("CreateDocument", mapped=True),
        id="DocumentDescription.Name",
        made="DocumentDescription",
        read=Call("DescribeDocument", {"Name": "$id"}),
        found="Document",
        names={"attachmentsSources": "Attachments"},
        change=special.change_document,
        in_place=frozenset(
            {"content", "attachmentsSources", "documentFormat", "permissions", "targetType"}
            | {"versionName"}
        ),
        replace_on=frozenset({"name", "documentType"}),
        delete=(Call("DeleteDocument", {"Name": "$id"}),),
        tagging=_system_tags("Document"),
        drift=False,
    ),
    "secretsmanager/secret:Secret": Entry(
        service="secretsmanager",
        create=Call("CreateSecret", mapped=True),
        id="ARN",
        read=Call("DescribeSecret", {"SecretId": "$id"}),
        update=Call("UpdateSecret", {"SecretId": "$id"}, mapped=True),
        steps=(
            Step(
                ("policy",),
                Call("PutResourcePolicy", {"SecretId": "$id", "ResourcePolicy": "$.policy"}),
                Call("DeleteResourcePolicy", {"SecretId": "$id"}),
            ),
        ),
        in_place=frozenset({"replicas"}),
        replace_on=frozenset({"name"}),
        before_delete=special.delete_secret,
        tagging=Tagging(
            add=Call("TagResource", {"SecretId": "$id", "Tags": "$tags"}),
            remove=Call("UntagResource", {"SecretId": "$id", "TagKeys": "$tagkeys"}),
        ),
    ),
    "secretsmanager/secretVersion:SecretVersion": Entry(
        service="secretsmanager",
        make=special.make_secret_version,
        look=special.find_secret_version,
        computed={"versionId": "VersionId", "arn": "ARN", "secretArn": "ARN"},
        change=special.move_stages,
        in_place=frozenset({"versionStages"}),
        drift=False,
    ),
    "secretsmanager/secretPolicy:SecretPolicy": Entry(
        service="secretsmanager",
        create=Call("PutResourcePolicy", {"SecretId": "$.secretArn", "ResourcePolicy": "$.policy"}),
        steps=(
            Step(
                ("policy",),
                Call(
                    "PutResourcePolicy",
                    {"SecretId": "$.secretArn", "ResourcePolicy": "$.policy"},
                ),
                later=True,
            ),
        ),
        in_place=frozenset({"blockPublicPolicy"}),
        delete=(Call("DeleteResourcePolicy", {"SecretId": "$.secretArn"}),),
    ),
    "budgets/budget:Budget": Entry(
        service="budgets",
        make=budgets.make_budget,
        read=Call("DescribeBudget", {"AccountId": "$0", "BudgetName": "$1"}),
        found="Budget",
        separator=":",
        change=budgets.change_budget,
        in_place=budgets.SETTINGS,
        replace_on=frozenset({"accountId", "name"}),
        delete=(Call("DeleteBudget", {"AccountId": "$0", "BudgetName": "$1"}),),
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
