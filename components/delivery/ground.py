"""What the delivery layer stands on: the names, keys and layers built before it."""

import pulumi

from components.base import LayerContext
from components.keys.contract import KeysOutputs

NAME = "delivery"
"""First part of every logical name of this layer. STATE: part of every URN."""

PATH = f"superinc:{NAME}"


def key(context: LayerContext, domain: str) -> pulumi.Output[str]:
    """The account's key for a risk domain.

    Raises:
        pulumi.RunError: It has none.
    """
    return _of(context.layer(KeysOutputs).arns, domain, "among them")


def replica_key(context: LayerContext, domain: str) -> pulumi.Output[str]:
    """The same key in the replica Region.

    Raises:
        pulumi.RunError: It is not there.
    """
    return _of(context.layer(KeysOutputs).replica_arns, domain, "among them, multi_region")


def _of(arns: dict[str, pulumi.Output[str]], domain: str, wanted: str) -> pulumi.Output[str]:
    if domain not in arns:
        got = ", ".join(sorted(arns)) or "none"
        raise pulumi.RunError(
            f"superinc:keys.domains: got {got}, wanted {domain} {wanted} for the delivery layer"
        )
    return arns[domain]
