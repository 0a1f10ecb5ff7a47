"""KMS: customer-managed keys."""

from collections.abc import Iterator, Mapping
from typing import cast

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, one_or_many, read, statements

KEY = "aws:kms/key:Key"
REPLICA = "aws:kms/replicaKey:ReplicaKey"
EXTERNAL = "aws:kms/externalKey:ExternalKey"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"

DELETION_WINDOW_DAYS = 30
"""The longest window AWS offers, and the provider's default (playbook KMS-07)."""

NARROWING_CONDITIONS = frozenset(
    {
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "kms:calleraccount",
        "kms:viaservice",
    }
)
"""Condition keys that tie a wildcard principal to an account, an organisation or a resource."""


def _rotates(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("keyUsage") not in {MISSING, "ENCRYPT_DECRYPT"}:
        return  # AWS KMS rotates symmetric encryption keys only.
    if resource.get("customerMasterKeySpec") not in {MISSING, "SYMMETRIC_DEFAULT"}:
        return
    if resource.get("customKeyStoreId") is not MISSING or resource.get("xksKeyId") is not MISSING:
        return
    rotation = resource.get("enableKeyRotation")
    if rotation is UNKNOWN:
        yield undecided(resource, "enableKeyRotation")
    elif rotation is not True:
        yield failed(resource, "enableKeyRotation", "got no rotation, wanted true")


def _slow_to_delete(resource: Resource, _: Context) -> Iterator[Problem]:
    days = resource.get("deletionWindowInDays")
    if isinstance(days, int) and days < DELETION_WINDOW_DAYS:
        message = f"got {days} days, wanted {DELETION_WINDOW_DAYS}"
        yield failed(resource, "deletionWindowInDays", message)


def _protected_and_enabled(resource: Resource, _: Context) -> Iterator[Problem]:
    if not resource.protect:
        yield failed(resource, "protect", "got an unprotected key, wanted protect")
    if resource.get("isEnabled") is False:
        yield failed(resource, "isEnabled", "got a disabled key, wanted it enabled")


def _no_open_principal(resource: Resource, _: Context) -> Iterator[Problem]:
    document = resource.get("policy")
    if document is UNKNOWN:
        yield undecided(resource, "policy")
        return
    for statement in statements(document):
        if read(statement, "Effect") != "Allow" or not _any_principal(statement):
            continue
        if not _condition_keys(statement) & NARROWING_CONDITIONS:
            sid = read(statement, "Sid")
            name = sid if isinstance(sid, str) else "a statement without Sid"
            message = f"got principal * in {name}, wanted a condition on the caller"
            yield failed(resource, "policy", message)


def _any_principal(statement: Mapping[str, object]) -> bool:
    principal = read(statement, "Principal")
    if principal == "*":
        return True
    if read(statement, "NotPrincipal") is not MISSING:
        return True
    return "*" in one_or_many(read(principal, "AWS"))


def _condition_keys(statement: Mapping[str, object]) -> frozenset[str]:
    condition = read(statement, "Condition")
    if not isinstance(condition, Mapping):
        return frozenset()
    operators = cast("Mapping[str, object]", condition)
    return frozenset(
        key.lower()
        for operator in operators.values()
        if isinstance(operator, Mapping)
        for key in cast("Mapping[str, object]", operator)
    )


def _keeps_the_lockout_check(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("bypassPolicyLockoutSafetyCheck") is True:
        yield failed(resource, "bypassPolicyLockoutSafetyCheck", "got true, wanted false")


RULES: tuple[Rule, ...] = (
    Rule(
        id="KMS-01",
        title="Keys rotate every year",
        severity=Severity.HIGH,
        remedy="set enable_key_rotation=True",
        types=(KEY,),
        resource=_rotates,
        controls=("CIS AWS 3.0 3.6", "FSBP KMS.4"),
    ),
    Rule(
        id="KMS-02",
        title="A key takes thirty days to delete",
        severity=Severity.HIGH,
        remedy="leave deletion_window_in_days at 30",
        types=(KEY, REPLICA, EXTERNAL),
        resource=_slow_to_delete,
        controls=("FSBP KMS.3",),
    ),
    Rule(
        id="KMS-03",
        title="Keys are protected and enabled",
        severity=Severity.HIGH,
        remedy="create it with protect=True and leave is_enabled alone",
        types=(KEY,),
        resource=_protected_and_enabled,
        controls=("FSBP KMS.3",),
    ),
    Rule(
        id="KMS-05",
        title="No key policy admits everybody",
        severity=Severity.CRITICAL,
        remedy="name the principal, or add a condition such as kms:CallerAccount",
        types=(KEY, KEY_POLICY, REPLICA),
        resource=_no_open_principal,
        controls=("FSBP KMS.5",),
    ),
    Rule(
        id="KMS-07",
        title="The policy lock-out check is never bypassed",
        severity=Severity.HIGH,
        remedy="leave bypass_policy_lockout_safety_check at false",
        types=(KEY, KEY_POLICY),
        resource=_keeps_the_lockout_check,
    ),
)
