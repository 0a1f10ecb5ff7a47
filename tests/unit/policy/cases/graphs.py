"""The words of the case tables: small resources, and what a rule must say of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from policy.core.context import Context
from policy.core.evaluation import Report, evaluate
from policy.core.graph import Graph
from policy.core.results import Verdict
from policy.rules import RULES

ORGANIZATION: Mapping[str, object] = {
    "domain": "example.com",
    "regions": {"home": "eu-central-1", "replica": "eu-west-1"},
    "accounts": {
        "management": {"kind": "management", "id": "111122223333"},
        "identity": {"kind": "identity", "id": "222222222222"},
        "shared": {"kind": "shared", "id": "333333333333"},
        "staging": {"kind": "workload", "environment": "staging", "id": "444444444444"},
        "production": {"kind": "workload", "environment": "production", "id": "555555555555"},
    },
}
TODAY = date(2026, 1, 31)
UNKNOWN = {"unknown": True}

Record = dict[str, Any]


@dataclass(frozen=True)
class Ref:
    """A property whose value comes from other resources and is not known yet."""

    urns: tuple[str, ...]


def ref(*resources: Record) -> Ref:
    return Ref(tuple(resource["urn"] for resource in resources))


def res(token: str, name: str = "thing", /, **inputs: Any) -> Record:  # noqa: ANN401 - any input
    """One record of a synth document; `record` overrides fields of the record itself."""
    record = inputs.pop("record", {})
    joins = {key: list(value.urns) for key, value in inputs.items() if isinstance(value, Ref)}
    return {
        "urn": f"urn:pulumi:x::superinc::{token}::{name}",
        "type": token,
        "name": name,
        "inputs": {k: UNKNOWN if isinstance(v, Ref) else v for k, v in inputs.items()},
        "property_dependencies": joins,
        "protect": False,
        "source": "components/example/thing.py:7",
        **record,
    }


class Wanted(StrEnum):
    """What a rule must say."""

    BROKEN = "broken"
    KEPT = "kept"
    UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A rule, a graph, and what the one says of the other."""

    rule: str
    wanted: Wanted
    stack: str
    resources: tuple[Record, ...]

    def __str__(self) -> str:
        names = "+".join(item["type"].rpartition(":")[2] for item in self.resources)
        return f"{self.rule}-{self.wanted}-{names or 'nothing'}"

    def said(self) -> Wanted:
        """What the rule says."""
        found = gate(self.stack, *self.resources).findings
        verdicts = {f.problem.verdict for f in found if f.rule == self.rule}
        assert Verdict.ERROR not in verdicts
        if Verdict.FAIL in verdicts:
            return Wanted.BROKEN
        return Wanted.UNDECIDED if verdicts else Wanted.KEPT


def gate(stack: str, *resources: Record, ids: dict[str, str] | None = None) -> Report:
    graph = Graph.of_document({"stack": stack, "resources": list(resources)})
    return evaluate(graph, Context.of(ORGANIZATION, stack, ids), RULES, today=TODAY)


def failures(report: Report) -> set[str]:
    return {f.rule for f in report.findings if f.problem.verdict is Verdict.FAIL}


def broken(rule: str, *resources: Record, stack: str = "staging") -> Case:
    return Case(rule=rule, wanted=Wanted.BROKEN, stack=stack, resources=resources)


def kept(rule: str, *resources: Record, stack: str = "staging") -> Case:
    return Case(rule=rule, wanted=Wanted.KEPT, stack=stack, resources=resources)


def undecided(rule: str, *resources: Record, stack: str = "staging") -> Case:
    return Case(rule=rule, wanted=Wanted.UNDECIDED, stack=stack, resources=resources)


PROTECTED = {"protect": True}
