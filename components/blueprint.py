"""Which layers an account runs, in build order; free of Pulumi and of any provider SDK."""

from importlib import import_module

from components.contracts import AccountKind, LayerContract

_FOUNDATION = ("accounts", "keys", "governance")
_NETWORKED = (*_FOUNDATION, "dns", "network")

LAYERS: dict[AccountKind, tuple[str, ...]] = {
    AccountKind.MANAGEMENT: (*_FOUNDATION, "identity"),
    AccountKind.IDENTITY: (*_FOUNDATION, "identity"),
    AccountKind.BACKUP: _FOUNDATION,
    AccountKind.WORKLOAD: (*_NETWORKED, "edge", "eks", "delivery", "workloads"),
    AccountKind.SHARED: (*_NETWORKED, "edge", "delivery"),
    AccountKind.MONITORING: (*_NETWORKED, "eks", "workloads"),
}
"""Layer names per account kind. A layer may use the Outputs of those before it in its row."""


def layer_names() -> tuple[str, ...]:
    """Every layer of the organisation once, in the order of the blueprint."""
    return tuple(dict.fromkeys(name for names in LAYERS.values() for name in names))


def contract(layer: str) -> LayerContract:
    """The contract of a layer.

    Raises:
        LookupError: No account kind has such a layer.
    """
    if layer not in layer_names():
        raise LookupError(f"got layer {layer!r}, wanted one of {', '.join(layer_names())}")
    found = import_module(f"components.{layer}.contract").CONTRACT
    if not isinstance(found, LayerContract):
        raise TypeError(f"components.{layer}.contract.CONTRACT: got {found!r}, wanted a contract")
    return found


def contracts_of(kind: AccountKind) -> tuple[LayerContract, ...]:
    """The contracts of the layers an account of this kind runs, in build order."""
    return tuple(contract(layer) for layer in LAYERS[kind])
