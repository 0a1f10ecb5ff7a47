"""The Kubernetes stand-in on a real API server: what it takes, refuses, waits for and deletes."""

import contextlib
from copy import deepcopy
from typing import Any

import pytest

from sandbox.foreign import CLUSTER_SCOPED
from sandbox.kubernetes.api import ApiError
from sandbox.kubernetes.awaiting import AwaitError
from sandbox.kubernetes.definitions import install_addon
from sandbox.kubernetes.objects import section
from sandbox.plugins.partial import PartialError
from sandbox.plugins.values import UNKNOWN, plain_map
from tests.engine.real_cluster import (
    ACCOUNT,
    CONFIG_MAP,
    DEPLOYMENT,
    REGION,
    Cluster,
    deployment,
    document,
)

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("sandbox-kubernetes"),
]

EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret"
RELEASE = "kubernetes:helm.sh/v3:Release"


def config_map(namespace: str, **data: str) -> dict[str, Any]:
    return {**document("v1", "ConfigMap", "settings", namespace), "data": data}


def release(name: str, chart: str) -> dict[str, Any]:
    own = {"name": name, "chart": chart, "version": "1.0.0", "namespace": name}
    return {**own, "createNamespace": True}


def test_an_unknown_field_is_refused_in_the_servers_words(cluster: Cluster) -> None:
    wrong = {**config_map(cluster.namespace("unknown-field")), "dat": "a"}
    for preview in (True, False):
        with pytest.raises(ApiError, match=r"\.dat: field not declared in schema"):
            cluster.deployer.create(CONFIG_MAP, wrong, preview=preview)


def test_a_preview_makes_nothing_and_an_update_removes_what_is_no_longer_given(
    cluster: Cluster,
) -> None:
    client, first = cluster.deployer, config_map(cluster.namespace("updates"), a="1", b="2")
    client.create(CONFIG_MAP, first, preview=True)
    assert client.read(CONFIG_MAP, "updates/settings").resource_id == ""
    made = client.create(CONFIG_MAP, first)
    assert made.resource_id == "updates/settings"
    state = plain_map(made.properties)
    assert section(state, "metadata")["uid"]
    second = config_map("updates", a="3")
    client.update(CONFIG_MAP, "updates/settings", state, second, preview=True)
    assert cluster.get("/api/v1/namespaces/updates/configmaps/settings")["data"]["b"] == "2"
    updated = client.update(CONFIG_MAP, "updates/settings", state, second)
    assert section(plain_map(updated.properties), "data") == {"a": "3"}
    found = cluster.get("/api/v1/namespaces/updates/configmaps/settings")
    assert found["data"] == {"a": "3"}
    assert {entry["manager"] for entry in found["metadata"]["managedFields"]} == {"pulumi"}


def test_what_another_owner_set_conflicts_unless_the_object_takes_it_by_force(
    cluster: Cluster,
) -> None:
    given = config_map(cluster.namespace("conflicts"), a="1")
    cluster.deployer.create(CONFIG_MAP, given)
    with contextlib.closing(cluster.plane.client()) as other:
        other.apply(
            "/api/v1/namespaces/conflicts/configmaps/settings", {**given, "data": {"a": "2"}}
        )
    with pytest.raises(ApiError, match="conflict with"):
        cluster.deployer.update(CONFIG_MAP, "conflicts/settings", given, given)
    forced = deepcopy(given)
    forced["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    cluster.deployer.update(CONFIG_MAP, "conflicts/settings", given, forced)
    assert cluster.get("/api/v1/namespaces/conflicts/configmaps/settings")["data"] == {"a": "1"}


def test_a_refresh_sees_what_was_changed_by_hand_and_nothing_else(cluster: Cluster) -> None:
    client, given = cluster.deployer, deployment(cluster.namespace("drift"))
    given["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "0.05"
    state = plain_map(client.create(DEPLOYMENT, given).properties)
    same = client.read(DEPLOYMENT, "drift/web", state, given)
    assert plain_map(same.inputs) == given
    path = "/apis/apps/v1/namespaces/drift/deployments/web"
    with contextlib.closing(cluster.plane.client()) as hand:
        body = {**document("apps/v1", "Deployment", "web", "drift"), "spec": {"replicas": 3}}
        hand.apply(path, body)
    drifted = plain_map(client.read(DEPLOYMENT, "drift/web", state, given).inputs)
    assert drifted == {**given, "spec": {**given["spec"], "replicas": 3}}


def test_an_immutable_field_replaces_and_the_server_would_refuse_it_in_place(
    cluster: Cluster,
) -> None:
    client, given = cluster.deployer, deployment(cluster.namespace("immutable"))
    state = plain_map(client.create(DEPLOYMENT, given).properties)
    other = deployment("immutable", name="other")
    other["metadata"]["name"] = "web"
    found = client.diff(DEPLOYMENT, given, other)
    assert (found.replaces, found.delete_before_replace) == (["spec.selector"], True)
    with pytest.raises(ApiError, match="field is immutable"):
        client.update(DEPLOYMENT, "immutable/web", state, other)


def test_a_namespace_that_is_not_there_is_refused_but_not_in_a_preview(cluster: Cluster) -> None:
    given = config_map("nowhere", a="1")
    cluster.deployer.create(CONFIG_MAP, given, preview=True)
    with pytest.raises(ApiError, match='namespaces "nowhere" not found'):
        cluster.deployer.create(CONFIG_MAP, given)


def test_what_is_unknown_in_a_preview_is_not_sent(cluster: Cluster) -> None:
    given = config_map(cluster.namespace("unknowns"), a=UNKNOWN)
    assert plain_map(cluster.deployer.create(CONFIG_MAP, given, preview=True).properties) == given


def test_a_role_without_an_access_entry_is_refused_and_one_that_may_only_look_too(
    cluster: Cluster,
) -> None:
    given = config_map(cluster.namespace("strangers"), a="1")
    stranger = cluster.client(f"arn:aws:iam::{ACCOUNT}:role/stranger")
    stranger.create(CONFIG_MAP, given, preview=True)
    with pytest.raises(ApiError, match="no access entry"):
        stranger.create(CONFIG_MAP, given)
    viewer = f"arn:aws:iam::{ACCOUNT}:role/viewer"
    cluster.admit(viewer, "AmazonEKSViewPolicy")
    with pytest.raises(ApiError, match=r"configmaps .* is forbidden"):
        cluster.client(viewer).create(CONFIG_MAP, given)


def test_a_deployment_is_ready_when_its_pods_are_and_gone_when_they_are(cluster: Cluster) -> None:
    client, given = cluster.deployer, deployment(cluster.namespace("deployments"))
    made = client.create(DEPLOYMENT, given)
    state = plain_map(made.properties)
    assert section(state, "status")["availableReplicas"] == 2
    client.delete(DEPLOYMENT, "deployments/web", state)
    assert cluster.get("/api/v1/namespaces/deployments/pods")["items"] == []
    client.delete(DEPLOYMENT, "deployments/web", state)


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        ({"nodeSelector": {"there": "is-none"}}, r"Unschedulable.*node affinity/selector"),
        ({"serviceAccountName": "nobody"}, 'serviceaccount "nobody" not found'),
        (
            {"volumes": [{"name": "v", "secret": {"secretName": "none"}}]},
            'CreateContainerConfigError: secret "none" not found',
        ),
    ],
)
def test_pods_that_cannot_start_fail_the_deployment_with_their_reasons_and_it_is_kept(
    cluster: Cluster, pod: dict[str, object], words: str
) -> None:
    given = deployment(cluster.namespace("reasons"), name=f"web-{min(pod).lower()}")
    given["spec"]["template"]["spec"] |= pod
    with pytest.raises(PartialError, match=words) as caught:
        cluster.deployer.create(DEPLOYMENT, given, seconds=3)
    assert b"reasons/web" in caught.value.details
    given["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    cluster.deployer.update(DEPLOYMENT, f"reasons/{given['metadata']['name']}", given, given)


def test_a_custom_resource_needs_its_definition_and_is_judged_by_it(cluster: Cluster) -> None:
    token, client = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", cluster.deployer
    given = {
        **document("karpenter.k8s.aws/v1", "EC2NodeClass", "default", None),
        "spec": {
            "amiSelectorTerms": [{"alias": "al2023@v20260903"}],
            "role": "nodes",
            "subnetSelectorTerms": [{"tags": {"kind": "private"}}],
            "securityGroupSelectorTerms": [{"id": "sg-0123456789abcdef0"}],
        },
    }
    client.create(token, given, preview=True)
    chart = release("karpenter", "oci://public.ecr.aws/karpenter/karpenter")
    state = plain_map(client.create(RELEASE, chart).properties)
    assert client.read(RELEASE, "karpenter/karpenter", state).resource_id
    wrong = {**given, "spec": {**given["spec"], "amiSelectorTerms": []}}
    with pytest.raises(ApiError, match="amiSelectorTerms"):
        client.create(token, wrong, preview=True)
    client.create(token, given)
    ready = cluster.get("/apis/karpenter.k8s.aws/v1/ec2nodeclasses/default")["status"]["conditions"]
    assert [(found["type"], found["status"]) for found in ready] == [("Ready", "True")]
    client.delete(RELEASE, "karpenter/karpenter", state)
    assert client.read(RELEASE, "karpenter/karpenter", state).resource_id == ""


def test_an_external_secret_makes_its_secret_once_the_operator_and_the_store_are_there(
    cluster: Cluster,
) -> None:
    client = cluster.deployer
    client.create(RELEASE, release("external-secrets", "external-secrets"))
    given = document("external-secrets.io/v1", "ExternalSecret", "db", cluster.namespace("secrets"))
    given["metadata"]["annotations"] = {"pulumi.com/waitFor": "condition=Ready"}
    given["spec"] = {
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": "central"},
        "data": [{"secretKey": "password", "remoteRef": {"key": "db"}}],
    }
    with pytest.raises(PartialError, match='ClusterSecretStore "central" not found'):
        client.create(EXTERNAL_SECRET, given, seconds=1)
    store = document("external-secrets.io/v1", "ClusterSecretStore", "central", None)
    store["spec"] = {"provider": {"aws": {"service": "SecretsManager", "region": REGION}}}
    client.create("kubernetes:external-secrets.io/v1:ClusterSecretStore", store)
    client.create(EXTERNAL_SECRET, given)
    made = cluster.get("/api/v1/namespaces/secrets/secrets/db")
    assert set(made["data"]) == {"password"}
    reading = deployment("secrets", envFrom=[{"secretRef": {"name": "db"}}])
    client.create(DEPLOYMENT, reading)


def test_an_application_goes_while_argo_cd_runs_and_stays_when_that_went_first(
    cluster: Cluster,
) -> None:
    client, token = cluster.deployer, "kubernetes:argoproj.io/v1alpha1:Application"
    installed = client.create(RELEASE, release("argocd", "argo-cd"))
    given = document("argoproj.io/v1alpha1", "Application", "shop", "argocd")
    given["metadata"]["finalizers"] = ["resources-finalizer.argocd.argoproj.io"]
    destination = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
    given["spec"] = {"project": "default", "destination": destination}
    state = plain_map(client.create(token, given).properties)
    client.delete(token, "argocd/shop", state)
    assert client.read(token, "argocd/shop", state).resource_id == ""
    client.create(token, given)
    client.delete(RELEASE, "argocd/argocd", plain_map(installed.properties))
    with pytest.raises(AwaitError, match=r"resources-finalizer\.argocd\.argoproj\.io"):
        client.delete(token, "argocd/shop", state, seconds=0.5)


def test_an_addon_brings_its_definitions(cluster: Cluster) -> None:
    assert install_addon(cluster.plane, "coredns") == []
    names = install_addon(cluster.plane, "vpc-cni")
    assert "securitygrouppolicies.vpcresources.k8s.aws" in names
    for name in names:
        cluster.get(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}")


def test_the_kinds_without_a_namespace_are_known_without_a_server(cluster: Cluster) -> None:
    versions = [
        f"/apis/{version['groupVersion']}"
        for group in cluster.get("/apis")["groups"]
        for version in group["versions"]
    ]
    kinds: dict[str, bool] = {}
    for path in ("/api/v1", *versions):
        for found in cluster.get(path)["resources"]:
            # Reviews are asked and not kept; `pods/log` is a part of another.
            if {"create", "get"} <= set(found["verbs"]) and "/" not in found["name"]:
                kinds[found["kind"]] = found["namespaced"]
    assert {kind for kind, namespaced in kinds.items() if not namespaced} == (
        CLUSTER_SCOPED & kinds.keys()
    )


def test_an_eviction_that_would_break_a_budget_is_refused(cluster: Cluster) -> None:
    client, given = cluster.deployer, deployment(cluster.namespace("budgets"))
    client.create(DEPLOYMENT, given)
    budget = document("policy/v1", "PodDisruptionBudget", "web", "budgets")
    budget["spec"] = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    budget["metadata"]["annotations"] = {"pulumi.com/waitFor": "jsonpath={.status.expectedPods}=2"}
    client.create("kubernetes:policy/v1:PodDisruptionBudget", budget)
    pod = cluster.get("/api/v1/namespaces/budgets/pods")["items"][0]["metadata"]["name"]
    eviction = document("policy/v1", "Eviction", pod, "budgets")
    with pytest.raises(ApiError, match="disruption budget") as caught:
        cluster.post(f"/api/v1/namespaces/budgets/pods/{pod}/eviction", eviction)
    assert caught.value.status == 429
