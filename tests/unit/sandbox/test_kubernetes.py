"""The Kubernetes provider: refuses what an API server would, names and keeps the rest."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
)

from sandbox.kubernetes import schemas
from sandbox.kubernetes.cluster import VERSION_EXTENSION, cluster_of
from sandbox.kubernetes.objects import AUTONAMED
from sandbox.kubernetes.provider import KubernetesProvider
from sandbox.kubernetes.recorded import RefusedError
from sandbox.plugins.values import UNKNOWN, plain_map, wrap, wrap_map
from sandbox.store import Store

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
NAMESPACE = "kubernetes:core/v1:Namespace"
RELEASE = "kubernetes:helm.sh/v3:Release"
NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
SEED = bytes(range(32))


def urn_of(token: str, name: str = "it") -> str:
    return f"urn:pulumi:staging::superinc::{token}::{name}"


def deployment(**container: object) -> dict[str, Any]:
    labels = {"app": "web"}
    containers = [{"name": "web", "image": "web:1", **container}]
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": spec,
    }


class Client:
    """The provider as the engine sees it, with plain values."""

    def __init__(self, provider: KubernetesProvider) -> None:
        self.provider = provider

    def configure(self, **config: object) -> None:
        request = ConfigureRequest({}, wrap_map(config), True, True)
        asyncio.run(self.provider.configure(request))

    def check(
        self, token: str, new: Mapping[str, object], old: Mapping[str, object] | None = None
    ) -> CheckResponse:
        request = CheckRequest(urn_of(token), wrap_map(old or {}), wrap_map(new), SEED)
        return asyncio.run(self.provider.check(request))

    def failures(self, token: str, new: Mapping[str, object]) -> list[tuple[str, str]]:
        found = self.check(token, new).failures or []
        return [(failure.property, failure.reason) for failure in found]

    def create(
        self, token: str, inputs: Mapping[str, object], *, preview: bool = False
    ) -> CreateResponse:
        request = CreateRequest(urn_of(token), wrap_map(inputs), 0, preview)
        return asyncio.run(self.provider.create(request))

    def read(self, token: str, identity: str) -> ReadResponse:
        return asyncio.run(self.provider.read(ReadRequest(urn_of(token), identity, {}, {})))

    def diff(
        self, token: str, old: Mapping[str, object], new: Mapping[str, object]
    ) -> DiffResponse:
        request = DiffRequest(urn_of(token), "x", wrap_map(old), wrap_map(new), [])
        return asyncio.run(self.provider.diff(request))


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(KubernetesProvider(Store.open(tmp_path)))


def config_map(**metadata: object) -> dict[str, Any]:
    return {"metadata": {"name": "settings", **metadata}, "data": {"a": "b"}}


def test_a_valid_object_is_accepted(client: Client) -> None:
    assert client.failures(DEPLOYMENT, deployment()) == []


def test_an_unknown_field_is_refused_with_its_path(client: Client) -> None:
    assert client.failures(DEPLOYMENT, deployment(imagePullPolice="Always")) == [
        ("spec.template.spec.containers[0].imagePullPolice", "unknown field")
    ]


def test_a_wrong_type_and_a_missing_field_are_refused_with_their_paths(client: Client) -> None:
    ports = [{"containerPort": "http"}, {"name": "admin"}]
    found = dict(client.failures(DEPLOYMENT, deployment(ports=ports)))
    base = "spec.template.spec.containers[0].ports"
    assert "'http' is not of type 'integer'" in found[f"{base}[0].containerPort"]
    assert found[f"{base}[1].containerPort"] == "required value"


def test_what_is_unknown_in_a_preview_is_not_missing_but_the_rest_is_still_checked(
    client: Client,
) -> None:
    assert client.failures(DEPLOYMENT, deployment(name=UNKNOWN)) == []
    found = client.failures(DEPLOYMENT, deployment(name=UNKNOWN, imagePullPolice="Always"))
    assert [path for path, _ in found] == ["spec.template.spec.containers[0].imagePullPolice"]


def test_a_kind_the_version_does_not_have_is_refused(client: Client) -> None:
    found = client.failures("kubernetes:policy/v1beta1:PodSecurityPolicy", {})
    assert found[0][0] == "kind"
    assert 'no matches for kind "PodSecurityPolicy" in version "policy/v1beta1"' in found[0][1]


def test_the_version_to_check_against_is_the_clusters() -> None:
    extension = {"name": VERSION_EXTENSION, "extension": {"version": "1.29"}}
    endpoint = {"server": "https://one", "extensions": [extension]}
    kubeconfig = json.dumps({"clusters": [{"cluster": endpoint, "name": "kubernetes"}]})
    cluster = cluster_of({"kubeconfig": kubeconfig})
    assert (cluster.server, cluster.version) == ("https://one", "1.29")
    assert cluster_of({}).version == schemas.versions()[-1]
    assert cluster_of({"kubeconfig": UNKNOWN}).server == ""


def test_the_nearest_version_is_never_newer_than_wanted() -> None:
    assert schemas.nearest("v1.30.4") == "1.30"
    assert schemas.nearest("1.99") == schemas.versions()[-1]
    assert schemas.nearest("1.2") == schemas.versions()[0]


def test_a_custom_resource_is_taken_as_it_is(client: Client) -> None:
    assert client.failures(NODE_POOL, {"spec": {"anything": True}}) == []


def test_a_name_is_chosen_once_and_kept(client: Client) -> None:
    inputs = plain_map(client.check(CONFIG_MAP, {"data": {"a": "b"}}).inputs or {})
    metadata: Any = inputs["metadata"]
    assert metadata["name"] == f"it-{SEED[:4].hex()}"
    assert metadata["annotations"] == {AUTONAMED: "true"}
    request = CheckRequest(urn_of(CONFIG_MAP), wrap_map(inputs), wrap_map({}), b"other" * 8)
    again: Any = plain_map(asyncio.run(client.provider.check(request)).inputs or {})
    assert again["metadata"]["name"] == metadata["name"]


def test_a_given_name_is_kept_and_not_marked(client: Client) -> None:
    inputs: Any = plain_map(client.check(CONFIG_MAP, config_map()).inputs or {})
    assert inputs["metadata"] == {"name": "settings"}
    assert (inputs["apiVersion"], inputs["kind"]) == ("v1", "ConfigMap")


@pytest.mark.parametrize(
    ("token", "inputs", "identity"),
    [
        (CONFIG_MAP, {"apiVersion": "v1", "kind": "ConfigMap", **config_map()}, "default/settings"),
        (
            NAMESPACE,
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}},
            "apps",
        ),
        (
            NODE_POOL,
            {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "spot"}},
            "spot",
        ),
    ],
)
def test_the_id_tells_the_namespace_where_there_is_one(
    client: Client, token: str, inputs: Mapping[str, object], identity: str
) -> None:
    assert client.create(token, inputs).resource_id == identity


def accepted(client: Client, **metadata: object) -> dict[str, Any]:
    return plain_map(client.check(CONFIG_MAP, config_map(**metadata)).inputs or {})


def test_a_namespace_must_exist(client: Client) -> None:
    with pytest.raises(RefusedError, match='namespaces "apps" not found'):
        client.create(CONFIG_MAP, accepted(client, namespace="apps"))
    namespace = plain_map(client.check(NAMESPACE, {"metadata": {"name": "apps"}}).inputs or {})
    client.create(NAMESPACE, namespace)
    assert client.create(CONFIG_MAP, accepted(client, namespace="apps")).resource_id


def test_a_namespace_of_another_cluster_does_not_count(client: Client) -> None:
    namespace = plain_map(client.check(NAMESPACE, {"metadata": {"name": "apps"}}).inputs or {})
    client.create(NAMESPACE, namespace)
    kubeconfig = {"clusters": [{"cluster": {"server": "https://two"}}]}
    client.configure(kubeconfig=json.dumps(kubeconfig))
    with pytest.raises(RefusedError, match="not found"):
        client.create(CONFIG_MAP, accepted(client, namespace="apps"))


def test_a_release_may_bring_its_namespace(client: Client) -> None:
    release = {"chart": "karpenter", "version": "1.6.2", "namespace": "karpenter"}
    inputs = plain_map(client.check(RELEASE, release).inputs or {})
    with pytest.raises(RefusedError, match='namespaces "karpenter" not found'):
        client.create(RELEASE, inputs)
    response = client.create(RELEASE, {**inputs, "createNamespace": True})
    status: Any = plain_map(response.properties)["status"]
    assert response.resource_id == f"karpenter/it-{SEED[:4].hex()}"
    assert (status["status"], status["version"], status["revision"]) == ("deployed", "1.6.2", 1)
    assert client.create(CONFIG_MAP, accepted(client, namespace="karpenter")).resource_id


def test_a_release_is_refused_without_a_chart_and_with_a_misspelt_option(client: Client) -> None:
    assert client.failures(RELEASE, {"skipCRDs": True}) == [
        ("skipCRDs", "unknown field"),
        ("chart", "required value"),
    ]


def test_an_object_that_was_unknown_in_the_preview_is_checked_when_it_is_made(
    client: Client,
) -> None:
    with pytest.raises(RefusedError, match=r"Deployment web is invalid: spec\.replicas: 'two'"):
        client.create(
            DEPLOYMENT, {**deployment(), "spec": {**deployment()["spec"], "replicas": "two"}}
        )


def test_a_preview_creates_nothing(client: Client, tmp_path: Path) -> None:
    client.create(CONFIG_MAP, accepted(client), preview=True)
    assert Store.open(tmp_path).live() == []


def test_what_was_made_is_read_again_and_gone_after_deletion(
    client: Client, tmp_path: Path
) -> None:
    identity = str(client.create(CONFIG_MAP, accepted(client)).resource_id)
    assert plain_map(client.read(CONFIG_MAP, identity).inputs)["data"] == {"a": "b"}
    request = DeleteRequest(urn_of(CONFIG_MAP), identity, {}, 0)
    asyncio.run(client.provider.delete(request))
    assert client.read(CONFIG_MAP, identity).resource_id == ""
    assert Store.open(tmp_path).counts() == {"kubernetes": 1}


def test_an_update_is_checked_and_kept(client: Client) -> None:
    inputs = accepted(client)
    identity = str(client.create(CONFIG_MAP, inputs).resource_id)
    news = wrap_map({**inputs, "data": {"a": "c"}})
    update = UpdateRequest(urn_of(CONFIG_MAP), identity, {}, news, 0, [], preview=False)
    asyncio.run(client.provider.update(update))
    assert plain_map(client.read(CONFIG_MAP, identity).inputs)["data"] == {"a": "c"}
    bad = UpdateRequest(
        urn_of(CONFIG_MAP), identity, {}, wrap_map({**inputs, "dat": {}}), 0, [], preview=False
    )
    with pytest.raises(RefusedError, match="dat: unknown field"):
        asyncio.run(client.provider.update(bad))


def test_a_secret_in_metadata_stays_secret(client: Client) -> None:
    inputs = wrap_map(accepted(client))
    inputs["metadata"] = wrap({"name": "settings", "annotations": {"token": "t"}}, secret=True)
    request = CreateRequest(urn_of(CONFIG_MAP), inputs, 0, preview=False)
    created = asyncio.run(client.provider.create(request))
    assert created.properties["metadata"].is_secret


def test_the_same_object_is_no_difference_and_another_scale_an_update(client: Client) -> None:
    old = deployment()
    assert client.diff(DEPLOYMENT, old, deployment()).changes is False
    scaled = client.diff(DEPLOYMENT, old, {**old, "spec": {**old["spec"], "replicas": 3}})
    assert (scaled.changes, scaled.replaces, scaled.diffs) == (True, [], ["spec"])


def test_another_name_or_selector_is_another_object(client: Client) -> None:
    old = deployment()
    renamed = client.diff(DEPLOYMENT, old, {**old, "metadata": {"name": "other"}})
    assert (renamed.replaces, renamed.delete_before_replace) == (["metadata.name"], True)
    spec = {**old["spec"], "selector": {"matchLabels": {"app": "other"}}}
    assert client.diff(DEPLOYMENT, old, {**old, "spec": spec}).replaces == ["spec.selector"]


def test_a_config_maps_data_is_mutable_only_when_the_provider_says_so(client: Client) -> None:
    old, new = config_map(), {**config_map(), "data": {"a": "c"}}
    assert client.diff(CONFIG_MAP, old, new).replaces == ["data"]
    client.configure(enableConfigMapMutable=True)
    changed = client.diff(CONFIG_MAP, old, new)
    assert (changed.changes, changed.replaces) == (True, [])
