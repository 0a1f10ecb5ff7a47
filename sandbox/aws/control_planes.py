"""The control planes behind the emulator's EKS clusters: started, followed and removed with them.

Where one cannot be had (no binaries, no version of them) the cluster is what it would be without:
an entry of the emulator with an address that nobody answers at. The engine's log says so, once.
"""

import sys
from functools import cache
from typing import TYPE_CHECKING

from sandbox.aws.errors import AwsError
from sandbox.aws.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.control_plane import ControlPlane


def ensure(work: Work, version: str) -> "ControlPlane | None":
    """The control plane of a cluster, which answers; None where there can be none."""
    if work.store is None:
        return None
    # Imported when a cluster needs it, here and below: most providers never have one.
    from sandbox import control_plane  # noqa: PLC0415 - see above

    try:
        return control_plane.ensure(
            work.store.directory,
            account=work.account,
            region=work.region,
            name=work.id,
            version=version,
            progress=_say,
        )
    except control_plane.ControlPlaneError as error:
        _notice(f"EKS cluster {work.id} has no API server: {error}")
        return None


def move(work: Work, version: str) -> "Callable[[], object]":
    """Give a cluster's control plane another version; answers with the way back.

    Raises:
        AwsError: There is a control plane, and the sandbox has none of this version.
    """
    found = find(work, work.id)
    if found is None or work.store is None:
        return lambda: None
    from sandbox import control_plane  # noqa: PLC0415 - see ensure

    try:
        control_plane.ensure(
            work.store.directory,
            account=work.account,
            region=work.region,
            name=work.id,
            version=version,
            progress=_say,
        )
    except control_plane.ControlPlaneError as error:
        raise AwsError(f"error updating EKS cluster {work.id}: the sandbox: {error}") from error
    return lambda: ensure(work, found.version)


def find(work: Work, cluster: str) -> "ControlPlane | None":
    """The control plane of a cluster of the same account and Region."""
    if work.store is None:
        return None
    from sandbox import control_plane  # noqa: PLC0415 - see ensure

    return control_plane.find(
        work.store.directory, account=work.account, region=work.region, name=cluster
    )


def remove(work: Work) -> None:
    """End the control plane of a cluster that is deleted."""
    if work.store is None:
        return
    from sandbox import control_plane  # noqa: PLC0415 - see ensure

    control_plane.remove(
        work.store.directory, account=work.account, region=work.region, name=work.id
    )


def sync_nodes(work: Work, cluster: str) -> None:
    """Let the nodes be those that the cluster's node groups want."""
    found = find(work, cluster)
    if found is None:
        return
    from sandbox.control_plane.nodes import sync_nodes as sync  # noqa: PLC0415 - see ensure

    sync(found)


def install_addon(work: Work, cluster: str, name: str) -> None:
    """Let an add-on bring its definitions along."""
    found = find(work, cluster)
    if found is None:
        return
    from sandbox.kubernetes.definitions import install_addon as install  # noqa: PLC0415 - see ensure

    install(found, name)


def _say(line: str) -> None:
    """Tell the engine, which shows what its plugins write."""
    sys.stderr.write(f"sandbox: {line}\n")
    sys.stderr.flush()


@cache
def _notice(line: str) -> None:
    _say(line)
