"""Key policies as pure data: owner, administrators, users and services, each on their own.

Three facts of AWS shape them (KMS developer guide, "Key policies in AWS KMS"). The root
statement hands the account's principals to IAM; without it nobody may change the policy again.
It does not cover service principals. And a statement for ``*`` with ``kms:CallerAccount`` reaches
roles that do not exist yet, where naming one would be refused as an invalid principal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.keys.contract import Consumer
from components.naming import root_arn
from components.statements import Statement, allow, deny, document

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:Create*",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:ReplicateKey",
    "kms:Revoke*",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
"""What the KMS developer guide gives key administrators; no cryptographic operation."""

USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
"""What the KMS developer guide gives key users."""

VIA_SERVICE: Mapping[Consumer, str] = {
    Consumer.EC2: "ec2",
    Consumer.EKS: "eks",
    Consumer.ELASTICACHE: "elasticache",
    Consumer.MSK: "kafka",
    Consumer.RDS: "rds",
    Consumer.S3: "s3",
    Consumer.SECRETS_MANAGER: "secretsmanager",
    Consumer.SNS: "sns",
    Consumer.SQS: "sqs",
    Consumer.SSM: "ssm",
    Consumer.BACKUP: "backup",
}
"""Consumers that act for a caller of this account: ``kms:ViaService`` names."""

SERVICE_LINKED_ROLES: Mapping[Consumer, str] = {
    Consumer.AUTOSCALING: "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    Consumer.BACKUP: "backup.amazonaws.com/AWSServiceRoleForBackup",
    Consumer.SPOT: "spot.amazonaws.com/AWSServiceRoleForEC2Spot",
}
"""Consumers that act through a service-linked role, which has no IAM policy of ours."""


@dataclass(frozen=True, kw_only=True)
class KeyPolicy:
    """What decides a key policy, all known.

    Attributes:
        account_id: The account that owns the key.
        region: The Region of the key; a replica has its own policy.
        administrators: ARNs of the roles that administer it.
        consumers: The services that use it.
        users: Names of the roles of the account that use it; ``*`` and paths allowed.
        accounts: Ids of other accounts whose principals may use it.
    """

    account_id: str
    region: str
    administrators: Sequence[str]
    consumers: Sequence[Consumer] = ()
    users: Sequence[str] = ()
    accounts: Sequence[str] = ()

    def document(self) -> str:
        """The policy document, the same for the same facts."""
        return document(
            [
                allow("Owner", ["kms:*"], ["*"], principal={"AWS": root_arn(self.account_id)}),
                *self._administrators(),
                *self._users(),
                *self._other_accounts(),
                *self._linked_roles(),
                *self._via_services(),
                *self._services(),
            ]
        )

    def _administrators(self) -> list[Statement]:
        administrators = sorted(self.administrators)
        return [
            allow("Administrators", ADMINISTRATION, ["*"], principal={"AWS": administrators}),
            # IAM may give an administrator everything; this takes the data away again, except
            # where a service uses the key on the way to a resource they may manage.
            deny(
                "AdministratorsDoNotDecrypt",
                ["kms:Decrypt", "kms:ReEncryptFrom"],
                principal={"AWS": root_arn(self.account_id)},
                condition={
                    "ArnEquals": {"aws:PrincipalArn": administrators},
                    "Null": {"kms:ViaService": "true"},
                },
            ),
        ]

    def _users(self) -> list[Statement]:
        if not self.users:
            return []
        roles = [f"arn:aws:iam::{self.account_id}:role/{user}" for user in sorted(self.users)]
        return self._use("Users", {"ArnLike": {"aws:PrincipalArn": roles}})

    def _linked_roles(self) -> list[Statement]:
        prefix = f"arn:aws:iam::{self.account_id}:role/aws-service-role"
        roles = [
            f"{prefix}/{SERVICE_LINKED_ROLES[consumer]}"
            for consumer in self._consumers_in(SERVICE_LINKED_ROLES)
        ]
        return self._use("LinkedRoles", {"ArnEquals": {"aws:PrincipalArn": roles}}) if roles else []

    def _via_services(self) -> list[Statement]:
        names = [
            f"{VIA_SERVICE[consumer]}.{self.region}.amazonaws.com"
            for consumer in self._consumers_in(VIA_SERVICE)
        ]
        return self._use("ThroughServices", {"StringEquals": {"kms:ViaService": names}}, names)

    def _use(
        self,
        sid: str,
        condition: Mapping[str, Mapping[str, Sequence[str]]],
        only_if: Sequence[str] = ("always",),
    ) -> list[Statement]:
        if not only_if:
            return []
        own: dict[str, Any] = {"kms:CallerAccount": self.account_id}
        equals: dict[str, Any] = {**own, **condition.get("StringEquals", {})}
        conditions: dict[str, Any] = {**condition, "StringEquals": equals}
        grants = {**conditions, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        anyone = {"AWS": "*"}
        return [
            allow(sid, USE, ["*"], principal=anyone, condition=conditions),
            allow(f"{sid}Grants", ["kms:CreateGrant"], ["*"], principal=anyone, condition=grants),
        ]

    def _other_accounts(self) -> list[Statement]:
        if not self.accounts:
            return []
        principal = {"AWS": [root_arn(account) for account in sorted(self.accounts)]}
        grants = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        return [
            allow("OtherAccounts", USE, ["*"], principal=principal),
            allow(
                "OtherAccountsGrants",
                ["kms:CreateGrant"],
                ["*"],
                principal=principal,
                condition=grants,
            ),
        ]

    def _services(self) -> list[Statement]:
        return [
            SERVICE_PRINCIPALS[consumer](self)
            for consumer in self._consumers_in(SERVICE_PRINCIPALS)
        ]

    def _consumers_in(self, table: Mapping[Consumer, object]) -> list[Consumer]:
        return sorted(consumer for consumer in set(self.consumers) if consumer in table)


def _logs(policy: KeyPolicy) -> Statement:
    """CloudWatch Logs names the log group in the encryption context (CloudWatch Logs guide)."""
    groups = f"arn:aws:logs:{policy.region}:{policy.account_id}:log-group:*"
    return allow(
        "CloudWatchLogs",
        ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        ["*"],
        principal={"Service": f"logs.{policy.region}.amazonaws.com"},
        condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def _trail(policy: KeyPolicy) -> Statement:
    """CloudTrail encrypts only; it never reads its files back (CloudTrail user guide)."""
    trails = f"arn:aws:cloudtrail:*:{policy.account_id}:trail/*"
    return allow(
        "CloudTrail",
        ["kms:DescribeKey", "kms:GenerateDataKey*"],
        ["*"],
        principal={"Service": "cloudtrail.amazonaws.com"},
        condition={
            "StringEquals": {"aws:SourceAccount": policy.account_id},
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
        },
    )


def _publisher(sid: str, service: str) -> Callable[[KeyPolicy], Statement]:
    """A service that publishes to encrypted topics; without this, messages vanish (SNS guide)."""

    def statement(policy: KeyPolicy) -> Statement:
        return allow(
            sid,
            ["kms:Decrypt", "kms:GenerateDataKey*"],
            ["*"],
            principal={"Service": service},
            condition={"StringEquals": {"aws:SourceAccount": policy.account_id}},
        )

    return statement


SERVICE_PRINCIPALS: Mapping[Consumer, Callable[[KeyPolicy], Statement]] = {
    Consumer.CLOUDTRAIL: _trail,
    Consumer.CLOUDWATCH_ALARMS: _publisher("CloudWatchAlarms", "cloudwatch.amazonaws.com"),
    Consumer.CLOUDWATCH_LOGS: _logs,
    Consumer.EVENTBRIDGE: _publisher("EventBridge", "events.amazonaws.com"),
}
"""Consumers that come as themselves and need a statement of their own."""
