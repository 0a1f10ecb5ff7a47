"""KMS: customer-managed keys as such; their policies and their use are beside this module."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN

KEY = "aws:kms/key:Key"
REPLICA = "aws:kms/replicaKey:ReplicaKey"
EXTERNAL = "aws:kms/externalKey:ExternalKey"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
ALIAS = "aws:kms/alias:Alias"

DELETION_WINDOW_DAYS = 30
"""The longest window AWS offers, and the provider's default (playbook KMS-07)."""


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


def _keeps_the_lockout_check(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("bypassPolicyLockoutSafetyCheck") is True:
        yield failed(resource, "bypassPolicyLockoutSafetyCheck", "got true, wanted false")


def _named(graph: Graph, _: Context) -> Iterator[Problem]:
    for key in graph.of_type(KEY, REPLICA, EXTERNAL):
        aliases = graph.referring(key, ALIAS, "targetKeyId")
        if not aliases.found:
            problem = failed(key, "", "got a key without an alias, wanted one")
            yield problem if aliases.certain else undecided(key, "targetKeyId")


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
        id="KMS-07",
        title="The policy lock-out check is never bypassed",
        severity=Severity.HIGH,
        remedy="leave bypass_policy_lockout_safety_check at false",
        types=(KEY, KEY_POLICY),
        resource=_keeps_the_lockout_check,
    ),
    Rule(
        id="KMS-08",
        title="Every key has an alias",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="make the key with components/keys/key.py",
        types=(KEY, REPLICA, EXTERNAL, ALIAS),
        stack=_named,
    ),
)
