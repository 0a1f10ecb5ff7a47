"""Load balancers: the further certificates of a listener."""

from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeListener


def correct() -> None:
    """Set right what `keep_further_certificates` says."""
    keep_further_certificates()


def keep_further_certificates() -> None:
    """Keep what AddListenerCertificates added when the listener itself is changed.

    moto has one list for both and writes ModifyListener's one certificate over it.
    """
    modify = ELBv2Backend.modify_listener

    def modify_listener(self: ELBv2Backend, arn: str, *rest: Any, **more: Any) -> FakeListener:  # noqa: ANN401 - passed on as it came
        listener = self.describe_listeners(None, [arn])[0]
        further = list(listener.certificates or [])[1:]
        changed = modify(self, arn, *rest, **more)
        kept = changed.certificates or []
        changed.certificates = [*kept, *(one for one in further if one not in kept)]
        return changed

    ELBv2Backend.modify_listener = modify_listener
