"""Each rule on the smallest graphs that keep it, that break it and that leave it open."""

import re
from collections import Counter
from pathlib import Path

import pytest

from policy.core.context import Context
from policy.core.evaluation import evaluate
from policy.core.graph import Graph
from policy.core.results import Enforcement, Verdict
from policy.rules import RULES
from policy.rules.openings import is_world
from tests.unit.policy.cases import (
    clusters,
    dns,
    edge,
    groups,
    identity,
    keys,
    kubernetes,
    logs,
    networks,
    organization,
    storage,
    workloads,
)
from tests.unit.policy.cases.graphs import UNKNOWN, Case, Wanted, failures, gate, res

TABLES = (
    organization,
    identity,
    keys,
    logs,
    dns,
    networks,
    groups,
    edge,
    clusters,
    workloads,
    kubernetes,
    storage,
)
FAMILIES = [
    *("ORG", "IAM", "KMS", "LOG", "DNS", "NET", "EDGE"),
    *("EKS", "ECR", "K8S", "HELM", "S3"),
]
CASES: list[Case] = [case for table in TABLES for case in table.CASES]

KEY = "aws:kms/key:Key"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_says_of_a_graph_what_it_must(case: Case) -> None:
    assert case.said() is case.wanted


@pytest.mark.parametrize("wanted", [Wanted.KEPT, Wanted.BROKEN])
def test_every_rule_has_a_case_that_keeps_it_and_one_that_breaks_it(wanted: Wanted) -> None:
    assert {case.rule for case in CASES if case.wanted is wanted} == {rule.id for rule in RULES}


def test_rules_are_listed_once_in_the_order_of_their_families() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    families = [rule_id.partition("-")[0] for rule_id in ids]
    assert list(dict.fromkeys(families)) == FAMILIES
    assert families == sorted(families, key=list(dict.fromkeys(families)).index)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_rule_breaks_on_values_that_are_not_known(case: Case) -> None:
    blank = tuple(
        {**record, "inputs": dict.fromkeys(record["inputs"], UNKNOWN)} for record in case.resources
    )  # As a first preview has it.
    found = gate(case.stack, *blank).findings
    assert Verdict.ERROR not in {finding.problem.verdict for finding in found}


def test_the_page_on_policy_counts_the_rules_of_each_family() -> None:
    page = (Path(__file__).parents[3] / "docs/concepts/policy.md").read_text()
    said = {family: int(number) for family, number in re.findall(r"\| `(\w+)` \| (\d+) \|", page)}
    assert said == Counter(rule.id.partition("-")[0] for rule in RULES)


def test_a_rule_for_production_is_advisory_elsewhere() -> None:
    cluster = res("aws:rds/cluster:Cluster")
    (found,) = [f for f in gate("staging", cluster).findings if f.rule == "ORG-10"]
    assert found.enforcement is Enforcement.ADVISORY
    assert not found.blocking


def test_a_mandatory_rule_may_advise_on_a_lesser_point() -> None:
    acl = res(
        "aws:wafv2/webAcl:WebAcl",
        rules=[{"name": "limit"}],
        visibilityConfig={"cloudwatchMetricsEnabled": True},
    )
    (found,) = [f for f in gate("staging", acl).findings if f.rule == "EDGE-12"]
    assert found.enforcement is Enforcement.ADVISORY


def test_an_account_id_from_the_management_outputs_is_compared() -> None:
    pinned = organization.provider("staging", "1" * 12)
    found = gate("staging", pinned, ids={"staging": "2" * 12})
    assert "ORG-06" in failures(found)


def test_an_account_the_project_does_not_pin_leaves_trust_undecided() -> None:
    role = identity.trusting({"AWS": "arn:aws:iam::999999999999:role/x"})
    engine = {"accounts": {"staging": {"kind": "workload"}, "shared": {"kind": "shared"}}}
    context = Context.of({**engine, "domain": "example.com", "regions": {}}, "staging")
    graph = Graph.of_document({"stack": "staging", "resources": [role]})
    found = [f for f in evaluate(graph, context, RULES).findings if f.rule == "IAM-07"]
    assert {f.problem.verdict for f in found} == {Verdict.UNKNOWN}


def test_a_finding_names_where_the_resource_was_written() -> None:
    found = [f for f in gate("staging", res(KEY)).findings if f.problem.urn.endswith("::thing")]
    assert {finding.source for finding in found} == {"components/example/thing.py:7"}


@pytest.mark.parametrize(
    ("cidr", "world"),
    [
        ("0.0.0.0/0", True),
        ("10.0.0.5/0", True),
        ("128.0.0.0/1", True),
        ("::/0", True),
        ("10.0.0.0/8", False),
        ("203.0.113.0/24", False),
        ("not a network", False),
        (None, False),
    ],
)
def test_the_world_has_many_names(cidr: object, world: bool) -> None:  # noqa: FBT001 - a table column
    assert is_world(cidr) is world
