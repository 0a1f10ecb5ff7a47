"""Key policies as AWS evaluates them: this principal may, that one may not."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from components.keys.contract import Consumer
from components.keys.policy import KeyPolicy
from components.keys.services import GRANTED_ROLES, linked_role_arn
from tests.access import Request, decide

MANAGEMENT, STAGING, STRANGER, HOME = (
    "111122223333",
    "444455556666",
    "999999999999",
    "eu-central-1",
)
ORGANIZATION_TRAIL = f"arn:aws:cloudtrail:{HOME}:{MANAGEMENT}:trail/superinc-organization"
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True)
class Key:
    """A key for everybody, in an account or centrally for it."""

    holder: str
    account: str

    def policy(self) -> dict[str, Any]:
        return json.loads(
            KeyPolicy(
                holder_id=self.holder,
                account_id=self.account,
                region=HOME,
                administrators=[f"arn:aws:iam::{self.holder}:role/superinc-deploy"],
                consumers=list(Consumer),
            ).document()
        )

    def asked(self, principal: str, action: str, **context: str) -> Request:
        """Who may do everything in their own account asks for something."""
        return Request(
            principal=principal,
            action=f"kms:{action}",
            resource=f"arn:aws:kms:{HOME}:{self.holder}:key/12345678-1234-1234-1234-123456789012",
            account=self.holder,
            context={name.replace("__", ":"): value for name, value in context.items()},
            identity=[EVERYTHING] if principal.startswith("arn:") else [],
            resource_policy=self.policy(),
        )

    def role(self, account: str, role: str, action: str, **context: str) -> Request:
        """A session of a role asks."""
        principal = f"arn:aws:sts::{account}:assumed-role/{role}/somebody"
        said = {
            "aws__PrincipalArn": f"arn:aws:iam::{account}:role/{role}",
            "kms__CallerAccount": account,
        }
        return self.asked(principal, action, **said, **context)


HERE, CENTRAL = Key(STAGING, STAGING), Key(MANAGEMENT, STAGING)
BOTH = pytest.mark.parametrize("key", [HERE, CENTRAL], ids=["account", "central"])


def check(cases: list[tuple[Request, bool]]) -> None:
    decisions = decide([request for request, _ in cases])
    wrong = [
        (request.principal, request.action, dict(request.context), decision)
        for (request, allowed), decision in zip(cases, decisions, strict=True)
        if (decision == "Allowed") is not allowed
    ]
    assert wrong == []


@BOTH
def test_administrators_administer_and_do_not_decrypt(key: Key) -> None:
    def deploy(action: str, **context: str) -> Request:
        return key.role(key.holder, "superinc-deploy", action, **context)

    via = {"kms__ViaService": f"rds.{HOME}.amazonaws.com"}
    check(
        [
            (deploy("PutKeyPolicy"), True),
            (deploy("ScheduleKeyDeletion"), True),
            (deploy("Decrypt"), False),
            (deploy("ReEncryptFrom"), False),
            (deploy("CreateGrant"), False),
            (deploy("CreateGrant", kms__GrantIsForAWSResource="true", **via), True),
            (deploy("Decrypt", **via), True),
        ]
    )


@BOTH
def test_the_account_uses_the_key_and_strangers_do_not(key: Key) -> None:
    check(
        [
            (key.role(STAGING, "app", "Decrypt"), True),
            (key.role(STAGING, "app", "GenerateDataKey"), True),
            (key.role(STRANGER, "app", "Decrypt"), False),
            (
                key.role(STRANGER, "app", "Decrypt", kms__ViaService=f"s3.{HOME}.amazonaws.com"),
                False,
            ),
        ]
    )


def test_on_a_central_key_the_account_uses_but_does_not_administer() -> None:
    app, role = "app", linked_role_arn(STAGING, GRANTED_ROLES[Consumer.SPOT])
    check(
        [
            (CENTRAL.role(STAGING, app, "PutKeyPolicy"), False),
            (CENTRAL.role(STAGING, app, "ScheduleKeyDeletion"), False),
            (CENTRAL.role(STAGING, app, "CreateGrant"), False),
            (CENTRAL.role(STAGING, app, "CreateGrant", kms__GranteePrincipal=role), True),
            (CENTRAL.role(STAGING, app, "CreateGrant", kms__GrantIsForAWSResource="true"), True),
        ]
    )


@BOTH
@pytest.mark.parametrize(
    ("service", "action", "context"),
    [
        ("budgets", "GenerateDataKey", {"aws__SourceArn": "arn:aws:budgets::{}:budget/month"}),
        ("cloudfront", "Decrypt", {"aws__SourceArn": "arn:aws:cloudfront::{}:distribution/E1"}),
        ("cloudwatch", "GenerateDataKey", {}),
        ("costalerts", "GenerateDataKey", {}),
        ("delivery.logs", "GenerateDataKey", {"aws__SourceArn": "arn:aws:logs:us-east-1:{}:x"}),
        ("sns", "Decrypt", {"aws__SourceArn": f"arn:aws:sns:{HOME}:{{}}:alerts"}),
    ],
)
def test_a_service_comes_for_the_account_and_for_no_other(
    key: Key, service: str, action: str, context: dict[str, str]
) -> None:
    def of(account: str) -> Request:
        said = {name: value.format(account) for name, value in context.items()}
        return key.asked(f"{service}.amazonaws.com", action, aws__SourceAccount=account, **said)

    check([(of(STAGING), True), (of(STRANGER), False)])


def test_event_rules_reach_encrypted_topics_though_they_say_nothing_of_themselves() -> None:
    check(
        [
            (HERE.asked("events.amazonaws.com", "GenerateDataKey"), True),
            (HERE.asked("events.amazonaws.com", "PutKeyPolicy"), False),
        ]
    )


def test_the_organisations_trail_looks_at_its_key_and_reads_nothing() -> None:
    """That it encrypts depends on the encryption context, which `test_policy` looks at."""
    key, service = Key(MANAGEMENT, MANAGEMENT), "cloudtrail.amazonaws.com"
    source = {"aws__SourceArn": ORGANIZATION_TRAIL}
    foreign = {"aws__SourceArn": ORGANIZATION_TRAIL.replace(MANAGEMENT, STRANGER)}
    check(
        [
            (key.asked(service, "DescribeKey", **source), True),
            (key.asked(service, "DescribeKey", **foreign), False),
            (key.asked(service, "GenerateDataKey", **source), False),
            (key.asked(service, "Decrypt", **source), False),
        ]
    )


def test_nodes_get_volumes_by_their_linked_roles_and_by_karpenter() -> None:
    via = {"kms__ViaService": f"ec2.{HOME}.amazonaws.com"}
    role = f"aws-service-role/{GRANTED_ROLES[Consumer.AUTOSCALING]}"
    linked = HERE.role(STAGING, role, "CreateGrant", kms__GrantIsForAWSResource="true")
    karpenter = HERE.role(STAGING, "karpenter", "Decrypt", **via)
    check([(replace(request, identity=[]), True) for request in (linked, karpenter)])
