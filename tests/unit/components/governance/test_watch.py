"""What an account hears of, and where its alarms go."""

import json
from collections.abc import Callable

import pytest

from components.governance.event_patterns import WATCHED, message
from tests.organization import STACKS, recorded
from tests.recording import Recorded, Recording

GovernanceRecorder = Callable[..., Recording]


def rules(recording: Recording) -> dict[str, str | None]:
    """The Region of every rule by its name; none for home."""
    return {one.name: one.inputs.get("region") for one in recording.of("EventRule")}


def target(recording: Recording, rule: str) -> Recorded:
    return recording.one("EventTarget", f"{rule}-target")


@pytest.mark.parametrize("name", STACKS)
def test_every_region_with_keys_raises_an_alarm_on_them(name: str) -> None:
    recording = recorded(name)
    with_keys = {one.inputs.get("region") for one in recording.of("kms/key:Key")}
    with_keys |= {one.inputs["region"] for one in recording.of("ReplicaKey")}
    watched = {
        rule.inputs.get("region")
        for rule in recording.of("EventRule")
        if {"DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"}
        <= set(rule.policy("eventPattern").get("detail", {}).get("eventName", []))
    }
    assert with_keys
    assert with_keys <= watched


def test_the_replica_region_is_watched_where_it_has_keys(governance: GovernanceRecorder) -> None:
    without = set(rules(governance("staging")).values())
    assert without == {None, "us-east-1"}
    with_replica = set(rules(governance("staging", replicas=("data",))).values())
    assert with_replica == {None, "eu-west-1", "us-east-1"}


def test_management_watches_it_for_the_keys_of_others(governance: GovernanceRecorder) -> None:
    assert "eu-west-1" in rules(governance("management")).values()


def test_further_regions_with_keys_are_watched_too(governance: GovernanceRecorder) -> None:
    found = rules(governance("staging", watched_regions=["eu-north-1"]))
    assert found["watch-eu-north-1-keys"] == "eu-north-1"


def test_no_region_is_watched_twice(governance: GovernanceRecorder) -> None:
    found = rules(governance("staging", home="us-east-1", watched_regions=["eu-west-1"]))
    assert set(found.values()) == {None, "eu-west-1"}
    assert len(found) == 2 * len(WATCHED)
    alone = governance("staging", home="us-east-1")
    assert set(rules(alone).values()) == {None}
    assert not alone.of("iam/role:Role")


def test_root_users_sign_in_in_the_global_region(governance: GovernanceRecorder) -> None:
    pattern = governance("staging").one("EventRule", "watch-global-root").policy("eventPattern")
    assert "AWS Console Sign In via CloudTrail" in pattern["detail-type"]
    assert pattern["detail"] == {"userIdentity": {"type": ["Root"]}}


def test_taking_the_emergency_role_is_seen_though_cloudtrail_calls_it_reading(
    governance: GovernanceRecorder,
) -> None:
    rule = governance("staging").one("EventRule", "watch-home-break-glass")
    assert rule.inputs["state"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    detail = rule.policy("eventPattern")["detail"]
    assert detail["eventName"] == ["AssumeRole"]
    assert detail["requestParameters"] == {"roleArn": [{"suffix": ":role/superinc-break-glass"}]}


def test_home_tells_the_topic_and_other_regions_tell_home(governance: GovernanceRecorder) -> None:
    recording = governance("staging", replicas=("data",))
    topic = recording.exports["alerts_topic_arn"]
    for watched in WATCHED:
        at_home = target(recording, f"watch-home-{watched.name}").inputs
        assert at_home["arn"] == topic
        # EventBridge must not use a role for an encrypted topic: its messages would be lost.
        assert "roleArn" not in at_home
        for where in ("replica", "global"):
            away = target(recording, f"watch-{where}-{watched.name}").inputs
            assert away["arn"] == "arn:aws:events:eu-central-1:666677778888:event-bus/default"
            assert away["roleArn"] == recording.one("iam/role:Role").outputs["arn"]
            assert "inputTransformer" not in away


def test_what_is_forwarded_is_what_home_waits_for(governance: GovernanceRecorder) -> None:
    recording = governance("staging")
    for watched in WATCHED:
        home = recording.one("EventRule", f"watch-home-{watched.name}").inputs
        away = recording.one("EventRule", f"watch-global-{watched.name}").inputs
        assert home["eventPattern"] == away["eventPattern"]
        assert home["state"] == away["state"]


def test_the_forwarding_role_reaches_homes_bus_for_our_rules_only(
    governance: GovernanceRecorder,
) -> None:
    recording = governance("staging")
    (trust,) = recording.one("iam/role:Role").policy("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "666677778888"}
    (allowed,) = recording.one("RolePolicy").policy("policy")["Statement"]
    assert allowed["Action"] == ["events:PutEvents"]
    assert allowed["Resource"] == ["arn:aws:events:eu-central-1:666677778888:event-bus/default"]


@pytest.mark.parametrize("watched", WATCHED, ids=lambda one: one.name)
def test_people_get_a_sentence(watched: object, governance: GovernanceRecorder) -> None:
    transformer = target(governance("staging"), "watch-home-root").inputs["inputTransformer"]
    for known in WATCHED:
        text = json.loads(message(known))
        places = {part.partition(">")[0] for part in text.split("<")[1:]}
        assert places == transformer["inputPaths"].keys()
    assert watched in WATCHED


def test_without_a_key_for_alerts_nothing_is_built(governance: GovernanceRecorder) -> None:
    with pytest.raises(Exception, match=r"superinc:keys\.domains: got ebs, wanted alerts"):
        governance("staging", domains=("ebs",))


def test_it_builds_before_anything_is_known(governance: GovernanceRecorder) -> None:
    assert governance("management", preview=True).of("Trail")
