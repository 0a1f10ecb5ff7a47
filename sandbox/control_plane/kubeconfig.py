"""Kubeconfig files: of a control plane's own processes, and of the people who look inside."""

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.control_plane.files import private


def of_certificate(pki: Path, client: str, endpoint: str) -> str:
    """A kubeconfig that holds a client certificate."""
    user = {
        "client-certificate-data": _encoded(pki / f"{client}.crt"),
        "client-key-data": _encoded(pki / f"{client}.key"),
    }
    return _document([(client, endpoint, _encoded(pki / "ca.crt"), user)])


def of_webhook(address: str) -> str:
    """What the API server is told about the webhook that knows its tokens."""
    cluster = {"name": "webhook", "cluster": {"server": address}}
    context = {"name": "webhook", "context": {"cluster": "webhook", "user": "apiserver"}}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [cluster],
            "users": [{"name": "apiserver", "user": {}}],
            "contexts": [context],
            "current-context": "webhook",
        },
        indent=2,
    )


def of_roles(
    clusters: Sequence[tuple[str, str, str, Sequence[str]]],
) -> str:
    """A kubeconfig with one context per cluster, each with a token of `aws eks get-token`.

    Args:
        clusters: Context name, endpoint, base64 of the authority, what `aws` is told.
    """
    return _document(
        [
            (name, endpoint, authority, {"exec": _token_command(arguments)})
            for name, endpoint, authority, arguments in clusters
        ]
    )


def token_arguments(cluster_name: str, region: str, role_arn: str | None = None) -> list[str]:
    """What `aws` is told for a token, as `aws eks update-kubeconfig` and pulumi-eks write it.

    Args:
        cluster_name: The EKS cluster's name.
        region: Its Region.
        role_arn: The role to assume first.
    """
    words = ["--region", region, "eks", "get-token", "--cluster-name", cluster_name]
    words += ["--output", "json"]
    return [*words, "--role-arn", role_arn] if role_arn else words


def write(file: Path, document: str) -> None:
    """Write one for its owner alone, unless it says the same already."""
    content = document.encode() + b"\n"
    if not file.is_file() or file.read_bytes() != content:
        private(file, content)


def _token_command(arguments: Sequence[str]) -> dict[str, object]:
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": list(arguments),
        "interactiveMode": "Never",
    }


def _document(entries: Sequence[tuple[str, str, str, Mapping[str, object]]]) -> str:
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {"server": endpoint, "certificate-authority-data": authority},
            }
            for name, endpoint, authority, _ in entries
        ],
        "users": [{"name": name, "user": user} for name, _, _, user in entries],
        "contexts": [
            {"name": name, "context": {"cluster": name, "user": name}} for name, *_ in entries
        ],
        "current-context": entries[0][0] if entries else "",
    }
    return json.dumps(document, indent=2)


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
