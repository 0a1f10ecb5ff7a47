"""Cases of what tells and keeps: messages, trails, parameters, secrets, budgets."""

import json
from typing import Any

from tests.unit.sandbox.aws.cases.case import (
    Case,
    World,
    case,
    document,
)
from tests.unit.sandbox.aws.cases.watch import EVERYBODY
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT


@case("sns/topic:Topic")
def topic(world: World) -> Case:
    made = world.make("sns/topic:Topic", displayName="Alerts", signatureVersion=2)
    client = world.see("sns")

    def seen() -> object:
        found = client.get_topic_attributes(TopicArn=made.id)["Attributes"]
        return found["DisplayName"], found.get("KmsMasterKeyId", "")

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:sns:{HOME}:{MANAGEMENT}:case-.*", "owner": MANAGEMENT},
        seen=seen,
        before=("Alerts", ""),
        change={"displayName": "Alarms", "kmsMasterKeyId": "alias/x/alerts"},
        after=("Alarms", "alias/x/alerts"),
        replaced={"name": "other"},
    )


@case("sns/topicPolicy:TopicPolicy")
def topic_policy(world: World) -> Case:
    arn = world.make("sns/topic:Topic")["arn"]
    first, second = (
        document({**EVERYBODY, "Action": action}) for action in ("sns:Publish", "sns:Subscribe")
    )
    made = world.make("sns/topicPolicy:TopicPolicy", arn=arn, policy=first)
    client = world.see("sns")
    return Case(
        made=made,
        outputs={"owner": MANAGEMENT},
        seen=lambda: json.loads(client.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]),
        before=json.loads(first),
        change={"policy": second},
        after=json.loads(second),
        replaced={"arn": "arn:aws:sns:eu-central-1:111122223333:other"},
        stays=True,
    )


@case("sns/topicSubscription:TopicSubscription")
def subscription(world: World) -> Case:
    made = world.make(
        "sns/topicSubscription:TopicSubscription",
        topic=world.make("sns/topic:Topic")["arn"],
        protocol="email",
        endpoint="alerts@superinc.com",
    )
    client = world.see("sns")

    def seen() -> object:
        found = client.get_subscription_attributes(SubscriptionArn=made.id)
        return found["Attributes"].get("FilterPolicy")

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:sns:{HOME}:\d+:.*:[0-9a-f-]{{36}}"},
        seen=seen,
        before=None,
        change={"filterPolicy": '{"kind":["alarm"]}'},
        after='{"kind":["alarm"]}',
        replaced={"endpoint": "other@superinc.com"},
    )


@case("cloudtrail/trail:Trail")
def trail(world: World) -> Case:
    group, other = world.log_group(), world.log_group()
    made = world.make(
        "cloudtrail/trail:Trail",
        s3BucketName=world.bucket().id,
        isMultiRegionTrail=True,
        enableLogFileValidation=True,
        cloudWatchLogsGroupArn=f"{group['arn']}:*",
        cloudWatchLogsRoleArn=world.role()["arn"],
    )
    client = world.see("cloudtrail")

    def seen() -> object:
        found = client.get_trail(Name=made.id)["Trail"]
        status = client.get_trail_status(Name=made.id)["IsLogging"]
        return found["CloudWatchLogsLogGroupArn"], found["LogFileValidationEnabled"], status

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:cloudtrail:{HOME}:\d+:trail/case-.*", "homeRegion": HOME},
        seen=seen,
        before=(f"{group['arn']}:*", True, True),
        change={"cloudWatchLogsGroupArn": f"{other['arn']}:*", "enableLogging": False},
        after=(f"{other['arn']}:*", True, False),
        replaced={"name": "other"},
    )


@case("ssm/parameter:Parameter")
def parameter(world: World) -> Case:
    made = world.make("ssm/parameter:Parameter", name="/a/b", type="String", value="one")
    client = world.see("ssm")
    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:ssm:{HOME}:\d+:parameter/a/b", "version": "1"},
        seen=lambda: client.get_parameter(Name="/a/b")["Parameter"]["Value"],
        before="one",
        change={"value": "two"},
        after="two",
        replaced={"name": "/a/c"},
    )


@case("ssm/document:Document")
def session_document(world: World) -> Case:
    first, second = (
        f'{{"schemaVersion":"1.0","description":"{word}","sessionType":"Standard_Stream"}}'
        for word in ("one", "two")
    )
    made = world.make("ssm/document:Document", content=first, documentType="Session")
    client = world.see("ssm")
    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:ssm:{HOME}:\d+:document/{made.id}", "status": "Active"},
        seen=lambda: client.get_document(Name=made.id)["Content"],
        before=first,
        change={"content": second, "tags": {"team": "platform"}},
        after=second,
        replaced={"documentType": "Command"},
    )


@case("secretsmanager/secret:Secret")
def secret(world: World) -> Case:
    made = world.make("secretsmanager/secret:Secret", description="one")
    client = world.see("secretsmanager")
    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:secretsmanager:{HOME}:\d+:secret:case-.*-\w{{6}}"},
        seen=lambda: client.describe_secret(SecretId=made.id)["Description"],
        before="one",
        change={"description": "two"},
        after="two",
        replaced={"name": "other"},
    )


@case("secretsmanager/secretVersion:SecretVersion")
def secret_version(world: World) -> Case:
    whose = world.make("secretsmanager/secret:Secret").id
    made = world.make(
        "secretsmanager/secretVersion:SecretVersion", secretId=whose, secretString="one"
    )
    client = world.see("secretsmanager")
    return Case(
        made=made,
        outputs={"versionId": r"[0-9a-f-]{36}", "arn": rf"arn:aws:secretsmanager:{HOME}:\d+:.*"},
        seen=lambda: sorted(_stages(client, whose)[made["versionId"]]),
        before=["AWSCURRENT"],
        change={"versionStages": ["AWSCURRENT", "LIVE"]},
        after=["AWSCURRENT", "LIVE"],
        replaced={"secretString": "two"},
        stays=True,
    )


def _stages(client: Any, secret_id: str) -> dict[str, list[str]]:  # noqa: ANN401 - botocore's clients
    return client.describe_secret(SecretId=secret_id)["VersionIdsToStages"]


@case("budgets/budget:Budget")
def budget(world: World) -> Case:
    told = {
        "comparisonOperator": "GREATER_THAN",
        "threshold": 80,
        "thresholdType": "PERCENTAGE",
        "notificationType": "ACTUAL",
        "subscriberEmailAddresses": ["costs@superinc.com"],
    }
    made = world.make(
        "budgets/budget:Budget",
        budgetType="COST",
        timeUnit="MONTHLY",
        limitAmount="100",
        limitUnit="USD",
        notifications=[told],
    )
    client = world.see("budgets")
    which = {"AccountId": MANAGEMENT, "BudgetName": made["name"]}

    def seen() -> object:
        limit = client.describe_budget(**which)["Budget"]["BudgetLimit"]["Amount"]
        found = client.describe_notifications_for_budget(**which)["Notifications"]
        return float(limit), [one["Threshold"] for one in found]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:budgets::{MANAGEMENT}:budget/case-.*"},
        seen=seen,
        before=(100.0, [80.0]),
        change={"limitAmount": "200", "notifications": [{**told, "threshold": 90}]},
        after=(200.0, [90.0]),
        replaced={"name": "other"},
    )
