"""The application: what keeps its pods, how many, who reaches it and whom it reaches."""

import json
from typing import Any

import pytest

from components.eks.settings import WorkloadIdentity
from tests.recording import Recording
from tests.unit.components.workloads.conftest import FOUNDATIONS, WorkloadsRecorder

API = {"hosts": ["api"], "paths": ["/hello"]}
SQS = {"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:{region}:{account}:orders"]}
NAME_LABEL = "kubernetes.io/metadata.name"


def spec(recording: Recording, kind: str, name: str | None = None) -> dict[str, Any]:
    (found,) = [
        one.inputs["spec"]
        for one in recording.resources
        if one.inputs.get("kind") == kind
        and name in (None, one.inputs["metadata"]["name"])
        and one.name.startswith("workloads-hello-")
    ]
    return found


def from_namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {NAME_LABEL: name}}}


def test_rolling_never_has_fewer_pods_than_before(hello: WorkloadsRecorder) -> None:
    assert spec(hello(), "Deployment")["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
    }


def test_recreate_stops_the_old_first(hello: WorkloadsRecorder) -> None:
    assert spec(hello({"strategy": "recreate"}), "Deployment")["strategy"] == {"type": "Recreate"}


def test_canary_moves_requests_by_the_route(hello: WorkloadsRecorder) -> None:
    steps = [{"weight": 20, "pause_seconds": 60}, {"weight": 50}]
    recording = hello({"strategy": "canary", "canary": steps, "route": API}, rollouts=True)
    canary = spec(recording, "Rollout")["strategy"]["canary"]
    assert canary["steps"] == [
        {"setWeight": 20},
        {"pause": {"duration": "60s"}},
        {"setWeight": 50},
        {"pause": {}},
    ]
    plugin = {"httpRoute": "hello", "namespace": "hello"}
    assert canary["trafficRouting"] == {"plugins": {"argoproj-labs/gatewayAPI": plugin}}
    assert (canary["stableService"], canary["canaryService"]) == ("hello", "hello-canary")
    (rule,) = spec(recording, "HTTPRoute")["rules"]
    weights = {one["name"]: one["weight"] for one in rule["backendRefs"]}
    assert weights == {"hello": 100, "hello-canary": 0}
    route = recording.one("HTTPRoute")
    assert route.ignore_changes == ("spec.rules[*].backendRefs[*].weight",)
    assert all(one.ignore_changes == ("spec.selector",) for one in recording.of("v1:Service"))
    assert not recording.of("Deployment")


def test_canary_without_a_route_counts_pods(hello: WorkloadsRecorder) -> None:
    recording = hello({"strategy": "canary"}, rollouts=True)
    assert "trafficRouting" not in spec(recording, "Rollout")["strategy"]["canary"]
    assert len(recording.of("v1:Service")) == 1


@pytest.mark.parametrize("automatic", [True, False])
def test_blue_green_has_a_service_for_each_colour(
    hello: WorkloadsRecorder, *, automatic: bool
) -> None:
    settings = {"strategy": "blue-green", "automatic_promotion": automatic}
    recording = hello(settings, rollouts=True)
    strategy = spec(recording, "Rollout")["strategy"]["blueGreen"]
    assert strategy == {
        "activeService": "hello",
        "previewService": "hello-preview",
        "autoPromotionEnabled": automatic,
        "scaleDownDelaySeconds": 45,
    }
    services = {one.inputs["metadata"]["name"] for one in recording.of("v1:Service")}
    assert services == {"hello", "hello-preview"}


def test_a_stateful_set_keeps_its_volumes(hello: WorkloadsRecorder) -> None:
    storage = {"path": "/var/lib/data", "size": "10Gi", "storage_class": "gp3"}
    recording = hello({"kind": "stateful-set", "storage": storage})
    found = spec(recording, "StatefulSet")
    (claim,) = found["volumeClaimTemplates"]
    assert claim["spec"]["resources"] == {"requests": {"storage": "10Gi"}}
    assert claim["spec"]["storageClassName"] == "gp3"
    mounts = found["template"]["spec"]["containers"][0]["volumeMounts"]
    assert {"name": claim["metadata"]["name"], "mountPath": "/var/lib/data"} in mounts
    kept = found["persistentVolumeClaimRetentionPolicy"]
    assert kept == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert (found["replicas"], found["serviceName"]) == (2, "hello")
    assert spec(recording, "Service")["clusterIP"] == "None"
    assert not recording.of("HorizontalPodAutoscaler")


@pytest.mark.parametrize(
    ("settings", "kind"),
    [({}, "Deployment"), ({"strategy": "canary"}, "Rollout")],
)
def test_the_autoscaler_alone_says_how_many(
    hello: WorkloadsRecorder, settings: dict[str, Any], kind: str
) -> None:
    recording = hello(settings, rollouts=True)
    assert "replicas" not in spec(recording, kind)
    scaler = spec(recording, "HorizontalPodAutoscaler")
    assert scaler["scaleTargetRef"]["kind"] == kind
    assert scaler["scaleTargetRef"]["name"] == "hello"
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 6)
    target = {"type": "Utilization", "averageUtilization": 70}
    assert scaler["metrics"] == [
        {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    ]


def test_a_fixed_number_has_no_autoscaler(hello: WorkloadsRecorder) -> None:
    recording = hello({"replicas": 3})
    assert spec(recording, "Deployment")["replicas"] == 3
    assert not recording.of("HorizontalPodAutoscaler")


def test_an_external_metric_counts_by_pod(hello: WorkloadsRecorder) -> None:
    queue = {"metric": "queue_length", "average": "30", "labels": {"queue": "orders"}}
    recording = hello({"scaling": {"cpu": None, "memory": 75, "external": [queue]}})
    memory, external = spec(recording, "HorizontalPodAutoscaler")["metrics"]
    assert memory["resource"]["name"] == "memory"
    assert external["external"] == {
        "metric": {"name": "queue_length", "selector": {"matchLabels": {"queue": "orders"}}},
        "target": {"type": "AverageValue", "averageValue": "30"},
    }


def test_one_pod_at_a_time_may_leave_and_broken_ones_always(hello: WorkloadsRecorder) -> None:
    assert spec(hello(), "PodDisruptionBudget") == {
        "selector": {"matchLabels": {"app.kubernetes.io/name": "hello"}},
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }


def test_requests_come_by_the_platforms_gateway(hello: WorkloadsRecorder) -> None:
    recording = hello({"route": {**API, "site": True}})
    route = spec(recording, "HTTPRoute")
    assert route["hostnames"] == ["api.staging.example.com", "staging.example.com"]
    (parent,) = route["parentRefs"]
    assert (parent["namespace"], parent["name"]) == ("traefik", "public")
    (rule,) = route["rules"]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/hello"}}]
    assert rule["backendRefs"] == [{"kind": "Service", "name": "hello", "port": 80}]
    service = spec(recording, "Service")
    assert service["type"] == "ClusterIP"
    assert service["ports"][0]["targetPort"] == "http"
    assert not recording.of("Ingress")


def test_only_the_gateway_and_named_callers_reach_it(hello: WorkloadsRecorder) -> None:
    policy = spec(hello({"route": API, "callers": ["shop"], "metrics": {}}), "NetworkPolicy")
    port = [{"port": 8080, "protocol": "TCP"}]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == [
        {"from": [from_namespace("shop"), from_namespace("traefik")], "ports": port},
        {"from": [from_namespace("monitoring")], "ports": port},
    ]
    assert "egress" not in policy
    assert "ingress" not in spec(hello(), "NetworkPolicy")


def test_it_reaches_its_database_where_databases_are(hello: WorkloadsRecorder) -> None:
    database = {"host": "db", "name": "shop", "secret": "database", "port": 6432}
    (rule,) = spec(hello({"database": database}), "NetworkPolicy")["egress"]
    assert rule["ports"] == [{"port": 6432, "protocol": "TCP"}]
    cidrs = [peer["ipBlock"]["cidr"] for peer in rule["to"]]
    assert cidrs == ["10.48.100.0/24", "10.48.101.0/24"]


def test_what_it_may_reach_is_what_it_asked_for(hello: WorkloadsRecorder) -> None:
    egress = {"namespaces": ["shop"], "to": [{"cidr": "10.64.0.0/16", "ports": [9098, 9096]}]}
    rules = spec(hello({"egress": egress}), "NetworkPolicy")["egress"]
    assert rules == [
        {
            "to": [{"ipBlock": {"cidr": "10.64.0.0/16"}}],
            "ports": [{"port": 9098, "protocol": "TCP"}, {"port": 9096, "protocol": "TCP"}],
        },
        {"to": [from_namespace("shop")]},
    ]


def test_an_aws_role_is_its_own_and_for_this_account(hello: WorkloadsRecorder) -> None:
    recording = hello({"aws": [SQS]})
    (statement,) = recording.one("iam/rolePolicy:RolePolicy").policy("policy")["Statement"]
    assert statement["Action"] == ["sqs:SendMessage"]
    assert statement["Resource"] == ["arn:aws:sqs:eu-central-1:222233334444:orders"]
    association = recording.one("eks/podIdentityAssociation:PodIdentityAssociation")
    assert association.inputs["namespace"] == "hello"
    assert association.inputs["serviceAccount"] == "hello"
    deployment = recording.one("apps/v1:Deployment")
    assert association.urn in deployment.depends_on
    assert recording.exports["role_arns"].keys() == {"hello"}
    reached = [
        peer["ipBlock"]["cidr"]
        for rule in spec(recording, "NetworkPolicy")["egress"]
        for peer in rule["to"]
    ]
    assert reached == ["169.254.170.23/32", "10.48.0.0/16", "0.0.0.0/0"]


def test_with_irsa_the_service_account_names_its_role(hello: WorkloadsRecorder) -> None:
    recording = hello({"aws": [SQS]}, identity=WorkloadIdentity.IRSA)
    account = recording.one("core/v1:ServiceAccount").inputs["metadata"]
    arn = recording.one("iam/role:Role").outputs["arn"]
    assert account["annotations"] == {"eks.amazonaws.com/role-arn": arn}
    assert not recording.of("PodIdentityAssociation")


def test_without_permissions_there_is_no_role(hello: WorkloadsRecorder) -> None:
    recording = hello()
    assert not recording.of("iam/role:Role")
    account = recording.one("core/v1:ServiceAccount").inputs
    assert account["automountServiceAccountToken"] is False
    assert "annotations" not in account["metadata"]


def test_a_leader_is_elected_with_one_lease(hello: WorkloadsRecorder) -> None:
    recording = hello({"leader_election": True})
    role = recording.one("v1:Role", "workloads-hello-leader").inputs
    assert {name for rule in role["rules"] for name in rule["resources"]} == {"leases"}
    limited = [rule.get("resourceNames") for rule in role["rules"] if rule["verbs"] != ["create"]]
    assert limited == [["hello"]]
    (subject,) = recording.one("v1:RoleBinding", "workloads-hello-leader").inputs["subjects"]
    assert (subject["kind"], subject["name"]) == ("ServiceAccount", "hello")
    assert recording.one("v1:ServiceAccount").inputs["automountServiceAccountToken"] is True
    (rule,) = spec(recording, "NetworkPolicy")["egress"]
    assert {"ipBlock": {"cidr": "172.20.0.1/32"}} in rule["to"]


def test_security_groups_are_the_networks(hello: WorkloadsRecorder) -> None:
    recording = hello({"security_groups": ["application"]})
    policy = spec(recording, "SecurityGroupPolicy")
    assert policy["securityGroups"] == {"groupIds": ["sg-application"]}
    assert policy["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "hello"}}
    made = recording.one("SecurityGroupPolicy")
    assert made.urn in recording.one("apps/v1:Deployment").depends_on


@pytest.mark.parametrize(("metrics", "port"), [({}, "http"), ({"port": 9090}, "metrics")])
def test_metrics_are_scraped_on_a_port_that_exists(
    hello: WorkloadsRecorder, metrics: dict[str, Any], port: str
) -> None:
    recording = hello({"metrics": metrics})
    (endpoint,) = spec(recording, "ServiceMonitor")["endpoints"]
    assert endpoint == {"port": port, "path": "/metrics", "interval": "30s"}
    assert port in {one["name"] for one in spec(recording, "Service")["ports"]}
    (container,) = spec(recording, "Deployment")["template"]["spec"]["containers"]
    assert port in {one["name"] for one in container["ports"]}


def test_a_service_that_has_no_pods_is_not_waited_for(hello: WorkloadsRecorder) -> None:
    accept = {"single-replica": "it is switched off for now"}
    for settings in ({"replicas": 0, "accept": accept}, {"strategy": "blue-green"}):
        for service in hello(settings, rollouts=True).of("core/v1:Service"):
            annotations = service.inputs["metadata"]["annotations"]
            assert annotations == {"pulumi.com/skipAwait": "true"}
    assert "annotations" not in hello().one("core/v1:Service").inputs["metadata"]


def test_everything_is_made_by_the_clusters_own_provider(hello: WorkloadsRecorder) -> None:
    for found in hello({"aws": [SQS], "route": API, "metrics": {}}).resources:
        if found.type.startswith("kubernetes:"):
            assert found.provider == "cluster", found.urn
        elif found.type.startswith("aws:"):
            assert found.provider == "staging", found.urn


def test_in_a_preview_nothing_is_missing(hello: WorkloadsRecorder) -> None:
    settings = {"aws": [SQS], "route": API, "metrics": {}, "security_groups": ["application"]}
    known, unknown = (hello(settings, preview=preview) for preview in (False, True))
    assert {one.urn for one in known.resources} == {one.urn for one in unknown.resources}


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({}, {"admission", "metrics"}),
        ({"replicas": 2}, {"admission"}),
        ({"route": API, "replicas": 2}, {"admission", "gateway-api", "traefik"}),
        ({"metrics": {}, "replicas": 2}, {"admission", "monitoring-crds"}),
        ({"strategy": "canary", "replicas": 2}, {"admission", "argo-rollouts"}),
        ({"secrets": {"K": {"key": "k"}}, "replicas": 2}, {"admission", "secret-stores"}),
    ],
)
def test_it_comes_after_the_parts_of_the_platform_it_uses(
    hello: WorkloadsRecorder, settings: dict[str, Any], needed: set[str]
) -> None:
    recording = hello(settings, rollouts=True)
    budget = recording.one("PodDisruptionBudget")
    names = {recording.by_urn(urn).name for urn in budget.depends_on}
    assert names & {*FOUNDATIONS, "argo-rollouts"} == needed
    assert "workloads-namespace-hello-quota" in names


def test_a_document_of_it_is_plain_data(hello: WorkloadsRecorder) -> None:
    for found in hello({"strategy": "canary"}, rollouts=True).of("Rollout"):
        assert "match_labels" not in json.dumps(found.inputs)
        assert "topologySpreadConstraints" in json.dumps(found.inputs)
