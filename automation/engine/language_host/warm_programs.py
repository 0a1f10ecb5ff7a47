"""The warm interpreter of a rollout: imports the SDK once, then forks a program for each stack.

Started by the CLI in the project's own Python; importing a provider's SDK is the larger half of a
program's start. No thread may exist before a fork: gRPC is imported here and started only in the
children. It ends with its standard input, which the rollout holds.

Usage: python -u warm_programs.py SOCKET PROJECT_ROOT [MODULE...]
"""

import gc
import importlib
import os
import select
import signal
import socket
import struct
import sys
import threading
from contextlib import suppress
from pathlib import Path

# Stand-alone, like the scripts beside it: the project's interpreter need not have this package.
LENGTH_BYTES: int = importlib.import_module("warm_launcher").LENGTH_BYTES

_REQUEST_SECONDS = 5.0
_DESCRIPTORS = 4
"""Three streams and the working directory."""

_REAP_SECONDS = 1.0


def receive(connection: socket.socket) -> tuple[list[bytes], list[int]] | None:
    """One request as its fields and descriptors, or None when the launcher has gone."""
    descriptors: list[int] = []
    payload = b""
    try:
        header, descriptors, _, _ = socket.recv_fds(connection, LENGTH_BYTES, _DESCRIPTORS)
        wanted = int.from_bytes(header, "big")
        while len(payload) < wanted and (chunk := connection.recv(wanted - len(payload))):
            payload += chunk
        whole = bool(payload) and len(payload) == wanted and len(descriptors) == _DESCRIPTORS
    except OSError:
        whole = False
    if whole:
        return payload.split(b"\0"), descriptors
    for descriptor in descriptors:
        os.close(descriptor)
    return None


def become(fields: list[bytes], descriptors: list[int]) -> list[str]:
    """Take the launcher's place: its streams, folder and environment; returns its arguments."""
    count, *rest = fields
    *streams, folder = descriptors
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    os.fchdir(folder)
    for descriptor in descriptors:
        os.close(descriptor)
    os.environb.clear()
    for pair in rest[int(count) :]:
        name, _, value = pair.partition(b"=")
        os.environb[name] = value
    return [os.fsdecode(argument) for argument in rest[: int(count)]]


def yield_as(connection: socket.socket) -> None:
    """Take the launcher's niceness, as a process that it had started itself would."""
    if sys.platform == "linux":
        peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        with suppress(OSError):
            niceness = os.getpriority(os.PRIO_PROCESS, struct.unpack("3i", peer)[0])
            os.setpriority(os.PRIO_PROCESS, 0, niceness)


def serve(connection: socket.socket, fields: list[bytes], descriptors: list[int]) -> None:
    """Be the program, tell the launcher its exit code, and end; never returns."""
    code = 1
    try:
        program = importlib.import_module("run_program")
        connection.setblocking(True)
        yield_as(connection)
        arguments = become(fields, descriptors)
        threading.Thread(target=_watch, args=(connection,), daemon=True).start()
        sys.argv = [str(program.__file__), *arguments]
        program.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
            connection.send(bytes([code & 0xFF]))
        os._exit(code)


def _watch(connection: socket.socket) -> None:
    """End with the launcher: the engine has gone, or wants this program gone."""
    with suppress(OSError):
        connection.recv(1)
    os._exit(130)


def preload(root: str, modules: list[str]) -> None:
    """Import what programs will; what cannot be imported is their own error to tell."""
    sys.path.insert(0, root)
    for name in modules:
        with suppress(Exception):
            # The SDK's modules load when something of them is first asked for.
            hasattr(importlib.import_module(name), "loaded")
    sys.path.remove(root)
    # Children write to pages that a collection touches; frozen ones stay shared.
    gc.collect()
    gc.freeze()


def reap() -> None:
    """Collect ended programs: what they used counts as the rollout's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def run(listener: socket.socket) -> None:
    """Fork a program for every launcher that connects, until the rollout has gone."""
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [], _REAP_SECONDS)
        reap()
        if sys.stdin in ready:
            return
        if listener not in ready:
            continue
        connection, _ = listener.accept()
        connection.settimeout(_REQUEST_SECONDS)
        with connection:
            if (asked := receive(connection)) is None:
                continue
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                serve(connection, *asked)
            for descriptor in asked[1]:
                os.close(descriptor)


def main() -> None:
    """Listen, import, then fork until the rollout ends."""
    # A terminal's Ctrl-C is the rollout's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    path, root, *modules = sys.argv[1:]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    Path(path).unlink(missing_ok=True)
    listener.bind(path)
    # Only now: whoever connects during the seconds that importing takes waits in the backlog.
    listener.listen(64)
    preload(root, modules)
    run(listener)


if __name__ == "__main__":
    main()
