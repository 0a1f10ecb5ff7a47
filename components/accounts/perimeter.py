"""The organisation's perimeter as pure data: a resource control policy.

It binds whoever comes to a resource of a member account: principals of other organisations,
anonymous callers, and AWS services that act for somebody else. The statements are those of AWS's
data perimeter examples. It does not bind service-linked roles, and never the resources of the
management account (AWS Organizations user guide, "Resource control policies").
"""

from collections.abc import Sequence

from components.accounts.guardrail import content
from components.statements import Statement, deny

NAME = "perimeter"

SERVICES = ("kms:*", "s3:*", "secretsmanager:*", "sqs:*")
"""What is closed to strangers besides roles: keys, buckets, secrets and queues."""

ROLE_ACTIONS = (
    "sts:AssumeRole",
    "sts:DecodeAuthorizationMessage",
    "sts:GetAccessKeyInfo",
    "sts:GetFederationToken",
    "sts:GetServiceBearerToken",
    "sts:GetSessionToken",
    "sts:SetContext",
)
"""The STS actions of IAM principals. People of an identity provider and pods with a web identity
belong to no organisation yet when they ask, so their actions, and the tags they bring, stay out."""

EVERYBODY = "*"
"""The one principal a resource control policy may name."""


def perimeter(*, organization_id: str, trusted_accounts: Sequence[str] = ()) -> str:
    """The policy document of the perimeter.

    Args:
        organization_id: The ``o-…`` id.
        trusted_accounts: Accounts of others that may come in, by id.

    Raises:
        ValueError: It is larger than AWS accepts.
    """
    trusted = sorted(trusted_accounts)
    statements = [
        _our_principals(organization_id, trusted),
        _our_sources(organization_id, trusted),
        _encrypted(),
    ]
    return content(NAME, statements)


def _our_principals(organization_id: str, trusted: Sequence[str]) -> Statement:
    """Whoever has no organisation is a stranger too, hence ``IfExists`` on a negation."""
    strangers = {"aws:PrincipalOrgID": organization_id} | _unless("aws:PrincipalAccount", trusted)
    return _deny(
        "OnlyOurPrincipals",
        [*SERVICES, *ROLE_ACTIONS],
        {
            "StringNotEqualsIfExists": strangers,
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )


def _our_sources(organization_id: str, trusted: Sequence[str]) -> Statement:
    """AWS services only for us, where they say for whom: some still name no source at all."""
    strangers = {"aws:SourceOrgID": organization_id} | _unless("aws:SourceAccount", trusted)
    return _deny(
        "OnlyForOurSources",
        [*SERVICES, "sts:*"],
        {
            "StringNotEqualsIfExists": strangers,
            "Null": {"aws:SourceAccount": "false"},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        },
    )


def _encrypted() -> Statement:
    return _deny(
        "OnlyEncrypted",
        [*SERVICES, "sts:*"],
        {"BoolIfExists": {"aws:SecureTransport": "false"}},
    )


def _unless(key: str, trusted: Sequence[str]) -> dict[str, str | Sequence[str]]:
    return {key: list(trusted)} if trusted else {}


def _deny(
    sid: str, actions: Sequence[str], condition: dict[str, dict[str, str | Sequence[str]]]
) -> Statement:
    # A resource control policy takes the bare principal only, not {"AWS": "*"}.
    return {**deny(sid, sorted(actions), condition=condition), "Principal": EVERYBODY}
