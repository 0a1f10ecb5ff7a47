"""IAM: who may become a role. Trust policies."""

import re
from collections.abc import Callable, Iterator

from policy.core.context import Context
from policy.core.documents import (
    Statement,
    allowing,
    condition_keys,
    conditions,
    grants,
    is_open,
    name_of,
    partly_unknown,
    principals,
)
from policy.core.graph import Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import one_or_many

ROLE = "aws:iam/role:Role"
PATH = "assumeRolePolicy"
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
POD_IDENTITY = "pods.eks.amazonaws.com"
POD_CONDITIONS = frozenset(
    {
        "aws:requesttag/eks-cluster-arn",
        "aws:requesttag/eks-cluster-name",
        "aws:requesttag/kubernetes-namespace",
        "aws:requesttag/kubernetes-service-account",
        "aws:sourceaccount",
        "aws:sourcearn",
    }
)
"""What says whose pods: EKS becomes the role for every account's (EKS user guide, pod identity)."""

ACCOUNT_ID = re.compile(r"(?:^|::)(\d{12})(?::|$)")
ROOT = re.compile(r"^(?:\d{12}|arn:[a-z-]+:iam::\d{12}:root)$")
"""A whole account as principal, however it is written."""

CALLER_CONDITIONS = frozenset(
    {
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "sts:externalid",
    }
)
"""What must narrow the trust in a whole account: whose principals are not ours to review."""

_Check = Callable[[Statement, Resource, Context], Iterator[str | None]]


def _held_against(check: _Check) -> Callable[[Resource, Context], Iterator[Problem]]:
    """Hold a trust policy against a check of one statement; None from it is "cannot tell"."""

    def run(resource: Resource, context: Context) -> Iterator[Problem]:
        document = resource.get(PATH)
        found = [
            problem
            for statement in allowing(document)
            for problem in check(statement, resource, context)
        ]
        for problem in filter(None, found):
            yield failed(resource, PATH, problem)
        if None in found or (not any(found) and partly_unknown(document)):
            yield undecided(resource, PATH)

    return run


def _closed(statement: Statement, _: Resource, __: Context) -> Iterator[str | None]:
    if is_open(statement):
        yield f"got principal * in {name_of(statement)}, wanted the principals named"


def _known_accounts(
    statement: Statement, resource: Resource, context: Context
) -> Iterator[str | None]:
    own = context.account_of(resource)
    ids = {account.id for account in context.accounts.values()}
    for principal in sorted(principals(statement)):
        match = ACCOUNT_ID.search(principal)
        if match is None or match[1] == own.id:
            continue
        if match[1] not in ids:
            # An account whose id the project does not pin is known to the engine alone.
            yield None if None in ids else f"got account {match[1]}, wanted one of the organisation"
        elif ROOT.match(principal) and not condition_keys(statement) & CALLER_CONDITIONS:
            yield (
                f"got the whole account {match[1]} in {name_of(statement)}, wanted a condition "
                "on its principals"
            )


def _pinned_subject(statement: Statement, _: Resource, __: Context) -> Iterator[str | None]:
    if POD_IDENTITY in principals(statement, "Service"):
        if not condition_keys(statement) & POD_CONDITIONS:
            yield f"got any cluster's pods in {name_of(statement)}, wanted aws:SourceArn of ours"
        return
    if not grants(statement, WEB_IDENTITY):
        return
    for claim in ("sub", "aud"):
        values = [
            value
            for operator, key, found in conditions(statement)
            if key.endswith(f":{claim}") and "not" not in operator
            for value in one_or_many(found)
        ]
        if not values:
            yield f"got no condition on :{claim} in {name_of(statement)}, wanted one"
        elif any(value in {"*", "repo:*", "system:serviceaccount:*"} for value in values):
            yield f"got any :{claim} in {name_of(statement)}, wanted it named"


RULES: tuple[Rule, ...] = (
    Rule(
        id="IAM-06",
        title="No role trusts everybody",
        severity=Severity.CRITICAL,
        remedy="name the principal, or add a condition such as aws:PrincipalOrgID",
        types=(ROLE,),
        resource=_held_against(_closed),
    ),
    Rule(
        id="IAM-07",
        title="Roles trust accounts of the organisation alone, and not whole ones",
        severity=Severity.HIGH,
        remedy="name a principal of a known account, or add a condition on who it is",
        types=(ROLE,),
        resource=_held_against(_known_accounts),
    ),
    Rule(
        id="IAM-08",
        title="Federated trust names the subject and the audience, and pods' trust the cluster",
        severity=Severity.CRITICAL,
        remedy="add conditions on the issuer's :sub and :aud; for pod identity on aws:SourceArn",
        types=(ROLE,),
        resource=_held_against(_pinned_subject),
        controls=("CIS EKS 1.5 5.2.1",),
    ),
)
