"""Where a rule stands: by its evidence, by people, or not yet; and how that is told."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from automation.audit import assessment, report
from automation.audit.assessment import Assessed, Evidence, Grounds, Kind, State, assess, chosen
from automation.audit.demands import Found
from automation.audit.guardrails import Held
from automation.audit.playbook import Playbook, PlaybookRule
from automation.audit.variants import Synthesis
from automation.errors import UsageError
from automation.graph import Graph
from automation.organization import load_project
from automation.synth import Document
from tests.recording import ROOT

VPC = "aws:ec2/vpc:Vpc"


def document(stack: str, *names: str) -> Document:
    return {
        "stack": stack,
        "resources": [
            {
                "urn": f"urn:pulumi:{stack}::superinc::{VPC}::{name}",
                "type": VPC,
                "name": name,
                "inputs": {},
                "outputs": {},
                "property_dependencies": {},
                "source": "components/network/vpc.py:7",
            }
            for name in names
        ],
    }


@pytest.fixture
def grounds() -> Grounds:
    """Staging with a VPC, shared with none; a variant with two; a variant that fails."""
    project = load_project(ROOT)
    documents = {name: document(name) for name in project.stacks}
    documents["staging"] = document("staging", "network")
    return Grounds(
        synthesis=Synthesis(project, Graph.of(project), documents),
        variants={"twice": {"staging": document("staging", "one", "two")}},
        failures={"broken": "variant broken: got a, wanted b"},
    )


@pytest.fixture(autouse=True)
def policies(monkeypatch: pytest.MonkeyPatch) -> dict[str, Held]:
    """Three policies: one that looked at something, one at nothing, one that refuses."""
    fares = {
        "NET-01": Held(subjects=3, waived=1),
        "NET-02": Held(),
        "NET-03": Held(subjects=2, broken=["NET-03: staging: network: got a, wanted b"]),
    }

    def hold(*_: object) -> Mapping[str, Held]:
        return fares

    monkeypatch.setattr(assessment, "hold", hold)
    return fares


def assessed(grounds: Grounds, **rule: object) -> Assessed:
    made = PlaybookRule.model_validate({"rule": "A rule", **rule})
    playbook = Playbook(families={"NET": "Network"}, rules={"NET-01": made})
    return assess(grounds, playbook, ["NET-01"])[0]


def missing(found: Assessed) -> list[str]:
    return [line for item in found.evidence for line in item.missing]


def demand(**given: object) -> list[dict[str, object]]:
    return [{"stacks": ["staging"], "type": VPC, **given}]


def test_resources_that_are_there_meet_a_rule(grounds: Grounds) -> None:
    found = assessed(grounds, resources=demand(says="A VPC"))
    assert (found.state, found.family, missing(found)) == (State.MET, "Network", [])
    (item,) = found.evidence
    assert (item.kind, item.says, item.variant) == (Kind.RESOURCES, "A VPC", None)
    assert [place.name for place in item.found] == ["network"]


def test_resources_that_are_missing_leave_it_unmet(grounds: Grounds) -> None:
    found = assessed(grounds, resources=demand(stacks=["staging", "shared"]))
    assert (found.state, missing(found)) == (
        State.NOT_MET,
        [f"shared: got no {VPC}, wanted at least 1"],
    )


def test_a_variant_is_looked_at_in_its_own_documents(grounds: Grounds) -> None:
    found = assessed(grounds, resources=demand(variant="twice", count=2))
    assert (found.state, found.evidence[0].variant) == (State.MET, "twice")
    elsewhere = assessed(grounds, resources=demand(variant="twice", stacks=["shared"]))
    assert missing(elsewhere) == [
        "got nothing about shared in variant twice, wanted the stacks asked for"
    ]


def test_a_variant_that_fails_is_why_a_rule_is_unmet(grounds: Grounds) -> None:
    found = assessed(grounds, resources=demand(variant="broken"))
    assert (found.state, missing(found)) == (State.NOT_MET, ["variant broken: got a, wanted b"])


def test_a_policy_that_holds_is_evidence_with_what_it_looked_at(grounds: Grounds) -> None:
    found = assessed(grounds, policies=["NET-01"])
    assert found.state is State.MET
    assert found.evidence[0].says.endswith("(3 looked at, 1 waived)")


def test_a_policy_that_refuses_leaves_a_rule_unmet(grounds: Grounds) -> None:
    found = assessed(grounds, policies=["NET-01", "NET-03"])
    assert missing(found) == ["NET-03: staging: network: got a, wanted b"]


def test_policies_that_look_at_nothing_prove_nothing_alone(grounds: Grounds) -> None:
    alone = assessed(grounds, policies=["NET-02"])
    assert alone.state is State.NOT_MET
    assert missing(alone) == ["got nothing that any of them looks at, wanted something"]
    assert assessed(grounds, policies=["NET-02", "NET-01"]).state is State.MET
    assert assessed(grounds, policies=["NET-02"], resources=demand()).state is State.MET


def test_a_policy_test_page_or_command_that_does_not_exist_leaves_it_unmet(
    grounds: Grounds,
) -> None:
    for given in (
        {"policies": ["NET-99"]},
        {"policies": ["NET-01"], "tests": ["tests/unit/test_none.py::test_none"]},
        {"policies": ["NET-01"], "docs": ["none.md"]},
        {"command": "none"},
    ):
        assert assessed(grounds, **given).state is State.NOT_MET


def test_what_only_people_do_is_by_people(grounds: Grounds) -> None:
    assert assessed(grounds, people="somebody signs").state is State.BY_PEOPLE
    both = assessed(grounds, people="somebody signs", resources=demand())
    assert (both.state, both.people) == (State.MET, "somebody signs")
    lost = assessed(grounds, people="somebody signs", docs=["none.md"])
    assert lost.state is State.NOT_MET


def test_a_rule_without_evidence_is_not_met(grounds: Grounds) -> None:
    found = assessed(grounds)
    assert (found.state, found.evidence) == (State.NOT_MET, ())
    assert report.text([found]).endswith("A rule\n    no evidence yet")


def test_rules_are_chosen_by_id_and_by_family_in_the_order_of_the_playbook() -> None:
    rule = PlaybookRule(rule="A rule")
    ids = ("NET-01", "NET-02", "ACC-01")
    playbook = Playbook(families={"NET": "n", "ACC": "a"}, rules=dict.fromkeys(ids, rule))
    assert chosen(playbook, ()) == ids
    assert chosen(playbook, ("acc", "net-02")) == ("NET-02", "ACC-01")
    with pytest.raises(UsageError, match=r"got 'NET-1', wanted an id such as NET-01 .*mean NET-01"):
        chosen(playbook, ("NET-1",))


RULE = Assessed(
    id="NET-01",
    family="Network",
    rule="One VPC | and no more",
    state=State.NOT_MET,
    evidence=(
        Evidence(
            kind=Kind.RESOURCES,
            says="A VPC",
            found=tuple(
                Found(
                    stack="staging",
                    type=VPC,
                    name=f"vpc-{number}",
                    urn=f"urn:pulumi:staging::superinc::{VPC}::vpc-{number}",
                    source="components/network/vpc.py:7",
                )
                for number in range(6)
            ),
            variant="twice",
        ),
        Evidence(kind=Kind.POLICY, says="NET-05 Isolated (3 looked at)", missing=("got a",)),
        Evidence(kind=Kind.TEST, says="tests/test_a.py::test_b"),
        Evidence(kind=Kind.TEST, says="tests/test_a.py::test_c", missing=("got none",)),
        Evidence(kind=Kind.PAGE, says="docs/layers/network.md"),
    ),
    people="somebody looks",
)
MET = replace(RULE, id="NET-02", state=State.MET, evidence=(), people=None)


def test_text_says_what_was_found_where_and_of_a_test_only_that_it_exists() -> None:
    place = f"staging  {VPC}  vpc-{{}}  components/network/vpc.py:7"
    assert report.text([RULE, MET]).splitlines() == [
        "not met    NET-01  One VPC | and no more",
        "    ✓ A VPC (variant twice)",
        *(f"        {place.format(number)}" for number in range(4)),
        "        and 2 more",
        "    ✗ policy NET-05 Isolated (3 looked at)",
        "        got a",
        "    ✓ test tests/test_a.py::test_b exists",
        "    ✗ test tests/test_a.py::test_c",
        "        got none",
        "    ✓ docs/layers/network.md exists",
        "    by people: somebody looks",
        "met        NET-02  One VPC | and no more",
    ]
    assert report.summary([RULE, MET]) == "1 met, 1 not met, 0 by people of 2 rules of the playbook"


def test_json_keeps_to_its_schema_and_has_every_resource() -> None:
    data = cast("dict[str, Any]", json.loads(json.dumps(report.as_json([RULE, MET]))))
    jsonschema.validate(data, json.loads(report.SCHEMA_FILE.read_text()))
    assert data["summary"] == {"met": 1, "not_met": 1, "by_people": 0}
    evidence = data["rules"][0]["evidence"]
    assert len(evidence[0]["resources"]) == 6
    assert [item["holds"] for item in evidence] == [True, False, True, False, True]


def test_the_schema_refuses_what_is_not_an_audit() -> None:
    schema = json.loads(Path(report.SCHEMA_FILE).read_text())
    wrong = {**report.as_json([RULE]), "schema": 2}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(wrong)), schema)


def test_markdown_is_a_table_by_family() -> None:
    lines = report.markdown([RULE, MET]).splitlines()
    assert "## Network" in lines
    row = next(line for line in lines if line.startswith("| NET-01"))
    assert row.startswith("| NET-01 | One VPC \\| and no more | not met | A VPC: 6 in staging<br>✗")
    assert len([line for line in lines if line.startswith("| ")]) == 3
