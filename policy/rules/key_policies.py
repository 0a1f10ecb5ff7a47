"""KMS: who may use keys and who may administer them."""

from collections import defaultdict
from collections.abc import Iterator

from policy.core.context import Context
from policy.core.documents import (
    Statement,
    allowing,
    conditions,
    grants,
    is_open,
    name_of,
    partly_unknown,
    principals,
)
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, one_or_many
from policy.rules.keys import KEY, KEY_POLICY, REPLICA

ADMINISTRATION = (
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:UpdateAlias",
)
USE = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom")
"""What tells an administrator and a user of a key apart (KMS developer guide, "Key policies")."""


def _explicit(graph: Graph, _: Context) -> Iterator[Problem]:
    for key in graph.of_type(KEY, REPLICA):
        if key.get("policy") is not MISSING:
            continue  # Whatever it will be, AWS's default is not used.
        policies = graph.referring(key, KEY_POLICY, "keyId")
        if not policies.found:
            problem = failed(key, "policy", "got AWS's default, wanted a policy of our own")
            yield problem if policies.certain else undecided(key, "policy")


def _closed(resource: Resource, _: Context) -> Iterator[Problem]:
    document = resource.get("policy")
    opened = [statement for statement in allowing(document) if is_open(statement)]
    for statement in opened:
        message = f"got principal * in {name_of(statement)}, wanted a condition on the caller"
        yield failed(resource, "policy", message)
    if not opened and partly_unknown(document):
        yield undecided(resource, "policy")


def _two_levels(resource: Resource, _: Context) -> Iterator[Problem]:
    document = resource.get("policy")
    if partly_unknown(document):
        yield undecided(resource, "policy")
        return
    if document is MISSING:
        return  # KMS-04 says so.
    may: defaultdict[str, set[str]] = defaultdict(set)
    for statement in allowing(document):
        for principal in _holders(statement):
            if grants(statement, *ADMINISTRATION):
                may[principal].add("administer")
            if grants(statement, *USE):
                may[principal].add("use")
    for principal, deeds in sorted(may.items()):
        if len(deeds) > 1:
            message = f"got {principal} as administrator and as user, wanted one of them"
            yield failed(resource, "policy", message)
    if not any("administer" in deeds for deeds in may.values()):
        yield failed(resource, "policy", "got no administrator but the account, wanted one")


def _holders(statement: Statement) -> frozenset[str]:
    """The principals a statement is for; the account's own root hands over to IAM instead."""
    named = principals(statement)
    if "*" in named:
        named = frozenset(
            principal
            for operator, key, value in conditions(statement)
            if key == "aws:principalarn" and "not" not in operator
            for principal in one_or_many(value)
            if isinstance(principal, str)
        )
    return frozenset(principal for principal in named if not principal.endswith(":root"))


RULES: tuple[Rule, ...] = (
    Rule(
        id="KMS-04",
        title="Every key has a policy of our own",
        severity=Severity.MEDIUM,
        remedy="make the key with components/keys/key.py",
        types=(KEY, REPLICA, KEY_POLICY),
        stack=_explicit,
    ),
    Rule(
        id="KMS-05",
        title="No key policy admits everybody",
        severity=Severity.CRITICAL,
        remedy="name the principal, or add a condition such as kms:CallerAccount",
        types=(KEY, KEY_POLICY, REPLICA),
        resource=_closed,
        controls=("FSBP KMS.5",),
    ),
    Rule(
        id="KMS-06",
        title="Who administers a key does not use it",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="keep administrators and users in statements of their own, with other principals",
        types=(KEY, KEY_POLICY, REPLICA),
        resource=_two_levels,
    ),
)
