"""Control planes without processes: what is asked of them is written down."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.control_plane import nodes, plane
from sandbox.control_plane.plane import ControlPlane, ControlPlaneError
from sandbox.kubernetes import definitions


@dataclass
class Planes:
    """What the sandbox would run.

    Attributes:
        versions: Those that it has binaries of.
        running: Cluster → its control plane.
        done: What was done, in order.
    """

    versions: tuple[str, ...] = ()
    running: dict[str, ControlPlane] = field(default_factory=dict[str, ControlPlane])
    done: list[str] = field(default_factory=list[str])

    @classmethod
    def install(cls, patch: pytest.MonkeyPatch) -> "Planes":
        """Put one in the place of the real functions."""
        made = cls()
        patch.setattr(plane, "ensure", made.ensure)
        patch.setattr(plane, "find", made.find)
        patch.setattr(plane, "remove", made.remove)
        patch.setattr(nodes, "sync_nodes", made.sync_nodes)
        patch.setattr(definitions, "install_addon", made.install_addon)
        return made

    def ensure(self, directory: Path, *, name: str, version: str, **which: Any) -> ControlPlane:  # noqa: ANN401 - the real one's
        if version not in self.versions:
            raise ControlPlaneError(f"got version {version}, wanted {self.versions}")
        which.pop("progress")
        known = self.running.get(name)
        if known is None or known.version != version:
            self.done.append(f"{name} runs {version}")
        self.running[name] = ControlPlane(
            directory=directory,
            name=name,
            version=version,
            endpoint="https://127.0.0.1:20001",
            certificate_authority="Q0E=",
            admin_kubeconfig=directory / "admin",
            **which,
        )
        return self.running[name]

    def find(self, directory: Path, *, name: str, **which: str) -> ControlPlane | None:
        del directory, which
        return self.running.get(name)

    def remove(self, directory: Path, *, name: str, **which: str) -> bool:
        del directory, which
        self.done.append(f"{name} is removed")
        return self.running.pop(name, None) is not None

    def sync_nodes(self, control_plane: ControlPlane) -> tuple[str, ...]:
        self.done.append(f"{control_plane.name} has its nodes")
        return ()

    def install_addon(self, control_plane: ControlPlane, name: str) -> tuple[str, ...]:
        self.done.append(f"{control_plane.name} has {name}")
        return ()
