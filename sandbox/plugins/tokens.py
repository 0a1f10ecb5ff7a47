"""Whose type a request is about."""

from typing import Protocol


class OfResource(Protocol):
    """A request about a resource, as far as its type goes."""

    @property
    def urn(self) -> str:
        """The resource's URN."""
        ...


def token_of(request: OfResource) -> str:
    """The resource's own type: a URN, and the SDK's `request.type`, name its parents' before it."""
    return request.urn.split("::")[2].rpartition("$")[2]
