"""The catalogue of permission sets: what each lets somebody do, and what not."""

import json
from fnmatch import fnmatchcase

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data
from pydantic import ValidationError

from components.naming import BILLING_ROLE, BREAK_GLASS_ROLE, ORGANIZATION_ADMIN_ROLE
from components.people import (
    CATALOGUE,
    INLINE_LIMIT,
    PermissionSet,
    Rule,
    managed_policy_arn,
    person_role,
    sso_role_arn_pattern,
)
from tests.access import Request, decide

AWS_POLICIES = {
    managed_policy_arn(f"{policy['Path'].removeprefix('/')}{name}"): policy["Document"]
    for name, policy in json.loads(aws_managed_policies_data).items()
}
ACCOUNT = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
DEPLOY, GLASS, SHOP = (
    f"{ROLE}/{name}" for name in ("superinc-deploy", "superinc-break-glass", "x")
)
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:database-abcdef"
LOGS = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:x:log-stream:y"
INSTANCE = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:instance/i-0123456789abcdef0"
USER = f"arn:aws:iam::{ACCOUNT}:user/somebody"
MEMBER = f"arn:aws:organizations::{ACCOUNT}:account/o-abcdefghij/777788889999"

MAY = (
    ("Administrator", "iam:CreateRole", SHOP),
    ("Billing", "budgets:ViewBudget", f"arn:aws:budgets::{ACCOUNT}:budget/month"),
    ("BreakGlass", "sts:AssumeRole", GLASS),
    ("Developer", "ec2:TerminateInstances", INSTANCE),
    ("Developer", "kms:Decrypt", KEY),
    ("Developer", "sts:AssumeRole", SHOP),
    ("OrganizationAdmin", "organizations:MoveAccount", MEMBER),
    ("ReadOnly", "ec2:DescribeInstances", "*"),
    ("ReadOnly", "logs:GetLogEvents", LOGS),
)
MAY_NOT = (
    ("Billing", "ec2:TerminateInstances", INSTANCE),
    ("BreakGlass", "sts:AssumeRole", DEPLOY),
    ("BreakGlass", "ec2:DescribeInstances", "*"),
    ("Developer", "iam:CreateUser", USER),
    ("Developer", "kms:PutKeyPolicy", KEY),
    ("Developer", "kms:ScheduleKeyDeletion", KEY),
    ("Developer", "organizations:LeaveOrganization", "*"),
    ("Developer", "sts:AssumeRole", DEPLOY),
    ("Developer", "sts:AssumeRole", GLASS),
    ("OrganizationAdmin", "ec2:TerminateInstances", INSTANCE),
    ("OrganizationAdmin", "organizations:CloseAccount", MEMBER),
    ("OrganizationAdmin", "organizations:DeleteOrganization", "*"),
    ("OrganizationAdmin", "organizations:RemoveAccountFromOrganization", MEMBER),
    ("ReadOnly", "ec2:TerminateInstances", INSTANCE),
    ("ReadOnly", "kms:Decrypt", KEY),
    ("ReadOnly", "secretsmanager:GetSecretValue", SECRET),
)


def request(permission_set: str, action: str, resource: str) -> Request:
    """Somebody with a permission set wants something in the account, by AWS's own documents."""
    given = CATALOGUE[permission_set]
    inline = given.inline_document()
    return Request(
        principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/{permission_set}/somebody",
        action=action,
        resource=resource,
        account=ACCOUNT,
        identity=[
            *(AWS_POLICIES[managed_policy_arn(name)] for name in given.managed_policies),
            *([json.loads(inline)] if inline else []),
        ],
        # A key and a role leave the decision to the permissions of who asks.
        resource_policy=OPEN if resource.startswith((ROLE, "arn:aws:kms:")) else None,
    )


OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": ["kms:*", "sts:AssumeRole"],
            "Resource": "*",
        }
    ],
}


@pytest.mark.parametrize(("cases", "allowed"), [(MAY, True), (MAY_NOT, False)])
def test_who_may_do_what(cases: tuple[tuple[str, str, str], ...], *, allowed: bool) -> None:
    decisions = decide([request(*case) for case in cases])
    wrong = [
        (case, decision)
        for case, decision in zip(cases, decisions, strict=True)
        if (decision == "Allowed") is not allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_managed_policy_exists_and_every_session_ends_within_a_working_day(name: str) -> None:
    given = CATALOGUE[name]
    for policy in given.managed_policies:
        assert managed_policy_arn(policy) in AWS_POLICIES
    assert 1 <= given.session_hours <= 8
    if given.administers():
        assert given.session_hours <= 4


def test_the_longest_inline_policy_fits() -> None:
    text = PermissionSet(description="x", rules=tuple(Rule)).inline_document()
    assert text
    assert len(text) <= INLINE_LIMIT
    assert len(json.loads(text)["Statement"]) == 5


def test_rules_give_the_same_document_in_any_order() -> None:
    one = PermissionSet(description="x", rules=(Rule.NO_DATA, Rule.KEEP_ACCOUNTS))
    other = PermissionSet(description="x", rules=(Rule.KEEP_ACCOUNTS, Rule.NO_DATA))
    assert one.inline_document() == other.inline_document()


def test_without_rules_there_is_no_inline_policy() -> None:
    assert CATALOGUE["Administrator"].inline_document() is None


def test_what_leads_to_everything_administers() -> None:
    assert {name for name, one in CATALOGUE.items() if one.administers()} == {
        "Administrator",
        "BreakGlass",
    }


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"description": "x"}, "got a permission set without content"),
        ({"description": "x", "rules": ["no-data"], "session_hours": 9}, "less than or equal to 8"),
        ({"description": "x", "managed_policies": ["arn:aws:iam::aws:policy/X"]}, "match pattern"),
    ],
)
def test_a_wrong_permission_set_is_refused(given: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        PermissionSet.model_validate(given)


def test_the_roles_of_management_are_those_the_permission_sets_stand_for() -> None:
    assert person_role("Billing") == BILLING_ROLE
    assert person_role("OrganizationAdmin") == ORGANIZATION_ADMIN_ROLE
    assert person_role("BreakGlass") == BREAK_GLASS_ROLE
    assert person_role("ReadOnly") == "superinc-read-only"


@pytest.mark.parametrize(
    ("region", "place"), [("eu-central-1", "eu-central-1/"), ("us-east-1", "")]
)
def test_the_roles_of_identity_center_are_known_by_their_pattern(region: str, place: str) -> None:
    path = f"role/aws-reserved/sso.amazonaws.com/{place}"
    arn = f"arn:aws:iam::444455556666:{path}AWSReservedSSO_Developer_0123456789abcdef"
    assert fnmatchcase(arn, sso_role_arn_pattern("444455556666", region, "Developer"))
    assert not fnmatchcase(arn, sso_role_arn_pattern("444455556666", region, "Dev"))
