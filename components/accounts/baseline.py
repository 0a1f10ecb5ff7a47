"""Account-wide switches every account starts with."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class BaselineArgs:
    """Inputs of :class:`Baseline`.

    Attributes:
        alias: The account's alias, unique across AWS; none if absent.
    """

    alias: str | None = None


class Baseline(Component):
    """What is switched on for a whole account: no public buckets, encrypted volumes, an alias.

    Deletion turns the switches back to AWS's defaults. Costs nothing.
    """

    alias: pulumi.Output[str | None]

    def __init__(
        self, name: str, args: BaselineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        aws.s3.AccountPublicAccessBlock(
            f"{name}-public-access",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        aws.ebs.EncryptionByDefault(f"{name}-encryption", enabled=True, opts=self.child())
        if args.alias is not None:
            aws.iam.AccountAlias(f"{name}-alias", account_alias=args.alias, opts=self.child())

        self.finish(alias=pulumi.Output.from_input(args.alias))
