from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from components.contracts import AccountKind
from components.dns.contract import ROOT_ZONE_ID
from components.edge.contract import CONTRACT, EdgeConfig
from components.edge.settings import OidcConfig, Sealed

OIDC = {
    "issuer": "https://id.example.com",
    "authorization_endpoint": "https://id.example.com/authorize",
    "token_endpoint": "https://id.example.com/token",
    "user_info_endpoint": "https://id.example.com/userinfo",
    "client_id": "pages",
    "client_secret": {"secure": "v1:sealed"},
}


def refused(match: str, **values: object) -> None:
    with pytest.raises(ValidationError, match=match):
        EdgeConfig.model_validate(values)


def test_nothing_is_open_to_the_internet_unasked() -> None:
    config = EdgeConfig()
    assert (config.site, config.api, config.admin) == (None, None, None)
    assert config.origin_protection == "vpc-origin"


def test_the_root_zone_is_read_where_the_site_answers_there() -> None:
    apex = EdgeConfig.model_validate({"site": {"apex": True}})
    assert CONTRACT.reads(apex, AccountKind.WORKLOAD) == (ROOT_ZONE_ID,)
    assert CONTRACT.reads(apex, AccountKind.SHARED) == ()
    own = EdgeConfig.model_validate({"site": {}, "api": {}})
    assert CONTRACT.reads(own, AccountKind.WORKLOAD) == ()


def test_admin_pages_are_behind_the_load_balancer() -> None:
    refused("admin: got pages without api", site={}, admin={"hosts": ["argocd"], "oidc": OIDC})


@pytest.mark.parametrize("taken", ["api", "origin"])
def test_an_admin_page_takes_no_name_that_is_in_use(taken: str) -> None:
    refused(
        f"admin.hosts: got {taken}, wanted names nothing else has",
        api={},
        admin={"hosts": ["argocd", taken], "oidc": OIDC},
    )


@pytest.mark.parametrize("mode", ["prefix-list", "public-waf"])
def test_cloudfronts_group_is_for_vpc_origins(mode: str) -> None:
    refused(
        f"origin_security_group: got one with origin_protection: {mode}, wanted none",
        api={},
        origin_protection=mode,
        origin_security_group="sg-0123456789abcdef0",
    )


@pytest.mark.parametrize(
    "values",
    [
        {"site": None},
        {"site": {}, "api": {"host": None, "site_paths": []}},
        {"site": {}, "origin_protection": "public-waf"},
    ],
)
def test_somebody_reaches_the_api(values: dict[str, Any]) -> None:
    refused("api: got neither a host nor paths of a site", **{"api": {"host": None}, **values})


def test_the_api_may_be_paths_of_the_site_alone() -> None:
    config = EdgeConfig.model_validate({"site": {}, "api": {"host": None}})
    assert config.site_paths() == ("/api/*",)


def test_without_cloudfront_the_site_has_no_paths_of_the_api() -> None:
    config = EdgeConfig.model_validate({"api": {}, "origin_protection": "public-waf"})
    assert config.site_paths() == ()


def test_oidc_settings_are_for_oidc() -> None:
    refused("got none with authentication: oidc, wanted settings", api={}, admin={"hosts": ["a"]})
    refused(
        "got settings with authentication: basic, wanted none",
        api={},
        admin={"hosts": ["a"], "authentication": "basic", "oidc": OIDC},
    )


def test_an_allow_list_that_allows_everybody_is_none() -> None:
    refused(
        "allowed_cidrs: got 0.0.0.0/0",
        api={},
        admin={"hosts": ["a"], "oidc": OIDC, "allowed_cidrs": ["0.0.0.0/0"]},
    )


def test_every_admin_host_is_named_once() -> None:
    refused("hosts: got a, a, wanted each once", api={}, admin={"hosts": ["a", "a"], "oidc": OIDC})


@pytest.mark.parametrize(
    ("key", "value"),
    [("issuer", "http://id.example.com"), ("session_hours", 9), ("scope", "email")],
)
def test_a_login_is_over_tls_for_a_working_day_and_says_who(key: str, value: object) -> None:
    refused(f"admin.oidc.{key}", api={}, admin={"hosts": ["a"], "oidc": {**OIDC, key: value}})


def test_a_client_secret_may_be_sealed_and_never_shows() -> None:
    assert isinstance(OidcConfig.model_validate(OIDC).client_secret, Sealed)
    opened = OidcConfig.model_validate({**OIDC, "client_secret": "hush"})
    assert isinstance(opened.client_secret, SecretStr)
    assert "hush" not in repr(opened)


@pytest.mark.parametrize(
    "policy", ["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-0-2021-06"]
)
def test_old_tls_is_refused(policy: str) -> None:
    refused(f"got {policy}, wanted one of ELBSecurityPolicy-TLS13-1-2", api={"tls_policy": policy})


@pytest.mark.parametrize("key", ["port", "health_port"])
@pytest.mark.parametrize("port", [7999, 8100])
def test_pods_listen_where_the_network_lets_load_balancers_through(key: str, port: int) -> None:
    refused(f"api.target.{key}", api={"target": {key: port}})


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("host", "api.v1"),
        ("site_paths", ["api/*"]),
        ("site_paths", ["/a/*", "/b/*", "/c/*", "/d/*"]),
        ("idle_timeout_seconds", 4001),
    ],
)
def test_what_aws_would_refuse_is_refused_before(part: str, value: object) -> None:
    refused(f"api.{part}", api={part: value})
