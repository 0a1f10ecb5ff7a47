"""A resource that was made and does not work, as the engine reads it."""

from pulumi.runtime import proto
from pulumi.runtime.proto import status_pb2

from sandbox.plugins.partial import PartialError
from sandbox.plugins.values import wrap_map


def test_the_engine_learns_id_properties_and_reasons() -> None:
    error = PartialError("shop/web", wrap_map({"kind": "Deployment"}), ["0 of 2 are available"])
    status = status_pb2.Status.FromString(error.details)
    failed = proto.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failed)
    assert (failed.id, list(failed.reasons)) == ("shop/web", ["0 of 2 are available"])
    assert failed.properties.fields["kind"].string_value == "Deployment"
    assert str(error) == "0 of 2 are available"
