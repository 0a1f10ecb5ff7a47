"""The keys layer: one key per configured risk domain."""

import pulumi

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.keys.contract import KeyConfig, KeysConfig, KeysOutputs
from components.keys.key import Key, KeyArgs, ReplicaArgs
from components.keys.policy import KeyPolicy
from components.naming import key_alias


def build(context: LayerContext, config: KeysConfig) -> KeysOutputs:
    """Build one key per risk domain.

    Raises:
        pulumi.RunError: A key is open to an account the organisation does not have.
    """
    for domain, key in config.domains.items():
        strangers = sorted(set(key.accounts) - set(context.organization.accounts))
        if strangers:
            got, known = ", ".join(strangers), ", ".join(context.organization.accounts)
            path = f"superinc:keys.domains.{domain}.accounts"
            raise pulumi.RunError(f"{path}: got {got}, wanted any of {known}")
    aliases = {domain: key_alias(context.account_name, domain) for domain in config.domains}
    keys = {
        domain: Key(domain, _args(context, config, key, aliases[domain]), context.options())
        for domain, key in config.domains.items()
    }
    return KeysOutputs(
        arns={domain: key.arn for domain, key in keys.items()},
        ids={domain: key.key_id for domain, key in keys.items()},
        aliases=aliases,
        replica_arns={
            domain: key.replica_arn.apply(str)
            for domain, key in keys.items()
            if config.domains[domain].multi_region
        },
    )


def _args(context: LayerContext, config: KeysConfig, key: KeyConfig, alias: str) -> KeyArgs:
    regions = context.organization.regions
    replica = ReplicaArgs(
        region=regions.replica, policy=_policy(context, config, key, regions.replica)
    )
    return KeyArgs(
        alias=alias,
        description=key.description,
        policy=_policy(context, config, key, regions.home),
        replica=replica if key.multi_region else None,
    )


def _policy(
    context: LayerContext, config: KeysConfig, key: KeyConfig, region: str
) -> pulumi.Output[str]:
    accounts = context.layer(AccountsOutputs)

    def policy(known: list[str], ids: dict[str, str]) -> str:
        account_id, deploy_role_arn = known
        return KeyPolicy(
            account_id=account_id,
            region=region,
            administrators=[deploy_role_arn, *config.administrators],
            consumers=key.consumers,
            users=key.users,
            accounts=[ids[name] for name in key.accounts],
        ).document()

    return pulumi.Output.all(
        pulumi.Output.all(context.account_id, accounts.deploy_role_arn), accounts.ids
    ).apply(lambda facts: policy(facts[0], facts[1]))
