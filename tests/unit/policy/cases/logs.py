"""LOG: the trail, log groups, alarms."""

import json
from typing import Any

from tests.unit.policy.cases.graphs import UNKNOWN, Record, broken, kept, ref, res, undecided

TRAIL = "aws:cloudtrail/trail:Trail"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
KEY = "aws:kms/key:Key"
EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
VPC = "aws:ec2/vpc:Vpc"

GOOD: dict[str, Any] = {
    "isMultiRegionTrail": True,
    "isOrganizationTrail": True,
    "enableLogFileValidation": True,
    "kmsKeyId": UNKNOWN,
    "cloudWatchLogsGroupArn": UNKNOWN,
    "s3BucketName": UNKNOWN,
}


def trail(**changed: object) -> Record:
    inputs = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
    return res(TRAIL, **inputs)


def selecting(**selector: object) -> Record:
    return trail(eventSelectors=[selector])


NOT_KEYS = [{"field": "eventSource", "notEquals": ["kms.amazonaws.com"]}]

HOLDER = res(BUCKET, "trail")
SOURCE = {"Condition": {"StringEquals": {"aws:SourceArn": "arn:trail"}}}
FOR_TRAIL = json.dumps({"Statement": [{"Effect": "Allow", **SOURCE}]})
FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
CLOSED = res(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    bucket=ref(HOLDER),
    **dict.fromkeys(FLAGS, True),
)
PARTS = (
    CLOSED,
    res(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        bucket=ref(HOLDER),
        rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}],
    ),
    res(
        "aws:s3/bucketVersioning:BucketVersioning",
        bucket=ref(HOLDER),
        versioningConfiguration={"status": "Enabled"},
    ),
    res("aws:s3/bucketLogging:BucketLogging", bucket=ref(HOLDER)),
)
KEPT_SAFE = res(BUCKET_POLICY, bucket=ref(HOLDER), policy=FOR_TRAIL)
NOT_YET = res(BUCKET_POLICY, bucket=ref(HOLDER), policy=UNKNOWN)
OPEN = res(BUCKET_POLICY, bucket=ref(HOLDER), policy=json.dumps({"Statement": []}))

HERE = res(KEY, region="eu-central-1")
THERE = res("aws:kms/replicaKey:ReplicaKey", region="eu-west-1")
EVENTS = ["DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"]


def watch(region: str = "eu-central-1", **changed: object) -> Record:
    pattern = {"source": ["aws.kms"], "detail": {"eventName": EVENTS}}
    inputs = {"eventPattern": json.dumps(pattern), "region": region, **changed}
    return res(EVENT_RULE, f"keys-{region}", **inputs)


WATCH = watch()
BLIND = watch(eventPattern=json.dumps({"source": ["aws.kms"], "detail": {"eventName": ["Sign"]}}))
OFF = watch(state="DISABLED")
COUNTED = res(
    FILTER,
    region="eu-central-1",
    pattern="{ $.eventName = DisableKey || $.eventName = PutKeyPolicy || ScheduleKeyDeletion }",
    metricTransformation={"name": "keys", "namespace": "audit"},
)
COUNT_ALARM = res(ALARM, metricName="keys", namespace="audit", alarmActions=["arn:topic"])

NEWS = res(TOPIC, "alerts")
USED = res(ALARM, alarmActions=ref(NEWS))
NETWORK = res(VPC)

CASES = [
    broken("LOG-01", stack="management"),
    broken("LOG-01", trail(isOrganizationTrail=False), stack="management"),
    broken("LOG-01", trail(enableLogging=False), stack="management"),
    broken("LOG-01", trail(kmsKeyId=None), stack="management"),
    kept("LOG-01", trail(), stack="management"),
    kept("LOG-01", stack="staging"),
    undecided("LOG-01", trail(isMultiRegionTrail=UNKNOWN), stack="management"),
    broken("LOG-02", selecting(excludeManagementEventSources=["kms.amazonaws.com"])),
    broken("LOG-02", selecting(includeManagementEvents=False)),
    broken("LOG-02", selecting(readWriteType="ReadOnly")),
    broken("LOG-02", trail(advancedEventSelectors=[{"fieldSelectors": NOT_KEYS}])),
    kept("LOG-02", trail(), selecting(readWriteType="All", includeManagementEvents=True)),
    broken("LOG-03", HOLDER, *PARTS, OPEN, trail(s3BucketName=ref(HOLDER))),
    broken("LOG-03", HOLDER, *PARTS[1:], KEPT_SAFE, trail(s3BucketName=ref(HOLDER))),
    kept("LOG-03", HOLDER, *PARTS, KEPT_SAFE, trail(s3BucketName=ref(HOLDER))),
    kept("LOG-03", HOLDER, *PARTS, KEPT_SAFE, trail(s3BucketName=ref(KEPT_SAFE))),
    undecided("LOG-03", HOLDER, *PARTS, NOT_YET, trail(s3BucketName=ref(HOLDER))),
    undecided("LOG-03", HOLDER, trail(s3BucketName=UNKNOWN)),
    broken("LOG-04", HERE),
    broken("LOG-04", HERE, THERE, WATCH, res(TARGET, rule=ref(WATCH))),
    broken("LOG-04", HERE, WATCH),
    broken("LOG-04", HERE, BLIND, res(TARGET, rule=ref(BLIND))),
    broken("LOG-04", HERE, OFF, res(TARGET, rule=ref(OFF))),
    kept("LOG-04", HERE, WATCH, res(TARGET, rule=ref(WATCH))),
    kept("LOG-04", HERE, COUNTED, COUNT_ALARM),
    kept("LOG-04", res(KEY, region="eu-central-1", record={"account": "management"})),
    undecided("LOG-04", HERE, watch(eventPattern=UNKNOWN)),
    broken("LOG-05", res(LOG_GROUP)),
    broken("LOG-05", res(LOG_GROUP, retentionInDays=0)),
    kept("LOG-05", res(LOG_GROUP, retentionInDays=30)),
    undecided("LOG-05", res(LOG_GROUP, retentionInDays=UNKNOWN)),
    broken("LOG-07", res(ALARM)),
    broken("LOG-07", res(ALARM, alarmActions=["arn:topic"], actionsEnabled=False)),
    kept("LOG-07", res(ALARM, alarmActions=[UNKNOWN])),
    broken("LOG-08", NEWS, USED),
    broken("LOG-08", NEWS, WATCH, res(TARGET, rule=ref(WATCH), arn=ref(NEWS))),
    kept("LOG-08", NEWS, USED, res(SUBSCRIPTION, topic=ref(NEWS))),
    kept("LOG-08", NEWS),
    undecided("LOG-08", NEWS, USED, res(SUBSCRIPTION, topic=UNKNOWN)),
    broken("LOG-09", NETWORK),
    broken("LOG-09", NETWORK, res(FLOW_LOG, vpcId=ref(NETWORK), trafficType="ACCEPT")),
    kept("LOG-09", NETWORK, res(FLOW_LOG, vpcId=ref(NETWORK), trafficType="ALL")),
    undecided("LOG-09", NETWORK, res(FLOW_LOG, vpcId=UNKNOWN, trafficType="ALL")),
]
