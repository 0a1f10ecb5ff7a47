"""The queue: who may write to it, and what is written."""

import json

from tests.access import Request, decide
from tests.unit.components.eks.platform_ground import ACCOUNT_ID, REGION, key_arn, platform

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:staging-interruptions"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/eks"
TLS = {"aws:SecureTransport": "true"}


def test_only_rules_of_this_account_write_and_only_over_tls() -> None:
    policy = platform().one("sqs/queuePolicy:QueuePolicy").policy("policy")

    def send(**context: str) -> Request:
        return Request(
            principal="events.amazonaws.com",
            action="sqs:SendMessage",
            resource=QUEUE,
            account=ACCOUNT_ID,
            context=context,
            resource_policy=policy,
        )

    own = {"aws:SourceArn": RULE, "aws:SourceAccount": ACCOUNT_ID}
    other = RULE.replace(ACCOUNT_ID, "999988887777")
    decisions = decide(
        [
            send(**own, **TLS),
            send(**own, **{"aws:SecureTransport": "false"}),
            send(**{**own, "aws:SourceArn": other, "aws:SourceAccount": "999988887777"}, **TLS),
        ]
    )
    assert decisions == ["Allowed", "ExplicitlyDenied", "ImplicitlyDenied"]


def test_the_queue_is_short_lived_encrypted_and_named_after_the_cluster() -> None:
    queue = platform().one("sqs/queue:Queue").inputs
    assert queue["name"] == "staging-interruptions"
    assert queue["messageRetentionSeconds"] == 300
    assert queue["kmsMasterKeyId"] == key_arn("alerts")


def test_five_kinds_of_events_reach_it_after_it_lets_them() -> None:
    recording = platform()
    patterns = [json.loads(one.inputs["eventPattern"]) for one in recording.of("EventRule")]
    assert {kind for pattern in patterns for kind in pattern["detail-type"]} == {
        "AWS Health Event",
        "EC2 Capacity Reservation Instance Interruption Warning",
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Spot Instance Interruption Warning",
    }
    targets = recording.of("EventTarget")
    rules = {one.outputs["name"] for one in recording.of("EventRule")}
    assert {one.inputs["rule"] for one in targets} == rules
    allowed = recording.one("sqs/queuePolicy:QueuePolicy").urn
    for target in targets:
        assert allowed in target.depends_on
