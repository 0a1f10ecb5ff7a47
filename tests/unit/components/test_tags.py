"""The tags every resource carries."""

from components.tags import REQUIRED_TAGS, required_tags
from tests.organization import STACKS, organization


def test_every_required_key_has_a_value_in_every_account() -> None:
    for stack in STACKS:
        tags = required_tags(organization(), stack=stack, account=stack)
        assert tags.keys() == REQUIRED_TAGS
        assert all(tags.values())


def test_a_link_in_an_earlier_account_carries_the_environment_of_its_stack() -> None:
    tags = required_tags(organization(), stack="staging", account="shared")
    assert (tags["account"], tags["stack"]) == ("shared", "staging")
    assert (tags["environment"], tags["risk-domain"]) == ("staging", "staging")


def test_an_account_without_environment_is_tagged_with_its_kind() -> None:
    assert (
        required_tags(organization(), stack="backup", account="backup")["environment"] == "backup"
    )
