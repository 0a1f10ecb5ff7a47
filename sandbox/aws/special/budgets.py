"""Budgets: amounts, filters and types as the API writes them, and who is told."""

from datetime import UTC, datetime
from typing import Any, Final, cast

from sandbox.aws.work import Work

_MOMENT: Final = "%Y-%m-%d_%H:%M"
"""How the provider writes the ends of a budget's period."""

SETTINGS: Final = frozenset(
    {
        "autoAdjustData",
        "budgetType",
        "costFilters",
        "costTypes",
        "filterExpression",
        "limitAmount",
        "limitUnit",
        "metrics",
        "notifications",
        "plannedLimits",
        "timePeriodEnd",
        "timePeriodStart",
        "timeUnit",
    }
)


def make_budget(work: Work) -> tuple[str, object]:
    """Create a budget with its notifications."""
    account = str(work.properties.get("accountId") or work.account)
    work.send(
        "CreateBudget",
        {
            "AccountId": account,
            "Budget": _budget(work),
            "NotificationsWithSubscribers": [_notification(one) for one in _notifications(work)],
        },
    )
    return f"{account}:{work.properties['name']}", {}


def change_budget(work: Work, changed: frozenset[str]) -> None:
    """Write the budget anew; its notifications are taken away and given again."""
    account, name = work.id.split(":", 1)
    which: dict[str, Any] = {"AccountId": account, "BudgetName": name}
    if changed & (SETTINGS - {"notifications"}):
        work.send("UpdateBudget", {"AccountId": which["AccountId"], "NewBudget": _budget(work)})
    if "notifications" in changed:
        there = work.send("DescribeNotificationsForBudget", which)
        for one in cast("list[dict[str, Any]]", there["Notifications"]):
            work.send("DeleteNotification", {**which, "Notification": one})
        for given in _notifications(work):
            work.send("CreateNotification", {**which, **_notification(given)})


def _budget(work: Work) -> dict[str, Any]:
    given = work.properties
    budget: dict[str, Any] = {
        "BudgetName": given["name"],
        "BudgetType": given["budgetType"],
        "TimeUnit": given["timeUnit"],
    }
    if given.get("limitAmount"):
        amount = {"Amount": str(given["limitAmount"]), "Unit": given.get("limitUnit", "USD")}
        budget["BudgetLimit"] = amount
    filters = cast("list[dict[str, Any]]", given.get("costFilters") or [])
    if filters:
        budget["CostFilters"] = {one["name"]: one["values"] for one in filters}
    period = {
        member: datetime.strptime(str(given[name]), _MOMENT).replace(tzinfo=UTC)
        for name, member in (("timePeriodStart", "Start"), ("timePeriodEnd", "End"))
        if given.get(name)
    }
    if period:
        budget["TimePeriod"] = period
    if given.get("costTypes"):
        types = cast("dict[str, Any]", given["costTypes"])
        budget["CostTypes"] = {f"{name[0].upper()}{name[1:]}": one for name, one in types.items()}
    return budget


def _notifications(work: Work) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", work.properties.get("notifications") or [])


def _notification(given: dict[str, Any]) -> dict[str, Any]:
    topics = cast("list[str]", given.get("subscriberSnsTopicArns") or [])
    mails = cast("list[str]", given.get("subscriberEmailAddresses") or [])
    return {
        "Notification": {
            "NotificationType": given["notificationType"],
            "ComparisonOperator": given["comparisonOperator"],
            "Threshold": float(given["threshold"]),
            "ThresholdType": given["thresholdType"],
        },
        "Subscribers": [
            *({"SubscriptionType": "SNS", "Address": one} for one in topics),
            *({"SubscriptionType": "EMAIL", "Address": one} for one in mails),
        ],
    }
