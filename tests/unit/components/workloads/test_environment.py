"""The environment: variables only, secrets by reference, the database in parts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.workloads.environment import config_map_name
from components.workloads.environment_rules import environment_problems
from tests.unit.components.workloads.conftest import WorkloadsRecorder

DATABASE = {"host": "db.internal", "name": "shop", "secret": "database"}


def test_a_changed_variable_is_another_config_map(hello: WorkloadsRecorder) -> None:
    names: set[str] = set()
    for greeting in ("Hello", "Goodbye"):
        recording = hello({"environment": {"GREETING": greeting}})
        config_map = recording.one("core/v1:ConfigMap").inputs
        (container,) = recording.one("apps/v1:Deployment").inputs["spec"]["template"]["spec"][
            "containers"
        ]
        name = config_map["metadata"]["name"]
        assert container["envFrom"] == [{"configMapRef": {"name": name}}]
        assert config_map["data"] == {"GREETING": greeting, "PORT": "8080"}
        assert config_map["immutable"] is True
        names.add(name)
    assert len(names) == 2


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=2))
def test_the_order_of_variables_is_no_change(variables: dict[str, str]) -> None:
    backwards = dict(reversed(list(variables.items())))
    assert config_map_name("hello", variables) == config_map_name("hello", backwards)


def test_the_database_comes_in_parts_and_its_password_by_reference(
    hello: WorkloadsRecorder,
) -> None:
    recording = hello({"database": {**DATABASE, "reader_host": "ro.internal"}})
    assert recording.one("core/v1:ConfigMap").inputs["data"] == {
        "PORT": "8080",
        "DB_HOST": "db.internal",
        "DB_RO_HOST": "ro.internal",
        "DB_PORT": "5432",
        "DB_NAME": "shop",
    }
    (container,) = recording.one("apps/v1:Deployment").inputs["spec"]["template"]["spec"][
        "containers"
    ]
    assert container["env"] == [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": "hello-secrets", "key": name}}}
        for name in ("DB_PASSWORD", "DB_USER")
    ]


def test_secrets_are_read_below_the_accounts_and_the_namespaces_name(
    hello: WorkloadsRecorder,
) -> None:
    recording = hello(
        {
            "database": DATABASE,
            "secrets": {
                "API_TOKEN": {"key": "partner/api", "property": "token"},
                "FLAG": {"key": "flag", "store": "parameter-store"},
            },
        }
    )
    found: dict[str, Any] = {
        one.inputs["metadata"]["name"]: one.inputs["spec"] for one in recording.of("ExternalSecret")
    }
    assert found.keys() == {"hello-secrets", "hello-parameters"}
    remote = {one["secretKey"]: one["remoteRef"] for spec in found.values() for one in spec["data"]}
    assert remote == {
        "API_TOKEN": {"key": "staging/hello/partner/api", "property": "token"},
        "DB_USER": {"key": "staging/hello/database", "property": "username"},
        "DB_PASSWORD": {"key": "staging/hello/database", "property": "password"},
        "FLAG": {"key": "/staging/hello/flag"},
    }
    stores = {name: spec["secretStoreRef"] for name, spec in found.items()}
    assert stores == {
        "hello-secrets": {"kind": "ClusterSecretStore", "name": "secrets-manager"},
        "hello-parameters": {"kind": "ClusterSecretStore", "name": "parameters"},
    }


def test_no_object_holds_a_secret(hello: WorkloadsRecorder) -> None:
    assert not hello({"database": DATABASE}).of("core/v1:Secret")


@pytest.mark.parametrize(
    "name",
    ["PASSWORD", "DB_PASSWORD", "API_KEY", "APIKEY", "STRIPE_TOKEN", "AWS_SECRET", "CREDENTIALS"],
)
def test_a_name_that_means_a_secret_is_refused_in_the_clear(name: str) -> None:
    (problem,) = environment_problems({name: "x"}, [], has_database=False)
    assert problem.startswith(f"environment.{name}: got a secret in the clear")


@pytest.mark.parametrize("name", ["TOKEN_URL", "PASSWORD_MIN_LENGTH", "KEYBOARD", "SECRETARY"])
def test_a_name_that_only_resembles_one_is_not(name: str) -> None:
    assert environment_problems({name: "x"}, [], has_database=False) == []


@pytest.mark.parametrize("name", ["DATABASE_URL", "DB_URI", "POSTGRES_DSN", "REDIS_URL"])
def test_a_uri_is_refused_from_a_secret_store_too(name: str) -> None:
    (problem,) = environment_problems({}, [name], has_database=False)
    assert "wanted database: its host, port, name, user and password" in problem


def test_a_password_in_a_url_is_seen_whatever_its_name() -> None:
    (problem,) = environment_problems({"BROKER": "amqp://user:word@host/"}, [], has_database=False)
    assert "got a secret in the clear" in problem
    assert environment_problems({"HOME_PAGE": "https://a.b/c"}, [], has_database=False) == []


def test_the_databases_variables_are_taken_once_it_is_set() -> None:
    assert environment_problems({"DB_HOST": "x"}, [], has_database=False) == []
    (problem,) = environment_problems({"DB_HOST": "x"}, [], has_database=True)
    assert problem.startswith("environment.DB_HOST: got a variable that is set already")
    (problem,) = environment_problems({}, ["DB_PASSWORD"], has_database=True)
    assert problem.startswith("secrets.DB_PASSWORD: got a variable that is set already")
