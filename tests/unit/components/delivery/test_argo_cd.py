from collections.abc import Callable
from typing import Any

import pulumi
import pytest
import yaml

from tests.recording import Recorded, Recording
from tests.wire import Secret

DeliveryRecorder = Callable[..., Recording]

GITOPS = "https://github.com/example/gitops.git"
CHART = {
    "repository": "https://github.com/nixys/nxs-universal-chart.git",
    "revision": "v3.2.1",
}
ARGO_CD: dict[str, Any] = {
    "gitops_repository": GITOPS,
    "applications": {
        "server": {"namespace": "server", "chart": CHART},
        "worker": {"namespace": "jobs"},
    },
}
SSO = {
    "issuer": "https://login.example.com",
    "client_id": "argo-cd",
    "administrators": ["platform"],
    "readers": ["developers"],
}
REGISTRY = "333344445555.dkr.ecr.eu-central-1.amazonaws.com"
RELEASE = "delivery-argo-cd-release"


@pytest.fixture
def argo_cd(delivery: DeliveryRecorder) -> DeliveryRecorder:
    """Records staging with Argo CD, with more settings."""

    def made(around: dict[str, Any] | None = None, **settings: object) -> Recording:
        values = {"deployment": "argo-cd", "argo_cd": {**ARGO_CD, **settings}}
        return delivery("staging", **values, **(around or {}))

    return made


@pytest.fixture
def with_pages(argo_cd: DeliveryRecorder) -> Recording:
    """Argo CD with pages behind the login of admin pages."""
    around = {"admin_hosts": ["argocd.staging.example.com"]}
    return argo_cd(around, host="argocd", sso=SSO)


def of_kind(recording: Recording, kind: str) -> dict[str, Recorded]:
    """Custom resources of a kind by their names in the cluster."""
    return {
        one.inputs["metadata"]["name"]: one
        for one in recording.resources
        if one.inputs.get("kind") == kind
    }


def release(recording: Recording, name: str = RELEASE) -> Recorded:
    return recording.one("helm.sh/v3:Release", name)


def test_the_chart_is_pinned_and_comes_whole_or_not_at_all(argo_cd: DeliveryRecorder) -> None:
    inputs = release(argo_cd()).inputs
    assert inputs["version"] == "10.1.1"
    assert inputs["repositoryOpts"] == {"repo": "https://argoproj.github.io/argo-helm"}
    assert inputs["atomic"] is True
    assert inputs["namespace"] == "argocd"


def test_images_come_by_way_of_our_registry(argo_cd: DeliveryRecorder) -> None:
    values = release(argo_cd()).inputs["values"]
    assert values["global"]["image"]["repository"] == f"{REGISTRY}/quay/argoproj/argocd"
    redis = values["redis-ha"]
    library = f"{REGISTRY}/ecr-public/docker/library"
    assert redis["image"]["repository"] == f"{library}/redis"
    assert redis["haproxy"]["image"]["repository"] == f"{library}/haproxy"


def test_every_part_has_a_second_pod_unless_told(argo_cd: DeliveryRecorder) -> None:
    values = release(argo_cd()).inputs["values"]
    for part in ("server", "repoServer"):
        assert values[part]["replicas"] == 2
        assert values[part]["pdb"] == {"enabled": True, "maxUnavailable": 1}
    assert values["redis-ha"]["enabled"] is True
    single = release(argo_cd(high_availability=False)).inputs["values"]
    assert single["server"]["replicas"] == 1
    assert "pdb" not in single["server"]
    assert single["redis-ha"] == {"enabled": False}


def test_no_part_limits_its_processor(argo_cd: DeliveryRecorder) -> None:
    values = release(argo_cd()).inputs["values"]
    for part in ("controller", "repoServer", "server"):
        resources = values[part]["resources"]
        assert resources["limits"] == {"memory": resources["requests"]["memory"]}


def test_nobody_signs_in_without_being_known(argo_cd: DeliveryRecorder) -> None:
    configs = release(argo_cd()).inputs["values"]["configs"]
    assert configs["cm"]["admin.enabled"] is False
    assert configs["cm"]["exec.enabled"] is False
    assert configs["rbac"] == {"policy.default": "", "policy.csv": ""}
    assert "oidc.config" not in configs["cm"]


def test_people_sign_in_by_the_identity_provider(with_pages: Recording) -> None:
    configs = release(with_pages).inputs["values"]["configs"]
    assert configs["cm"]["url"] == "https://argocd.staging.example.com"
    oidc = yaml.safe_load(configs["cm"]["oidc.config"])
    assert oidc["issuer"] == "https://login.example.com"
    assert oidc["clientID"] == "argo-cd"
    assert oidc["clientSecret"] == "$oidc.clientSecret"
    lines = configs["rbac"]["policy.csv"].splitlines()
    assert lines == ['g, "platform", role:admin', 'g, "developers", role:readonly']


def test_an_application_reads_the_values_of_its_environment_and_no_others(
    argo_cd: DeliveryRecorder,
) -> None:
    applications = of_kind(argo_cd(), "Application")
    assert applications.keys() == {"server", "worker"}
    chart, values = applications["server"].inputs["spec"]["sources"]
    assert chart == {
        "repoURL": CHART["repository"],
        "path": ".",
        "targetRevision": "v3.2.1",
        "helm": {"valueFiles": ["$values/server/staging/values.yaml"]},
    }
    assert values == {"repoURL": GITOPS, "targetRevision": "main", "ref": "values"}
    own, _ = applications["worker"].inputs["spec"]["sources"]
    assert (own["repoURL"], own["path"]) == (GITOPS, "worker/chart")
    for one in applications.values():
        files = one.inputs["spec"]["sources"][0]["helm"]["valueFiles"]
        assert len(files) == 1
        assert "production" not in str(one.inputs)


def test_the_project_names_all_and_opens_nothing(argo_cd: DeliveryRecorder) -> None:
    (project,) = of_kind(argo_cd(), "AppProject").values()
    spec = project.inputs["spec"]
    assert "*" not in str(spec)
    assert spec["sourceRepos"] == sorted([GITOPS, CHART["repository"]])
    assert [one["namespace"] for one in spec["destinations"]] == ["jobs", "server"]
    assert spec["clusterResourceWhitelist"] == []
    kinds = {one["kind"] for one in spec["namespaceResourceWhitelist"]}
    assert not kinds & {"Ingress", "LimitRange", "Namespace", "ResourceQuota", "Secret"}


def test_applications_go_before_argo_cd_and_before_what_they_rest_on(
    argo_cd: DeliveryRecorder,
) -> None:
    recording = argo_cd({"rollouts": True})
    foundations = {one.urn for one in recording.of("test:index:Foundation")}
    assert len(foundations) == 5
    releases = {one.urn for one in recording.of("helm.sh/v3:Release")}
    for one in of_kind(recording, "Application").values():
        assert foundations | releases <= one.depends_on
        assert one.inputs["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]


def test_argo_cd_makes_no_namespace_and_leaves_replicas_alone(argo_cd: DeliveryRecorder) -> None:
    spec = of_kind(argo_cd(), "Application")["server"].inputs["spec"]
    assert "CreateNamespace=false" in spec["syncPolicy"]["syncOptions"]
    assert {one["kind"] for one in spec["ignoreDifferences"]} == {"Deployment", "StatefulSet"}


def test_a_rollout_may_move_weights_meanwhile(argo_cd: DeliveryRecorder) -> None:
    spec = of_kind(argo_cd({"rollouts": True}), "Application")["server"].inputs["spec"]
    ignored = {one["kind"]: one for one in spec["ignoreDifferences"]}
    assert ignored.keys() == {"Deployment", "HTTPRoute", "Rollout", "StatefulSet"}
    assert ignored["HTTPRoute"]["jqPathExpressions"] == [".spec.rules[]?.backendRefs[]?.weight"]


def test_the_webhook_is_one_path_of_the_apis_name(argo_cd: DeliveryRecorder) -> None:
    recording = argo_cd()
    routes = of_kind(recording, "HTTPRoute")
    assert routes.keys() == {"argocd-webhook"}
    spec = routes["argocd-webhook"].inputs["spec"]
    assert spec["hostnames"] == ["api.staging.example.com"]
    assert spec["parentRefs"] == [{"namespace": "traefik", "name": "public"}]
    (rule,) = spec["rules"]
    path = {"type": "Exact", "value": "/argo-cd/api/webhook"}
    assert rule["matches"] == [{"path": path, "method": "POST"}]
    assert rule["filters"][0]["urlRewrite"]["path"]["replaceFullPath"] == "/api/webhook"
    assert rule["backendRefs"] == [{"name": "argocd-server", "port": 80}]
    url = "https://api.staging.example.com/argo-cd/api/webhook"
    assert recording.exports["webhook_url"] == url


def test_the_webhooks_secret_is_merged_into_argo_cds_own(argo_cd: DeliveryRecorder) -> None:
    recording = argo_cd()
    secret = recording.one("secretsmanager/secret:Secret")
    assert secret.inputs["namePrefix"] == "staging/argocd/webhook-"
    assert secret.inputs["kmsKeyId"] == "the secrets key"
    version = recording.one("SecretVersion")
    assert isinstance(version.inputs["secretString"], Secret)
    (external,) = of_kind(recording, "ExternalSecret").values()
    spec = external.inputs["spec"]
    assert spec["target"]["creationPolicy"] == "Merge"
    assert spec["target"]["name"] == "argocd-secret"
    assert spec["data"] == [
        {
            "secretKey": "webhook.github.secret",
            "remoteRef": {"key": secret.outputs["name"]},
        }
    ]
    assert {release(recording).urn, version.urn} <= external.depends_on
    assert recording.exports["webhook_secret_arn"] == secret.outputs["arn"]


def test_without_a_webhook_nothing_is_open(argo_cd: DeliveryRecorder) -> None:
    recording = argo_cd({"api_host": None}, webhook=False)
    assert not of_kind(recording, "HTTPRoute")
    assert not of_kind(recording, "ExternalSecret")
    assert "webhook_url" not in recording.exports


def test_pages_are_behind_the_login_of_admin_pages(with_pages: Recording) -> None:
    pages = of_kind(with_pages, "HTTPRoute")["argocd-pages"].inputs["spec"]
    assert pages["hostnames"] == ["argocd.staging.example.com"]
    sso = with_pages.one("secretsmanager/secret:Secret", "delivery-argo-cd-secrets-sso-secret")
    assert sso.inputs["namePrefix"] == "staging/argocd/sso-"
    assert with_pages.names("SecretVersion") == {"delivery-argo-cd-secrets-webhook-version"}


@pytest.mark.parametrize(
    ("around", "settings", "problem"),
    [
        ({"cluster": False}, {}, "got argo_cd or rollouts without a cluster"),
        ({"api_host": None}, {}, r"webhook: got true without superinc:edge\.api\.host"),
        (
            {"admin_hosts": ["grafana.staging.example.com"]},
            {"host": "argocd", "sso": SSO},
            r"host: got argocd\.staging\.example\.com, wanted one of superinc:edge\.admin\.hosts",
        ),
    ],
)
def test_what_it_needs_of_others_is_told(
    argo_cd: DeliveryRecorder, around: dict[str, Any], settings: dict[str, Any], problem: str
) -> None:
    with pytest.raises(pulumi.RunError, match=problem):
        argo_cd(around, **settings)


def test_only_the_gateway_reaches_the_server_and_nobody_what_is_not_opened(
    argo_cd: DeliveryRecorder,
) -> None:
    recording = argo_cd()
    policies = {
        one.inputs["metadata"]["name"]: one.inputs["spec"]
        for one in recording.of("networking.k8s.io/v1:NetworkPolicy")
    }
    assert policies.keys() == {"gateway", "platform-closed", "platform-ways", "within"}
    closed = policies["platform-closed"]
    assert not closed.get("ingress")
    assert not closed.get("egress")
    platform = policies["platform-ways"]
    assert platform["podSelector"] == {}
    assert platform["policyTypes"] == ["Ingress", "Egress"]
    # A rule without ports would open them all.
    (anybody,) = platform["ingress"]
    assert anybody["ports"] == [{"protocol": "TCP", "port": 8082, "endPort": 8084}]
    assert {one["port"] for one in platform["egress"][0]["ports"]} == {53, 443}
    (rule,) = policies["gateway"]["ingress"]
    assert rule["ports"] == [{"port": 8080, "protocol": "TCP"}]
    name = {"kubernetes.io/metadata.name": "traefik"}
    assert rule["from"] == [{"namespaceSelector": {"matchLabels": name}}]
    labels = policies["gateway"]["podSelector"]["matchLabels"]
    assert labels["app.kubernetes.io/name"] == "argocd-server"
    chart = release(recording).inputs["values"]["global"]["networkPolicy"]
    assert chart == {"create": False}


def test_rollouts_bring_the_plugin_of_the_gateway_api(delivery: DeliveryRecorder) -> None:
    recording = delivery("staging", rollouts=True)
    values = release(recording, "delivery-rollouts-release").inputs["values"]
    controller = values["controller"]
    assert controller["replicas"] == 2
    assert controller["image"] == {
        "registry": REGISTRY,
        "repository": "quay/argoproj/argo-rollouts",
    }
    (plugin,) = controller["trafficRouterPlugins"]
    assert plugin["name"] == "argoproj-labs/gatewayAPI"
    (copy,) = controller["initContainers"]
    # Nothing caches GHCR here: it comes from there.
    image = "ghcr.io/argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi:v0.15.0"
    assert copy["image"] == image
    assert copy["securityContext"]["runAsNonRoot"] is True
    providers = values["providerRBAC"]["providers"]
    assert [name for name, on in providers.items() if on] == ["gatewayAPI"]
    assert recording.exports["rollouts"] is True
    assert recording.exports["foundations"] == ["argo-rollouts"]


def test_a_later_layer_can_wait_for_both(argo_cd: DeliveryRecorder) -> None:
    recording = argo_cd({"rollouts": True})
    assert recording.exports["foundations"] == ["argo-cd", "argo-rollouts"]
    assert recording.exports["deployment"] == "argo-cd"


def test_direct_deployment_needs_nothing_in_the_cluster(delivery: DeliveryRecorder) -> None:
    recording = delivery("staging", cluster=False)
    assert recording.exports["deployment"] == "direct"
    assert recording.exports["rollouts"] is False
    assert not recording.of("helm.sh/v3:Release")


def test_everything_is_made_in_the_cluster_by_its_provider(argo_cd: DeliveryRecorder) -> None:
    recording = argo_cd({"rollouts": True})
    of_the_cluster = [
        one for one in recording.resources if one.custom and one.type.startswith("kubernetes:")
    ]
    assert len(of_the_cluster) > 15
    assert {one.provider for one in of_the_cluster} == {"cluster"}


def test_it_builds_before_anything_is_known(argo_cd: DeliveryRecorder) -> None:
    known = {one.urn for one in argo_cd({"rollouts": True}).resources}
    planned = argo_cd({"rollouts": True, "preview": True})
    assert {one.urn for one in planned.resources} == known
