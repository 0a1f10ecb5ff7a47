"""The service control policies, evaluated like AWS would on the cases that matter."""

import json
from fnmatch import fnmatchcase
from typing import Any, cast

import pytest

from components.accounts.policies import SIZE_LIMIT, Guardrail, Scope, guardrails

REGIONS = frozenset({"eu-central-1", "eu-west-1"})
ADMIN = "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole"
BREAK_GLASS = "arn:aws:iam::444455556666:role/superinc-break-glass"
ROOT = "arn:aws:iam::444455556666:root"


def made(regions: frozenset[str] = REGIONS) -> tuple[Guardrail, ...]:
    return guardrails(regions=regions, break_glass_role="superinc-break-glass")


def texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)


def matches(patterns: object, value: str) -> bool:
    return any(fnmatchcase(value.lower(), pattern.lower()) for pattern in texts(patterns))


def holds(conditions: dict[str, dict[str, Any]], facts: dict[str, str]) -> bool:
    """Whether all conditions hold, for the operators these policies use."""
    positive = {
        "StringEquals": True,
        "StringNotEquals": False,
        "ArnLike": True,
        "ArnNotLike": False,
    }
    return all(
        matches(wanted, facts[key]) is positive[operator]
        for operator, pairs in conditions.items()
        for key, wanted in pairs.items()
    )


def denied(
    action: str,
    *,
    principal: str = ADMIN,
    region: str = "eu-central-1",
    scopes: frozenset[Scope] = frozenset({Scope.ROOT, Scope.MEMBERS_WITHOUT_USERS}),
    regions: frozenset[str] = REGIONS,
) -> bool:
    """Whether a call in a member account under these scopes is denied."""
    facts = {"aws:PrincipalArn": principal, "aws:RequestedRegion": region}
    statements = [
        statement
        for guardrail in made(regions)
        if guardrail.scope in scopes
        for statement in json.loads(guardrail.content)["Statement"]
    ]
    return any(
        (
            matches(statement["Action"], action)
            if "Action" in statement
            else not matches(statement["NotAction"], action)
        )
        and holds(statement.get("Condition", {}), facts)
        for statement in statements
    )


def test_every_guardrail_fits_and_only_denies() -> None:
    for guardrail in made():
        assert len(guardrail.content) <= SIZE_LIMIT
        statements = json.loads(guardrail.content)["Statement"]
        assert {statement["Effect"] for statement in statements} == {"Deny"}


def test_a_target_never_carries_more_policies_than_aws_attaches() -> None:
    # Five per target, one of them AWS's own FullAWSAccess.
    scopes = [guardrail.scope for guardrail in made()]
    assert scopes.count(Scope.ROOT) <= 4
    assert scopes.count(Scope.MEMBERS_WITHOUT_USERS) + scopes.count(Scope.BACKUP) <= 4


@pytest.mark.parametrize("action", ["organizations:LeaveOrganization", "account:CloseAccount"])
def test_nobody_takes_an_account_out_not_even_with_broken_glass(action: str) -> None:
    assert denied(action)
    assert denied(action, principal=BREAK_GLASS)


def test_the_root_user_of_a_member_may_do_nothing() -> None:
    assert denied("s3:ListAllMyBuckets", principal=ROOT)
    assert not denied("s3:ListAllMyBuckets")


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
