"""What the Kubernetes rules read with: pods of every kind, quantities, selectors, namespaces."""

import json
from decimal import Decimal

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policy.core.graph import Graph
from policy.core.objects import namespace_of, selects
from policy.core.quantities import quantity
from policy.core.values import UNKNOWN
from policy.crossguard import Analyzer
from policy.rules import RULES
from policy.rules.pod_templates import CARRIERS, WHERE
from tests.unit.policy.cases import kubernetes
from tests.unit.policy.cases.graphs import ORGANIZATION, gate, res
from tests.unit.policy.cases.workloads import DEPLOYMENT, META, runs, template

LABELS = {"app": "hello", "tier": "web"}
LIMITED = {"name": "app", "resources": {"limits": {"cpu": "1"}}}
BRANCH = {"repoURL": "https://git.example/config.git", "targetRevision": "main"}


def described(token: str) -> dict[str, object]:
    """An object of a type with one container that has a processor limit, where its kind has it."""
    pods: object = {"metadata": {}, "spec": {"containers": [LIMITED]}}
    where = WHERE[token.rpartition(":")[2].removesuffix("Patch")]
    for step in reversed(where):
        pods = {step: pods}
    assert isinstance(pods, dict)
    return res(token, metadata=META, **pods) if where else res(token, **{**pods, "metadata": META})


@pytest.mark.parametrize("token", CARRIERS)
def test_pods_are_found_in_every_kind_that_makes_them(token: str) -> None:
    found = [f for f in gate("staging", described(token)).findings if f.rule == "K8S-08"]
    assert [f.problem.path.rpartition("containers")[2] for f in found] == [
        "[app].resources.limits.cpu"
    ]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1Gi", 2**30),
        ("1024Mi", 2**30),
        ("1G", 10**9),
        ("500m", "0.5"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("1e3", 1000),
        ("1E", 10**18),
        ("1E3", 1000),
        (2, 2),
        (0.25, "0.25"),
        ("1 Gi", None),
        ("1gi", None),
        ("", None),
        (True, None),
        (None, None),
    ],
)
def test_quantities_are_read_as_kubernetes_reads_them(
    text: object, amount: int | str | None
) -> None:
    assert quantity(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("selector", "picks"),
    [
        ({}, True),
        ({"matchLabels": {"app": "hello"}}, True),
        ({"matchLabels": {"app": "other"}}, False),
        ({"matchLabels": {"app": UNKNOWN}}, None),
        ({"matchLabels": {"app": UNKNOWN, "tier": "other"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["hello"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["hello"]}]}, False),
        ({"matchExpressions": [{"key": "gone", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "gone", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Gt", "values": ["1"]}]}, None),
        (UNKNOWN, None),
    ],
)
def test_selectors_pick_labels(selector: object, picks: bool | None) -> None:  # noqa: FBT001 - a table column
    assert selects(selector, LABELS) is picks


def test_the_namespace_of_the_provider_is_that_of_its_objects() -> None:
    provider = res("pulumi:providers:kubernetes", "cluster", namespace="team")
    bare = res(DEPLOYMENT, metadata={"name": "hello"}, record={"provider": provider["urn"]})
    graph = Graph.of_document({"stack": "staging", "resources": [provider, bare]})
    assert namespace_of(graph.resources[1]) == "team"


def test_a_lone_repository_that_follows_a_branch_is_only_advised_against() -> None:
    alone = kubernetes.follows(BRANCH)
    (found,) = [f for f in gate("staging", alone).findings if f.rule == "K8S-30"]
    assert not found.blocking
    beside = kubernetes.follows({**kubernetes.CHART, "targetRevision": "main"}, kubernetes.VALUES)
    (found,) = [f for f in gate("staging", beside).findings if f.rule == "K8S-30"]
    assert found.blocking


def test_no_message_holds_the_value_of_a_secret() -> None:
    secret = res(kubernetes.SECRET, metadata=META, stringData={"password": "correct horse"})
    assert "correct horse" not in str(gate("production", secret).findings)


def analyzed(**spec: object) -> dict[str, str]:
    """What the engine is told of a Deployment: policy and message."""
    analyzer = Analyzer()
    configuration = {"superinc:organization": json.dumps(ORGANIZATION)}
    analyzer.configure_stack(
        analyzer_pb2.AnalyzerStackConfigureRequest(stack="staging", config=configuration)
    )
    properties = json_format.ParseDict({"metadata": META, "spec": spec}, struct_pb2.Struct())
    request = analyzer_pb2.AnalyzeRequest(
        type=DEPLOYMENT, properties=properties, urn=f"urn:pulumi:x::y::{DEPLOYMENT}::hello"
    )
    found = analyzer.analyze(request).diagnostics
    return {item.policyName: item.message for item in found}


def test_the_engine_hears_of_a_deployment_what_the_offline_gate_says() -> None:
    worse = {"resources": {"limits": {"cpu": 2, "memory": 1024}}, "image": "nginx:latest"}
    of_one_resource = {rule.id for rule in RULES if rule.resource}
    offline = {f.rule for f in gate("staging", runs(worse)).findings} & of_one_resource
    assert offline == {"K8S-06", "K8S-07", "K8S-08", "K8S-18"}
    assert set(analyzed(template=template(worse))) == {rule.lower() for rule in offline}


def test_the_engine_hears_nothing_of_an_image_it_does_not_know_yet() -> None:
    assert analyzed(template=template({"image": UNKNOWN_STRING_VALUE})) == {}
