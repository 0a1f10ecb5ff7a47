"""Which accounts an assignment means; the grammar is that of the CLI's selectors."""

from collections.abc import Iterable

from components.config import Organization

ALL = "all"
"""Every account that can be meant at all."""


def chosen_accounts(
    targets: Iterable[str], organization: Organization, possible: Iterable[str]
) -> tuple[str, ...]:
    """The accounts the targets name, in the order of the organisation.

    Args:
        targets: ``staging``, ``kind:workload``, ``environment:staging`` or ``all``.
        organization: Where the accounts are written.
        possible: The accounts that can be meant.

    Raises:
        ValueError: A target names no account, or one that cannot be meant.
    """
    able = [name for name in organization.accounts if name in set(possible)]
    chosen: set[str] = set()
    for target in targets:
        found = [name for name in able if target == ALL or _meets(organization, name, target)]
        if not found:
            raise ValueError(f"got {target}, wanted any of {', '.join((ALL, *able))}")
        chosen.update(found)
    return tuple(name for name in able if name in chosen)


def _meets(organization: Organization, name: str, target: str) -> bool:
    field, colon, value = target.partition(":")
    account = organization.accounts[name]
    if not colon:
        return name == target
    return value == (account.kind if field == "kind" else account.environment)
