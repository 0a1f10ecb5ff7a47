"""What is kept of one control plane between commands: its ports and its processes."""

import contextlib
import hashlib
import json
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self

from sandbox.control_plane.files import private
from sandbox.control_plane.recipe import PROCESSES, Place
from sandbox.instance import HOST
from sandbox.processes import Background

FILE: Final = "cluster.json"
_PORTS: Final = range(20_000, 30_000)
"""Below the ports that the system gives to clients (Linux: ip_local_port_range): an address in a
stack's state must still be free after a restart."""


class ControlPlaneError(Exception):
    """A control plane cannot be started; the message says why in one line."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """What the file of a control plane says: its ports and processes."""

    account: str
    region: str
    name: str
    version: str
    port: int
    etcd_port: int
    processes: dict[str, Background] = field(default_factory=dict[str, Background])

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The control plane of a folder; None when there is none or it cannot be read."""
        try:
            document = json.loads((folder / FILE).read_text(encoding="utf-8"))
            processes = document.pop("processes")
            started = {name: Background(**one) for name, one in processes.items()}
            return cls(processes=started, **document)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self, folder: Path) -> None:
        """Keep it for other processes."""
        private(folder / FILE, json.dumps(asdict(self), indent=2).encode() + b"\n")

    def place(self, folder: Path) -> Place:
        """Where it is."""
        return Place(folder=folder, port=self.port, etcd_port=self.etcd_port)

    def alive(self) -> bool:
        """Whether all its processes run."""
        return all(name in self.processes and self.processes[name].alive() for name in PROCESSES)

    def stop(self) -> bool:
        """End its processes; False when none ran."""
        # Only etcd holds what the others must find again.
        ended = [one.kill() for name, one in self.processes.items() if name != "etcd"]
        if etcd := self.processes.get("etcd"):
            ended.append(etcd.stop())
        return any(ended)


def free_ports(seed: str, taken: set[int]) -> Iterator[int]:
    """Ports nobody listens on; two sandboxes begin to look in different places."""
    first = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    for offset in range(len(_PORTS)):
        port = _PORTS[(first + offset) % len(_PORTS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            if port not in taken:
                yield port
    raise ControlPlaneError(f"no free port from {_PORTS.start} to {_PORTS.stop - 1}")
