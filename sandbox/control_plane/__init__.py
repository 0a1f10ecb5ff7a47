"""A real Kubernetes control plane for each rehearsed EKS cluster.

etcd, kube-apiserver, kube-controller-manager and kube-scheduler as they are, on loopback; kwok
plays the nodes. Owns their binaries, certificates, processes, nodes and who may enter. Does not own
the EKS cluster of the emulator, nor the objects inside: those are the stand-ins'.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.control_plane.plane import (
        ControlPlane,
        ControlPlaneError,
        ensure,
        find,
        remove,
        resume_all,
        stop_all,
    )

__all__ = [
    "ControlPlane",
    "ControlPlaneError",
    "ensure",
    "find",
    "remove",
    "resume_all",
    "stop_all",
]


def __getattr__(name: str) -> object:
    """Load it when it is asked for: a token is made without any of it, for each `kubectl`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sandbox.control_plane import plane  # noqa: PLC0415 - see above

    return getattr(plane, name)
