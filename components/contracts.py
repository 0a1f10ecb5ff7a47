"""What a layer promises: the face every `contract.py` shows, free of any provider SDK."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class AccountKind(StrEnum):
    """What an account is for. Not its environment: staging and production are both workloads."""

    MANAGEMENT = "management"
    IDENTITY = "identity"
    SHARED = "shared"
    BACKUP = "backup"
    MONITORING = "monitoring"
    WORKLOAD = "workload"


SINGLETON_KINDS = frozenset(AccountKind) - {AccountKind.WORKLOAD}
"""Kinds an organisation has exactly one account of; only these can be read from."""


_INSIDE = "inside"


def inside(
    *,
    default: Any = None,  # noqa: ANN401 - as `dataclasses.field`
    factory: Callable[[], Any] | None = None,
) -> Any:  # noqa: ANN401 - as `dataclasses.field`
    """A field of an Outputs dataclass for later layers of the same stack alone.

    It holds what no other program can read: a provider, or resources to depend on.

    Args:
        default: Its value where none is given.
        factory: What makes that value, for one that could be changed.
    """
    metadata = {_INSIDE: True}
    if factory is not None:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


def published(outputs: object) -> tuple[str, ...]:
    """The names an Outputs dataclass, or one of its objects, publishes."""
    return tuple(known.name for known in fields(outputs) if not known.metadata.get(_INSIDE))  # pyright: ignore[reportArgumentType] - any dataclass


class LayerConfig(BaseModel):
    """Base of every layer's Config: frozen plain values, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Read:
    """One output of an earlier account that a layer needs (design D3).

    Attributes:
        kind: The account kind that publishes it; one of :data:`SINGLETON_KINDS`.
        layer: The layer that publishes it.
        output: The field of that layer's Outputs.
    """

    kind: AccountKind
    layer: str
    output: str

    def __str__(self) -> str:
        """The read as people see it: ``shared:dns.zone_id``."""
        return f"{self.kind}:{self.layer}.{self.output}"


@dataclass(frozen=True, kw_only=True)
class LayerContract:
    """A layer's promise: what it takes, what it reads from earlier accounts, what it publishes.

    Attributes:
        name: The layer's folder and its configuration key (``superinc:<name>``).
        config: Its Config model.
        outputs: Its Outputs dataclass; field names are the published output names.
        reads: What it reads in an account of this kind with this Config.
    """

    name: str
    config: type[LayerConfig]
    outputs: type[Any]
    reads: Callable[[Any, AccountKind], tuple[Read, ...]]

    def output_names(self) -> frozenset[str]:
        """The names this layer publishes."""
        return frozenset(published(self.outputs))
