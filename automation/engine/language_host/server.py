"""The language host itself: Pulumi's `LanguageRuntime` service for Python programs and plugins."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent import futures
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from automation.engine.language_host.children import Children, leave_when_told
from automation.engine.language_host.interpreter import (
    Interpreter,
    InterpreterMissingError,
    interpreter_for,
)
from automation.engine.language_host.packages import required_plugins
from automation.engine.language_host.plugin import Launch, Plugin
from automation.engine.language_host.policy_proxy import PolicyProxy
from automation.engine.language_host.protocol import CHANNEL_OPTIONS
from automation.engine.language_host.protocol import language_pb2 as language
from automation.engine.language_host.protocol import plugin_pb2 as plugins
from automation.engine.language_host.warm import LAUNCHER, WARM_PROGRAMS

if TYPE_CHECKING:
    Handler = grpc.RpcMethodHandler[Message, Message]

Request = TypeVar("Request", bound=Message)

SERVICE = "pulumirpc.LanguageRuntime"
RUN_PROGRAM = Path(__file__).with_name("run_program.py")
ERROR_SHOWN = 32
"""Exit code of a program whose error the user has seen (the SDK's own convention)."""

CALLS_AT_ONCE = 32
"""Threads of the server; each running program or plugin keeps one for its whole life."""


def _interpreter(info: language.ProgramInfo) -> Interpreter:
    options: dict[str, object] = MessageToDict(info.options)
    return interpreter_for(info.root_directory, options)


class LanguageHost:
    """Answers the engine; each method is the protocol's of that name.

    Args:
        engine: The engine's address, handed on to programs and policy packs.
        children: Where started processes are remembered.
    """

    def __init__(self, engine: str, children: Children) -> None:
        self._engine = engine
        self._children = children

    def handshake(
        self, request: language.LanguageHandshakeRequest
    ) -> language.LanguageHandshakeResponse:
        """Take the engine's address, where it comes this way."""
        self._engine = request.engine_address or self._engine
        return language.LanguageHandshakeResponse()

    def get_plugin_info(self, _request: Empty) -> plugins.PluginInfo:
        """Say which version this is: that of the SDK beside it."""
        return plugins.PluginInfo(version=metadata.version("pulumi"))

    def about(self, request: language.AboutRequest) -> language.AboutResponse:
        """Describe the interpreter, for `pulumi about`."""
        executable = str(_interpreter(request.info).executable)
        return language.AboutResponse(executable=executable, version=sys.version.partition(" ")[0])

    def get_required_packages(
        self, request: language.GetRequiredPackagesRequest
    ) -> language.GetRequiredPackagesResponse:
        """Name the provider plugins of the installed packages."""
        found = required_plugins(_interpreter(request.info).site_packages())
        return language.GetRequiredPackagesResponse(
            packages=[
                plugins.PackageDependency(
                    name=plugin.name, kind="resource", version=plugin.version, server=plugin.server
                )
                for plugin in found
            ]
        )

    def get_program_dependencies(
        self, request: language.GetProgramDependenciesRequest
    ) -> language.GetProgramDependenciesResponse:
        """List the installed packages, for `pulumi about`."""
        folders = [str(folder) for folder in _interpreter(request.info).site_packages()]
        versions = {found.name: found.version for found in metadata.distributions(path=folders)}
        return language.GetProgramDependenciesResponse(
            dependencies=[
                language.DependencyInfo(name=name, version=version)
                for name, version in sorted(versions.items())
            ]
        )

    def install_dependencies(
        self, _request: language.InstallDependenciesRequest, _context: grpc.ServicerContext
    ) -> Iterator[language.InstallDependenciesResponse]:
        """Leave installing to uv and say so."""
        yield language.InstallDependenciesResponse(
            stdout=b"this language host installs nothing; use: uv sync\n"
        )

    def runtime_options_prompts(
        self, _request: language.RuntimeOptionsRequest
    ) -> language.RuntimeOptionsResponse:
        """Ask nothing in `pulumi new`."""
        return language.RuntimeOptionsResponse()

    def run(self, request: language.RunRequest) -> language.RunResponse:
        """Run a program to its end; it prints to our own output, which the engine reads."""
        interpreter = _interpreter(request.info)
        environment = interpreter.environment(os.environ)
        environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        warm = environment.pop(WARM_PROGRAMS, "")
        start = ["-I", "-S", str(LAUNCHER), warm] if warm else ["-u"]
        process = self._children.add(
            subprocess.Popen(
                [
                    str(interpreter.executable),
                    *start,
                    str(RUN_PROGRAM),
                    *self._arguments(request),
                ],
                cwd=request.pwd or None,
                env=environment,
                stdin=subprocess.DEVNULL,
            )
        )
        code = process.wait()
        self._children.remove(process)
        if code == ERROR_SHOWN:
            return language.RunResponse(bail=True)
        error = f"the program ended with exit code {code}" if code else ""
        return language.RunResponse(error=error)

    def _arguments(self, request: language.RunRequest) -> list[str]:
        values = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root-directory": request.info.root_directory,
            "pwd": request.pwd,
            "parallel": str(request.parallel),
        }
        flags = [f"--{name}={value}" for name, value in values.items() if value]
        dry = ["--dry-run"] if request.dryRun else []
        program = Path(request.info.program_directory or ".", request.info.entry_point or ".")
        return [*flags, *dry, "--", str(program), *request.args]

    def run_plugin(
        self, request: language.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language.RunPluginResponse]:
        """Run a plugin until it ends or the engine hangs up, relaying what it prints."""
        plugin = Plugin(self._launch(request), self._children)
        proxy = PolicyProxy(plugin.start_for_port) if request.kind == "analyzer" else None
        context.add_callback(plugin.stop)
        try:
            if proxy is not None:
                plugin.say(f"{proxy.open()}\n")
            else:
                plugin.start()
            yield from plugin.messages()
        finally:
            plugin.stop()
            if proxy is not None:
                proxy.close()

    def _launch(self, request: language.RunPluginRequest) -> Launch:
        interpreter = _interpreter(request.info)
        pairs = (variable.partition("=") for variable in request.env)
        program = request.info.program_directory  # `program` names the shim, not the plugin
        if request.kind == "analyzer":
            # The SDK's own runner of packs, which sets up `pulumi.Config` from the environment.
            rest = ["-m", "pulumi.policy", self._engine, program]
        else:
            rest = [program, *request.args]
        return Launch(
            arguments=[str(interpreter.executable), "-u", *rest],
            directory=request.pwd,
            environment=interpreter.environment({name: value for name, _, value in pairs}),
        )

    def cancel(self, _request: Empty) -> Empty:
        """End everything that runs."""
        self._children.stop()
        return Empty()


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()


def _unary(answer: Callable[[Request], Message], request_type: type[Request]) -> "Handler":
    def handle(request: Request, context: grpc.ServicerContext) -> Message:
        try:
            return answer(request)
        except InterpreterMissingError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    return grpc.unary_unary_rpc_method_handler(
        handle,
        request_deserializer=request_type.FromString,
        response_serializer=_serialized,
    )


def _stream(
    answer: Callable[[Request, grpc.ServicerContext], Iterator[Message]],
    request_type: type[Request],
) -> "Handler":
    def handle(request: Request, context: grpc.ServicerContext) -> Iterator[Message]:
        try:
            yield from answer(request, context)
        except (InterpreterMissingError, OSError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    return grpc.unary_stream_rpc_method_handler(
        handle,
        request_deserializer=request_type.FromString,
        response_serializer=_serialized,
    )


def handlers(host: LanguageHost) -> grpc.GenericRpcHandler:
    """The protocol's methods under the protocol's names; the engine does without the others."""
    methods = {
        "Handshake": _unary(host.handshake, language.LanguageHandshakeRequest),
        "GetPluginInfo": _unary(host.get_plugin_info, Empty),
        "About": _unary(host.about, language.AboutRequest),
        "GetRequiredPackages": _unary(
            host.get_required_packages, language.GetRequiredPackagesRequest
        ),
        "GetProgramDependencies": _unary(
            host.get_program_dependencies, language.GetProgramDependenciesRequest
        ),
        "InstallDependencies": _stream(
            host.install_dependencies, language.InstallDependenciesRequest
        ),
        "RuntimeOptionsPrompts": _unary(
            host.runtime_options_prompts, language.RuntimeOptionsRequest
        ),
        "Run": _unary(host.run, language.RunRequest),
        "RunPlugin": _stream(host.run_plugin, language.RunPluginRequest),
        "Cancel": _unary(host.cancel, Empty),
    }
    return grpc.method_handlers_generic_handler(SERVICE, methods)


def main() -> None:
    """Serve on a free port, print it, and stay until told to leave."""
    # The engine passes its address last; flags for tracing and logging may precede it.
    engine = sys.argv[-1] if len(sys.argv) > 1 else ""
    children = Children()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=CALLS_AT_ONCE), options=list(CHANNEL_OPTIONS)
    )
    server.add_generic_rpc_handlers((handlers(LanguageHost(engine, children)),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    leave_when_told(children)
    print(port, flush=True)  # noqa: T201 - the handshake of a plugin
    server.wait_for_termination()
