"""The management account's part of the layer: the organisation and what only it can hold."""

from collections.abc import Mapping

import pulumi

from components.accounts import access, people_access, perimeter, policies
from components.accounts.account import Account, AccountArgs
from components.accounts.contacts import Contacts, ContactsArgs
from components.accounts.contract import (
    AccountsConfig,
    AccountsOutputs,
    DoorConfig,
    GuardrailsConfig,
    PeopleMode,
)
from components.accounts.delegation import Delegation, DelegationArgs
from components.accounts.deploy_role import DeployRole, DeployRoleArgs
from components.accounts.guardrail import Guardrail, PolicyType, Scope
from components.accounts.guardrails import Guardrails, GuardrailsArgs
from components.accounts.management_roles import ManagementRoles, ManagementRolesArgs
from components.accounts.organization import Organization, OrganizationArgs
from components.base import LayerContext
from components.contracts import AccountKind
from components.naming import DEPLOY_ROLE
from components.statements import document

Members = Mapping[str, pulumi.Output[str]]


def build(context: LayerContext, config: AccountsConfig) -> AccountsOutputs:
    """Build the organisation, its accounts, its guardrails and the roles of management."""
    organization = Organization(
        "organization",
        OrganizationArgs(
            policy_types=config.organization.policy_types,
            service_access=config.organization.service_access,
            root_features=config.organization.root_features,
            import_id=config.organization.import_id,
            retain=config.organization.retain,
        ),
        context.options(),
    )
    members = _members(context, organization)
    if config.guardrails.enabled:
        _guardrails(context, config.guardrails, organization, members)
    _delegations(context, config, organization, members)
    _contacts(context, config, organization, members)
    ids = pulumi.Output.all(**{context.account_name: context.account_id, **members})
    deploy = _deploy_role(context, config, organization, ids)
    roles = _roles(context, config, organization, ids)
    return AccountsOutputs(
        ids=ids,
        organization_id=organization.organization_id,
        deploy_role_arn=deploy.arn,
        root_id=organization.root_id,
        billing_role_arn=roles.billing_arn,
        organization_admin_role_arn=roles.organization_admin_arn,
    )


def people_trust(
    context: LayerContext,
    config: AccountsConfig,
    door: DoorConfig,
    known: tuple[Mapping[str, str], str],
    sign_in_seconds: int = people_access.RECENT_SIGN_IN_SECONDS,
) -> str:
    """The trust policy behind one configured door, once the accounts' ids are known."""
    ids, organization_id = known
    users_come = config.people.mode is PeopleMode.IAM_USERS
    everybody = ("*",) if users_come else ()
    return people_access.people_trust(
        people_access.Door(
            permission_sets=() if users_come else door.permission_sets,
            users=everybody if door.users is None else door.users,
            sign_in_seconds=sign_in_seconds,
        ),
        management_id=ids[context.account_name],
        identity_id=ids[context.organization.account_of_kind(AccountKind.IDENTITY)],
        organization_id=organization_id,
    )


def _members(context: LayerContext, organization: Organization) -> Members:
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
    context: LayerContext, config: GuardrailsConfig, organization: Organization, members: Members
) -> None:
    described = context.organization
    identity = described.account_of_kind(AccountKind.IDENTITY)
    backup = described.account_of_kind(AccountKind.BACKUP)
    regions = {described.regions.home, described.regions.replica, *config.regions}
    service_control = policies.guardrails(
        regions=frozenset(regions),
        break_glass_role=config.break_glass_role,
        rollout_roles=(DEPLOY_ROLE, described.access_role),
    )
    resource_control = (_perimeter(config, organization),) if config.perimeter else ()
    Guardrails(
        "guardrails",
        GuardrailsArgs(
            policies=(*service_control, *resource_control),
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


def _perimeter(config: GuardrailsConfig, organization: Organization) -> Guardrail:
    return Guardrail(
        name=perimeter.NAME,
        description="Only our principals, and services for us, use what members hold",
        scope=Scope.ROOT,
        type=PolicyType.RESOURCE_CONTROL,
        content=organization.organization_id.apply(
            lambda known: perimeter.perimeter(
                organization_id=known, trusted_accounts=config.trusted_accounts
            )
        ),
    )


def _delegations(
    context: LayerContext, config: AccountsConfig, organization: Organization, members: Members
) -> None:
    for kind, services in config.organization.delegated_administrators.items():
        if services:
            Delegation(
                f"delegation-{kind}",
                DelegationArgs(
                    account_id=members[context.organization.account_of_kind(kind)],
                    services=services,
                ),
                context.options(depends_on=[organization]),
            )


def _contacts(
    context: LayerContext, config: AccountsConfig, organization: Organization, members: Members
) -> None:
    given = {
        "BILLING": config.contacts.billing,
        "OPERATIONS": config.contacts.operations,
        "SECURITY": config.contacts.security,
    }
    contacts = {matter: contact for matter, contact in given.items() if contact is not None}
    accounts = {context.account_name: None, **members} if contacts else {}
    for name, account_id in accounts.items():
        Contacts(
            f"contacts-{name}",
            ContactsArgs(contacts=contacts, account_id=account_id),
            context.options(depends_on=[organization]),
        )


def _deploy_role(
    context: LayerContext,
    config: AccountsConfig,
    organization: Organization,
    ids: pulumi.Output[dict[str, str]],
) -> DeployRole:
    return DeployRole(
        "deploy",
        DeployRoleArgs(
            trust=pulumi.Output.all(context.account_id, organization.organization_id).apply(
                lambda known: access.management_trust(known[0], known[1], config.deploy.principals)
            ),
            permissions=ids.apply(lambda known: _permissions(context, config, known)),
        ),
        context.options(),
    )


def _permissions(context: LayerContext, config: AccountsConfig, ids: Mapping[str, str]) -> str:
    own_id = ids[context.account_name]
    members = {name: found for name, found in ids.items() if name != context.account_name}
    kind, deploy = context.account.kind, config.deploy
    return document(
        [
            *access.rollout_statements(own_id, kind, deploy.services),
            *access.root_feature_statements(),
            *access.reach_statements(members, context.organization.access_role),
            *access.state_statements(
                own_id,
                context.organization.regions.home,
                bucket=deploy.state_bucket,
                key_alias=deploy.state_key_alias,
            ),
        ]
    )


def _roles(
    context: LayerContext,
    config: AccountsConfig,
    organization: Organization,
    ids: pulumi.Output[dict[str, str]],
) -> ManagementRoles:
    facts = pulumi.Output.all(ids, organization.organization_id)

    def trust(door: DoorConfig) -> pulumi.Output[str]:
        return facts.apply(lambda known: people_trust(context, config, door, (known[0], known[1])))

    return ManagementRoles(
        "management-roles",
        ManagementRolesArgs(
            billing_trust=trust(config.roles.billing),
            organization_admin_trust=trust(config.roles.organization_admin),
        ),
        context.options(),
    )
