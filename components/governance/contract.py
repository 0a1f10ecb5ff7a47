"""What the governance layer takes, reads and publishes; importable without a provider SDK."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from components.config import AccountName, Region
from components.contracts import AccountKind, LayerConfig, LayerContract, Read

if TYPE_CHECKING:
    import pulumi

Email = Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$")]
RoleName = Annotated[str, Field(pattern=r"^[\w+=,.@*-]{1,64}$")]
ServicePrincipal = Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.amazonaws\.com$")]
Dollars = Annotated[int, Field(ge=1, le=100_000_000)]
Percent = Annotated[int, Field(ge=1, le=1000)]
LogDays = Literal[30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2557, 3653]
"""Days that CloudWatch Logs accepts (PutRetentionPolicy), from a month up."""


class AlertsConfig(LayerConfig):
    """The topic the account's alarms publish to.

    Attributes:
        emails: Who gets its messages, by default the account's own address; each confirms by a
            link AWS sends.
        services: AWS services that may publish besides alarms, events and spending alerts.
        roles: Roles of this account that may publish, by name; without it only services may.
    """

    emails: tuple[Email, ...] | None = None
    services: tuple[ServicePrincipal, ...] = ()
    roles: tuple[RoleName, ...] = ()


class TrailConfig(LayerConfig):
    """The organisation's trail; used in the management account only.

    Attributes:
        retention_days: How long its files stay in the bucket; auditors ask for a year.
        log_group_days: How long its events stay searchable in CloudWatch Logs.
        access_log_days: How long it is known who read the files.
    """

    retention_days: Annotated[int, Field(ge=90, le=3653)] = 365
    log_group_days: LogDays = 90
    access_log_days: Annotated[int, Field(ge=30, le=3653)] = 365


class BudgetsConfig(LayerConfig):
    """What accounts may cost a month; used in the management account only.

    Attributes:
        monthly_usd: The budget of each member account, in US dollars.
        accounts: Other budgets, by account.
        organization_usd: The budget of all accounts together, if there is one.
        actual_percent: Shares of a budget, once spent, that raise an alert.
        forecast_percent: The share that raises one when the month is forecast to exceed it.
        emails: Who hears of it besides those of the topic.
    """

    monthly_usd: Dollars = 500
    accounts: dict[AccountName, Dollars] = Field(default_factory=dict[str, int])
    organization_usd: Dollars | None = None
    actual_percent: Annotated[tuple[Percent, ...], Field(max_length=4)] = (80, 100)
    forecast_percent: Percent = 100
    emails: Annotated[tuple[Email, ...], Field(max_length=10)] = ()


class AnomaliesConfig(LayerConfig):
    """Unusual spending of each account; used in the management account only.

    Attributes:
        enabled: Whether AWS looks for it.
        minimum_usd: The least it must cost beyond what was expected to raise an alert.
    """

    enabled: bool = True
    minimum_usd: Dollars = 50


class GovernanceConfig(LayerConfig):
    """Config of the governance layer.

    Attributes:
        account_alias: Whether the account gets an alias; aliases are unique across AWS.
        linked_roles: Service-linked roles this account needs and nothing else makes, such as
            ``spot.amazonaws.com`` where nodes run. AWS refuses to make one that exists.
        watched_regions: Regions with keys besides those of the organisation and us-east-1.
        alerts: The topic the account's alarms publish to.
        trail: The organisation's trail (management only).
        budgets: What accounts may cost (management only).
        anomalies: Unusual spending (management only).
    """

    account_alias: bool = True
    linked_roles: tuple[ServicePrincipal, ...] = ()
    watched_regions: tuple[Region, ...] = ()
    alerts: AlertsConfig = AlertsConfig()
    trail: TrailConfig = TrailConfig()
    budgets: BudgetsConfig = BudgetsConfig()
    anomalies: AnomaliesConfig = AnomaliesConfig()


@dataclass(frozen=True, kw_only=True)
class GovernanceOutputs:
    """What the governance layer publishes.

    Attributes:
        alerts_topic_arn: The topic of this account in the home Region that alarms publish to;
            known once its policy lets them.
        trail_arn: The organisation's trail; management only.
        trail_bucket: The bucket with its files; management only.
        trail_log_group: The log group with its events; management only.
    """

    alerts_topic_arn: "pulumi.Output[str]"
    trail_arn: "pulumi.Output[str] | None" = None
    trail_bucket: "pulumi.Output[str] | None" = None
    trail_log_group: "pulumi.Output[str] | None" = None


def reads(config: GovernanceConfig, kind: AccountKind) -> tuple[Read, ...]:  # noqa: ARG001 - the contract's form
    """What the layer reads from earlier accounts: nothing."""
    return ()


CONTRACT = LayerContract(
    name="governance", config=GovernanceConfig, outputs=GovernanceOutputs, reads=reads
)
