"""Services of the organisation that another account administers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class DelegationArgs:
    """Inputs of :class:`Delegation`.

    Attributes:
        account_id: The member account that administers them.
        services: Service principals; the organisation must trust each of them already.
    """

    account_id: pulumi.Input[str]
    services: Sequence[str]


class Delegation(Component):
    """A member account as delegated administrator, so that nobody works in management for it.

    Removing one takes the account's rights over the service away, not what it made with them.
    Costs nothing.
    """

    services: pulumi.Output[list[str]]

    def __init__(
        self, name: str, args: DelegationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        for service in args.services:
            aws.organizations.DelegatedAdministrator(
                f"{name}-{service.removesuffix('.amazonaws.com')}",
                account_id=args.account_id,
                service_principal=service,
                opts=self.child(),
            )

        self.finish(services=pulumi.Output.from_input(sorted(args.services)))
