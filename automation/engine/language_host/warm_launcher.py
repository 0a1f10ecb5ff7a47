"""What the language host runs for a program while a warm interpreter serves it.

A script for `python -I -S`: it starts in about 10 ms. It hands its streams, folder, arguments and
environment to the warm interpreter and lives as long as the program does: a dead program ends it,
and its own death (the socket closes) ends the program. Where nothing answers, it becomes the
program.

Usage: warm_launcher.py SOCKET RUN_PROGRAM [ARGUMENT...]
"""

import _socket
import os
import sys

LENGTH_BYTES = 8


def connect(path: str) -> _socket.socket | None:
    """A connection to the warm interpreter, or None where none answers."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError:
        return None
    return connection


def request(arguments: list[str]) -> bytes:
    """What the program must know of this process besides its descriptors: NUL-separated fields."""
    environment = [name + b"=" + value for name, value in os.environb.items()]
    return b"\0".join([str(len(arguments)).encode(), *map(os.fsencode, arguments), *environment])


def main() -> int:
    """Start the program and wait for it; its exit status is this process's."""
    path, program, *arguments = sys.argv[1:]
    connection = connect(path)
    if connection is None:
        command = [sys.executable, "-u", program, *arguments]
        os.execv(command[0], command)  # noqa: S606 - no shell is the point
    home = os.open(".", os.O_RDONLY)
    descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2, home))
    payload = request(arguments)
    header = len(payload).to_bytes(LENGTH_BYTES, "big")
    connection.sendmsg([header], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
    connection.sendall(payload)
    status = connection.recv(1)
    return status[0] if status else 1


if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:
        status = 130
    os._exit(status)
