"""Logs and what is drawn from them: groups, filters, deliveries, alarms, dashboards."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.special import watch as special
from sandbox.aws.table.entry import Call, Entry, Step
from sandbox.aws.table.tags import arn_tags

_TAGS = arn_tags("resourceArn", tags="tags", keys="tagKeys")
_FILTER = {
    "logGroupName": "$.logGroupName",
    "filterName": "$.name",
    "filterPattern": "$.pattern",
    "metricTransformations": ["$.metricTransformation"],
}
_RESOURCE_POLICY = Call(
    "PutResourcePolicy", {"policyName": "$.policyName", "policyDocument": "$.policyDocument"}
)
_DESTINATION_POLICY = {
    "deliveryDestinationName": "$.deliveryDestinationName",
    "deliveryDestinationPolicy": "$.deliveryDestinationPolicy",
}


def _delivered(kind: str, **more: Any) -> Entry:  # noqa: ANN401 - the row's own fields
    """One end of a delivery of logs: known by its name."""
    member = f"{kind[0].lower()}{kind[1:]}"
    return Entry(
        service="logs",
        create=Call(f"Put{kind}", mapped=True),
        made=member,
        read=Call(f"Get{kind}", {"name": "$id"}),
        found=member,
        delete=(Call(f"Delete{kind}", {"name": "$id"}),),
        tagging=_TAGS,
        **more,
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
            Step(
                ("kmsKeyId",),
                Call("AssociateKmsKey", {"logGroupName": "$id", "kmsKeyId": "$.kmsKeyId"}),
                Call("DisassociateKmsKey", {"logGroupName": "$id"}),
                later=True,
            ),
        ),
        in_place=frozenset({"deletionProtectionEnabled"}),
        unmapped=frozenset({"deletionProtectionEnabled"}),
        delete=(Call("DeleteLogGroup", {"logGroupName": "$id"}),),
        tagging=_TAGS,
    ),
    "cloudwatch/logMetricFilter:LogMetricFilter": Entry(
        service="logs",
        create=Call("PutMetricFilter", _FILTER),
        look=special.find_metric_filter,
        names={"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"},
        steps=(
            Step(("pattern", "metricTransformation"), Call("PutMetricFilter", _FILTER), later=True),
        ),
        delete=(
            Call("DeleteMetricFilter", {"logGroupName": "$.logGroupName", "filterName": "$.name"}),
        ),
        drift=False,
    ),
    "cloudwatch/logResourcePolicy:LogResourcePolicy": Entry(
        service="logs",
        create=_RESOURCE_POLICY,
        look=special.find_resource_policy,
        steps=(Step(("policyDocument",), _RESOURCE_POLICY, later=True),),
        delete=(Call("DeleteResourcePolicy", {"policyName": "$.policyName"}),),
    ),
    "cloudwatch/logDeliverySource:LogDeliverySource": _delivered(
        "DeliverySource", replace_on=frozenset({"logType", "name", "resourceArn"})
    ),
    "cloudwatch/logDeliveryDestination:LogDeliveryDestination": _delivered(
        "DeliveryDestination",
        update=Call("PutDeliveryDestination", mapped=True),
        replace_on=frozenset({"deliveryDestinationType", "name", "outputFormat"}),
    ),
    "cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": Entry(
        service="logs",
        create=Call("PutDeliveryDestinationPolicy", _DESTINATION_POLICY),
        read=Call(
            "GetDeliveryDestinationPolicy",
            {"deliveryDestinationName": "$.deliveryDestinationName"},
        ),
        found="policy.deliveryDestinationPolicy",
        steps=(
            Step(
                ("deliveryDestinationPolicy",),
                Call("PutDeliveryDestinationPolicy", _DESTINATION_POLICY),
                later=True,
            ),
        ),
        delete=(
            Call(
                "DeleteDeliveryDestinationPolicy",
                {"deliveryDestinationName": "$.deliveryDestinationName"},
            ),
        ),
        drift=False,
    ),
    "cloudwatch/logDelivery:LogDelivery": Entry(
        service="logs",
        create=Call(
            "CreateDelivery",
            {"s3DeliveryConfiguration": "$.s3DeliveryConfigurations[0]"},
            mapped=True,
        ),
        id="delivery.id",
        made="delivery",
        read=Call("GetDelivery", {"id": "$id"}),
        found="delivery",
        update=Call(
            "UpdateDeliveryConfiguration",
            {"id": "$id", "s3DeliveryConfiguration": "$.s3DeliveryConfigurations[0]"},
            mapped=True,
        ),
        unmapped=frozenset({"s3DeliveryConfigurations"}),
        delete=(Call("DeleteDelivery", {"id": "$id"}),),
        tagging=_TAGS,
        drift=False,
    ),
}

ALARMS: Final[Mapping[str, Entry]] = {
    "cloudwatch/metricAlarm:MetricAlarm": Entry(
        service="cloudwatch",
        create=Call("PutMetricAlarm", {"AlarmName": "$.name"}, mapped=True),
        read=Call("DescribeAlarms", {"AlarmNames": ["$id"]}),
        found="MetricAlarms[0]",
        update=Call("PutMetricAlarm", {"AlarmName": "$.name"}, mapped=True),
        names={"metricQueries": "Metrics"},
        computed={"arn": "AlarmArn"},
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
}
"""Type (without ``aws:``) → row."""
