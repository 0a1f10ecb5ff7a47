"""Guardrails in the audit: the gate's own rules over the same documents."""

from datetime import date
from typing import Any

import pytest

from automation.audit import guardrails
from automation.audit.guardrails import hold
from automation.organization import load_project
from policy.core.graph import Resource
from policy.core.results import Enforcement, Problem, Severity, Verdict
from policy.core.rule import Rule, failed
from policy.core.waivers import Waiver
from tests.recording import ROOT

KEY = "aws:kms/key:Key"


def document(stack: str, *names: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "stack": stack,
        "account": {"name": stack, "kind": "workload", "environment": stack, "id": "1" * 12},
        "resources": [
            {
                "urn": f"urn:pulumi:{stack}::superinc::{KEY}::{name}",
                "type": KEY,
                "name": name,
                "parent": None,
                "custom": True,
                "remote": False,
                "provider": None,
                "account": stack,
                "region": "eu-central-1",
                "inputs": {},
                "outputs": {},
                "depends_on": [],
                "property_dependencies": {},
                "protect": False,
                "retain_on_delete": False,
                "source": None,
            }
            for name in names
        ],
        "outputs": {},
        "reads": [],
    }


def rule(id_: str, verdict: Verdict, **more: Any) -> Rule:  # noqa: ANN401 - fields of a rule
    def check(resource: Resource, _: object) -> list[Problem]:
        if not resource.name.startswith("bad"):
            return []
        problem = failed(resource, "policy", "got a, wanted b")
        return [Problem(urn=problem.urn, path="policy", message=problem.message, verdict=verdict)]

    fields: dict[str, Any] = {"title": "t", "severity": Severity.LOW, "remedy": "r"}
    fields |= {"types": ("aws:kms/*",), **more}
    return Rule(id=id_, resource=check, **fields)


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    made = (
        rule("KMS-01", Verdict.FAIL),
        rule("KMS-02", Verdict.UNKNOWN),
        rule("KMS-03", Verdict.FAIL, enforcement=Enforcement.ADVISORY),
        rule("KMS-04", Verdict.FAIL, types=("aws:rds/*",)),
    )
    monkeypatch.setattr(guardrails, "RULES", made)
    monkeypatch.setattr(guardrails, "load", lambda *_: ())  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - takes anything


def test_what_is_refused_or_cannot_be_decided_is_broken_and_advice_is_not() -> None:
    project = load_project(ROOT)
    held = hold(project, {"": [document("staging", "good", "bad")]})
    assert held["KMS-01"].broken == ["KMS-01: staging: bad: got a, wanted b"]
    assert held["KMS-02"].broken == ["KMS-02: staging: bad: got a, wanted b"]
    assert held["KMS-03"].broken == []
    assert [held[id_].subjects for id_ in ("KMS-01", "KMS-04")] == [2, 0]


def test_a_finding_in_a_variant_names_it() -> None:
    project = load_project(ROOT)
    held = hold(project, {"": [document("staging")], "other": [document("staging", "bad")]})
    assert held["KMS-01"].broken == ["KMS-01: staging in variant other: bad: got a, wanted b"]


def test_a_waived_finding_is_counted_and_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    waiver = Waiver(
        id="W-1",
        rule="KMS-01",
        urn="*",
        reason="because",
        owner="us",
        created=date(2026, 1, 1),
        expires=date(2026, 2, 1),
    )
    monkeypatch.setattr(guardrails, "load", lambda *_: (waiver,))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - takes anything
    project = load_project(ROOT)
    documents = {"": [document("staging", "bad")]}
    covered = hold(project, documents, today=date(2026, 1, 15))["KMS-01"]
    assert (covered.broken, covered.waived) == ([], 1)
    expired = hold(project, documents, today=date(2026, 3, 1))["KMS-01"]
    assert (len(expired.broken), expired.waived) == (1, 0)
