"""What accounts may cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """One budget.

    Attributes:
        monthly_usd: What may be spent a month.
        account_id: Whose spending it counts; none counts all accounts.
    """

    monthly_usd: int
    account_id: pulumi.Input[str] | None = None


@dataclass(frozen=True, kw_only=True)
class BudgetsArgs:
    """Inputs of :class:`Budgets`.

    Attributes:
        budgets: The budgets by what they are called.
        topic_arn: The topic that hears of them.
        actual_percent: Shares that raise an alert once spent.
        forecast_percent: The share that raises one once forecast.
        emails: Addresses that hear of them besides.
    """

    budgets: dict[str, BudgetArgs]
    topic_arn: pulumi.Input[str]
    actual_percent: Sequence[int]
    forecast_percent: int
    emails: Sequence[str] = ()


class Budgets(Component):
    """A monthly budget per account, in the management account (playbook ACC-12).

    A budget stops nothing, it tells. Deleting one ends that. Costs nothing: only budgets that
    act are billed.
    """

    names: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: BudgetsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        alerts = [("ACTUAL", percent) for percent in args.actual_percent]
        names: dict[str, pulumi.Output[str]] = {}
        for title, budget in args.budgets.items():
            made = aws.budgets.Budget(
                f"{name}-{title}",
                budget_type="COST",
                time_unit="MONTHLY",
                limit_amount=str(budget.monthly_usd),
                limit_unit="USD",
                cost_filters=[{"name": "LinkedAccount", "values": [budget.account_id]}]
                if budget.account_id is not None
                else None,
                notifications=[
                    {
                        "notification_type": kind,
                        "comparison_operator": "GREATER_THAN",
                        "threshold": percent,
                        "threshold_type": "PERCENTAGE",
                        "subscriber_sns_topic_arns": [args.topic_arn],
                        "subscriber_email_addresses": list(args.emails),
                    }
                    for kind, percent in [*alerts, ("FORECASTED", args.forecast_percent)]
                ],
                opts=self.child(),
            )
            names[title] = made.name

        self.finish(names=pulumi.Output.all(**names))
