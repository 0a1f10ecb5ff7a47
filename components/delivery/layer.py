"""Config and earlier Outputs in, the delivery layer of one account out."""

import pulumi

from components.base import LayerContext
from components.delivery.contract import REGISTRY_KIND, DeliveryConfig, DeliveryOutputs
from components.delivery.ground import PATH
from components.delivery.registry import build_registry


def build(context: LayerContext, config: DeliveryConfig) -> DeliveryOutputs:
    """Build the registry in the shared account, and what rolls images out in a cluster's.

    Raises:
        pulumi.RunError: One is asked for in the account of the other.
    """
    if context.account.kind is REGISTRY_KIND:
        if config.in_a_cluster():
            raise pulumi.RunError(
                f"{PATH}: got argo_cd or rollouts in {context.account_name}, wanted them in an"
                " account with a cluster"
            )
        if config.registry is None:
            return DeliveryOutputs()
        return build_registry(context, config.registry)
    if config.registry is not None:
        raise pulumi.RunError(
            f"{PATH}.registry: got one in {context.account_name}, wanted it in the account of"
            f" kind {REGISTRY_KIND} alone"
        )
    return _cluster(context, config)


def _cluster(context: LayerContext, config: DeliveryConfig) -> DeliveryOutputs:
    if not config.in_a_cluster():
        return DeliveryOutputs(deployment=config.deployment.value, rollouts=False)
    # pulumi_kubernetes costs a start-up that an account without any of it need not pay.
    from components.delivery.cluster import build_cluster  # noqa: PLC0415 - see above

    return build_cluster(context, config)
