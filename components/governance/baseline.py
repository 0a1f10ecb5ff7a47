"""Account-wide switches every account starts with."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component

PASSWORD_LENGTH = 14
"""CIS AWS Foundations Benchmark 3.0, 1.8."""

PASSWORDS_REMEMBERED = 24
"""CIS AWS Foundations Benchmark 3.0, 1.9."""


@dataclass(frozen=True, kw_only=True)
class RegionArgs:
    """The switches of one Region.

    Attributes:
        prefix: What the names of its resources begin with: empty for home.
        region: The Region; none stands for the provider's own.
        volume_key_arn: The key new volumes get when they name none; without, AWS's own.
    """

    prefix: str = ""
    region: str | None = None
    volume_key_arn: pulumi.Input[str] | None = None


@dataclass(frozen=True, kw_only=True)
class BaselineArgs:
    """Inputs of :class:`Baseline`.

    Attributes:
        regions: The Regions the account works in.
        alias: The account's alias, unique across AWS; none if absent.
        linked_roles: Services that get their service-linked role.
    """

    regions: Sequence[RegionArgs]
    alias: str | None = None
    linked_roles: Sequence[str] = ()


class Baseline(Component):
    """What is switched on for a whole account, so that nobody has to remember it.

    Nothing of it can be public: buckets, snapshots, images. New volumes are encrypted, new
    instances take no token-less metadata calls, passwords are long, and an analyser reports what
    others can reach. Deletion turns the switches back to AWS's defaults. Costs nothing.
    """

    alias: pulumi.Output[str | None]

    def __init__(
        self, name: str, args: BaselineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        # STATE: it was part of the accounts layer; with the alias its children keep their URNs'
        # history, so no account is without its switches for a moment.
        moved = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="superinc:accounts:Baseline")])
        super().__init__(name, pulumi.ResourceOptions.merge(opts, moved))

        aws.s3.AccountPublicAccessBlock(
            f"{name}-public-access",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        aws.iam.AccountPasswordPolicy(
            f"{name}-passwords",
            minimum_password_length=PASSWORD_LENGTH,
            password_reuse_prevention=PASSWORDS_REMEMBERED,
            require_lowercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            require_uppercase_characters=True,
            allow_users_to_change_password=True,
            opts=self.child(),
        )
        if args.alias is not None:
            aws.iam.AccountAlias(f"{name}-alias", account_alias=args.alias, opts=self.child())
        for service in args.linked_roles:
            aws.iam.ServiceLinkedRole(
                f"{name}-{service.partition('.')[0]}-role",
                aws_service_name=service,
                opts=self.child(),
            )
        for switches in args.regions:
            self._volumes(f"{name}-{switches.prefix}", switches)
            self._instances(f"{name}-{switches.prefix}", switches)

        self.finish(alias=pulumi.Output.from_input(args.alias))

    def _volumes(self, name: str, args: RegionArgs) -> None:
        aws.ebs.EncryptionByDefault(
            f"{name}encryption", enabled=True, region=args.region, opts=self.child()
        )
        if args.volume_key_arn is not None:
            aws.ebs.DefaultKmsKey(
                f"{name}volume-key",
                key_arn=args.volume_key_arn,
                region=args.region,
                opts=self.child(),
            )
        aws.ebs.SnapshotBlockPublicAccess(
            f"{name}snapshots", state="block-all-sharing", region=args.region, opts=self.child()
        )

    def _instances(self, name: str, args: RegionArgs) -> None:
        aws.ec2.ImageBlockPublicAccess(
            f"{name}images", state="block-new-sharing", region=args.region, opts=self.child()
        )
        aws.ec2.InstanceMetadataDefaults(
            f"{name}metadata",
            http_tokens="required",
            # One hop: the answer reaches the instance and no container behind it.
            http_put_response_hop_limit=1,
            region=args.region,
            opts=self.child(),
        )
        aws.accessanalyzer.Analyzer(
            f"{name}analyzer",
            analyzer_name="superinc",
            type="ACCOUNT",
            region=args.region,
            opts=self.child(),
        )
