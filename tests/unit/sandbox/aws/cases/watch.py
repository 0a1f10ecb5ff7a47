"""Cases of what watches: logs, deliveries, alarms, events."""

from tests.unit.sandbox.aws.cases.case import Case, World, case, document
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, Made

EVERYBODY = {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Resource": "*"}


@case("cloudwatch/logGroup:LogGroup")
def log_group(world: World) -> Case:
    made = world.log_group(retentionInDays=30)
    client = world.see("logs")
    key = world.make("kms/key:Key")["arn"]

    def seen() -> object:
        found = client.describe_log_groups(logGroupNamePrefix=made.id)["logGroups"][0]
        return found["retentionInDays"], found.get("kmsKeyId")

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:logs:{HOME}:\d+:log-group:{made.id}"},
        seen=seen,
        before=(30, None),
        change={"retentionInDays": 90, "kmsKeyId": key},
        after=(90, key),
        replaced={"name": "other"},
    )


@case("cloudwatch/logMetricFilter:LogMetricFilter")
def metric_filter(world: World) -> Case:
    group = world.log_group().id
    metric = {"name": "Root", "namespace": "Superinc", "value": "1"}
    made = world.make(
        "cloudwatch/logMetricFilter:LogMetricFilter",
        logGroupName=group,
        pattern="ERROR",
        metricTransformation=metric,
    )
    client = world.see("logs")

    def seen() -> object:
        (found,) = client.describe_metric_filters(logGroupName=group)["metricFilters"]
        return found["filterPattern"], found["metricTransformations"][0]["metricName"]

    return Case(
        made=made,
        seen=seen,
        before=("ERROR", "Root"),
        change={"pattern": "WARN", "metricTransformation": {**metric, "name": "Rooted"}},
        after=("WARN", "Rooted"),
        replaced={"logGroupName": "other"},
    )


@case("cloudwatch/logResourcePolicy:LogResourcePolicy")
def resource_policy(world: World) -> Case:
    name, other = world.name(), document({**EVERYBODY, "Action": "logs:Put*"})
    first = document({**EVERYBODY, "Action": "logs:PutLogEvents"})
    made = world.make(
        "cloudwatch/logResourcePolicy:LogResourcePolicy", policyName=name, policyDocument=first
    )
    client = world.see("logs")

    def seen() -> object:
        found = client.describe_resource_policies()["resourcePolicies"]
        return [one["policyDocument"] for one in found if one["policyName"] == name]

    return Case(
        made=made,
        seen=seen,
        before=[first],
        change={"policyDocument": other},
        after=[other],
        replaced={"policyName": "other"},
    )


def _source(world: World) -> Made:
    return world.make(
        "cloudwatch/logDeliverySource:LogDeliverySource",
        logType="ACCESS_LOGS",
        resourceArn=f"arn:aws:cloudfront::{MANAGEMENT}:distribution/E1",
        region="us-east-1",
    )


def _destination(world: World) -> Made:
    return world.make(
        "cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        outputFormat="json",
        deliveryDestinationConfiguration={"destinationResourceArn": "arn:aws:s3:::logs-one"},
        region="us-east-1",
    )


@case("cloudwatch/logDeliverySource:LogDeliverySource")
def source(world: World) -> Case:
    made = _source(world)
    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:logs:us-east-1:\d+:delivery-source:{made.id}",
            "service": "cloudfront",
        },
        replaced={"resourceArn": f"arn:aws:cloudfront::{MANAGEMENT}:distribution/E2"},
    )


@case("cloudwatch/logDeliveryDestination:LogDeliveryDestination")
def destination(world: World) -> Case:
    made = _destination(world)
    client = world.see("logs", "us-east-1")

    def seen() -> object:
        found = client.get_delivery_destination(name=made.id)["deliveryDestination"]
        return found["deliveryDestinationConfiguration"]["destinationResourceArn"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:logs:us-east-1:\d+:delivery-destination:{made.id}"},
        seen=seen,
        before="arn:aws:s3:::logs-one",
        change={
            "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::logs-two"}
        },
        after="arn:aws:s3:::logs-two",
        replaced={"outputFormat": "parquet"},
    )


@case("cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy")
def destination_policy(world: World) -> Case:
    name = _destination(world).id
    first, second = (
        document({**EVERYBODY, "Action": f"logs:{action}"}) for action in ("CreateDelivery", "*")
    )
    made = world.make(
        "cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy",
        deliveryDestinationName=name,
        deliveryDestinationPolicy=first,
        region="us-east-1",
    )
    client = world.see("logs", "us-east-1")

    def seen() -> object:
        found = client.get_delivery_destination_policy(deliveryDestinationName=name)
        return found["policy"]["deliveryDestinationPolicy"]

    return Case(
        made=made,
        seen=seen,
        before=first,
        change={"deliveryDestinationPolicy": second},
        after=second,
    )


@case("cloudwatch/logDelivery:LogDelivery")
def delivery(world: World) -> Case:
    made = world.make(
        "cloudwatch/logDelivery:LogDelivery",
        deliverySourceName=_source(world).id,
        deliveryDestinationArn=_destination(world)["arn"],
        recordFields=["date", "time"],
        s3DeliveryConfigurations=[{"suffixPath": "{yyyy}", "enableHiveCompatiblePath": False}],
        region="us-east-1",
    )
    client = world.see("logs", "us-east-1")

    def seen() -> object:
        found = client.get_delivery(id=made.id)["delivery"]
        return found["recordFields"], found["s3DeliveryConfiguration"]["suffixPath"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:logs:us-east-1:\d+:delivery:{made.id}"},
        seen=seen,
        before=(["date", "time"], "{yyyy}"),
        change={
            "recordFields": ["date"],
            "s3DeliveryConfigurations": [{"suffixPath": "{MM}"}],
        },
        after=(["date"], "{MM}"),
        replaced={"deliverySourceName": "other"},
    )


@case("cloudwatch/metricAlarm:MetricAlarm")
def alarm(world: World) -> Case:
    made = world.make(
        "cloudwatch/metricAlarm:MetricAlarm",
        comparisonOperator="GreaterThanThreshold",
        evaluationPeriods=1,
        metricName="Errors",
        namespace="Superinc",
        period=60,
        statistic="Sum",
        threshold=1,
        dimensions={"Zone": "a"},
    )
    client = world.see("cloudwatch")

    def seen() -> object:
        (found,) = client.describe_alarms(AlarmNames=[made.id])["MetricAlarms"]
        return found["Threshold"], found["Dimensions"]

    zone = [{"Name": "Zone", "Value": "a"}]
    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:cloudwatch:{HOME}:\d+:alarm:{made.id}"},
        seen=seen,
        before=(1.0, zone),
        change={"threshold": 5},
        after=(5.0, zone),
        replaced={"name": "other"},
    )


def _rule(world: World) -> Made:
    pattern = '{"source":["aws.kms"]}'
    return world.make("cloudwatch/eventRule:EventRule", eventPattern=pattern, description="keys")


@case("cloudwatch/eventRule:EventRule")
def rule(world: World) -> Case:
    made = _rule(world)
    client = world.see("events")

    def seen() -> object:
        found = client.describe_rule(Name=made.id)
        return found["EventPattern"], found["State"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:events:{HOME}:\d+:rule/{made.id}"},
        seen=seen,
        before=('{"source":["aws.kms"]}', "ENABLED"),
        change={"eventPattern": '{"source":["aws.iam"]}', "state": "DISABLED"},
        after=('{"source":["aws.iam"]}', "DISABLED"),
        replaced={"name": "other"},
    )


@case("cloudwatch/eventTarget:EventTarget")
def target(world: World) -> Case:
    name = _rule(world).id
    first, second = (world.make("sns/topic:Topic")["arn"] for _ in range(2))
    words = {"inputPaths": {"key": "$.detail.key"}, "inputTemplate": '"<key>"'}
    made = world.make(
        "cloudwatch/eventTarget:EventTarget", rule=name, arn=first, inputTransformer=words
    )
    client = world.see("events")

    def seen() -> object:
        (found,) = client.list_targets_by_rule(Rule=name)["Targets"]
        return found["Arn"], found["InputTransformer"]["InputPathsMap"]

    paths = {"key": "$.detail.key"}
    return Case(
        made=made,
        outputs={"targetId": r"terraform-\w+"},
        seen=seen,
        before=(first, paths),
        change={"arn": second},
        after=(second, paths),
        replaced={"targetId": "other"},
    )


@case("cloudwatch/eventBusPolicy:EventBusPolicy")
def bus_policy(world: World) -> Case:
    bus = f"arn:aws:events:{HOME}:{MANAGEMENT}:event-bus/default"
    may = {"Sid": "forward", "Effect": "Allow", "Principal": "*", "Resource": bus}
    first = document({**may, "Action": "events:PutEvents"})
    second = document({**may, "Action": "events:PutRule"})
    made = world.make("cloudwatch/eventBusPolicy:EventBusPolicy", policy=first)
    client = world.see("events")
    return Case(
        made=made,
        seen=lambda: "events:PutRule" in client.describe_event_bus()["Policy"],
        before=False,
        change={"policy": second},
        after=True,
        replaced={"eventBusName": "other"},
    )
