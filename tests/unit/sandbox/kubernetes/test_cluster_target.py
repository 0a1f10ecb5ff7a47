"""What a kubeconfig tells: whether there is an API server, where, and how to get a token."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.control_plane import tokens
from sandbox.kubernetes.cluster import Cluster, cluster_of
from sandbox.kubernetes.credentials import Credentials, CredentialsError, options_of

PEM = b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
COMMAND = ["--region", "eu-central-1", "eks", "get-token", "--cluster-name", "staging"]


def target(server: str, *arguments: str, authority: bytes = PEM) -> Cluster:
    execution = {"command": "aws", "args": [*COMMAND, *arguments]}
    data = base64.b64encode(authority).decode()
    cluster = {"server": server, "certificate-authority-data": data}
    document = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"exec": execution}}],
    }
    return cluster_of({"kubeconfig": json.dumps(document)})


def test_only_an_endpoint_on_loopback_with_a_certificate_is_a_server() -> None:
    assert target("https://127.0.0.1:6443").live
    assert not target("https://0A1B.gr7.eu-central-1.eks.amazonaws.com").live
    assert not target("https://127.0.0.1:6443", authority=b"recorded").live
    assert not cluster_of({}).live


def test_the_token_is_of_the_role_that_the_kubeconfig_names_and_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def get_token(name: str, **options: object) -> str:
        asked.append((name, options))
        return f"token-{len(asked)}"

    monkeypatch.setattr(tokens, "get_token", get_token)
    role = "arn:aws:iam::1:role/deploy"
    credentials = Credentials(target("https://127.0.0.1:6443", "--role-arn", role))
    assert [credentials.token(), credentials.token()] == ["token-1", "token-1"]
    assert asked == [("staging", {"region": "eu-central-1", "role_arn": role})]


def test_another_command_than_get_token_is_refused() -> None:
    with pytest.raises(CredentialsError, match="got kubelogin, wanted exec of `aws eks get-token"):
        options_of(["kubelogin"])
    assert options_of(["aws", "eks", "get-token", "--cluster-name=a"]) == {"--cluster-name": "a"}


def test_the_provider_of_an_endpoint_without_a_server_records(tmp_path: Path) -> None:
    from tests.unit.sandbox.kubernetes.provider_client import Client

    client = Client(tmp_path, kubeconfig=json.dumps({"clusters": []}))
    given = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}
    assert client.create("kubernetes:core/v1:Namespace", given).resource_id == "a"
