"""IAM: who people are. Users, credentials, sessions."""

import re
from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, one_or_many

USER = "aws:iam/user:User"
LOGIN = "aws:iam/userLoginProfile:UserLoginProfile"
PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
PERMISSION_SET = "aws:ssoadmin/permissionSet:PermissionSet"
IDENTITY = "identity"

CREDENTIALS = (
    "aws:iam/accessKey:AccessKey",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    "aws:iam/signingCertificate:SigningCertificate",
    "aws:iam/sshKey:SshKey",
)
"""Credentials that last until somebody deletes them; the first keeps its secret in the state."""

PASSWORD_LENGTH = 14
PASSWORD_MEMORY = 24
"""CIS AWS Foundations Benchmark 3.0, 1.8 and 1.9; 24 is the most AWS remembers."""

LONGEST_SESSION_HOURS = 8
"""A working day (playbook SEC-06: temporary credentials)."""

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


def _users_in_identity(resource: Resource, context: Context) -> Iterator[Problem]:
    account = context.account_of(resource)
    if account.kind != IDENTITY:
        yield failed(resource, "", f"got an IAM user in {account.name}, wanted a role")


def _temporary(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.type != LOGIN:
        yield failed(resource, "", "got a credential that does not expire, wanted a role")
    elif context.account_of(resource).kind != IDENTITY:
        yield failed(resource, "", "got a password outside the identity account, wanted a role")
    elif resource.get("pgpKey") is MISSING:
        yield failed(resource, "pgpKey", "got a password readable in the state, wanted a PGP key")


def _through_groups(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type != ATTACHMENT:
        yield failed(resource, "", "got permissions of one user, wanted them on a group")
    elif one_or_many(resource.get("users")):
        yield failed(resource, "users", "got users, wanted groups or roles")


def _good_passwords(graph: Graph, _: Context) -> Iterator[Problem]:
    policies = graph.of_type(PASSWORDS)
    if not policies:
        for user in graph.of_type(USER):
            yield failed(user, "", "got IAM users without an account password policy")
    for policy in policies:
        for path, least in (
            ("minimumPasswordLength", PASSWORD_LENGTH),
            ("passwordReusePrevention", PASSWORD_MEMORY),
        ):
            got = policy.get(path)
            if got is UNKNOWN:
                yield undecided(policy, path)
            elif not isinstance(got, int) or got < least:
                found = got if isinstance(got, int) else "none"
                yield failed(policy, path, f"got {found}, wanted {least}")


def _short_session(resource: Resource, _: Context) -> Iterator[Problem]:
    got = resource.get("sessionDuration")
    if got is UNKNOWN:
        yield undecided(resource, "sessionDuration")
    elif got is not MISSING and hours(got) > LONGEST_SESSION_HOURS:
        message = f"got {got}, wanted PT{LONGEST_SESSION_HOURS}H or shorter"
        yield failed(resource, "sessionDuration", message)


def hours(duration: object) -> float:
    """The hours of an ISO 8601 duration; endless where it is none."""
    match = _DURATION.fullmatch(str(duration))
    if match is None or not any(match.groups()):
        return float("inf")
    parts = [int(part or 0) for part in match.groups()]
    return parts[0] + parts[1] / 60 + parts[2] / 3600


RULES: tuple[Rule, ...] = (
    Rule(
        id="IAM-01",
        title="IAM users exist in the identity account alone",
        severity=Severity.CRITICAL,
        remedy="give people a role they assume; users belong to the identity layer",
        types=(USER,),
        resource=_users_in_identity,
        controls=("CIS AWS 3.0 1.21",),
    ),
    Rule(
        id="IAM-02",
        title="No credentials that never expire",
        severity=Severity.CRITICAL,
        remedy="use a role, Identity Center or a workload identity",
        types=(*CREDENTIALS, LOGIN),
        resource=_temporary,
        controls=("CIS AWS 3.0 1.14", "FSBP IAM.3"),
    ),
    Rule(
        id="IAM-03",
        title="Users have permissions through groups alone",
        severity=Severity.MEDIUM,
        remedy="attach the policy to a group",
        types=(
            "aws:iam/userPolicy:UserPolicy",
            "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            ATTACHMENT,
        ),
        resource=_through_groups,
        controls=("CIS AWS 3.0 1.15", "FSBP IAM.2"),
    ),
    Rule(
        id="IAM-11",
        title="Passwords of IAM users are long and not used twice",
        severity=Severity.MEDIUM,
        remedy="add an account password policy with 14 characters and 24 remembered",
        types=(USER, PASSWORDS),
        stack=_good_passwords,
        controls=("CIS AWS 3.0 1.8", "CIS AWS 3.0 1.9", "FSBP IAM.7"),
    ),
    Rule(
        id="IAM-12",
        title="Sessions of permission sets end within a working day",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="set session_duration to PT8H or shorter",
        types=(PERMISSION_SET,),
        resource=_short_session,
    ),
)
