"""Key policies: who may do what, and who may not."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from components.keys.contract import Consumer
from components.keys.policy import ADMINISTRATION, USE, KeyPolicy
from components.keys.services import SERVICE_LINKED_ROLES, SERVICE_PRINCIPALS, VIA_SERVICE

ACCOUNT, OTHER, REGION = "444455556666", "777788889999", "eu-central-1"
MANAGEMENT = "111122223333"
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
    holder: str = ACCOUNT,
) -> dict[str, dict[str, Any]]:
    """The statements of a policy by Sid."""
    text = KeyPolicy(
        holder_id=holder,
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
        assert next(iter(found)) == "Owner"
        owner = found["Owner"]
        assert owner["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        assert owner["Action"] == ["kms:*"]


def test_administrators_get_no_cryptographic_action() -> None:
    administrators = statements()["Administrators"]
    assert administrators["Principal"] == {"AWS": [DEPLOY]}
    assert administrators["Action"] == list(ADMINISTRATION)
    assert not [one for one in ADMINISTRATION if any(word in one for word in CRYPTOGRAPHIC)]


@pytest.mark.parametrize("sid", ["AdministratorsDoNotDecrypt", "AdministratorsDoNotGrant"])
def test_what_administrators_may_not_do_holds_whatever_else_allows_it(sid: str) -> None:
    denial = statements()[sid]
    assert (denial["Effect"], denial["Principal"]) == ("Deny", {"AWS": "*"})
    assert denial["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [DEPLOY]}
    assert denial["Condition"]["Null"] == {"kms:ViaService": "true"}


def test_administrators_may_not_decrypt_even_if_iam_lets_them() -> None:
    denied = statements()["AdministratorsDoNotDecrypt"]["Action"]
    assert denied == ["kms:Decrypt", "kms:ReEncryptFrom"]


def test_administrators_may_not_let_another_role_decrypt() -> None:
    assert not {"kms:Create*", "kms:CreateGrant"} & set(ADMINISTRATION)
    denial = statements()["AdministratorsDoNotGrant"]
    assert denial["Action"] == ["kms:CreateGrant"]
    assert denial["Condition"]["BoolIfExists"] == {"kms:GrantIsForAWSResource": "false"}


def test_users_get_no_administrative_action() -> None:
    users = statements(users=["app"])["Users"]
    assert users["Action"] == list(USE)
    assert not set(USE) & set(ADMINISTRATION)
    assert users["Condition"]["ArnLike"] == {
        "aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/app"]
    }


def test_a_star_principal_never_stands_without_the_owners_account() -> None:
    found = statements(consumers=list(Consumer), users=["app"], accounts=[OTHER])
    starred = [
        one
        for one in found.values()
        if one["Principal"] == {"AWS": "*"} and one["Effect"] == "Allow"
    ]
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
    grants = [
        one
        for one in found.values()
        if "kms:CreateGrant" in one["Action"] and one["Effect"] == "Allow"
    ]
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
    assert trail["Action"] == ["kms:GenerateDataKey*"]
    trails = f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"
    assert trail["Condition"] == {
        "ArnLike": {"aws:SourceArn": trails},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
    }


def test_the_trail_describes_the_key_without_an_encryption_context() -> None:
    describe = statements(consumers=[Consumer.CLOUDTRAIL])["CloudTrailDescribe"]
    assert describe["Action"] == ["kms:DescribeKey"]
    assert describe["Condition"].keys() == {"ArnLike"}


FROM_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize(
    ("consumer", "sid", "service", "condition"),
    [
        (
            Consumer.BUDGETS,
            "Budgets",
            "budgets.amazonaws.com",
            {**FROM_ACCOUNT, "ArnLike": {"aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:*"}},
        ),
        (
            Consumer.CLOUDWATCH_ALARMS,
            "CloudWatchAlarms",
            "cloudwatch.amazonaws.com",
            FROM_ACCOUNT,
        ),
        (Consumer.COST_ANOMALIES, "CostAnomalies", "costalerts.amazonaws.com", FROM_ACCOUNT),
        (Consumer.EVENTBRIDGE, "EventBridge", "events.amazonaws.com", None),
        (
            Consumer.SNS,
            "TopicsToQueues",
            "sns.amazonaws.com",
            {**FROM_ACCOUNT, "ArnLike": {"aws:SourceArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:*"}},
        ),
    ],
)
def test_publishers_to_encrypted_topics_and_queues_are_named(
    consumer: Consumer, sid: str, service: str, condition: object
) -> None:
    statement = statements(consumers=[consumer])[sid]
    assert statement["Principal"] == {"Service": service}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement.get("Condition") == condition


def test_distributions_of_the_account_only_read() -> None:
    statement = statements(consumers=[Consumer.CLOUDFRONT])["CloudFront"]
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert statement["Action"] == ["kms:Decrypt"]
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"}
    }


def test_logs_are_delivered_for_the_account_from_any_region() -> None:
    statement = statements(consumers=[Consumer.LOG_DELIVERY])["LogDelivery"]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Condition"] == {
        **FROM_ACCOUNT,
        "ArnLike": {"aws:SourceArn": f"arn:aws:logs:*:{ACCOUNT}:*"},
    }


def test_karpenters_nodes_get_volumes_through_ec2_for_callers_of_the_account_only() -> None:
    found = statements(consumers=[Consumer.EC2])
    for sid in ("ThroughServices", "ThroughServicesGrants"):
        equals = found[sid]["Condition"]["StringEquals"]
        assert equals == {
            "kms:CallerAccount": ACCOUNT,
            "kms:ViaService": [f"ec2.{REGION}.amazonaws.com"],
        }


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
        holder_id=ACCOUNT,
        account_id=ACCOUNT,
        region=REGION,
        administrators=[DEPLOY, f"{DEPLOY}-2"],
        consumers=list(Consumer),
        users=["a", "b"],
    )
    other = KeyPolicy(
        holder_id=ACCOUNT,
        account_id=ACCOUNT,
        region=REGION,
        administrators=[f"{DEPLOY}-2", DEPLOY],
        consumers=list(reversed(Consumer)),
        users=["b", "a"],
    )
    assert one.document() == other.document()


def test_a_central_key_belongs_to_its_holder_and_serves_the_other_account() -> None:
    found = statements(holder=MANAGEMENT, consumers=list(Consumer), users=["app"])
    assert found["Owner"]["Principal"] == {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}
    assert found["Account"]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert found["Account"]["Action"] == list(USE)
    assert MANAGEMENT not in json.dumps([found[sid] for sid in found if sid != "Owner"])


def test_a_key_in_its_own_account_leaves_the_account_to_the_root_statement() -> None:
    assert not {"Account", "GrantsToLinkedRoles"} & statements(consumers=list(Consumer)).keys()


def test_on_a_central_key_the_account_grants_to_its_linked_roles_alone() -> None:
    found = statements(holder=MANAGEMENT, consumers=[Consumer.AUTOSCALING, Consumer.SPOT])
    condition = found["GrantsToLinkedRoles"]["Condition"]
    assert [
        role.partition("/aws-service-role/")[2]
        for role in condition["StringEquals"]["kms:GranteePrincipal"]
    ] == [SERVICE_LINKED_ROLES[Consumer.AUTOSCALING], SERVICE_LINKED_ROLES[Consumer.SPOT]]
    assert "GrantsToLinkedRoles" not in statements(holder=MANAGEMENT, consumers=[Consumer.RDS])
