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
        clusters: Context name, endpoint, base64 of the authority, arguments of `get-token`.
    """
    return _document(
        [
            (name, endpoint, authority, {"exec": _token_command(arguments)})
            for name, endpoint, authority, arguments in clusters
        ]
    )


def write(file: Path, document: str) -> None:
    """Write one for its owner alone, unless it says the same already."""
    content = document.encode() + b"\n"
    if not file.is_file() or file.read_bytes() != content:
        private(file, content)


def _token_command(arguments: Sequence[str]) -> dict[str, object]:
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", *arguments, "--output", "json"],
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
