"""What accounts may cost, and who hears of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from components.governance.contract import GovernanceConfig
from tests.recording import Recording

GovernanceRecorder = Callable[..., Recording]

IDS = {
    "budgets-identity": "222233334444",
    "budgets-shared": "333344445555",
    "budgets-backup": "444455556666",
    "budgets-monitoring": "555566667777",
    "budgets-staging": "666677778888",
}


def test_every_member_has_its_budget(governance: GovernanceRecorder) -> None:
    recording = governance("management")
    found = {one.name: one.inputs["costFilters"][0]["values"][0] for one in recording.of("Budget")}
    assert found == IDS
    for one in recording.of("Budget"):
        assert one.inputs["limitAmount"] == "500"
        assert (one.inputs["budgetType"], one.inputs["timeUnit"]) == ("COST", "MONTHLY")


def test_no_other_account_has_budgets(governance: GovernanceRecorder) -> None:
    recording = governance("staging")
    assert not [*recording.of("Budget"), *recording.of("AnomalyMonitor")]


def test_an_account_may_have_another_budget_and_all_of_them_one_together(
    governance: GovernanceRecorder,
) -> None:
    budgets = {"monthly_usd": 300, "accounts": {"staging": 900}, "organization_usd": 4000}
    recording = governance("management", budgets=budgets)
    amounts = {one.name: one.inputs["limitAmount"] for one in recording.of("Budget")}
    assert amounts["budgets-staging"] == "900"
    assert amounts["budgets-shared"] == "300"
    assert amounts["budgets-organization"] == "4000"
    assert "costFilters" not in recording.one("Budget", "budgets-organization").inputs


def test_one_budget_more_changes_no_other(governance: GovernanceRecorder) -> None:
    before = governance("management")
    after = governance("management", budgets={"accounts": {"staging": 900}})
    old = {one.urn: one.inputs for one in before.resources}
    changed = {one.name for one in after.resources if one.inputs != old[one.urn]}
    assert changed == {"budgets-staging"}


def test_budgets_tell_the_topic_and_whom_else(governance: GovernanceRecorder) -> None:
    budgets = {"actual_percent": [50], "forecast_percent": 120, "emails": ["cfo@example.com"]}
    recording = governance("management", budgets=budgets)
    given: list[dict[str, Any]] = recording.one("Budget", "budgets-staging").inputs["notifications"]
    assert [(one["notificationType"], one["threshold"]) for one in given] == [
        ("ACTUAL", 50),
        ("FORECASTED", 120),
    ]
    for one in given:
        assert one["subscriberSnsTopicArns"] == [recording.exports["alerts_topic_arn"]]
        assert one["subscriberEmailAddresses"] == ["cfo@example.com"]


def test_a_budget_for_no_account_is_refused(governance: GovernanceRecorder) -> None:
    with pytest.raises(Exception, match=r"governance\.budgets\.accounts: got moon, wanted any of"):
        governance("management", budgets={"accounts": {"moon": 100}})


def test_unusual_spending_of_every_member_is_told_at_once(governance: GovernanceRecorder) -> None:
    recording = governance("management", anomalies={"minimum_usd": 75})
    monitors = recording.of("AnomalyMonitor")
    watched = {
        one.name: json.loads(one.inputs["monitorSpecification"])["Dimensions"]["Values"]
        for one in monitors
    }
    assert watched == {name.replace("budgets", "anomalies"): [one] for name, one in IDS.items()}
    subscription = recording.one("AnomalySubscription").inputs
    assert subscription["frequency"] == "IMMEDIATE"
    assert subscription["monitorArnLists"] == [one.outputs["arn"] for one in monitors]
    assert subscription["subscribers"] == [
        {"type": "SNS", "address": recording.exports["alerts_topic_arn"]}
    ]
    assert subscription["thresholdExpression"]["dimension"]["values"] == ["75"]


def test_a_monitor_says_what_cost_explorer_answers(governance: GovernanceRecorder) -> None:
    """It answers with nulls, and another answer than what was said replaces the monitor."""
    one = governance("management").one("AnomalyMonitor", "anomalies-staging")
    said = json.loads(one.inputs["monitorSpecification"])
    assert said.keys() == {"And", "CostCategories", "Dimensions", "Not", "Or", "Tags"}
    assert said["Dimensions"]["MatchOptions"] is None


def test_anomalies_can_be_left_out(governance: GovernanceRecorder) -> None:
    assert not governance("management", anomalies={"enabled": False}).of("AnomalyMonitor")


@pytest.mark.parametrize(
    "wrong",
    [
        {"budgets": {"monthly_usd": 0}},
        {"budgets": {"actual_percent": [10, 20, 30, 40, 50]}},
        {"trail": {"log_group_days": 100}},
        {"trail": {"retention_days": 7}},
        {"alerts": {"emails": ["nobody"]}},
        {"watched_regions": ["moon"]},
    ],
)
def test_what_aws_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GovernanceConfig.model_validate(wrong)
