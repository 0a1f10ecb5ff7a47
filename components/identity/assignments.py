"""Who may use which permission set in which account."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class AssignmentArgs:
    """One cell of the table: a group, a permission set, an account.

    Attributes:
        group: The group's name.
        group_id: Its id in the identity store.
        permission_set: The permission set's name.
        permission_set_arn: Its ARN, known when its policies are attached.
        account: The account's name.
        account_id: Its id.
    """

    group: str
    group_id: pulumi.Input[str]
    permission_set: str
    permission_set_arn: pulumi.Input[str]
    account: str
    account_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class AssignmentsArgs:
    """Inputs of :class:`Assignments`.

    Attributes:
        instance_arn: The instance of Identity Center.
        region: Its Region.
        table: The assignments.
    """

    instance_arn: str
    region: str
    table: Sequence[AssignmentArgs]


class Assignments(Component):
    """The assignments of a stack, made one after the other.

    Identity Center answers ConflictException to two at a time. Removing one takes the access
    away at once; a session that began lasts until it ends. Costs nothing.
    """

    assignment_ids: pulumi.Output[list[str]]

    def __init__(
        self, name: str, args: AssignmentsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        made: list[aws.ssoadmin.AccountAssignment] = []
        for one in args.table:
            made.append(
                aws.ssoadmin.AccountAssignment(
                    f"{name}-{one.group}-{one.permission_set}-{one.account}",
                    instance_arn=args.instance_arn,
                    permission_set_arn=one.permission_set_arn,
                    principal_id=one.group_id,
                    principal_type="GROUP",
                    target_id=one.account_id,
                    target_type="AWS_ACCOUNT",
                    region=args.region,
                    opts=self.child(depends_on=made[-1:]),
                )
            )

        self.finish(assignment_ids=pulumi.Output.all(*(one.id for one in made)))
