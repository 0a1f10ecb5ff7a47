"""Predicates: what they look at, when they hold, what they say when they do not."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from automation.audit.predicates import Predicate, values_at

RESOURCE: dict[str, Any] = {
    "name": "network-vpc",
    "account": "staging",
    "region": "eu-central-1",
    "protect": True,
    "retain_on_delete": False,
    "inputs": {
        "cidrBlock": "10.48.0.0/16",
        "enabled": True,
        "size": 3,
        "tags": {"tier": "public"},
        "zones": ["a", "b"],
        "rules": [{"port": 443, "to": {"id": "x"}}, {"port": 80}],
        "policy": json.dumps({"Statement": [{"Sid": "Use", "Action": "kms:Decrypt"}]}),
        "one": json.dumps({"Statement": {"Sid": "Alone"}}),
        "empty": None,
        "secret": {"secret": None},
    },
    "outputs": {"arn": "arn:aws:x", "cidrBlock": "overridden by the input"},
}


def holds(**given: Any) -> bool:  # noqa: ANN401 - whatever YAML may hold
    return Predicate(**given).holds(RESOURCE)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("cidrBlock", ["10.48.0.0/16"]),
        ("arn", ["arn:aws:x"]),
        ("tags.tier", ["public"]),
        ("zones[]", ["a", "b"]),
        ("rules[].port", [443, 80]),
        ("rules[].to.id", ["x"]),
        ("policy.Statement[].Sid", ["Use"]),
        ("one.Statement[].Sid", ["Alone"]),
        ("empty", []),
        ("tags.tier.deeper", []),
        ("nowhere[].x", []),
        ("@account", ["staging"]),
        ("@retain_on_delete", [False]),
    ],
)
def test_a_path_leads_to_its_values(path: str, values: list[object]) -> None:
    assert list(values_at(RESOURCE, path)) == values


@pytest.mark.parametrize(
    "given",
    [
        {"path": "cidrBlock", "equals": "10.48.0.0/16"},
        {"path": "rules[].port", "equals": 80},
        {"path": "enabled", "equals": True},
        {"path": "tags.tier", "differs": "private"},
        {"path": "nowhere", "differs": "private"},
        {"path": "tags.tier", "one_of": ["private", "public"]},
        {"path": "cidrBlock", "matches": r"10\..*"},
        {"path": "zones", "contains": "a"},
        {"path": "cidrBlock", "contains": "48"},
        {"path": "tags", "contains": "tier"},
        {"path": "rules", "contains": {"port": 443}},
        {"path": "rules", "contains": {"to": {"id": "x"}}},
        {"path": "policy.Statement", "contains": {"Sid": "Use"}},
        {"path": "secret", "present": True},
        {"path": "empty", "present": False},
        {"path": "size", "at_least": 3},
        {"path": "zones", "at_least": 2},
        {"path": "zones", "at_most": 2},
        {"path": "@protect", "equals": True},
        {"path": "@name", "matches": "network-.*"},
    ],
)
def test_a_predicate_holds(given: dict[str, Any]) -> None:
    assert holds(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"path": "cidrBlock", "equals": "10.48.0.0"},
        {"path": "size", "equals": True},
        {"path": "enabled", "equals": 1},
        {"path": "nowhere", "equals": "x"},
        {"path": "rules[].port", "differs": 80},
        {"path": "tags.tier", "one_of": ["private"]},
        {"path": "cidrBlock", "matches": r"10\."},
        {"path": "size", "matches": "3"},
        {"path": "zones", "contains": "c"},
        {"path": "rules", "contains": {"port": 443, "to": {"id": "y"}}},
        {"path": "rules", "contains": {"port": 22}},
        {"path": "size", "contains": 3},
        {"path": "empty", "present": True},
        {"path": "secret", "present": False},
        {"path": "size", "at_least": 4},
        {"path": "zones", "at_least": 3},
        {"path": "zones", "at_most": 1},
        {"path": "cidrBlock", "at_least": 1},
        {"path": "enabled", "at_least": 1},
    ],
)
def test_a_predicate_does_not_hold(given: dict[str, Any]) -> None:
    assert not holds(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"path": "x"}, "got operators none, wanted exactly one of equals, differs"),
        ({"path": "x", "equals": 1, "present": True}, "got operators equals, present, wanted"),
        ({"path": "@urn", "equals": 1}, "got '@urn', wanted one of @account, @region"),
        ({"path": "x", "matches": "("}, "wanted a regular expression"),
        ({"path": "x", "is": 1}, "Extra inputs are not permitted"),
    ],
)
def test_what_says_nothing_clear_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Predicate(**given)


def test_false_is_a_value_to_equal() -> None:
    assert Predicate(path="@retain_on_delete", equals=False).holds(RESOURCE)
    assert not Predicate(path="enabled", equals=False).holds(RESOURCE)


def test_a_predicate_says_what_it_wants_and_what_it_got() -> None:
    predicate = Predicate(path="rules[].port", at_least=1000)
    assert str(predicate) == "rules[].port at least 1000"
    assert predicate.got(RESOURCE) == "443, 80"
    assert Predicate(path="x", present=True).got(RESOURCE) == "nothing"
    assert str(Predicate(path="x", present=False)) == "x absent"
    assert str(Predicate(path="x", one_of=("a", "b"))) == 'x one of ["a", "b"]'
