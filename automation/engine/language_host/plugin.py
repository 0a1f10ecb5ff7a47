"""Runs a Python plugin (a policy pack, a component provider) and relays what it prints."""

import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from automation.engine.language_host.children import Children, stop
from automation.engine.language_host.protocol import language_pb2

if TYPE_CHECKING:
    from io import BufferedReader

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a plugin is started.

    Attributes:
        arguments: The command line.
        directory: Its working directory; the host's own when empty.
        environment: Its whole environment.
    """

    arguments: list[str]
    directory: str
    environment: Mapping[str, str]


class Plugin:
    """One plugin process and the messages the engine gets about it.

    Args:
        launch: How it is started.
        children: Where it is remembered while it runs.
    """

    def __init__(self, launch: Launch, children: Children) -> None:
        self._launch = launch
        self._children = children
        self._messages: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = (
            queue.SimpleQueue()
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, extra: Mapping[str, str] | None = None) -> None:
        """Start it, with more variables, and begin to relay all it prints."""
        process = self._spawn(extra or {})
        self._follow(process, self._reader("stdout", process.stdout))

    def start_for_port(self, extra: Mapping[str, str]) -> int:
        """Start it and keep the first line it prints: its port.

        Raises:
            OSError: It ended, or printed something else.
        """
        process = self._spawn(extra)
        output = cast("BufferedReader", process.stdout)
        line = output.readline().decode(errors="replace").strip()
        self._follow(process, self._reader("stdout", process.stdout))
        if not line.isdecimal():
            raise OSError(f"the plugin did not start: got {line!r}, wanted its port")
        return int(line)

    def say(self, text: str) -> None:
        """Print something in the plugin's name."""
        self._messages.put(language_pb2.RunPluginResponse(stdout=text.encode()))

    def messages(self) -> Iterator[language_pb2.RunPluginResponse]:
        """What it prints as it comes, then its exit code; ends with :meth:`stop` too."""
        while (message := self._messages.get()) is not None:
            yield message

    def stop(self) -> None:
        """End the process, if it runs, and the messages."""
        self._messages.put(None)
        if self._process is not None:
            stop(self._process)

    def _spawn(self, extra: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        self._process = self._children.add(
            subprocess.Popen(
                self._launch.arguments,
                cwd=self._launch.directory or None,
                env={**self._launch.environment, **extra},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
        return self._process

    def _reader(self, name: Literal["stdout", "stderr"], pipe: object) -> threading.Thread:
        stream = cast("BufferedReader", pipe)

        def read() -> None:
            while chunk := stream.read1(CHUNK_BYTES):
                if name == "stdout":
                    self._messages.put(language_pb2.RunPluginResponse(stdout=chunk))
                else:
                    self._messages.put(language_pb2.RunPluginResponse(stderr=chunk))
            stream.close()

        thread = threading.Thread(target=read, name=f"plugin-{name}", daemon=True)
        thread.start()
        return thread

    def _follow(self, process: "subprocess.Popen[bytes]", output: threading.Thread) -> None:
        errors = self._reader("stderr", process.stderr)

        def wait() -> None:
            code = process.wait()
            output.join()
            errors.join()
            self._children.remove(process)
            self._messages.put(language_pb2.RunPluginResponse(exitcode=code))
            self._messages.put(None)

        threading.Thread(target=wait, name="plugin-end", daemon=True).start()
