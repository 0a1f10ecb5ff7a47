"""The keys layer: one key per configured risk domain, here or in management."""

from collections.abc import Mapping

import pulumi

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.contracts import AccountKind
from components.keys.contract import KeyConfig, KeysConfig, KeysOutputs, Location
from components.keys.key import Key, KeyArgs, ReplicaArgs
from components.keys.linked_role_grants import LinkedRoleGrants, LinkedRoleGrantsArgs
from components.keys.policy import KeyPolicy
from components.keys.services import GRANTED_ROLES
from components.naming import DEPLOY_ROLE, key_alias, role_arn


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
    keys = {domain: _key(context, config, domain, aliases[domain]) for domain in config.domains}
    _grants(context, config, keys)
    return KeysOutputs(
        arns={domain: key.arn for domain, key in keys.items()},
        ids={domain: key.key_id for domain, key in keys.items()},
        aliases=aliases,
        alias_arns={domain: key.alias_arn for domain, key in keys.items()},
        replica_arns={
            domain: key.replica_arn.apply(str)
            for domain, key in keys.items()
            if config.domains[domain].multi_region
        },
    )


def _is_central(context: LayerContext, config: KeysConfig, domain: str) -> bool:
    """Whether management holds the key; its own keys are at home there either way."""
    location = config.domains[domain].location or config.location
    return location is Location.CENTRAL and context.account.kind is not AccountKind.MANAGEMENT


def _key(context: LayerContext, config: KeysConfig, domain: str, alias: str) -> Key:
    args = _args(context, config, domain, alias)
    if _is_central(context, config, domain):
        # STATE: a name of its own. Under the old one the engine would look for the account's
        # key in management, and lose the key that the data is encrypted with.
        provider = context.provider_for(AccountKind.MANAGEMENT)
        return Key(f"{domain}-central", args, context.options(provider=provider))
    return Key(domain, args, context.options())


def _args(context: LayerContext, config: KeysConfig, domain: str, alias: str) -> KeyArgs:
    regions, key = context.organization.regions, config.domains[domain]
    central = _is_central(context, config, domain)
    replica = ReplicaArgs(
        region=regions.replica, policy=_policy(context, config, domain, regions.replica)
    )
    return KeyArgs(
        alias=alias,
        description=f"{context.account_name}: {key.description}" if central else key.description,
        policy=_policy(context, config, domain, regions.home),
        replica=replica if key.multi_region else None,
    )


def _policy(
    context: LayerContext, config: KeysConfig, domain: str, region: str
) -> pulumi.Output[str]:
    accounts, key = context.layer(AccountsOutputs), config.domains[domain]
    central = _is_central(context, config, domain)
    management = context.organization.account_of_kind(AccountKind.MANAGEMENT)

    def policy(known: list[str], ids: dict[str, str]) -> str:
        account_id, deploy_role_arn = known
        if central:
            deploy_role_arn = role_arn(ids[management], DEPLOY_ROLE)
        return KeyPolicy(
            holder_id=ids[management] if central else account_id,
            account_id=account_id,
            region=region,
            administrators=[deploy_role_arn, *config.administrators, *key.administrators],
            consumers=key.consumers,
            users=key.users,
            accounts=[ids[name] for name in key.accounts],
        ).document()

    return pulumi.Output.all(
        pulumi.Output.all(context.account_id, accounts.deploy_role_arn), accounts.ids
    ).apply(lambda facts: policy(facts[0], facts[1]))


def _grants(context: LayerContext, config: KeysConfig, keys: Mapping[str, Key]) -> None:
    granted = {
        domain: (key.arn, roles)
        for domain, key in keys.items()
        if _is_central(context, config, domain) and (roles := _granted(config.domains[domain]))
    }
    if granted:
        args = LinkedRoleGrantsArgs(
            account_id=context.account_id, keys=granted, make_roles=config.linked_roles
        )
        LinkedRoleGrants("linked-roles", args, context.options())


def _granted(key: KeyConfig) -> tuple[str, ...]:
    return tuple(GRANTED_ROLES[one] for one in sorted(set(key.consumers)) if one in GRANTED_ROLES)
