"""What changes between old and new inputs, and whether AWS can change it in place."""

from collections.abc import Callable, Mapping
from typing import cast

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

from sandbox.aws.check import DEFAULTS_KEY
from sandbox.aws.table.entry import Call, Entry

PROVIDER_ONLY = frozenset(
    {
        "bypassPolicyLockoutSafetyCheck",
        "closeOnDeletion",
        "deletionWindowInDays",
        "forceDelete",
        "forceDestroy",
        "forceDetachPolicies",
        "forceOverwriteReplicaSecret",
        "recoveryWindowInDays",
        "skipDestroy",
        "skipFinalSnapshot",
        "timeouts",
        "waitForFulfillment",
    }
)
"""Inputs that tell the provider what to do later; AWS does not know them."""

_KINDS = {
    (False, True): (PropertyDiffKind.ADD, PropertyDiffKind.ADD_REPLACE),
    (True, False): (PropertyDiffKind.DELETE, PropertyDiffKind.DELETE_REPLACE),
    (True, True): (PropertyDiffKind.UPDATE, PropertyDiffKind.UPDATE_REPLACE),
}


def changed_names(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """The inputs that differ; null is absent, and an unknown differs from everything."""
    names = (old.keys() | new.keys()) - {DEFAULTS_KEY}
    return sorted(name for name in names if old.get(name) != new.get(name))


def needs_replacement(entry: Entry, name: str, takes: Callable[[Call, str], str | None]) -> bool:
    """Whether AWS has no way to change a property of a resource that exists."""
    if name in entry.replace_on or name == "region":
        return True
    if name in entry.in_place or name in PROVIDER_ONLY or name in {"tags", "tagsAll"}:
        return False
    if any(name in step.properties for step in entry.steps):
        return False
    return entry.update is None or takes(entry.update, name) is None


def answer(
    old: Mapping[str, object],
    new: Mapping[str, object],
    names: list[str],
    replaced: list[str],
    *,
    delete_first: bool,
) -> DiffResponse:
    """The difference as the engine wants it, down to the keys of maps."""
    detailed: dict[str, PropertyDiff] = {}
    for name in names:
        replace = name in replaced
        for path, before, after in _paths(name, old.get(name), new.get(name)):
            kinds = _KINDS[before is not None, after is not None]
            detailed[path] = PropertyDiff(kinds[1] if replace else kinds[0], input_diff=True)
    return DiffResponse(
        changes=bool(names),
        replaces=replaced,
        diffs=names,
        detailed_diff=detailed,
        delete_before_replace=delete_first and bool(replaced),
    )


def _paths(name: str, before: object, after: object) -> list[tuple[str, object, object]]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return [(name, before, after)]
    olds, news = cast("Mapping[str, object]", before), cast("Mapping[str, object]", after)
    return [
        (
            f"{name}.{key}" if key.isidentifier() else f'{name}["{key}"]',
            olds.get(key),
            news.get(key),
        )
        for key in sorted(olds.keys() | news.keys())
        if olds.get(key) != news.get(key)
    ]
