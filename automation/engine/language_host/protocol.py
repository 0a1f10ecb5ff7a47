"""Pulumi's generated gRPC messages without the SDK around them.

`import pulumi.runtime.proto` runs `pulumi/__init__.py` first, which imports the whole SDK and takes
twice the time of everything else this process does. The generated modules need only their own
package, so empty parents with the right search path are put in its place. Only ever do this in a
process that does not otherwise use the SDK: the language host is one.
"""

import importlib.util
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import analyzer_pb2, language_pb2, plugin_pb2

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
"""The limit Pulumi's own SDKs set on both sides (`_MAX_RPC_MESSAGE_SIZE`)."""

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
)


def _hollow_parents() -> None:
    """Put empty packages in the place of the SDK, unless it is loaded already."""
    if "pulumi" in sys.modules:
        return
    spec = importlib.util.find_spec("pulumi")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("the language host needs the `pulumi` package beside it")
    root = Path(next(iter(spec.submodule_search_locations)))
    for name in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        package = ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package


if not TYPE_CHECKING:
    _hollow_parents()
    analyzer_pb2 = import_module("pulumi.runtime.proto.analyzer_pb2")
    language_pb2 = import_module("pulumi.runtime.proto.language_pb2")
    plugin_pb2 = import_module("pulumi.runtime.proto.plugin_pb2")

__all__ = ["CHANNEL_OPTIONS", "analyzer_pb2", "language_pb2", "plugin_pb2"]
