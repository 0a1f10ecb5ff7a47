"""Whom AWS writes to, besides an account's own address."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.accounts.contract import ContactConfig
from components.base import Component


@dataclass(frozen=True, kw_only=True)
class ContactsArgs:
    """Inputs of :class:`Contacts`.

    Attributes:
        contacts: The contacts by AWS's name of the matter: BILLING, OPERATIONS, SECURITY.
        account_id: The account they are of; none stands for the management account itself,
            which AWS refuses to be named by its id (Account Management guide).
    """

    contacts: Mapping[str, ContactConfig]
    account_id: pulumi.Input[str] | None = None


class Contacts(Component):
    """The alternative contacts of one account, written by the management account.

    Removing one leaves AWS with the address of the account's root user. Costs nothing.
    """

    matters: pulumi.Output[list[str]]

    def __init__(
        self, name: str, args: ContactsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        for matter, contact in args.contacts.items():
            aws.account.AlternativeContact(
                f"{name}-{matter.lower()}",
                account_id=args.account_id,
                alternate_contact_type=matter,
                name=contact.name,
                title=contact.title,
                email_address=contact.email,
                phone_number=contact.phone,
                opts=self.child(),
            )

        self.finish(matters=pulumi.Output.from_input(sorted(args.contacts)))
