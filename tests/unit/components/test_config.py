"""The organisation's model: what is refused, and what it answers."""

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from components.config import Organization
from components.contracts import SINGLETON_KINDS, AccountKind
from tests.organization import committed_config, organization


def changed(**changes: object) -> dict[str, Any]:
    return {**deepcopy(committed_config("management")["superinc:organization"]), **changes}


def with_account(name: str, account: dict[str, Any] | None) -> dict[str, Any]:
    given = changed()
    given["accounts"][name] = account
    given["accounts"] = {key: value for key, value in given["accounts"].items() if value}
    return given


def test_the_committed_organisation_is_valid() -> None:
    assert set(organization().accounts) >= {"management", "staging", "production"}


@pytest.mark.parametrize("kind", sorted(SINGLETON_KINDS))
def test_a_singleton_kind_is_found_by_its_kind(kind: AccountKind) -> None:
    assert organization().account_of_kind(kind) == kind.value


def test_workloads_are_not_found_by_their_kind() -> None:
    with pytest.raises(ValueError, match="there may be several accounts of kind workload"):
        organization().account_of_kind(AccountKind.WORKLOAD)


def test_addresses_follow_the_template() -> None:
    assert organization().email_of("staging") == "aws+staging@superinc.com"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (changed(domain="superinc"), "wanted a domain name"),
        (changed(domain="Super_Inc.com"), "wanted a domain name"),
        (changed(regions={"home": "frankfurt", "replica": "eu-west-1"}), "wanted an AWS Region"),
        (changed(email="aws@superinc.com"), r"email: got 'aws@superinc.com', wanted an address"),
        (changed(access_role="a b"), "should match pattern"),
        (changed(moon=1), "Extra inputs are not permitted"),
        (with_account("Staging2", {"kind": "backup"}), "wanted lower-case letters"),
        (with_account("moon", {"kind": "moon"}), "Input should be 'management'"),
        (with_account("backup", None), "got none of kind backup, wanted exactly one"),
        (with_account("backup2", {"kind": "backup"}), "got backup, backup2 of kind backup"),
        (with_account("management", {"kind": "management"}), "wanted the management account's id"),
        (with_account("testing", {"kind": "workload"}), r"accounts\.testing\.environment: missing"),
        (
            with_account("testing", {"kind": "workload", "environment": "t1", "after": ["moon"]}),
            r"accounts\.testing\.after: got 'moon', wanted one of management",
        ),
        (with_account("identity", {"kind": "identity", "id": "123"}), "wanted 12 digits"),
    ],
)
def test_a_wrong_organisation_is_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Organization.model_validate(given)


def test_all_problems_of_the_whole_are_reported_at_once() -> None:
    given = with_account("backup", None)
    given["email"] = "nobody"
    with pytest.raises(ValidationError, match=r"kind backup.*email"):
        Organization.model_validate(given)
