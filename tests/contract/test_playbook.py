"""The playbook is whole, its evidence exists, and what it claims holds."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from automation.audit.assessment import Grounds, State, assess
from automation.audit.guardrails import BY_ID
from automation.audit.playbook import Join, PlaybookRule, Resources, load_playbook, names_of
from automation.audit.references import missing_command, missing_page, missing_test
from automation.audit.variants import load_variants
from automation.graph import Graph
from automation.organization import load_project
from automation.selectors import select
from sandbox.aws.catalogue import facts
from tests.organization import organization
from tests.recording import ROOT
from tests.variants import documents, synthesis

FAMILIES = {
    "APP": 8,
    "ACC": 12,
    "KMS": 11,
    "DNS": 5,
    "NET": 11,
    "SEC": 13,
    "K8S": 9,
    "NODE": 9,
    "IMG": 6,
    "DEP": 5,
    "DB": 10,
    "CDC": 11,
    "LOG": 7,
    "MET": 6,
    "ALT": 4,
    "DSH": 3,
}
"""How many rules the playbook has in each family."""

COMPLETE = ("ACC", "KMS", "DNS", "NET", "SEC", "K8S", "NODE", "APP", "IMG", "DEP")
"""Families whose rules are all met, but for those that wait."""

LATER = {"ACC-05", "ACC-09"}
"""Rules whose evidence is named already and comes with a layer that is not there yet."""

PLAYBOOK = load_playbook(ROOT, names_of(organization()))
VARIANTS = load_variants(ROOT)
RULES = list(PLAYBOOK.rules.items())
NAMED = [(id_, rule) for id_, rule in RULES if not rule.empty]
IDS = [id_ for id_, _ in NAMED]


def types_of(rule: PlaybookRule) -> Iterator[str]:
    for demand in rule.resources:
        yield demand.type
        yield from (join.type for join in demand.joined)


def parts_of(rule: PlaybookRule) -> Iterator[Resources | Join]:
    for demand in rule.resources:
        yield demand
        yield from demand.joined


def test_no_rule_is_missing_and_none_is_invented() -> None:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for id_ in PLAYBOOK.rules:
        family, _, number = id_.rpartition("-")
        found[family].append(int(number))
    assert dict(found) == {name: list(range(1, size + 1)) for name, size in FAMILIES.items()}
    assert list(PLAYBOOK.families) == list(FAMILIES)


def test_every_rule_is_said_in_a_sentence_of_its_own() -> None:
    texts = [rule.rule for rule in PLAYBOOK.rules.values()]
    assert len(set(texts)) == len(texts)
    assert all(re.match(r"[A-Z/r]", text) and not text.endswith(".") for text in texts)


@pytest.mark.parametrize(("id_", "rule"), NAMED, ids=IDS)
def test_the_types_of_its_evidence_are_those_of_the_providers(id_: str, rule: PlaybookRule) -> None:
    unknown = [
        token
        for token in types_of(rule)
        if token.startswith("aws:") and "*" not in token and facts(token) is None
    ]
    assert unknown == []
    odd = re.compile(r"aws:\w+/|pulumi:providers:aws$|kubernetes:|superinc:")
    assert [token for token in types_of(rule) if not odd.match(token)] == []


@pytest.mark.parametrize(("id_", "rule"), NAMED, ids=IDS)
def test_the_properties_of_its_evidence_are_those_of_the_type(id_: str, rule: PlaybookRule) -> None:
    for part in parts_of(rule):
        known = facts(part.type) if part.type.startswith("aws:") and "*" not in part.type else None
        if known is None:
            continue
        each = part.each if isinstance(part, Resources) else ()
        paths = [predicate.path for predicate in (*part.where, *each)]
        joined = [join.property for join in part.joined] if isinstance(part, Resources) else []
        tops = {re.split(r"[.\[]", path)[0] for path in [*paths, *joined] if path[0] != "@"}
        assert tops <= known.inputs.keys() | known.outputs.keys(), part.type


@pytest.mark.parametrize(("id_", "rule"), NAMED, ids=IDS)
def test_what_its_evidence_names_exists(id_: str, rule: PlaybookRule) -> None:
    missing = [f"policy {policy}" for policy in rule.policies if policy not in BY_ID]
    missing += [
        f"variant {demand.variant}"
        for demand in rule.resources
        if demand.variant and demand.variant not in VARIANTS
    ]
    found = [missing_test(ROOT, test) for test in rule.tests]
    found += [missing_page(ROOT, page) for page in rule.docs]
    found += [missing_command(rule.command)] if rule.command else []
    assert [*missing, *filter(None, found)] == []


@pytest.mark.parametrize(("id_", "rule"), NAMED, ids=IDS)
def test_the_stacks_of_its_evidence_exist(id_: str, rule: PlaybookRule) -> None:
    project = load_project(ROOT)
    graph = Graph.of(project)
    for demand in rule.resources:
        assert select(demand.stacks, graph, project)


def test_every_variant_is_evidence_of_something() -> None:
    used = {demand.variant for _, rule in RULES for demand in rule.resources}
    assert used - {None} == VARIANTS.keys()


@pytest.mark.xdist_group("variants")
def test_the_rules_of_the_layers_that_are_there_are_met_and_no_others() -> None:
    made = {name: documents(name) for name in VARIANTS}
    grounds = Grounds(synthesis=synthesis(), variants=made, failures={})
    assessed = {rule.id: rule for rule in assess(grounds, PLAYBOOK, PLAYBOOK.rules)}
    complete = {id_ for id_ in PLAYBOOK.rules if id_.rpartition("-")[0] in COMPLETE} - LATER
    met = {id_ for id_, rule in assessed.items() if rule.state is not State.NOT_MET}
    lost = [
        f"{id_}: {line}"
        for id_ in sorted(complete - met)
        for item in assessed[id_].evidence
        for line in item.missing
    ]
    assert lost == []
    assert met == complete
