"""The warm process: imports every provider once, then forks one child for each instance asked for.

No thread may exist before a fork: gRPC is imported here and started only in the children.

Usage: python -P -m sandbox.plugins.zygote DIRECTORY
"""

import gc
import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sandbox.plugins.launcher import LENGTH_BYTES, SOCKET_NAME

_BACKLOG = 64
_REQUEST_SECONDS = 5.0
_DESCRIPTORS = 4
"""Three streams and the working directory."""


class Request:
    """What a launcher asked for."""

    def __init__(self, payload: bytes, descriptors: list[int]) -> None:
        name, count, *rest = payload.split(b"\0")
        pairs = [field.partition(b"=") for field in rest[int(count) :]]
        self.name = name.decode()
        self.arguments = [os.fsdecode(argument) for argument in rest[: int(count)]]
        self._environment = {key: value for key, _, value in pairs}
        self._descriptors = descriptors

    def close(self) -> None:
        """Forget the launcher's streams; the child that serves it has its own."""
        for descriptor in self._descriptors:
            os.close(descriptor)

    def become(self) -> None:
        """Take the launcher's place: its streams, environment and folder."""
        *streams, folder = self._descriptors
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        os.fchdir(folder)
        self.close()
        os.environb.clear()
        os.environb.update(self._environment)


def receive(connection: socket.socket) -> Request | None:
    """Read one request, or None when the launcher has gone."""
    descriptors: list[int] = []
    try:
        header, descriptors, _, _ = socket.recv_fds(connection, LENGTH_BYTES, _DESCRIPTORS)
        payload = _exactly(connection, int.from_bytes(header, "big"))
    except OSError:
        payload = b""
    if payload and len(descriptors) == _DESCRIPTORS:
        return Request(payload, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return None


def _exactly(connection: socket.socket, wanted: int) -> bytes:
    payload = b""
    while len(payload) < wanted:
        chunk = connection.recv(wanted - len(payload))
        if not chunk:
            return b""
        payload += chunk
    return payload


def yield_as(connection: socket.socket) -> None:
    """Take the launcher's niceness, as a process that it had started itself would."""
    if sys.platform == "linux":
        pid, _, _ = struct.unpack(
            "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, pid))


class Serve(Protocol):
    """Serves a provider and ends the process."""

    def __call__(
        self, name: str, directory: Path, arguments: list[str], *, launcher: socket.socket
    ) -> None:
        """Never returns."""
        ...


def listen(directory: Path) -> socket.socket:
    """The socket launchers connect to, bound by its relative name: see launcher.SOCKET_NAME."""
    os.chdir(directory)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    Path(SOCKET_NAME).unlink(missing_ok=True)
    listener.bind(SOCKET_NAME)
    listener.listen(_BACKLOG)
    return listener


def run(listener: socket.socket, directory: Path, serve: Serve) -> None:
    """Fork a provider for every launcher that connects, for ever."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        connection.settimeout(_REQUEST_SECONDS)
        with connection:
            request = receive(connection)
            if request is None:
                continue
            if os.fork() == 0:
                try:
                    listener.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    connection.setblocking(True)
                    yield_as(connection)
                    request.become()
                    serve(request.name, directory, request.arguments, launcher=connection)
                finally:
                    # A child must never come back to this loop.
                    os._exit(1)
            request.close()


def main() -> None:
    """Listen, import, then fork until stopped."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    directory = Path(sys.argv[1]).resolve()
    listener = listen(directory)
    # Only now: whoever connects during the second that this takes waits in the backlog.
    from sandbox.plugins import registry  # noqa: PLC0415 - see above
    from sandbox.plugins.serving import serve  # noqa: PLC0415 - see above

    registry.preload()
    # Children write to pages that a collection touches; frozen ones stay shared.
    gc.collect()
    gc.freeze()
    run(listener, directory, serve)


if __name__ == "__main__":
    main()
