"""The service control policies, evaluated like AWS would on the cases that matter."""

import json
from fnmatch import fnmatchcase
from typing import Any, cast

import pytest

from components.accounts.guardrail import ATTACHED_LIMIT, SIZE_LIMIT, Guardrail, Scope
from components.accounts.policies import guardrails

REGIONS = frozenset({"eu-central-1", "eu-west-1"})
ADMIN = "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole"
BREAK_GLASS = "arn:aws:iam::444455556666:role/superinc-break-glass"
ROOT = "arn:aws:iam::444455556666:root"
DEVELOPER = "arn:aws:iam::444455556666:role/superinc-developer"
SNAPSHOT = "arn:aws:rds:eu-central-1:444455556666:snapshot:before-the-migration"


def made(regions: frozenset[str] = REGIONS) -> tuple[Guardrail, ...]:
    return guardrails(
        regions=regions,
        break_glass_role="superinc-break-glass",
        rollout_roles=("superinc-deploy", "OrganizationAccountAccessRole"),
    )


def statements_of(guardrail: Guardrail) -> list[dict[str, Any]]:
    assert isinstance(guardrail.content, str)
    return json.loads(guardrail.content)["Statement"]


def texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)


def matches(patterns: object, value: str) -> bool:
    return any(fnmatchcase(value.lower(), pattern.lower()) for pattern in texts(patterns))


def holds(conditions: dict[str, dict[str, Any]], facts: dict[str, str]) -> bool:
    """Whether all conditions hold, for the operators these policies use."""
    negative = {"StringNotEquals", "ArnNotLike"}

    def one(operator: str, key: str, wanted: object) -> bool:
        if operator == "Null":
            return (key not in facts) is (wanted == "true")
        if key not in facts:
            return operator in negative
        return matches(wanted, facts[key]) is (operator not in negative)

    return all(
        one(operator, key, wanted)
        for operator, pairs in conditions.items()
        for key, wanted in pairs.items()
    )


def covers(statement: dict[str, Any], kind: str, value: str) -> bool:
    if f"Not{kind}" in statement:
        return not matches(statement[f"Not{kind}"], value)
    return matches(statement[kind], value)


def denied(  # noqa: PLR0913 - the facts of a request
    action: str,
    *,
    principal: str = ADMIN,
    region: str = "eu-central-1",
    resource: str = "arn:aws:any:::thing",
    facts: dict[str, str] | None = None,
    scopes: frozenset[Scope] = frozenset({Scope.ROOT, Scope.MEMBERS_WITHOUT_USERS}),
    regions: frozenset[str] = REGIONS,
) -> bool:
    """Whether a call in a member account under these scopes is denied."""
    known = {"aws:PrincipalArn": principal, "aws:RequestedRegion": region, **(facts or {})}
    statements = [
        statement
        for guardrail in made(regions)
        if guardrail.scope in scopes
        for statement in statements_of(guardrail)
    ]
    return any(
        covers(statement, "Action", action)
        and covers(statement, "Resource", resource)
        and holds(statement.get("Condition", {}), known)
        for statement in statements
    )


def test_every_guardrail_fits_and_only_denies() -> None:
    for guardrail in made():
        assert isinstance(guardrail.content, str)
        assert len(guardrail.content) <= SIZE_LIMIT
        assert {statement["Effect"] for statement in statements_of(guardrail)} == {"Deny"}


def test_a_target_never_carries_more_policies_than_aws_attaches() -> None:
    # One of them is AWS's own FullAWSAccess.
    scopes = [guardrail.scope for guardrail in made()]
    assert scopes.count(Scope.ROOT) < ATTACHED_LIMIT
    assert scopes.count(Scope.MEMBERS_WITHOUT_USERS) + scopes.count(Scope.BACKUP) < ATTACHED_LIMIT


@pytest.mark.parametrize("action", ["organizations:LeaveOrganization", "account:CloseAccount"])
def test_nobody_takes_an_account_out_not_even_with_broken_glass(action: str) -> None:
    assert denied(action)
    assert denied(action, principal=BREAK_GLASS)


def test_the_root_user_of_a_member_may_do_nothing() -> None:
    assert denied("s3:ListAllMyBuckets", principal=ROOT)
    assert not denied("s3:ListAllMyBuckets")


def test_a_root_session_that_management_opened_for_one_task_may_do_it() -> None:
    opened = {"aws:AssumedRoot": "true"}
    assert not denied("s3:DeleteBucketPolicy", principal=ROOT, facts=opened)
    assert denied("organizations:LeaveOrganization", principal=ROOT, facts=opened)


@pytest.mark.parametrize(
    "action",
    [
        "cloudtrail:StopLogging",
        "cloudtrail:DeleteTrail",
        "guardduty:DeleteDetector",
        "config:StopConfigurationRecorder",
        "kms:ScheduleKeyDeletion",
        "kms:DisableKey",
    ],
)
def test_evidence_and_keys_yield_to_broken_glass_only(action: str) -> None:
    assert denied(action)
    assert not denied(action, principal=BREAK_GLASS)


def test_a_role_that_merely_contains_the_name_is_not_broken_glass() -> None:
    assert denied("kms:DisableKey", principal=f"{BREAK_GLASS}-not")


@pytest.mark.parametrize(
    ("action", "region"),
    [
        ("ec2:RunInstances", "eu-central-1"),
        ("ec2:RunInstances", "eu-west-1"),
        ("iam:CreateRole", "us-east-1"),
        ("route53:CreateHostedZone", "us-east-1"),
        ("acm:RequestCertificate", "us-east-1"),
        ("wafv2:CreateWebACL", "us-east-1"),
    ],
)
def test_our_regions_and_global_services_are_open(action: str, region: str) -> None:
    assert not denied(action, region=region)


@pytest.mark.parametrize(
    ("action", "region"),
    [
        ("ec2:RunInstances", "us-west-2"),
        ("ec2:RunInstances", "us-east-1"),
        ("acm:RequestCertificate", "us-west-2"),
        ("kms:CreateKey", "ap-southeast-2"),
    ],
)
def test_all_else_is_closed_unless_the_glass_is_broken(action: str, region: str) -> None:
    assert denied(action, region=region)
    assert not denied(action, region=region, principal=BREAK_GLASS)


def test_a_home_in_the_global_region_is_fully_open() -> None:
    assert not denied(
        "ec2:RunInstances", region="us-east-1", regions=frozenset({"us-east-1", "us-west-2"})
    )


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("ec2:ModifySnapshotAttribute", {"ec2:Add/group": "all"}),
        ("rds:CreateDBInstance", {"rds:PubliclyAccessible": "true"}),
        ("rds:RestoreDBInstanceToPointInTime", {"rds:PubliclyAccessible": "true"}),
    ],
)
def test_nobody_makes_a_snapshot_or_a_database_public(action: str, facts: dict[str, str]) -> None:
    assert denied(action, facts=facts)
    assert denied(action, facts=facts, principal=BREAK_GLASS)
    assert not denied(action)


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("ec2:ModifySnapshotAttribute", {"ec2:Add/userId": "777788889999"}),
        ("rds:CreateDBInstance", {"rds:PubliclyAccessible": "false"}),
    ],
)
def test_what_stays_private_is_none_of_the_guardrails_business(
    action: str, facts: dict[str, str]
) -> None:
    assert not denied(action, facts=facts)


def test_database_snapshots_are_shared_by_aws_backup_alone() -> None:
    action = "rds:ModifyDBSnapshotAttribute"
    assert denied(action, resource=SNAPSHOT)
    assert not denied(action, resource=SNAPSHOT, principal=BREAK_GLASS)
    copied = "arn:aws:rds:eu-central-1:444455556666:snapshot:awsbackup:job-1234"
    assert not denied(action, resource=copied)


@pytest.mark.parametrize(
    "action",
    [
        "access-analyzer:DeleteAnalyzer",
        "ec2:DisableEbsEncryptionByDefault",
        "ec2:DisableImageBlockPublicAccess",
        "ec2:ModifyInstanceMetadataDefaults",
        "s3:PutAccountPublicAccessBlock",
    ],
)
def test_the_switches_of_an_account_are_set_by_rollouts_only(action: str) -> None:
    assert denied(action, principal=DEVELOPER)
    assert not denied(action, principal=ADMIN)
    assert not denied(action, principal="arn:aws:iam::444455556666:role/superinc-deploy")
    assert not denied(action, principal=BREAK_GLASS)


@pytest.mark.parametrize("action", ["iam:CreateUser", "iam:CreateAccessKey"])
def test_users_and_access_keys_exist_only_where_that_guardrail_is_not_attached(action: str) -> None:
    assert denied(action)
    assert not denied(action, scopes=frozenset({Scope.ROOT}))


def test_recovery_points_stay_in_the_backup_account() -> None:
    everywhere = frozenset(Scope)
    assert denied("backup:DeleteRecoveryPoint", scopes=everywhere)
    assert not denied("backup:DeleteRecoveryPoint", scopes=everywhere, principal=BREAK_GLASS)
    assert not denied("backup:DeleteRecoveryPoint")


def test_a_guardrail_larger_than_aws_accepts_is_refused() -> None:
    many = frozenset(f"eu-{'x' * 40}-{number}" for number in range(200))
    with pytest.raises(ValueError, match=r"guardrail regions: got \d+ characters, wanted 5120"):
        made(many)
