"""IAM users of the identity account: people without Identity Center."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.identity.policies import becoming, self_service

EVERYBODY = "everybody"
"""The group that all users are in; it enforces MFA."""


@dataclass(frozen=True, kw_only=True)
class UsersArgs:
    """Inputs of :class:`Users`.

    Attributes:
        users: The groups of each person, by user name.
        groups: What each group may become: role ARNs, by group name, or None for nothing.
    """

    users: Mapping[str, Sequence[str]]
    groups: Mapping[str, pulumi.Output[list[str]] | None]


class Users(Component):
    """Users, groups and the policy that lets nobody do anything without MFA.

    A user has no access key and no password from here: both would lie in the state. An
    administrator gives the first password by hand. Deleting a user deletes the password and
    the devices added by hand too. Costs nothing.
    """

    user_arns: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: UsersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        everybody = self._everybody(name)
        groups = {group: self._group(name, group, args.groups[group]) for group in args.groups}
        users = {
            user: aws.iam.User(f"{name}-{user}", name=user, force_destroy=True, opts=self.child())
            for user in args.users
        }
        for group, made in {EVERYBODY: everybody, **groups}.items():
            members = [
                users[user].name
                for user, own in args.users.items()
                if group == EVERYBODY or group in own
            ]
            if members:
                aws.iam.GroupMembership(
                    f"{name}-{group}-membership",
                    group=made.name,
                    users=members,
                    opts=self.child(),
                )

        self.finish(user_arns=pulumi.Output.all(**{user: made.arn for user, made in users.items()}))

    def _everybody(self, name: str) -> aws.iam.Group:
        group = aws.iam.Group(f"{name}-{EVERYBODY}-group", name=EVERYBODY, opts=self.child())
        policy = aws.iam.Policy(
            f"{name}-self-service",
            description="Own password and MFA; nothing else without MFA",
            policy=self_service(),
            opts=self.child(),
        )
        aws.iam.GroupPolicyAttachment(
            f"{name}-self-service-attachment",
            group=group.name,
            policy_arn=policy.arn,
            opts=self.child(),
        )
        return group

    def _group(
        self, name: str, group: str, roles: pulumi.Output[list[str]] | None
    ) -> aws.iam.Group:
        made = aws.iam.Group(f"{name}-{group}-group", name=group, opts=self.child())
        if roles is not None:
            aws.iam.GroupPolicy(
                f"{name}-{group}-roles",
                group=made.name,
                policy=roles.apply(becoming),
                opts=self.child(),
            )
        return made
