"""The accounts layer: the organisation in management, the way in and the baseline everywhere."""

from collections.abc import Mapping

import pulumi

from components.accounts import access, policies
from components.accounts.account import Account, AccountArgs
from components.accounts.baseline import Baseline, BaselineArgs
from components.accounts.contract import (
    ACCOUNT_IDS,
    ORGANIZATION_ID,
    AccountsConfig,
    AccountsOutputs,
    GuardrailsConfig,
)
from components.accounts.deploy_role import DeployRole, DeployRoleArgs
from components.accounts.guardrails import Guardrails, GuardrailsArgs
from components.accounts.organization import Organization, OrganizationArgs
from components.accounts.policies import Scope
from components.base import LayerContext
from components.contracts import AccountKind
from components.naming import ACCOUNT_ALIAS_LIMIT, physical_name
from components.statements import document


def build(context: LayerContext, config: AccountsConfig) -> AccountsOutputs:
    """Build the layer for this account's kind."""
    _baseline(context, config)
    if context.account.kind is AccountKind.MANAGEMENT:
        return _management(context, config)
    return _member(context, config)


def _baseline(context: LayerContext, config: AccountsConfig) -> None:
    company = context.organization.domain.split(".")[0]
    alias = physical_name(company, context.account_name, limit=ACCOUNT_ALIAS_LIMIT)
    args = BaselineArgs(alias=alias if config.account_alias else None)
    Baseline("baseline", args, context.options())


def _management(context: LayerContext, config: AccountsConfig) -> AccountsOutputs:
    organization = Organization(
        "organization",
        OrganizationArgs(
            policy_types=config.organization.policy_types,
            service_access=config.organization.service_access,
            import_id=config.organization.import_id,
            retain=config.organization.retain,
        ),
        context.options(),
    )
    members = _members(context, organization)
    if config.guardrails.enabled:
        _guardrails(context, config.guardrails, organization, members)

    ids = pulumi.Output.all(**{context.account_name: context.account_id, **members})
    role = DeployRole(
        "deploy",
        DeployRoleArgs(
            trust=pulumi.Output.all(context.account_id, organization.organization_id).apply(
                lambda known: access.management_trust(known[0], known[1], config.deploy.principals)
            ),
            permissions=ids.apply(lambda known: _management_permissions(context, config, known)),
        ),
        context.options(),
    )
    return AccountsOutputs(
        ids=ids,
        organization_id=organization.organization_id,
        deploy_role_arn=role.arn,
        root_id=organization.root_id,
    )


def _members(context: LayerContext, organization: Organization) -> dict[str, pulumi.Output[str]]:
    described = context.organization
    return {
        name: Account(
            name,
            AccountArgs(
                account_name=name,
                email=described.email_of(name),
                parent_id=organization.root_id,
                access_role=described.access_role,
                adopted_id=account.id,
            ),
            context.options(),
        ).account_id
        for name, account in described.accounts.items()
        if name != context.account_name
    }


def _guardrails(
    context: LayerContext,
    config: GuardrailsConfig,
    organization: Organization,
    members: Mapping[str, pulumi.Output[str]],
) -> None:
    described = context.organization
    identity = described.account_of_kind(AccountKind.IDENTITY)
    backup = described.account_of_kind(AccountKind.BACKUP)
    regions = {described.regions.home, described.regions.replica, *config.regions}
    Guardrails(
        "guardrails",
        GuardrailsArgs(
            policies=policies.guardrails(
                regions=frozenset(regions), break_glass_role=config.break_glass_role
            ),
            targets={
                Scope.ROOT: {"root": organization.root_id},
                Scope.MEMBERS_WITHOUT_USERS: {
                    name: account_id for name, account_id in members.items() if name != identity
                },
                Scope.BACKUP: {backup: members[backup]},
            },
        ),
        context.options(depends_on=[organization]),
    )


def _management_permissions(
    context: LayerContext, config: AccountsConfig, ids: Mapping[str, str]
) -> str:
    own_id = ids[context.account_name]
    members = {name: found for name, found in ids.items() if name != context.account_name}
    kind, deploy = context.account.kind, config.deploy
    return document(
        [
            *access.rollout_statements(own_id, kind, deploy.services),
            *access.reach_statements(members, context.organization.access_role),
            *access.state_statements(
                own_id,
                context.organization.regions.home,
                bucket=deploy.state_bucket,
                key_alias=deploy.state_key_alias,
            ),
        ]
    )


def _member(context: LayerContext, config: AccountsConfig) -> AccountsOutputs:
    ids: pulumi.Output[dict[str, str]] = context.read(ACCOUNT_IDS)
    organization_id: pulumi.Output[str] = context.read(ORGANIZATION_ID)
    management = context.organization.account_of_kind(AccountKind.MANAGEMENT)
    kind, services = context.account.kind, config.deploy.services
    role = DeployRole(
        "deploy",
        DeployRoleArgs(
            trust=pulumi.Output.all(ids, organization_id).apply(
                lambda known: access.member_trust(known[0][management], known[1])
            ),
            permissions=context.account_id.apply(
                lambda own_id: document(access.rollout_statements(own_id, kind, services))
            ),
        ),
        context.options(),
    )
    return AccountsOutputs(ids=ids, organization_id=organization_id, deploy_role_arn=role.arn)
