"""One start of the sandbox: its two processes, where it answers and for whom."""

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from sandbox.processes import Background

HOST = "127.0.0.1"
HEALTH_PATH = "/moto-api/sandbox"
"""Answered by the emulator itself with its management account's id."""

_HEALTH_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One start of the sandbox, as its file tells."""

    emulator: Background
    plugins: Background
    port: int
    started_at: float
    management_account_id: str
    region: str

    @property
    def endpoint(self) -> str:
        """The AWS endpoint."""
        return f"http://{HOST}:{self.port}"

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """The instance in a file; None when there is none or it cannot be read."""
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            processes = {name: Background(**document.pop(name)) for name in ("emulator", "plugins")}
            return cls(**processes, **document)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self, file: Path) -> None:
        """Keep it for later commands; in one step, as they may be reading."""
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        fresh.replace(file)

    def healthy(self) -> bool:
        """Whether the emulator runs and answers for the right account."""
        return self.emulator.alive() and _account_at(self.port) == self.management_account_id


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _account_at(port: int) -> str | None:
    """The account an emulator at this port says it manages; None when none answers."""
    try:
        with socket.create_connection((HOST, port), timeout=_HEALTH_SECONDS) as connection:
            connection.sendall(f"GET {HEALTH_PATH} HTTP/1.0\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError:
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    return body.decode() if b" 200 " in head.partition(b"\r\n")[0] else None
