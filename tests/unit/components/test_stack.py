"""From a stack's name and configuration to its layers."""

import json
import runpy
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pulumi
import pytest

from components import stack
from tests.organization import committed_config, recorded
from tests.recording import ROOT, Recording, record


def build(
    name: str,
    changes: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Mapping[str, Any]] | None = None,
) -> Recording:
    config = {**committed_config("identity"), **(changes or {})}
    return record(
        lambda: stack.build(name),
        stack=name,
        config={key: value for key, value in config.items() if value is not None},
        earlier=earlier if earlier is not None else {"management": recorded("management").exports},
    )


def with_accounts(**accounts: object) -> dict[str, Any]:
    organization = deepcopy(committed_config("identity")["superinc:organization"])
    organization["accounts"].update(accounts)
    return {"superinc:organization": organization}


def test_an_unknown_stack_is_refused_with_the_known_ones() -> None:
    with pytest.raises(pulumi.RunError, match=r"got stack 'moon', wanted .*: management, identity"):
        build("moon")


def test_a_key_of_a_layer_the_account_does_not_run_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match="identity: got superinc:network, wanted only"):
        build("identity", {"superinc:network": {}})


def test_a_key_from_the_environment_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"superinc:moon": "{}"}))
    with pytest.raises(pulumi.RunError, match="got superinc:moon"):
        build("identity")


def test_keys_of_other_projects_are_none_of_ours() -> None:
    assert build("identity", {"aws:region": "eu-central-1"}).of("Key")


def test_a_wrong_value_is_reported_with_its_path() -> None:
    wrong = {"domains": {"logs": {"description": "x", "consumers": ["moon"]}}}
    with pytest.raises(pulumi.RunError, match=r"superinc:keys\.domains\.logs\.consumers\.0: "):
        build("identity", {"superinc:keys": wrong})


def test_all_problems_of_a_layer_are_reported_at_once() -> None:
    with pytest.raises(pulumi.RunError) as raised:
        build("identity", {"superinc:accounts": {"x": 1, "people": "maybe"}})
    assert len(str(raised.value).splitlines()) == 2


def test_a_missing_organisation_is_reported_by_its_required_fields() -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:organization\.domain: Field required"):
        build("identity", {"superinc:organization": None})


def test_layers_are_built_in_the_order_of_the_blueprint() -> None:
    assert list(build("identity").result) == ["accounts", "keys", "governance", "identity"]


def test_the_stacks_own_id_comes_from_management() -> None:
    recording = build("identity")
    expected = recorded("management").exports["accounts"]["ids"]["identity"]
    assert json.loads(recording.one("aws").inputs["allowedAccountIds"]) == [expected]
    assert recording.references == ["management"]


def test_a_pinned_id_wins_over_the_one_management_publishes() -> None:
    pinned = with_accounts(identity={"kind": "identity", "id": "999988887777"})
    recording = build("identity", pinned)
    assert json.loads(recording.one("aws").inputs["allowedAccountIds"]) == ["999988887777"]


def test_an_account_management_has_not_created_is_an_error_that_says_what_to_run() -> None:
    earlier = {"management": {"accounts": {"ids": {"management": "1"}, "organization_id": "o-1"}}}
    with pytest.raises(pulumi.RunError, match="account identity is not created yet; run: platform"):
        build("identity", earlier=earlier)


@pytest.mark.parametrize("exports", [{}, {"accounts": {}}])
def test_an_earlier_stack_without_the_output_is_an_error_that_says_what_to_run(
    exports: dict[str, Any],
) -> None:
    with pytest.raises(pulumi.RunError, match=r"management publishes no accounts\.\w+; run: "):
        build("identity", earlier={"management": exports})


def test_outputs_without_a_value_in_this_account_are_not_exported() -> None:
    assert "root_id" in recorded("management").exports["accounts"]
    assert "root_id" not in recorded("identity").exports["accounts"]


def test_the_program_exports_one_output_per_layer() -> None:
    recording = record(
        lambda: runpy.run_path(str(ROOT)),
        stack="identity",
        config=committed_config("identity"),
        earlier={"management": recorded("management").exports},
    )
    assert recording.exports == recorded("identity").exports
