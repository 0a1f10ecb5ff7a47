"""What the keys layer takes, reads and publishes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from components.contracts import AccountKind, LayerConfig, LayerContract, Read

if TYPE_CHECKING:
    import pulumi

Domain = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
RoleName = Annotated[str, Field(pattern=r"^[\w+=,.@/*-]{1,128}$")]
Arn = Annotated[str, Field(pattern=r"^arn:aws:(iam|sts)::\d{12}:(root|role/[\w+=,.@/-]+)$")]


class Location(StrEnum):
    """Which account holds a key: the one that uses it, or management for all (playbook KMS-02)."""

    ACCOUNT = "account"
    CENTRAL = "central"


class Consumer(StrEnum):
    """A service that uses a key; not an account, a role or a person.

    The key policy must name services: the root statement covers principals of the account
    only, and a service without a statement fails, often silently.
    """

    AUTOSCALING = "autoscaling"
    BACKUP = "backup"
    BUDGETS = "budgets"
    CLOUDFRONT = "cloudfront"
    CLOUDTRAIL = "cloudtrail"
    CLOUDWATCH_ALARMS = "cloudwatch-alarms"
    CLOUDWATCH_LOGS = "cloudwatch-logs"
    COST_ANOMALIES = "cost-anomalies"
    EC2 = "ec2"
    ECR = "ecr"
    EKS = "eks"
    ELASTICACHE = "elasticache"
    EVENTBRIDGE = "eventbridge"
    LOG_DELIVERY = "log-delivery"
    MSK = "msk"
    RDS = "rds"
    S3 = "s3"
    SECRETS_MANAGER = "secretsmanager"
    SNS = "sns"
    SPOT = "spot"
    SQS = "sqs"
    SSM = "ssm"


class KeyConfig(LayerConfig):
    """One key.

    Attributes:
        description: What it protects.
        consumers: The services that use it.
        users: Roles of this account that use it, by name; ``*`` and paths allowed.
        accounts: Other accounts of the organisation, by name, whose principals may use it.
        administrators: Roles that administer this key besides those of the layer, by ARN.
        location: Where this key lives, if not where the layer says.
        multi_region: Whether it has a replica in the replica Region. AWS cannot change it
            later: a key for data that may ever be copied starts with it.
    """

    description: Annotated[str, Field(min_length=1, max_length=200)]
    consumers: tuple[Consumer, ...] = ()
    users: tuple[RoleName, ...] = ()
    accounts: tuple[str, ...] = ()
    administrators: tuple[Arn, ...] = ()
    location: Location | None = None
    multi_region: bool = False

    @model_validator(mode="after")
    def _used(self) -> Self:
        if not (self.consumers or self.users or self.accounts):
            raise ValueError("got a key nobody may use, wanted consumers, users or accounts")
        return self


class KeysConfig(LayerConfig):
    """Config of the keys layer.

    Attributes:
        domains: The keys by risk domain (playbook KMS-06).
        administrators: Roles that administer the keys besides the deploy role, by ARN; each
            must exist, AWS refuses a policy that names a role which does not.
        location: Where the keys live: in this account, or centrally in management. STATE: a
            key cannot move, so a change makes a new key and leaves the old one protected.
        linked_roles: Whether the service-linked roles that need a grant on a central key are
            made here; false where they exist already, AWS makes each of them once.
    """

    domains: dict[Domain, KeyConfig] = Field(default_factory=dict[str, KeyConfig])
    administrators: tuple[Arn, ...] = ()
    location: Location = Location.ACCOUNT
    linked_roles: bool = True


@dataclass(frozen=True, kw_only=True)
class KeysOutputs:
    """What the keys layer publishes.

    Attributes:
        arns: Key ARNs in the home Region, by domain. A resource names its key by ARN: that
            works whichever account holds the key.
        ids: Key ids, by domain; of use only in the account that holds the key.
        aliases: Alias names, by domain; the same in the replica Region. They resolve in the
            account that holds the key.
        alias_arns: Alias ARNs in the home Region, by domain, valid from any account.
        replica_arns: Key ARNs in the replica Region, by domain, of multi-Region keys.
    """

    arns: "dict[str, pulumi.Output[str]]"
    ids: "dict[str, pulumi.Output[str]]"
    aliases: "dict[str, str]"
    alias_arns: "dict[str, pulumi.Output[str]]"
    replica_arns: "dict[str, pulumi.Output[str]]"


def reads(config: KeysConfig, kind: AccountKind) -> tuple[Read, ...]:  # noqa: ARG001 - the contract's form
    """What the layer reads: nothing, the accounts layer of the same stack knows all ids.

    Central keys need the management account earlier, which the accounts layer's reads ensure.
    """
    return ()


CONTRACT = LayerContract(name="keys", config=KeysConfig, outputs=KeysOutputs, reads=reads)
