"""Which accounts an assignment means."""

import pytest

from components.identity.targets import chosen_accounts
from tests.organization import STACKS, organization

MEMBERS = [name for name in STACKS if name != "management"]


@pytest.mark.parametrize(
    ("targets", "accounts"),
    [
        (["all"], tuple(MEMBERS)),
        (["staging"], ("staging",)),
        (["kind:workload"], ("staging", "production")),
        (["environment:production"], ("production",)),
        (["production", "kind:workload", "shared"], ("shared", "staging", "production")),
    ],
)
def test_targets_mean_accounts_once_and_in_the_organisations_order(
    targets: list[str], accounts: tuple[str, ...]
) -> None:
    assert chosen_accounts(targets, organization(), MEMBERS) == accounts


@pytest.mark.parametrize("target", ["moon", "management", "kind:management", "environment:moon"])
def test_a_target_that_means_nothing_possible_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match=f"got {target}, wanted any of all, identity, shared"):
        chosen_accounts(["staging", target], organization(), MEMBERS)
