"""The roles people assume in an account, where they are IAM users of the identity account."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.accounts.people_access import Door, people_trust
from components.base import Component
from components.people import PermissionSet, managed_policy_arn, person_role


@dataclass(frozen=True, kw_only=True)
class PersonRolesArgs:
    """Inputs of :class:`PersonRoles`.

    Attributes:
        management_id: The management account's id.
        identity_id: The id of the account the people live in.
        organization_id: The organisation's id.
        roles: What each role allows, by permission set.
    """

    management_id: pulumi.Input[str]
    identity_id: pulumi.Input[str]
    organization_id: pulumi.Input[str]
    roles: Mapping[str, PermissionSet]


class PersonRoles(Component):
    """One role `superinc-<permission set>` for each, open to IAM users with a second factor.

    Which user may become which role is decided in the identity account, by their groups.
    Deleting a role ends its sessions. Costs nothing.
    """

    arns: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: PersonRolesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        roles = {one: self._role(name, args, one) for one in sorted(args.roles)}

        self.finish(arns=pulumi.Output.all(**{one: role.arn for one, role in roles.items()}))

    def _role(self, name: str, args: PersonRolesArgs, permission_set: str) -> aws.iam.Role:
        permissions = args.roles[permission_set]
        child = f"{name}-{person_role(permission_set).removeprefix('superinc-')}"
        boundary = permissions.boundary
        seconds = permissions.session_hours * 60 * 60
        role = aws.iam.Role(
            child,
            name=person_role(permission_set),  # STATE: people's permissions name it.
            description=permissions.description,
            assume_role_policy=pulumi.Output.all(
                args.management_id, args.identity_id, args.organization_id
            ).apply(lambda known: users_trust(*known, session_seconds=seconds)),
            max_session_duration=seconds,
            permissions_boundary=None if boundary is None else managed_policy_arn(boundary),
            opts=self.child(),
        )
        for policy in permissions.managed_policies:
            aws.iam.RolePolicyAttachment(
                f"{child}-{policy.rpartition('/')[2]}",
                role=role.name,
                policy_arn=managed_policy_arn(policy),
                opts=self.child(),
            )
        inline = permissions.inline_document()
        if inline is not None:
            aws.iam.RolePolicy(f"{child}-rules", role=role.name, policy=inline, opts=self.child())
        return role


def users_trust(
    management_id: str, identity_id: str, organization_id: str, *, session_seconds: int
) -> str:
    """Who may assume a person's role: users of the identity account who showed a second factor.

    The factor may be as old as a session may last, so nobody stays for two sessions in a row.
    """
    return people_trust(
        Door(users=("*",), sign_in_seconds=session_seconds),
        management_id=management_id,
        identity_id=identity_id,
        organization_id=organization_id,
    )
