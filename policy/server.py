"""Serves the pack to the engine: the analyzer protocol on a port of this machine."""

import sys
from collections.abc import Callable
from concurrent import futures
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from pulumi.runtime.proto import analyzer_pb2 as protocol

from policy.crossguard import Analyzer

if TYPE_CHECKING:
    Handler = grpc.RpcMethodHandler[Any, Any]

Request = TypeVar("Request", bound=Message)

SERVICE = "pulumirpc.Analyzer"
THREADS = 4
MAX_MESSAGE_BYTES = 400 * 1024 * 1024
"""The limit Pulumi's own SDKs set on both sides: a whole stack is one message."""


def handlers(analyzer: Analyzer) -> grpc.GenericRpcHandler:
    """The protocol's methods; of the others grpc says UNIMPLEMENTED, as the engine expects."""
    methods = {
        "Analyze": _unary(analyzer.analyze, protocol.AnalyzeRequest),
        "AnalyzeStack": _unary(analyzer.analyze_stack, protocol.AnalyzeStackRequest),
        "Configure": _unary(analyzer.configure, protocol.ConfigureAnalyzerRequest),
        "ConfigureStack": _unary(analyzer.configure_stack, protocol.AnalyzerStackConfigureRequest),
        "GetAnalyzerInfo": _unary(analyzer.info, Empty),
        "GetPluginInfo": _unary(analyzer.plugin_info, Empty),
        "Remediate": _unary(analyzer.remediate, protocol.AnalyzeRequest),
    }
    return grpc.method_handlers_generic_handler(SERVICE, methods)


def serve(analyzer: Analyzer) -> None:
    """Answer the engine until it ends this process; the port is the one line on stdout."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=THREADS),
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ],
    )
    server.add_generic_rpc_handlers((handlers(analyzer),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:  # Ctrl-C reaches the whole process group.
        server.stop(0)


def _unary(answer: Callable[[Request], Message], request_type: type[Request]) -> "Handler":
    def handle(request: Request, _context: grpc.ServicerContext) -> Message:
        return answer(request)

    return grpc.unary_unary_rpc_method_handler(
        handle,
        request_deserializer=request_type.FromString,
        response_serializer=_serialized,
    )


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()
