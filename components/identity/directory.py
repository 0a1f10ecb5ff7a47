"""The people Identity Center knows, where no identity provider keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.identity.contract import GroupConfig, UserConfig


@dataclass(frozen=True, kw_only=True)
class DirectoryArgs:
    """Inputs of :class:`Directory`.

    Attributes:
        identity_store_id: The identity store.
        region: Its Region.
        groups: Groups by name; those with an id exist already and are only named.
        users: People by user name.
    """

    identity_store_id: str
    region: str
    groups: Mapping[str, GroupConfig]
    users: Mapping[str, UserConfig]


class Directory(Component):
    """Groups, users and memberships in the identity store.

    A person deleted here loses every access at once and keeps their sessions until they end. A
    deleted group takes its assignments along. Costs nothing.
    """

    group_ids: pulumi.Output[dict[str, str]]
    user_ids: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: DirectoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        groups = {group: self._group(name, args, group) for group in args.groups}
        users = {user: self._user(name, args, user).user_id for user in args.users}
        for user, config in args.users.items():
            for group in config.groups:
                aws.identitystore.GroupMembership(
                    f"{name}-{user}-{group}-membership",
                    identity_store_id=args.identity_store_id,
                    region=args.region,
                    group_id=groups[group],
                    member_id=users[user],
                    opts=self.child(),
                )

        self.finish(
            group_ids=pulumi.Output.all(**groups),
            user_ids=pulumi.Output.all(**users),
        )

    def _group(self, name: str, args: DirectoryArgs, group: str) -> pulumi.Output[str]:
        config = args.groups[group]
        if config.id is not None:
            return pulumi.Output.from_input(config.id)
        return aws.identitystore.Group(
            f"{name}-{group}-group",
            display_name=group,
            description=config.description or None,
            identity_store_id=args.identity_store_id,
            region=args.region,
            opts=self.child(),
        ).group_id

    def _user(self, name: str, args: DirectoryArgs, user: str) -> aws.identitystore.User:
        config = args.users[user]
        given, family = config.given_name or user, config.family_name or user
        return aws.identitystore.User(
            f"{name}-{user}-user",
            user_name=user,
            display_name=f"{given} {family}",
            name=aws.identitystore.UserNameArgs(given_name=given, family_name=family),
            emails=aws.identitystore.UserEmailsArgs(value=config.email, primary=True),
            identity_store_id=args.identity_store_id,
            region=args.region,
            opts=self.child(),
        )
