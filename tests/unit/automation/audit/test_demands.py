"""Demands: which resources meet them, stack by stack, and what is missing when none does."""

from typing import Any

from automation.audit.demands import Stack, evaluate
from automation.audit.playbook import Count, Resources

SUBNET, TABLE, VPC = "aws:ec2/subnet:Subnet", "aws:ec2/routeTable:RouteTable", "aws:ec2/vpc:Vpc"


def resource(
    token: str, name: str, joins: dict[str, list[str]] | None = None, **inputs: object
) -> dict[str, Any]:
    return {
        "urn": f"urn:{name}",
        "type": token,
        "name": name,
        "account": "staging",
        "region": "eu-central-1",
        "protect": False,
        "retain_on_delete": False,
        "inputs": inputs,
        "outputs": {},
        "property_dependencies": joins or {},
        "source": f"components/network/{name}.py:7",
    }


def stack(name: str, *resources: dict[str, Any]) -> Stack:
    return Stack({"stack": name, "resources": list(resources)})


STAGING = stack(
    "staging",
    resource(VPC, "vpc"),
    resource(SUBNET, "public-a", {"vpcId": ["urn:vpc"]}, cidr="/24", tier="public"),
    resource(SUBNET, "public-b", {"vpcId": ["urn:vpc"]}, cidr="/24", tier="public"),
    resource(SUBNET, "private-a", {"vpcId": ["urn:gone"]}, cidr="/19", tier="private"),
    resource(TABLE, "table"),
)
EMPTY = stack("shared", resource(VPC, "vpc"))


def demand(**given: object) -> Resources:
    return Resources.model_validate({"stacks": ["staging"], "type": SUBNET, **given})


def test_what_matches_is_evidence_with_its_place() -> None:
    outcome = evaluate(demand(where=[{"path": "tier", "equals": "public"}]), [STAGING])
    assert outcome.missing == ()
    assert [found.name for found in outcome.found] == ["public-a", "public-b"]
    first = outcome.found[0]
    assert (first.stack, first.type, first.urn) == ("staging", SUBNET, "urn:public-a")
    assert first.source == "components/network/public-a.py:7"


def test_a_type_may_be_a_glob() -> None:
    assert len(evaluate(demand(type="aws:ec2/*"), [STAGING]).found) == 5


def test_it_must_hold_in_every_stack_that_is_named() -> None:
    outcome = evaluate(demand(), [STAGING, EMPTY])
    assert outcome.missing == (f"shared: got no {SUBNET}, wanted at least 1",)


def test_the_number_can_be_exact_bounded_or_none() -> None:
    assert evaluate(demand(count=3), [STAGING]).missing == ()
    assert evaluate(demand(count={"at_least": 1, "at_most": 3}), [STAGING]).missing == ()
    assert evaluate(demand(count=0), [EMPTY]).missing == ()
    assert evaluate(demand(count=2), [STAGING]).missing == (
        f"staging: got 3 {SUBNET}, wanted exactly 2",
    )
    assert evaluate(demand(count=0), [STAGING]).missing == (
        f"staging: got 3 {SUBNET}, wanted none",
    )
    assert str(Count(at_least=1, at_most=2)) == "1 to 2"


def test_each_of_them_must_be_as_it_is_asked() -> None:
    asked = demand(each=[{"path": "cidr", "equals": "/24"}, {"path": "tier", "present": True}])
    assert evaluate(asked, [STAGING]).missing == (
        'staging private-a: got cidr "/19", wanted cidr equals "/24"',
    )


def test_a_join_follows_the_property_to_a_resource_that_is_there() -> None:
    joined = demand(joined=[{"property": "vpcId", "type": "aws:ec2/vpc:*"}])
    assert [found.name for found in evaluate(joined, [STAGING]).found] == ["public-a", "public-b"]
    elsewhere = demand(joined=[{"property": "vpcId", "type": TABLE}])
    assert evaluate(elsewhere, [STAGING]).missing == (
        f"staging: got no {SUBNET} with vpcId of {TABLE}, wanted at least 1",
    )
    narrowed = demand(
        joined=[{"property": "vpcId", "type": VPC, "where": [{"path": "@name", "equals": "other"}]}]
    )
    assert evaluate(narrowed, [STAGING]).found == ()


def test_what_is_missing_names_the_conditions() -> None:
    asked = demand(where=[{"path": "tier", "equals": "database"}])
    assert evaluate(asked, [STAGING]).missing == (
        f'staging: got no {SUBNET} with tier equals "database", wanted at least 1',
    )
