"""The organisation's perimeter, evaluated by AWS's logic: who comes in, who does not."""

import json
from typing import Any

import pytest

from components.accounts.guardrail import SIZE_LIMIT
from components.accounts.perimeter import perimeter
from tests.access import Request, decide

OURS, STRANGERS = "o-abcdefghij", "o-zyxwvutsrq"
STAGING, OUTSIDE, VENDOR = "444455556666", "777788889999", "888899990000"
FILE = "arn:aws:s3:::a-bucket-of-ours/file"
KEY = "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::444455556666:role/any"


def request(
    principal: str,
    facts: dict[str, str],
    *,
    trusted: tuple[str, ...] = (),
    action: str = "s3:GetObject",
    resource: str = FILE,
) -> Request:
    """Somebody comes to something whose own policy lets in everybody."""
    statement = {"Effect": "Allow", "Action": action}
    identity: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [{**statement, "Resource": "*"}],
    }
    open_to_all: dict[str, Any] = {"Principal": "*"}
    if resource != ROLE:
        open_to_all["Resource"] = "*"
    return Request(
        principal=principal,
        action=action,
        resource=resource,
        account=STAGING,
        context={"aws:SecureTransport": "true", **facts},
        identity=() if principal.endswith("amazonaws.com") else (identity,),
        resource_policy={"Version": "2012-10-17", "Statement": [{**statement, **open_to_all}]},
        resource_control=(json.loads(perimeter(organization_id=OURS, trusted_accounts=trusted)),),
    )


def role(account: str) -> str:
    return f"arn:aws:sts::{account}:assumed-role/any/session"


def of(account: str, organization: str | None) -> dict[str, str]:
    facts = {"aws:PrincipalAccount": account, "aws:PrincipalIsAWSService": "false"}
    return facts if organization is None else {**facts, "aws:PrincipalOrgID": organization}


def acting_for(account: str, organization: str | None) -> dict[str, str]:
    facts = {"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": account}
    return facts if organization is None else {**facts, "aws:SourceOrgID": organization}


CASES = {
    "our own": (request(role(STAGING), of(STAGING, OURS)), "Allowed"),
    "another account of ours": (request(role(VENDOR), of(VENDOR, OURS)), "Allowed"),
    "another organisation": (
        request(role(OUTSIDE), of(OUTSIDE, STRANGERS)),
        "ExplicitlyDenied",
    ),
    "an account without organisation": (
        request(role(OUTSIDE), of(OUTSIDE, None)),
        "ExplicitlyDenied",
    ),
    "a trusted vendor": (
        request(role(VENDOR), of(VENDOR, STRANGERS), trusted=(VENDOR,)),
        "Allowed",
    ),
    "somebody else, beside a trusted vendor": (
        request(role(OUTSIDE), of(OUTSIDE, STRANGERS), trusted=(VENDOR,)),
        "ExplicitlyDenied",
    ),
    "our own without TLS": (
        request(role(STAGING), {**of(STAGING, OURS), "aws:SecureTransport": "false"}),
        "ExplicitlyDenied",
    ),
    "a stranger at a key": (
        request(role(OUTSIDE), of(OUTSIDE, STRANGERS), action="kms:Decrypt", resource=KEY),
        "ExplicitlyDenied",
    ),
    "a stranger at a role": (
        request(role(OUTSIDE), of(OUTSIDE, STRANGERS), action="sts:AssumeRole", resource=ROLE),
        "ExplicitlyDenied",
    ),
    "a service for us": (
        request("cloudfront.amazonaws.com", acting_for(STAGING, OURS)),
        "Allowed",
    ),
    "a service for somebody else": (
        request("cloudfront.amazonaws.com", acting_for(OUTSIDE, STRANGERS)),
        "ExplicitlyDenied",
    ),
    "a service for an account without organisation": (
        request("cloudfront.amazonaws.com", acting_for(OUTSIDE, None)),
        "ExplicitlyDenied",
    ),
    "a service that does not say for whom": (
        request("events.amazonaws.com", {"aws:PrincipalIsAWSService": "true"}),
        "Allowed",
    ),
}
"""Who → the request and AWS's decision."""


def test_only_our_principals_and_services_for_us_come_in() -> None:
    decisions = decide([asked for asked, _ in CASES.values()])
    found = dict(zip(CASES, decisions, strict=True))
    assert found == {name: wanted for name, (_, wanted) in CASES.items()}


@pytest.mark.parametrize(
    "action", ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
)
def test_identities_that_have_no_organisation_yet_may_still_sign_in(action: str) -> None:
    statement = json.loads(perimeter(organization_id=OURS))["Statement"][0]
    assert statement["Sid"] == "OnlyOurPrincipals"
    assert action not in statement["Action"]
    assert not [one for one in statement["Action"] if one in {"sts:*", "*"}]


def test_it_is_a_policy_aws_takes() -> None:
    text = perimeter(
        organization_id="o-" + "a" * 32, trusted_accounts=[f"{number:012d}" for number in range(50)]
    )
    assert len(text) <= SIZE_LIMIT
    for statement in json.loads(text)["Statement"]:
        assert statement["Effect"] == "Deny"
        assert statement["Principal"] == "*"


def test_a_perimeter_larger_than_aws_accepts_is_refused() -> None:
    many = [f"{number:012d}" for number in range(400)]
    with pytest.raises(ValueError, match=r"guardrail perimeter: got \d+ characters, wanted 5120"):
        perimeter(organization_id=OURS, trusted_accounts=many)
