"""Starts a policy pack once its configuration is known, and passes every call on to it.

The engine wants the pack's server before it sends the stack's configuration, but a Python pack
reads `pulumi.Config` from its environment while it starts. So the engine is given this server
first; it answers `Handshake` and `ConfigureStack` itself, starts the pack with what it learnt, and
forwards all other calls as bytes, whatever methods the protocol grows. The official host does the
same.
"""

import json
import threading
from collections.abc import Callable, Mapping
from concurrent import futures
from functools import partial
from typing import TYPE_CHECKING

import grpc
from google.protobuf.empty_pb2 import Empty

from automation.engine.language_host.protocol import CHANNEL_OPTIONS, analyzer_pb2

if TYPE_CHECKING:
    _Answer = Callable[[bytes, grpc.ServicerContext], bytes]
    _Handler = grpc.RpcMethodHandler[bytes, bytes]


class PolicyProxy(grpc.GenericRpcHandler):
    """The server the engine talks to in place of the pack.

    Args:
        start: Starts the pack with these variables added and returns its port.
    """

    def __init__(self, start: Callable[[Mapping[str, str]], int]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=16), options=list(CHANNEL_OPTIONS)
        )
        self._server.add_generic_rpc_handlers((self,))
        self._port = self._server.add_insecure_port("127.0.0.1:0")

    def open(self) -> int:
        """Begin to answer; returns the port."""
        self._server.start()
        return self._port

    def close(self) -> None:
        """Stop answering."""
        self._server.stop(0)
        if self._channel is not None:
            self._channel.close()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "_Handler | None":
        """Find the handler of one call (grpc's interface)."""
        path: str = handler_call_details.method
        if not path.startswith("/pulumirpc.Analyzer/"):
            return None  # grpc answers UNIMPLEMENTED, which the engine takes for "alive"
        own: dict[str, _Answer] = {
            "Handshake": _handshake,
            "ConfigureStack": self._configure_stack,
        }
        answer = own.get(path.rpartition("/")[2], partial(self._forward, path))
        return grpc.unary_unary_rpc_method_handler(answer)

    def _configure_stack(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        configuration = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(request)
        variables = {
            "PULUMI_CONFIG": json.dumps(dict(configuration.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(configuration.config_secret_keys)),
            "PULUMI_ORGANIZATION": configuration.organization,
            "PULUMI_PROJECT": configuration.project,
            "PULUMI_STACK": configuration.stack,
            "PULUMI_DRY_RUN": "true" if configuration.dry_run else "false",
        }
        self._pack(variables, context)
        return self._forward("/pulumirpc.Analyzer/ConfigureStack", request, context)

    def _pack(self, variables: Mapping[str, str], context: grpc.ServicerContext) -> grpc.Channel:
        """The channel to the pack, which is started by the first call that needs it."""
        with self._lock:
            if self._channel is None:
                try:
                    port = self._start(variables)
                except OSError as error:
                    context.abort(grpc.StatusCode.UNKNOWN, str(error))
                self._channel = grpc.insecure_channel(
                    f"127.0.0.1:{port}", options=list(CHANNEL_OPTIONS)
                )
            return self._channel

    def _forward(self, path: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._pack({}, context).unary_unary(path)
        try:
            return call(request, wait_for_ready=True)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details() or str(error))


def _handshake(_request: bytes, _context: grpc.ServicerContext, /) -> bytes:
    return Empty().SerializeToString()
