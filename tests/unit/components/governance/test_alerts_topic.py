"""Who may publish to the alerts topic."""

import json
from collections.abc import Callable
from typing import Any

from components.governance.topic_policy import topic_policy
from tests.access import Request, decide
from tests.organization import STACKS, recorded
from tests.recording import Recording

GovernanceRecorder = Callable[..., Recording]

ACCOUNT, OTHER = "666677778888", "777788889999"
TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:alerts"
SERVICES = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")


def publish(
    principal: str, facts: dict[str, str] | None = None, *, roles: tuple[str, ...] = ()
) -> Request:
    """Somebody whose own permissions allow it wants to publish."""
    policy = json.loads(topic_policy(TOPIC, ACCOUNT, services=SERVICES, roles=roles))
    allow: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource": "*"}],
    }
    service = principal.endswith("amazonaws.com")
    known = {} if service else {"aws:PrincipalIsAWSService": "false"}
    return Request(
        principal=principal,
        action="sns:Publish",
        resource=TOPIC,
        account=ACCOUNT,
        context={**known, **(facts or {})},
        identity=() if service else (allow,),
        resource_policy=policy,
    )


def session(account: str, role: str) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role}/session"


def test_services_publish_for_this_account_and_nobody_else_does() -> None:
    ours = {"aws:SourceAccount": ACCOUNT, "aws:PrincipalIsAWSService": "true"}
    theirs = {**ours, "aws:SourceAccount": OTHER}
    grafana = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/grafana"}
    cases = {
        "an alarm": (publish("cloudwatch.amazonaws.com", ours), True),
        "another account's alarm": (publish("cloudwatch.amazonaws.com", theirs), False),
        "a budget": (publish("budgets.amazonaws.com", ours), True),
        "a service that is not named": (publish("s3.amazonaws.com", ours), False),
        # It says nothing of itself, neither for whom nor what it is.
        "a rule": (publish("events.amazonaws.com"), True),
        "a rule without TLS": (
            publish("events.amazonaws.com", {"aws:SecureTransport": "false"}),
            False,
        ),
        "a role": (publish(session(ACCOUNT, "grafana"), grafana), False),
        "a role that is named": (
            publish(session(ACCOUNT, "grafana"), grafana, roles=("grafana",)),
            True,
        ),
        "a stranger": (publish(session(OTHER, "grafana")), False),
    }
    decisions = decide([request for request, _ in cases.values()])
    found = dict(zip(cases, [one == "Allowed" for one in decisions], strict=True))
    assert found == {name: wanted for name, (_, wanted) in cases.items()}


def test_every_account_has_one_topic_with_its_own_key() -> None:
    for name in STACKS:
        recording = recorded(name)
        topic = recording.one("sns/topic:Topic")
        key = recording.one("kms/key:Key", "alerts-key")
        assert topic.inputs["kmsMasterKeyId"] == key.outputs["arn"]
        assert recording.exports["governance"]["alerts_topic_arn"] == topic.outputs["arn"]


def test_whoever_publishes_waits_for_the_policy(governance: GovernanceRecorder) -> None:
    recording = governance("staging")
    policy = recording.one("TopicPolicy").urn
    for one in recording.of("EventTarget"):
        if one.name.startswith("watch-home-"):
            assert policy in one.depends_on


def test_spending_is_told_in_management_only(governance: GovernanceRecorder) -> None:
    assert "budgets.amazonaws.com" in governance("management").one("TopicPolicy").inputs["policy"]
    assert "budgets" not in governance("staging").one("TopicPolicy").inputs["policy"]


def test_addresses_and_publishers_come_from_the_configuration(
    governance: GovernanceRecorder,
) -> None:
    (own,) = governance("staging").of("TopicSubscription")
    assert own.inputs["endpoint"].partition("@")[0].endswith("staging")
    assert not governance("staging", alerts={"emails": []}).of("TopicSubscription")
    alerts = {
        "emails": ["ops@example.com"],
        "services": ["backup.amazonaws.com"],
        "roles": ["alertmanager"],
    }
    recording = governance("staging", alerts=alerts)
    subscription = recording.one("TopicSubscription").inputs
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "ops@example.com")
    text = recording.one("TopicPolicy").inputs["policy"]
    assert "backup.amazonaws.com" in text
    assert f"arn:aws:iam::{ACCOUNT}:role/alertmanager" in text
