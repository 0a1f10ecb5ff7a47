"""Config and the accounts layer's Outputs in, the identity layer of one account out.

It runs twice with Identity Center: in management for management itself, because a delegated
administrator may not touch a permission set that is provisioned there, and in the identity
account for all others. IAM users live in the identity account alone.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pulumi

from components.base import LayerContext
from components.contracts import AccountKind
from components.identity.assignments import AssignmentArgs, Assignments, AssignmentsArgs
from components.identity.contract import IdentityConfig, IdentityOutputs, InstanceConfig, Mode
from components.identity.directory import Directory, DirectoryArgs
from components.identity.permission_set import PermissionSet, PermissionSetArgs
from components.identity.targets import chosen_accounts
from components.identity.users import EVERYBODY, Users, UsersArgs
from components.people import person_role_arn


class Cell(NamedTuple):
    """One assignment in one account."""

    group: str
    permission_set: str
    account: str


def build(context: LayerContext, config: IdentityConfig) -> IdentityOutputs:
    """Build the layer for this account's kind.

    Raises:
        pulumi.RunError: An assignment means no account, or IAM users are wanted in management.
    """
    table = _table(context, config)
    if config.mode is Mode.IAM_USERS:
        return _iam_users(context, config, table)
    if config.instance is None:
        pulumi.warn("superinc:identity.instance: missing, so nobody gets access by this stack")
        return IdentityOutputs(group_ids={}, permission_set_arns={}, user_arns={})
    return _identity_center(context, config, config.instance, table)


def _possible(context: LayerContext, config: IdentityConfig) -> Iterable[str]:
    """The accounts this stack may assign people in."""
    management = context.organization.account_of_kind(AccountKind.MANAGEMENT)
    if config.mode is Mode.IAM_USERS:
        return context.organization.accounts
    if context.account.kind is AccountKind.MANAGEMENT:
        return (management,)
    return [name for name in context.organization.accounts if name != management]


def _table(context: LayerContext, config: IdentityConfig) -> list[Cell]:
    possible, cells = _possible(context, config), dict[Cell, None]()
    for number, one in enumerate(config.assignments):
        try:
            accounts = chosen_accounts(one.accounts, context.organization, possible)
        except ValueError as error:
            path = f"superinc:identity.assignments.{number}.accounts"
            raise pulumi.RunError(f"{path}: {error}") from error
        cells |= {Cell(one.group, one.permission_set, account): None for account in accounts}
    return sorted(cells)


def _identity_center(
    context: LayerContext, config: IdentityConfig, instance: InstanceConfig, table: list[Cell]
) -> IdentityOutputs:
    region = instance.region or context.organization.regions.home
    directory = Directory(
        "directory",
        DirectoryArgs(
            identity_store_id=instance.identity_store_id,
            region=region,
            groups=config.groups,
            users=config.users,
        ),
        context.options(),
    )
    known = config.known_permission_sets()
    sets = {
        name: PermissionSet(
            name,
            PermissionSetArgs(
                instance_arn=instance.arn, region=region, set_name=name, permissions=known[name]
            ),
            context.options(),
        ).arn
        for name in sorted({cell.permission_set for cell in table} | config.permission_sets.keys())
    }
    assignments = [
        AssignmentArgs(
            group=cell.group,
            group_id=directory.group_ids[cell.group],
            permission_set=cell.permission_set,
            permission_set_arn=sets[cell.permission_set],
            account=cell.account,
            account_id=context.account_id_of(cell.account),
        )
        for cell in table
    ]
    Assignments(
        "assignments",
        AssignmentsArgs(instance_arn=instance.arn, region=region, table=assignments),
        context.options(),
    )
    return IdentityOutputs(
        group_ids={name: directory.group_ids[name] for name in config.groups},
        permission_set_arns=sets,
        user_arns={},
    )


def _iam_users(context: LayerContext, config: IdentityConfig, table: list[Cell]) -> IdentityOutputs:
    if context.account.kind is AccountKind.MANAGEMENT:
        if config.users or config.groups:
            path = "superinc:identity.users"
            raise pulumi.RunError(f"{path}: got people in management, wanted them in identity")
        return IdentityOutputs(group_ids={}, permission_set_arns={}, user_arns={})
    if EVERYBODY in config.groups:
        path = f"superinc:identity.groups.{EVERYBODY}"
        raise pulumi.RunError(f"{path}: got a group of ours, wanted another name")

    def roles(group: str) -> pulumi.Output[list[str]] | None:
        cells = [cell for cell in table if cell.group == group]
        if not cells:
            return None
        return pulumi.Output.all(*(context.account_id_of(cell.account) for cell in cells)).apply(
            lambda ids: [
                person_role_arn(account_id, cell.permission_set)
                for account_id, cell in zip(ids, cells, strict=True)
            ]
        )

    made = Users(
        "users",
        UsersArgs(
            users={name: user.groups for name, user in config.users.items()},
            groups={name: roles(name) for name in config.groups},
        ),
        context.options(),
    )
    return IdentityOutputs(
        group_ids={},
        permission_set_arns={},
        user_arns={name: made.user_arns[name] for name in config.users},
    )
