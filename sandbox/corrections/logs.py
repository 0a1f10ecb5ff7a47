"""Logs: metric filters, a group's key, and what a delivery delivers."""

from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from sandbox.corrections.operations import Operations, add


def correct() -> None:
    """Set right what `replace_filters` says; add what changes a group's key and a delivery."""
    replace_filters()
    add(LogsResponse, Changes)


def replace_filters() -> None:
    """Put a metric filter in the place of the one of its name; moto puts it behind that."""
    put = MetricFilters.add_filter

    def add_filter(self: MetricFilters, name: str, pattern: str, group: str, metrics: str) -> None:
        self.metric_filters = [
            one
            for one in self.metric_filters
            if (one["filterName"], one["logGroupName"]) != (name, group)
        ]
        put(self, name, pattern, group, metrics)

    MetricFilters.add_filter = add_filter  # pyright: ignore[reportAttributeAccessIssue] - its parameters have shorter names


class Changes(Operations):
    """Changes that moto takes at creation only."""

    logs_backend: LogsBackend

    def associate_kms_key(self) -> str:
        """AssociateKmsKey."""
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.kms_key_id = self._get_param("kmsKeyId")
        return ""

    def disassociate_kms_key(self) -> str:
        """DisassociateKmsKey."""
        self.logs_backend.groups[self._get_param("logGroupName")].kms_key_id = None
        return ""

    def update_delivery_configuration(self) -> str:
        """UpdateDeliveryConfiguration."""
        delivery = self.logs_backend.get_delivery(self._get_param("id"))
        for member, kept in (
            ("recordFields", "record_fields"),
            ("fieldDelimiter", "field_delimiter"),
            ("s3DeliveryConfiguration", "s3_delivery_configuration"),
        ):
            value = self._get_param(member)
            if value is not None:
                setattr(delivery, kept, value)
        return "{}"
