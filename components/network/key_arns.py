"""The account's keys, as the network asks for them."""

import pulumi

from components.base import LayerContext
from components.keys.contract import KeysOutputs


def key_arn(context: LayerContext, domain: str) -> pulumi.Output[str]:
    """The account's key for a risk domain.

    Raises:
        pulumi.RunError: It has none.
    """
    arns = context.layer(KeysOutputs).arns
    if domain not in arns:
        got = ", ".join(sorted(arns)) or "none"
        raise pulumi.RunError(
            f"superinc:keys.domains: got {got}, wanted {domain} among them for the network layer"
        )
    return arns[domain]
