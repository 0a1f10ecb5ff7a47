from typing import Any

import pytest
from pydantic import ValidationError

from components.contracts import AccountKind
from components.delivery.contract import CACHE_PREFIXES, CONTRACT, REGISTRY, DeliveryConfig
from components.delivery.registry_host import registry_host
from components.delivery.settings import Upstream
from components.versions import UPSTREAM_REGISTRIES

GITOPS = "https://github.com/example/gitops.git"
ARGO_CD: dict[str, Any] = {
    "gitops_repository": GITOPS,
    "applications": {"server": {"namespace": "server"}},
}
SSO: dict[str, Any] = {
    "issuer": "https://login.example.com",
    "client_id": "argo-cd",
    "administrators": ["platform"],
}


def test_nothing_is_made_unasked() -> None:
    config = DeliveryConfig()
    assert config.registry is None
    assert not config.in_a_cluster()


def test_a_cluster_reads_the_registry_only_for_what_runs_in_it() -> None:
    assert CONTRACT.reads(DeliveryConfig(), AccountKind.WORKLOAD) == ()
    wanted = (REGISTRY, CACHE_PREFIXES)
    assert CONTRACT.reads(DeliveryConfig(rollouts=True), AccountKind.WORKLOAD) == wanted


def test_the_registrys_own_account_reads_nothing() -> None:
    config = DeliveryConfig.model_validate({"registry": {}})
    assert CONTRACT.reads(config, AccountKind.SHARED) == ()


def test_what_is_read_is_published_and_what_is_inside_is_not() -> None:
    assert {REGISTRY.output, CACHE_PREFIXES.output} <= CONTRACT.output_names()
    assert "foundations" not in CONTRACT.output_names()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "333344445555.dkr.ecr.eu-central-1.amazonaws.com"),
        ("cn-north-1", "333344445555.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_an_account_and_a_region_say_where_the_registry_is(region: str, host: str) -> None:
    assert registry_host("333344445555", region) == host


def test_every_upstream_has_an_address() -> None:
    assert UPSTREAM_REGISTRIES.keys() == {upstream.value for upstream in Upstream}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"deployment": "argo-cd"}, "argo_cd: got none with deployment: argo-cd, wanted settings"),
        ({"argo_cd": ARGO_CD}, "argo_cd: got settings with deployment: direct, wanted none"),
        (
            {"registry": {"caches": ["docker-hub", "quay"]}},
            "caches: got docker-hub without credentials, wanted docker-hub there first",
        ),
        (
            {"registry": {"credentials": ["quay"]}},
            "credentials: got quay, wanted any of docker-hub, ghcr",
        ),
        (
            {"registry": {"repositories": {"quay/app": {}}}},
            "repositories: got quay/app, wanted no name of a cache",
        ),
        (
            {"registry": {"replicate": True}},
            "replicate: got true with 0 repositories, wanted 1 to 100",
        ),
        (
            {"registry": {"repositories": {"app": {"branches": ["main"]}}}},
            "branches: got some without a source",
        ),
        (
            {"registry": {"repositories": {"app": {"mutable_tags": ["v*", "cache"]}}}},
            r"mutable_tags: got v\*, wanted none that a release has",
        ),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        DeliveryConfig.model_validate(values)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"host": "argocd"}, "sso: got none with a host, wanted both or neither"),
        ({"sso": SSO}, "sso: got settings without a host, wanted both or neither"),
        ({"applications": {}}, "applications"),
        ({"gitops_repository": "https://user:token@github.com/example/gitops.git"}, "gitops"),
        ({"gitops_repository": "https://github.com/example/*.git"}, "gitops_repository"),
    ],
)
def test_what_argo_cd_cannot_be_is_refused(changes: dict[str, Any], problem: str) -> None:
    values = {"deployment": "argo-cd", "argo_cd": {**ARGO_CD, **changes}}
    with pytest.raises(ValidationError, match=problem):
        DeliveryConfig.model_validate(values)


@pytest.mark.parametrize("revision", ["main", "master", "HEAD", "v3", "3.2", "release/3.2.1"])
def test_a_third_partys_chart_never_follows_a_branch(revision: str) -> None:
    chart = {"repository": "https://github.com/nixys/nxs-universal-chart.git"}
    application = {"namespace": "server", "chart": {**chart, "revision": revision}}
    values = {**ARGO_CD, "applications": {"server": application}}
    with pytest.raises(ValidationError, match="revision"):
        DeliveryConfig.model_validate({"deployment": "argo-cd", "argo_cd": values})


@pytest.mark.parametrize("group", ["a\nb", 'a", role:admin', "*", "a,b", ""])
def test_a_group_cannot_say_more_than_its_name(group: str) -> None:
    sso = {**SSO, "readers": [group]}
    values = {**ARGO_CD, "host": "argocd", "sso": sso}
    with pytest.raises(ValidationError, match="readers"):
        DeliveryConfig.model_validate({"deployment": "argo-cd", "argo_cd": values})
