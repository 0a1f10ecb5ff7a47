"""One explicit provider per account."""

import json

import pulumi
import pytest

from components.providers import AccountProviders
from components.tags import required_tags
from tests.organization import organization
from tests.recording import Recorded, Recording, record


def providers_of(stack: str, *accounts: str) -> Recording:
    def program() -> None:
        ids = {"management": "111122223333", "shared": "222233334444", "staging": "444455556666"}
        providers = AccountProviders(
            stack, organization(), lambda name: pulumi.Output.from_input(ids[name])
        )
        for account in accounts:
            providers.of(account)

    return record(program, stack=stack)


def decoded(provider: Recorded, name: str) -> object:
    """A provider input; the SDK sends all but text as JSON."""
    return json.loads(provider.inputs[name])


def test_a_provider_is_named_after_its_account_and_made_once() -> None:
    recording = providers_of("staging", "staging", "shared", "staging")
    assert [found.name for found in recording.of("aws")] == ["staging", "shared"]


@pytest.mark.parametrize("account", ["staging", "shared"])
def test_a_provider_assumes_the_access_role_of_its_account_and_refuses_others(account: str) -> None:
    provider = providers_of("staging", account).one("aws")
    own_id = {"shared": "222233334444", "staging": "444455556666"}[account]
    role_arn = f"arn:aws:iam::{own_id}:role/OrganizationAccountAccessRole"
    role = {"roleArn": role_arn, "sessionName": "platform-staging"}
    assert decoded(provider, "allowedAccountIds") == [own_id]
    assert decoded(provider, "assumeRoles") == [role]


def test_the_management_provider_assumes_no_role_but_is_pinned_to_its_account() -> None:
    provider = providers_of("management", "management").one("aws")
    assert decoded(provider, "allowedAccountIds") == ["111122223333"]
    assert "assumeRoles" not in provider.inputs


def test_a_provider_sets_the_home_region_and_every_required_tag() -> None:
    provider = providers_of("staging", "staging").one("aws")
    assert provider.inputs["region"] == "eu-central-1"
    tags = required_tags(organization(), stack="staging", account="staging")
    assert decoded(provider, "defaultTags") == {"tags": tags}
