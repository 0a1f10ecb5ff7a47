"""One provider instance's life: serve gRPC on a free port until the engine or the launcher goes."""

import asyncio
import contextlib
import os
import signal
import stat
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn, Protocol

import grpc.aio
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.faults import Faults
from sandbox.plugins import registry
from sandbox.plugins.interception import Interceptor
from sandbox.plugins.servicer import Servicer
from sandbox.store import Store

_STDOUT = 1
_MESSAGE_BYTES = 400 * 1024 * 1024
"""The largest message the engine sends: `maxRPCMessageSize` of its rpcutil package."""


class Launcher(Protocol):
    """The connection to the process that the engine started."""

    def fileno(self) -> int:
        """Its descriptor; readable once the launcher is dead, as it never writes again."""
        ...

    def send(self, data: bytes, /) -> int:
        """Tell it the exit status."""
        ...


def serve(
    name: str, directory: Path, arguments: Sequence[str], *, launcher: Launcher | None
) -> None:
    """Serve the provider `name` and end the process."""
    # The user's profile means nothing to the emulator, and naming one that is absent is an error.
    os.environ.pop("AWS_PROFILE", None)
    try:
        asyncio.run(_serve(name, directory, arguments, launcher))
    except BaseException as error:  # noqa: BLE001 - the last frame of the process: say it and leave
        sys.stderr.write(f"sandbox provider {name}: {type(error).__name__}: {error}\n")
        _leave(1, launcher)


def _leave(status: int, launcher: Launcher | None) -> NoReturn:
    """End the process at once.

    Neither asyncio's own end, which waits for tasks that may be waiting for the engine, nor
    gRPC's threads and exit handlers may keep the engine from ending.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if launcher is not None:
        with contextlib.suppress(OSError):
            launcher.send(bytes([status]))
    os._exit(status)


async def _serve(
    name: str, directory: Path, arguments: Sequence[str], launcher: Launcher | None
) -> None:
    engine = next((argument for argument in arguments if not argument.startswith("-")), "")
    faults = Faults.from_environment()
    servicer = Servicer(
        # The engine warns of a provider older than the SDK asks for.
        version=version(f"pulumi-{name}"),
        provider=registry.provider_of(name, Store.open(directory)),
        faults=faults,
        engine_address=engine,
        components=name in registry.COMPONENTS,
    )
    server = grpc.aio.server(
        interceptors=[Interceptor(name, faults)],
        options=[("grpc.max_receive_message_length", _MESSAGE_BYTES)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await _until_unwanted(launcher)
    _leave(0, launcher)


async def _until_unwanted(launcher: Launcher | None) -> None:
    """Wait for a signal, the launcher's death or the engine's."""
    loop = asyncio.get_running_loop()
    unwanted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, unwanted.set)
    if launcher is not None:
        loop.add_reader(launcher.fileno(), unwanted.set)
    if stat.S_ISFIFO(os.fstat(_STDOUT).st_mode):
        # The engine reads this pipe as long as it lives; without a reader the kernel reports an
        # error on our end, and a killed engine leaves no provider behind.
        loop.add_reader(_STDOUT, unwanted.set)
    await unwanted.wait()
