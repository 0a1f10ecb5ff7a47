"""The nodes that Karpenter would start for pods that wait, on the simulated control plane."""

from collections.abc import Callable
from pathlib import Path

from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.credentials import options_of

_ACCOUNT = 4
"""The part of an ARN that is the account."""


def starter(directory: Path, cluster: Cluster) -> Callable[[], None]:
    """What to call while pods wait for a node.

    The account is that of the role in the kubeconfig: one without a role starts no nodes.
    """
    options = options_of(cluster.command)
    role, region = options.get("--role-arn", ""), options.get("--region", "")

    def start() -> None:
        if not role:
            return
        from sandbox import control_plane  # noqa: PLC0415 - only a cluster that runs needs it
        from sandbox.control_plane.nodes import sync_nodes  # noqa: PLC0415 - likewise

        account, name = role.split(":")[_ACCOUNT], options["--cluster-name"]
        found = control_plane.find(directory, account=account, region=region, name=name)
        if found is not None:
            sync_nodes(found)

    return start
