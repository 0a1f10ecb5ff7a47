"""What watches, tells and keeps: logs, alarms, events, topics, queues, trails, secrets, budgets."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import watch as special
from sandbox.aws.table.entry import Call, Entry, Step, Tagging


def arn_tags(
    key: str = "ResourceArn", value: str = "$.arn", tags: str = "Tags", keys: str = "TagKeys"
) -> Tagging:
    """The tags of services that know their resources by ARN."""
    return Tagging(
        add=Call("TagResource", {key: value, tags: "$tags"}),
        remove=Call("UntagResource", {key: value, keys: "$tagkeys"}),
    )


def _topic_attribute(name: str, attribute: str) -> Step:
    return Step(
        (name,),
        Call(
            "SetTopicAttributes",
            {"TopicArn": "$id", "AttributeName": attribute, "AttributeValue": f"$.{name}"},
        ),
    )


LOGS: Final[Mapping[str, Entry]] = {
    "cloudwatch/logGroup:LogGroup": Entry(
        service="logs",
        create=Call("CreateLogGroup", {"logGroupName": "$.name"}, mapped=True),
        look=special.find_log_group,
        steps=(
            Step(
                ("retentionInDays",),
                Call(
                    "PutRetentionPolicy",
                    {"logGroupName": "$id", "retentionInDays": "$.retentionInDays"},
                ),
                Call("DeleteRetentionPolicy", {"logGroupName": "$id"}),
                unless=0,
            ),
        ),
        in_place=frozenset({"kmsKeyId", "deletionProtectionEnabled"}),
        unmapped=frozenset({"deletionProtectionEnabled"}),
        delete=(Call("DeleteLogGroup", {"logGroupName": "$id"}),),
        tagging=arn_tags("resourceArn", tags="tags", keys="tagKeys"),
    ),
    "cloudwatch/logMetricFilter:LogMetricFilter": Entry(
        service="logs",
        create=Call(
            "PutMetricFilter",
            {
                "logGroupName": "$.logGroupName",
                "filterName": "$.name",
                "filterPattern": "$.pattern",
                "metricTransformations": ["$.metricTransformation"],
            },
        ),
        names={"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"},
        steps=(
            Step(
                ("pattern", "metricTransformation"),
                Call(
                    "PutMetricFilter",
                    {
                        "logGroupName": "$.logGroupName",
                        "filterName": "$.name",
                        "filterPattern": "$.pattern",
                        "metricTransformations": ["$.metricTransformation"],
                    },
                ),
                later=True,
            ),
        ),
        delete=(
            Call("DeleteMetricFilter", {"logGroupName": "$.logGroupName", "filterName": "$.name"}),
        ),
    ),
    "cloudwatch/metricAlarm:MetricAlarm": Entry(
        service="cloudwatch",
        create=Call("PutMetricAlarm", {"AlarmName": "$.name"}, mapped=True),
        read=Call("DescribeAlarms", {"AlarmNames": ["$id"]}),
        found="MetricAlarms[0]",
        update=Call("PutMetricAlarm", {"AlarmName": "$.name"}, mapped=True),
        names={"metricQueries": "Metrics"},
        replace_on=frozenset({"name"}),
        delete=(Call("DeleteAlarms", {"AlarmNames": ["$id"]}),),
        tagging=arn_tags("ResourceARN"),
    ),
    "cloudwatch/dashboard:Dashboard": Entry(
        service="cloudwatch",
        create=Call("PutDashboard", mapped=True),
        read=Call("GetDashboard", {"DashboardName": "$id"}),
        update=Call("PutDashboard", mapped=True),
        replace_on=frozenset({"dashboardName"}),
        delete=(Call("DeleteDashboards", {"DashboardNames": ["$id"]}),),
    ),
    "cloudwatch/eventRule:EventRule": Entry(
        service="events",
        create=Call("PutRule", mapped=True),
        read=Call("DescribeRule", {"Name": "$.name", "EventBusName": "$.eventBusName"}),
        update=Call("PutRule", mapped=True),
        replace_on=frozenset({"name", "eventBusName"}),
        delete=(Call("DeleteRule", {"Name": "$.name", "EventBusName": "$.eventBusName"}),),
        tagging=arn_tags("ResourceARN"),
        in_place=frozenset({"isEnabled"}),
    ),
    "cloudwatch/eventTarget:EventTarget": Entry(
        service="events",
        make=special.make_target,
        look=special.find_target,
        change=special.change_target,
        in_place=special.TARGET_SETTINGS,
        before_delete=special.delete_target,
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
        ),
        in_place=frozenset({"signatureVersion", "tracingConfig"}),
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
        in_place=frozenset(
            {
                "confirmationTimeoutInMinutes",
                "deliveryPolicy",
                "endpointAutoConfirms",
                "filterPolicy",
                "filterPolicyScope",
                "rawMessageDelivery",
                "redrivePolicy",
            }
        ),
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

RECORDS: Final[Mapping[str, Entry]] = {
    "cloudtrail/trail:Trail": Entry(
        service="cloudtrail",
        create=Call("CreateTrail", mapped=True),
        id="TrailARN",
        read=Call("GetTrail", {"Name": "$id"}),
        found="Trail",
        update=Call("UpdateTrail", {"Name": "$id"}, mapped=True),
        names={"enableLogFileValidation": "EnableLogFileValidation"},
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
        tagging=Tagging(
            add=Call(
                "AddTagsToResource",
                {"ResourceType": "Parameter", "ResourceId": "$id", "Tags": "$tags"},
            ),
            remove=Call(
                "RemoveTagsFromResource",
                {"ResourceType": "Parameter", "ResourceId": "$id", "TagKeys": "$tagkeys"},
            ),
        ),
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
        delete=(Call("DeleteSecret", {"SecretId": "$id", "ForceDeleteWithoutRecovery": True}),),
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
        make=special.make_budget,
        read=Call("DescribeBudget", {"AccountId": "$account", "BudgetName": "$.name"}),
        found="Budget",
        delete_first=True,
        delete=(Call("DeleteBudget", {"AccountId": "$account", "BudgetName": "$.name"}),),
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
