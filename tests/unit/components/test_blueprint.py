"""Which account runs what."""

import pytest

from components import blueprint
from components.contracts import AccountKind


def test_every_account_kind_has_a_row() -> None:
    assert blueprint.LAYERS.keys() == set(AccountKind)


def test_every_account_begins_with_itself_and_its_keys() -> None:
    assert all(row[:2] == ("accounts", "keys") for row in blueprint.LAYERS.values())


def test_accounts_that_do_not_compute_have_no_network() -> None:
    without = {kind for kind, row in blueprint.LAYERS.items() if "network" not in row}
    assert without == {AccountKind.MANAGEMENT, AccountKind.IDENTITY, AccountKind.BACKUP}


def test_a_layer_is_listed_once_per_row_and_in_one_order() -> None:
    order = blueprint.layer_names()
    for row in blueprint.LAYERS.values():
        assert list(row) == sorted(set(row), key=order.index)


def test_the_contracts_of_a_kind_follow_its_row() -> None:
    for kind, row in blueprint.LAYERS.items():
        assert tuple(contract.name for contract in blueprint.contracts_of(kind)) == row


def test_an_unknown_layer_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LookupError, match=r"got layer 'moon', wanted one of accounts, keys"):
        blueprint.contract("moon")
