"""What `pulumi-resource-<name>` runs: ask the zygote for a provider and live as long as it does.

This file is a script for `python -I -S`: it starts in about 10 ms because it imports only built-in
and frozen modules. It hands its standard streams to the provider, which writes the port to them
itself. A dead provider ends it, and its own death (the socket closes) ends the provider. Where no
zygote answers, a provider of its own takes its place: slower, otherwise the same.

Usage: launcher.py ROOT DIRECTORY NAME ENGINE_ADDRESS [FLAG...]
"""

import _socket
import os
import sys

SOCKET_NAME = "plugins.sock"
"""Relative to the sandbox directory: a socket's path may have 107 bytes only (unix(7))."""

LENGTH_BYTES = 8


def request(name: str, arguments: list[str]) -> bytes:
    """What the provider must know of this process besides its descriptors: NUL-separated fields."""
    environment = [key + b"=" + value for key, value in os.environb.items()]
    fields = [name, str(len(arguments)), *arguments]
    return b"\0".join([*map(os.fsencode, fields), *environment])


def connect(directory: str) -> _socket.socket | None:
    """A connection to the zygote of the sandbox, or None where none answers."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        os.chdir(directory)
        connection.connect(SOCKET_NAME)
    except OSError:
        return None
    return connection


def main() -> int:
    """Start a provider and wait for it; its exit status is this process's."""
    root, directory, name, *arguments = sys.argv[1:]
    home = os.open(".", os.O_RDONLY)
    connection = connect(directory)
    if connection is None:
        os.fchdir(home)
        os.environ["PYTHONPATH"] = root
        command = [sys.executable, "-P", "-m", "sandbox.plugins.plain", directory, name]
        os.execv(command[0], [*command, *arguments])  # noqa: S606 - no shell is the point
    descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2, home))
    payload = request(name, arguments)
    header = len(payload).to_bytes(LENGTH_BYTES, "big")
    connection.sendmsg([header], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
    connection.sendall(payload)
    status = connection.recv(1)
    return status[0] if status else 1


if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:
        # The engine stops its plugins with SIGINT and wants no words about it.
        status = 0
    os._exit(status)
