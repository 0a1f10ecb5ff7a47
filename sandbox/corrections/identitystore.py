"""The identity store: changes of groups and users."""

from typing import Any, cast

from moto.identitystore.models import IdentityStoreBackend
from moto.identitystore.responses import IdentityStoreResponse

from sandbox.corrections.operations import Operations, add


def correct() -> None:
    """Add what changes somebody."""
    add(IdentityStoreResponse, Changes)


class Changes(Operations):
    """Changes attribute by attribute; moto keeps groups and users as tuples."""

    identitystore_backend: IdentityStoreBackend

    def update_group(self) -> str:
        """UpdateGroup."""
        return self._change("groups", "GroupId")

    def update_user(self) -> str:
        """UpdateUser."""
        return self._change("users", "UserId")

    def _change(self, kind: str, key: str) -> str:
        store = self.identitystore_backend.identity_stores[self._get_param("IdentityStoreId")]
        kept, which = getattr(store, kind), self._get_param(key)
        for one in cast("list[dict[str, Any]]", self._get_param("Operations")):
            first, _, inner = str(one["AttributePath"]).partition(".")
            value = _pascal(one.get("AttributeValue"))
            if inner:
                value = getattr(kept[which], _member(first))._replace(**{_member(inner): value})
            kept[which] = kept[which]._replace(**{_member(first): value})
        return "{}"


def _member(path: str) -> str:
    return f"{path[0].upper()}{path[1:]}"


def _pascal(value: object) -> object:
    """A document's members as the other operations write them."""
    if isinstance(value, list):
        return [_pascal(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {_member(name): _pascal(one) for name, one in items}
    return value
