"""Who may publish to the alerts topic, as pure data."""

from collections.abc import Sequence

from components.naming import role_arn
from components.statements import Condition, Statement, allow, deny, document

EVENTBRIDGE = "events.amazonaws.com"

ALARM_SERVICES = ("cloudwatch.amazonaws.com",)
"""Publishes in every account, besides EventBridge."""

SPENDING_SERVICES = ("budgets.amazonaws.com", "costalerts.amazonaws.com")
"""Publish in the management account, where the bills are."""


def topic_policy(
    topic_arn: str, account_id: str, *, services: Sequence[str], roles: Sequence[str] = ()
) -> str:
    """The policy document of a topic: services of AWS for this account, over TLS, nobody else.

    EventBridge sends no source with a message: with a condition on it, every message is dropped
    in silence (EventBridge user guide, "Using resource-based policies", Amazon SNS permissions).

    Args:
        topic_arn: The topic.
        account_id: The account it is in, and that services must act for.
        services: Service principals that may publish, EventBridge aside.
        roles: Roles of the account that may publish if their own permissions allow it, by name.
    """
    ours: Condition = {"StringEquals": {"aws:SourceAccount": account_id}}
    return document(
        [
            *(
                _publish(topic_arn, service, ours)
                for service in sorted(set(services) - {EVENTBRIDGE})
            ),
            _publish(topic_arn, EVENTBRIDGE, None),
            _only_services(topic_arn, account_id, roles),
            deny(
                "OnlyEncrypted",
                ["sns:Publish"],
                [topic_arn],
                principal={"AWS": "*"},
                condition={"Bool": {"aws:SecureTransport": "false"}},
            ),
        ]
    )


def _publish(topic_arn: str, service: str, condition: Condition | None) -> Statement:
    word = service.partition(".")[0].title().replace("-", "")
    return allow(
        f"Publish{word}",
        ["sns:Publish"],
        [topic_arn],
        principal={"Service": service},
        condition=condition,
    )


def _only_services(topic_arn: str, account_id: str, roles: Sequence[str]) -> Statement:
    """Without ``IfExists``: a service that says nothing of itself is no principal of ours."""
    arns = [role_arn(account_id, role) for role in sorted(roles)]
    condition: dict[str, dict[str, str | Sequence[str]]] = {
        "Bool": {"aws:PrincipalIsAWSService": "false"}
    }
    if arns:
        condition["ArnNotLike"] = {"aws:PrincipalArn": arns}
    return deny(
        "OnlyServices",
        ["sns:Publish"],
        [topic_arn],
        principal={"AWS": "*"},
        condition=condition,
    )
