"""A member account of the organisation."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component

_CREATE_ONLY = ["role_name", "iam_user_access_to_billing"]
"""AWS does not return these, so an adopted account would be replaced for them."""

_ADOPTED = [*_CREATE_ONLY, "name", "email", "parent_id", "close_on_deletion", "tags"]
"""An import wants inputs equal to the world; an adopted account keeps its name and address."""


@dataclass(frozen=True, kw_only=True)
class AccountArgs:
    """Inputs of :class:`Account`.

    Attributes:
        account_name: Its name in the organisation.
        email: Address of its root user; unique across AWS and usable once only.
        parent_id: The organisation's root: the organisation is flat.
        access_role: The role Organizations makes in it for the management account.
        adopted_id: Id of an account that exists already.
    """

    account_name: str
    email: str
    parent_id: pulumi.Input[str]
    access_role: str
    adopted_id: str | None = None


class Account(Component):
    """A member account, created or adopted by the management account (playbook ACC-11).

    Protected, and kept when it is removed from the program: an account closes for good after
    90 days, still counts toward the quota and never gives its address back. Costs nothing.
    """

    account_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: AccountArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        options = self.child(protect=True, retain_on_delete=True, ignore_changes=_CREATE_ONLY)
        if args.adopted_id is not None:
            options.import_ = args.adopted_id
            options.ignore_changes = _ADOPTED
        account = aws.organizations.Account(
            f"{name}-account",
            name=args.account_name,
            email=args.email,
            parent_id=args.parent_id,
            role_name=args.access_role,
            iam_user_access_to_billing="ALLOW",
            close_on_deletion=False,
            opts=options,
        )

        self.finish(account_id=account.id)
