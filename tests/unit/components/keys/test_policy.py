"""Key policies: who may do what, and who may not."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from components.keys.contract import Consumer
from components.keys.policy import (
    ADMINISTRATION,
    SERVICE_LINKED_ROLES,
    SERVICE_PRINCIPALS,
    USE,
    VIA_SERVICE,
    KeyPolicy,
)

ACCOUNT, OTHER, REGION = "444455556666", "777788889999", "eu-central-1"
DEPLOY = f"arn:aws:iam::{ACCOUNT}:role/superinc-deploy"
CRYPTOGRAPHIC = ("Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt", "Sign", "kms:*")

SIZE_LIMIT = 32 * 1024
"""Bytes of a key policy (KMS quotas)."""


def statements(
    *,
    region: str = REGION,
    consumers: Sequence[Consumer] = (),
    users: Sequence[str] = (),
    accounts: Sequence[str] = (),
) -> dict[str, dict[str, Any]]:
    """The statements of a policy by Sid."""
    text = KeyPolicy(
        account_id=ACCOUNT,
        region=region,
        administrators=[DEPLOY],
        consumers=consumers,
        users=users,
        accounts=accounts,
    ).document()
    assert len(text) <= SIZE_LIMIT
    found = json.loads(text)["Statement"]
    by_sid = {statement["Sid"]: statement for statement in found}
    assert len(by_sid) == len(found)
    return by_sid


def test_the_root_statement_is_kept_whatever_else_is_there() -> None:
    for found in (statements(), statements(consumers=list(Consumer)), statements(accounts=[OTHER])):
        owner = found["Owner"]
        assert owner["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        assert owner["Action"] == ["kms:*"]


def test_administrators_get_no_cryptographic_action() -> None:
    administrators = statements()["Administrators"]
    assert administrators["Principal"] == {"AWS": [DEPLOY]}
    assert administrators["Action"] == list(ADMINISTRATION)
    assert not [one for one in ADMINISTRATION if any(word in one for word in CRYPTOGRAPHIC)]


def test_administrators_may_not_decrypt_even_if_iam_lets_them() -> None:
    denial = statements()["AdministratorsDoNotDecrypt"]
    assert denial["Effect"] == "Deny"
    assert "kms:Decrypt" in denial["Action"]
    assert denial["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [DEPLOY]}
    assert denial["Condition"]["Null"] == {"kms:ViaService": "true"}


def test_users_get_no_administrative_action() -> None:
    users = statements(users=["app"])["Users"]
    assert users["Action"] == list(USE)
    assert not set(USE) & set(ADMINISTRATION)
    assert users["Condition"]["ArnLike"] == {
        "aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/app"]
    }


def test_a_star_principal_never_stands_without_the_owners_account() -> None:
    found = statements(consumers=list(Consumer), users=["app"], accounts=[OTHER])
    starred = [one for one in found.values() if one["Principal"] == {"AWS": "*"}]
    assert len(starred) == 6
    for statement in starred:
        equals = statement["Condition"]["StringEquals"]
        assert equals["kms:CallerAccount"] == ACCOUNT
        narrowed = {"kms:ViaService"} & equals.keys() or {"ArnLike", "ArnEquals"} & statement[
            "Condition"
        ].keys()
        assert narrowed


def test_grants_are_for_aws_resources_only() -> None:
    found = statements(consumers=list(Consumer), users=["app"], accounts=[OTHER])
    grants = [one for one in found.values() if "kms:CreateGrant" in one["Action"]]
    assert len(grants) == 4
    for statement in grants:
        assert statement["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_other_accounts_use_the_key_and_no_more() -> None:
    other = statements(accounts=[OTHER])["OtherAccounts"]
    assert other["Principal"] == {"AWS": [f"arn:aws:iam::{OTHER}:root"]}
    assert other["Action"] == list(USE)


def test_log_groups_of_this_account_and_region_only() -> None:
    logs = statements(consumers=[Consumer.CLOUDWATCH_LOGS])["CloudWatchLogs"]
    assert logs["Principal"] == {"Service": f"logs.{REGION}.amazonaws.com"}
    assert logs["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:*"
    }


def test_a_replica_serves_the_services_of_its_own_region() -> None:
    found = statements(region="eu-west-1", consumers=[Consumer.CLOUDWATCH_LOGS, Consumer.RDS])
    assert found["CloudWatchLogs"]["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    via = found["ThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert via == ["rds.eu-west-1.amazonaws.com"]


def test_the_trail_encrypts_but_does_not_read_back() -> None:
    trail = statements(consumers=[Consumer.CLOUDTRAIL])["CloudTrail"]
    assert "kms:Decrypt" not in trail["Action"]
    assert trail["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


@pytest.mark.parametrize(
    ("consumer", "sid", "service"),
    [
        (Consumer.CLOUDWATCH_ALARMS, "CloudWatchAlarms", "cloudwatch.amazonaws.com"),
        (Consumer.EVENTBRIDGE, "EventBridge", "events.amazonaws.com"),
    ],
)
def test_publishers_to_encrypted_topics_are_named(
    consumer: Consumer, sid: str, service: str
) -> None:
    statement = statements(consumers=[consumer])[sid]
    assert statement["Principal"] == {"Service": service}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_nodes_on_spot_and_in_groups_use_the_volume_key_through_their_linked_roles() -> None:
    found = statements(consumers=[Consumer.AUTOSCALING, Consumer.SPOT])["LinkedRoles"]
    roles = found["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert [role.rpartition("/")[2] for role in roles] == [
        "AWSServiceRoleForAutoScaling",
        "AWSServiceRoleForEC2Spot",
    ]


def test_services_that_encrypt_for_the_caller_go_through_themselves() -> None:
    found = statements(consumers=[Consumer.SECRETS_MANAGER, Consumer.MSK])["ThroughServices"]
    assert found["Condition"]["StringEquals"]["kms:ViaService"] == [
        f"kafka.{REGION}.amazonaws.com",
        f"secretsmanager.{REGION}.amazonaws.com",
    ]


@pytest.mark.parametrize("consumer", list(Consumer))
def test_every_consumer_is_served(consumer: Consumer) -> None:
    assert consumer in {**VIA_SERVICE, **SERVICE_LINKED_ROLES, **SERVICE_PRINCIPALS}
    assert statements(consumers=[consumer]).keys() > statements().keys()


def test_the_same_facts_in_another_order_give_the_same_document() -> None:
    one = KeyPolicy(
        account_id=ACCOUNT,
        region=REGION,
        administrators=[DEPLOY, f"{DEPLOY}-2"],
        consumers=list(Consumer),
        users=["a", "b"],
    )
    other = KeyPolicy(
        account_id=ACCOUNT,
        region=REGION,
        administrators=[f"{DEPLOY}-2", DEPLOY],
        consumers=list(reversed(Consumer)),
        users=["b", "a"],
    )
    assert one.document() == other.document()
