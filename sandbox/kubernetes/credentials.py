"""Tokens for a cluster's API: what `aws eks get-token` would print, made in this process.

The principal is the one of this process's AWS environment, or the role that the kubeconfig names:
whether it may enter is decided by the cluster's access entries, as on EKS.
"""

import os
import threading
import time
from collections.abc import Sequence

from sandbox.kubernetes.cluster import Cluster

_FRESH_SECONDS = 600.0
"""The tokens of `aws eks get-token` are good for 15 minutes; a new one is made well before."""


class CredentialsError(Exception):
    """The kubeconfig says nothing that leads to a token."""


class Credentials:
    """Makes tokens for one cluster and keeps each while it is fresh."""

    def __init__(self, cluster: Cluster) -> None:
        self._command = cluster.command
        self._lock = threading.Lock()
        self._token = ""
        self._made_at = 0.0

    def token(self) -> str:
        """A token that is good for some minutes.

        Raises:
            CredentialsError: The kubeconfig does not ask the AWS CLI for one.
        """
        with self._lock:
            if not self._token or time.monotonic() - self._made_at > _FRESH_SECONDS:
                self._token = self._make()
                self._made_at = time.monotonic()
            return self._token

    def _make(self) -> str:
        from sandbox.control_plane import tokens  # noqa: PLC0415 - only a cluster that runs needs it

        options = options_of(self._command)
        return tokens.get_token(
            options["--cluster-name"],
            region=options.get("--region", os.environ.get("AWS_REGION", "")),
            role_arn=options.get("--role-arn") or options.get("--role"),
        )


def options_of(command: Sequence[str]) -> dict[str, str]:
    """The options of an `aws eks get-token` command line.

    Raises:
        CredentialsError: It is another command.
    """
    words = list(command)
    options: dict[str, str] = {}
    plain: list[str] = []
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            name, _, value = word.partition("=")
            options[name] = value or (words.pop(0) if words else "")
        else:
            plain.append(word)
    if plain != ["aws", "eks", "get-token"] or "--cluster-name" not in options:
        raise CredentialsError(
            f"kubeconfig: got {' '.join(command) or 'no exec'}, wanted exec of `aws eks get-token"
            " --cluster-name …`: EKS takes no other credentials"
        )
    return options
