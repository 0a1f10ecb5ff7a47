"""The accounts layer: the organisation in management, and the ways into every account."""

from dataclasses import replace

import pulumi

from components.accounts import access, management, people_access
from components.accounts.break_glass_role import BreakGlassRole, BreakGlassRoleArgs
from components.accounts.contract import (
    ACCOUNT_IDS,
    ORGANIZATION_ID,
    AccountsConfig,
    AccountsOutputs,
    PeopleMode,
)
from components.accounts.deploy_role import DeployRole, DeployRoleArgs
from components.accounts.person_roles import PersonRoles, PersonRolesArgs
from components.base import LayerContext
from components.contracts import AccountKind
from components.statements import Statement, document


def build(context: LayerContext, config: AccountsConfig) -> AccountsOutputs:
    """Build the layer for this account's kind.

    Raises:
        pulumi.RunError: A role of management would let nobody in.
    """
    _refuse_shut_doors(config)
    make = management.build if context.account.kind is AccountKind.MANAGEMENT else _member
    outputs = make(context, config)
    if config.break_glass:
        outputs = replace(outputs, break_glass_role_arn=_break_glass(context, config, outputs).arn)
    return outputs


def _refuse_shut_doors(config: AccountsConfig) -> None:
    users_come = config.people.mode is PeopleMode.IAM_USERS
    for name, door in config.roles:
        shut = door.users == () if users_come else not (door.permission_sets or door.users)
        if shut:
            path = f"superinc:accounts.roles.{name}.{'users' if users_come else 'permission_sets'}"
            raise pulumi.RunError(f"{path}: got none, wanted somebody who may come in")


def _member(context: LayerContext, config: AccountsConfig) -> AccountsOutputs:
    ids: pulumi.Output[dict[str, str]] = context.read(ACCOUNT_IDS)
    organization_id: pulumi.Output[str] = context.read(ORGANIZATION_ID)
    home = context.organization.account_of_kind(AccountKind.MANAGEMENT)
    role = DeployRole(
        "deploy",
        DeployRoleArgs(
            trust=pulumi.Output.all(ids, organization_id).apply(
                lambda known: access.member_trust(known[0][home], known[1])
            ),
            permissions=context.account_id.apply(
                lambda own_id: document(_member_statements(context, config, own_id))
            ),
        ),
        context.options(),
    )
    _person_roles(context, config, ids, organization_id)
    return AccountsOutputs(ids=ids, organization_id=organization_id, deploy_role_arn=role.arn)


def _person_roles(
    context: LayerContext,
    config: AccountsConfig,
    ids: pulumi.Output[dict[str, str]],
    organization_id: pulumi.Output[str],
) -> None:
    roles, described = config.people.role_permissions(), context.organization
    if roles:
        args = PersonRolesArgs(
            management_id=ids[described.account_of_kind(AccountKind.MANAGEMENT)],
            identity_id=ids[described.account_of_kind(AccountKind.IDENTITY)],
            organization_id=organization_id,
            roles=roles,
        )
        PersonRoles("people", args, context.options())


def _member_statements(
    context: LayerContext, config: AccountsConfig, own_id: str
) -> list[Statement]:
    kind = context.account.kind
    holds_users = kind is AccountKind.IDENTITY and config.people.mode is PeopleMode.IAM_USERS
    return [
        *access.rollout_statements(own_id, kind, config.deploy.services),
        *(access.user_statements(own_id) if holds_users else ()),
    ]


def _break_glass(
    context: LayerContext, config: AccountsConfig, outputs: AccountsOutputs
) -> BreakGlassRole:
    home = context.organization.account_of_kind(AccountKind.MANAGEMENT)

    def trust(ids: dict[str, str], organization_id: str) -> str:
        if context.account_name == home:
            return management.people_trust(
                context,
                config,
                config.roles.break_glass,
                (ids, organization_id),
                people_access.EMERGENCY_SIGN_IN_SECONDS,
            )
        return people_access.break_glass_trust(
            management_id=ids[home], organization_id=organization_id
        )

    return BreakGlassRole(
        "break-glass",
        BreakGlassRoleArgs(
            trust=pulumi.Output.all(outputs.ids, outputs.organization_id).apply(
                lambda known: trust(known[0], known[1])
            )
        ),
        context.options(),
    )
