"""What each AWS service needs in a key policy to use the key, as pure data.

A consumer comes in one of three ways: for a caller of the account (``kms:ViaService``), through
a service-linked role, or as a service principal of its own. Some come in two.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from components.keys.contract import Consumer
from components.statements import Condition, Statement, allow

VIA_SERVICE: Mapping[Consumer, str] = {
    Consumer.BACKUP: "backup",
    Consumer.EC2: "ec2",
    Consumer.ECR: "ecr",
    Consumer.EKS: "eks",
    Consumer.ELASTICACHE: "elasticache",
    Consumer.MSK: "kafka",
    Consumer.RDS: "rds",
    Consumer.S3: "s3",
    Consumer.SECRETS_MANAGER: "secretsmanager",
    Consumer.SNS: "sns",
    Consumer.SQS: "sqs",
    Consumer.SSM: "ssm",
}
"""Consumers that act for a caller of the account: ``kms:ViaService`` names (KMS guide)."""

SERVICE_LINKED_ROLES: Mapping[Consumer, str] = {
    Consumer.AUTOSCALING: "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    Consumer.BACKUP: "backup.amazonaws.com/AWSServiceRoleForBackup",
    Consumer.SPOT: "spot.amazonaws.com/AWSServiceRoleForEC2Spot",
}
"""Consumers that act through a service-linked role."""

GRANTED_ROLES: Mapping[Consumer, str] = {
    consumer: SERVICE_LINKED_ROLES[consumer] for consumer in (Consumer.AUTOSCALING, Consumer.SPOT)
}
"""Linked roles without a KMS permission in their own policy: on a key of another account they
need a grant (EC2 Auto Scaling guide, "Required AWS KMS key policy for use with encrypted
volumes"; EC2 guide, "Service-linked role for Spot Instance requests")."""

_READ_AND_WRITE = ("kms:Decrypt", "kms:GenerateDataKey*")

ServiceStatements: TypeAlias = Callable[[str, str], list[Statement]]
"""Account that uses the key and Region of the key → the statements of a service principal."""


def linked_role_arn(account_id: str, role: str) -> str:
    """The ARN of a service-linked role of :data:`SERVICE_LINKED_ROLES` in an account."""
    return f"arn:aws:iam::{account_id}:role/aws-service-role/{role}"


def _service(
    sid: str, service: str, actions: Sequence[str], condition: Condition | None
) -> Statement:
    return allow(sid, actions, ["*"], principal={"Service": service}, condition=condition)


def _alarms(account_id: str, _region: str) -> list[Statement]:
    """CloudWatch alarms that publish to encrypted topics; without it, messages vanish (SNS)."""
    condition: Condition = {"StringEquals": {"aws:SourceAccount": account_id}}
    return [_service("CloudWatchAlarms", "cloudwatch.amazonaws.com", _READ_AND_WRITE, condition)]


def _anomalies(account_id: str, _region: str) -> list[Statement]:
    """Cost anomaly alerts come for the account of the subscription (Cost Management guide)."""
    condition: Condition = {"StringEquals": {"aws:SourceAccount": account_id}}
    return [_service("CostAnomalies", "costalerts.amazonaws.com", _READ_AND_WRITE, condition)]


def _budgets(account_id: str, _region: str) -> list[Statement]:
    """Budget alerts (Cost Management guide, "Creating an Amazon SNS topic for budgets")."""
    condition: Condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:aws:budgets::{account_id}:*"},
    }
    return [_service("Budgets", "budgets.amazonaws.com", _READ_AND_WRITE, condition)]


def _cloudfront(account_id: str, _region: str) -> list[Statement]:
    """Distributions that read a bucket through origin access control (CloudFront guide).

    The ARN of a distribution is not known before the key; those of the account stand for it.
    """
    condition: Condition = {
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{account_id}:distribution/*"}
    }
    return [_service("CloudFront", "cloudfront.amazonaws.com", ["kms:Decrypt"], condition)]


def _events(_account_id: str, _region: str) -> list[Statement]:
    """EventBridge rules that send to encrypted topics and queues.

    Without a source condition: EventBridge sends none to KMS, and with one every message is
    dropped silently (SNS guide, "Managing encryption keys": ``aws:SourceAccount`` and
    ``aws:SourceArn`` "not supported for EventBridge-to-encrypted topics").
    """
    return [_service("EventBridge", "events.amazonaws.com", _READ_AND_WRITE, None)]


def _log_delivery(account_id: str, _region: str) -> list[Statement]:
    """Logs that services write to a bucket: CloudFront, WAF, flow logs (CloudWatch Logs guide).

    The source names the Region of what logs, us-east-1 for CloudFront, so any Region will do.
    """
    condition: Condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:aws:logs:*:{account_id}:*"},
    }
    actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"]
    actions.append("kms:ReEncrypt*")
    return [_service("LogDelivery", "delivery.logs.amazonaws.com", actions, condition)]


def _logs(account_id: str, region: str) -> list[Statement]:
    """CloudWatch Logs names the log group in the encryption context (CloudWatch Logs guide)."""
    groups = f"arn:aws:logs:{region}:{account_id}:log-group:*"
    condition: Condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    actions = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*"]
    actions.append("kms:ReEncrypt*")
    return [_service("CloudWatchLogs", f"logs.{region}.amazonaws.com", actions, condition)]


def _topics(account_id: str, region: str) -> list[Statement]:
    """Topics that deliver to encrypted queues (SNS guide, "encrypted Amazon SQS queue")."""
    condition: Condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:aws:sns:{region}:{account_id}:*"},
    }
    return [_service("TopicsToQueues", "sns.amazonaws.com", _READ_AND_WRITE, condition)]


def _trail(account_id: str, _region: str) -> list[Statement]:
    """CloudTrail encrypts only; it never reads its files back (CloudTrail user guide).

    Source and context name the trail, so for an organisation's trail the management account,
    whichever member an event is from. Describing has no encryption context, hence two.
    """
    trails = f"arn:aws:cloudtrail:*:{account_id}:trail/*"
    source = {"ArnLike": {"aws:SourceArn": trails}}
    encrypt: Condition = {
        **source,
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
    }
    service = "cloudtrail.amazonaws.com"
    return [
        _service("CloudTrail", service, ["kms:GenerateDataKey*"], encrypt),
        _service("CloudTrailDescribe", service, ["kms:DescribeKey"], source),
    ]


SERVICE_PRINCIPALS: Mapping[Consumer, ServiceStatements] = {
    Consumer.BUDGETS: _budgets,
    Consumer.CLOUDFRONT: _cloudfront,
    Consumer.CLOUDTRAIL: _trail,
    Consumer.CLOUDWATCH_ALARMS: _alarms,
    Consumer.CLOUDWATCH_LOGS: _logs,
    Consumer.COST_ANOMALIES: _anomalies,
    Consumer.EVENTBRIDGE: _events,
    Consumer.LOG_DELIVERY: _log_delivery,
    Consumer.SNS: _topics,
}
"""Consumers that come as themselves and need statements of their own."""
