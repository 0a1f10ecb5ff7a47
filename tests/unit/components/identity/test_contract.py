"""What the identity layer's Config accepts."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.identity.contract import IdentityConfig, Mode

INSTANCE = {
    "arn": "arn:aws:sso:::instance/ssoins-0123456789abcdef",
    "identity_store_id": "d-0123456789",
}
GROUP_ID = "0123456789-01234567-89ab-cdef-0123-456789abcdef"
ADMINISTRATORS: dict[str, Any] = {
    "groups": {"administrators": {}},
    "assignments": [
        {"group": "administrators", "permission_set": "Administrator", "accounts": ["all"]}
    ],
}


def test_by_default_people_come_from_identity_center_and_nobody_gets_in() -> None:
    config = IdentityConfig()
    assert config.mode is Mode.IDENTITY_CENTER
    assert (config.groups, config.users, config.assignments) == ({}, {}, ())


@pytest.mark.parametrize("id_", [None, GROUP_ID])
def test_a_group_is_made_or_belongs_to_the_identity_provider(id_: str | None) -> None:
    config = IdentityConfig.model_validate(
        {"instance": INSTANCE, **ADMINISTRATORS, "groups": {"administrators": {"id": id_}}}
    )
    assert config.groups["administrators"].id == id_


def test_a_permission_set_of_ones_own_stands_beside_the_catalogue() -> None:
    own = {"description": "Logs", "managed_policies": ["CloudWatchLogsReadOnlyAccess"]}
    config = IdentityConfig.model_validate({"permission_sets": {"Logs": own}})
    assert {"Logs", "Administrator"} <= config.known_permission_sets().keys()


def assigned(permission_set: str, group: str = "people") -> dict[str, Any]:
    one = {"group": group, "permission_set": permission_set, "accounts": ["staging"]}
    return {"instance": INSTANCE, "groups": {"people": {}}, "assignments": [one]}


def user(**fields: object) -> dict[str, Any]:
    return {"instance": INSTANCE, "groups": {"people": {}}, "users": {"somebody": fields}}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (ADMINISTRATORS, "instance: missing, wanted arn and identity_store_id"),
        (assigned("Developer", "moon"), r"assignments\.0\.group: got moon, wanted one of people"),
        (assigned("Moon"), r"permission_set: got Moon, wanted one of Administrator"),
        (assigned("Administrator"), "got everything for people, wanted it for one of administ"),
        (assigned("BreakGlass"), "got everything for people"),
        (user(groups=["moon"]), r"users\.somebody\.groups: got moon, wanted one of people"),
        (user(groups=[]), "at least 1 item"),
        (user(groups=["people"]), "wanted given_name, family_name and email"),
        (
            {**user(groups=["people"]), "groups": {"people": {"id": GROUP_ID}}},
            "people belongs to the identity provider",
        ),
        ({"mode": "iam-users", "instance": INSTANCE}, "got one, wanted none with mode iam-users"),
        (
            {"mode": "iam-users", "groups": {"people": {"id": GROUP_ID}}},
            r"groups\.people\.id: got one, wanted none with mode iam-users",
        ),
        ({"instance": {**INSTANCE, "arn": "arn:aws:sso:::instance/x"}}, "should match pattern"),
        ({"mode": "ldap"}, "Input should be 'identity-center' or 'iam-users'"),
    ],
)
def test_wrong_config_is_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        IdentityConfig.model_validate(given)


def test_an_own_permission_set_that_allows_everything_is_for_administrators_too() -> None:
    own = {"description": "x", "managed_policies": ["AdministratorAccess"]}
    given = {**assigned("Root"), "permission_sets": {"Root": own}}
    with pytest.raises(ValidationError, match="got everything for people"):
        IdentityConfig.model_validate(given)
