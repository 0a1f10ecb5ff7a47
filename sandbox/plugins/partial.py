"""A resource that was made, but does not work: the engine keeps it and says why."""

from collections.abc import Sequence

from google.protobuf.any_pb2 import Any as AnyMessage
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import proto
from pulumi.runtime.proto import status_pb2

from sandbox.plugins.values import Properties

STATUS_KEY = "grpc-status-details-bin"
"""The trailer in which gRPC carries an error's details."""

_UNKNOWN = 2


class PartialError(Exception):
    """Create or update made the resource, which then failed to come up.

    Attributes:
        details: The status message with which the engine keeps the resource.
    """

    def __init__(self, identity: str, properties: Properties, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        failed = proto.ErrorResourceInitFailed(
            id=identity,
            properties=PropertyValue.marshal_map(dict(properties)),
            reasons=list(reasons),
        )
        packed = AnyMessage()
        packed.Pack(failed)
        status = status_pb2.Status(code=_UNKNOWN, message=str(self), details=[packed])
        self.details = status.SerializeToString()
