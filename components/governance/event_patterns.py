"""What the account must hear of, as EventBridge patterns: pure data.

Events of API calls exist where a trail records them: the organisation's trail does, in every
account and Region. They appear in the Region of the call (CloudTrail user guide).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from json import dumps

from components.naming import BREAK_GLASS_ROLE

API_CALL = "AWS API Call via CloudTrail"
SIGN_IN = "AWS Console Sign In via CloudTrail"

KEY_EVENTS = (
    "CancelKeyDeletion",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
)
"""What can make data unreadable or open to others (playbook KMS-09), and what undoes it."""


class RuleState(StrEnum):
    """Which API calls a rule sees (EventBridge PutRule)."""

    CHANGES = "ENABLED"
    ALL_CALLS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One kind of event.

    Attributes:
        name: What it is about; part of the rule's name.
        description: What it means, for people in the console.
        pattern: The event pattern.
        state: Whether reading calls count as well.
    """

    name: str
    description: str
    pattern: Mapping[str, object]
    state: RuleState = RuleState.CHANGES

    def document(self) -> str:
        """The pattern as compact JSON."""
        return dumps(self.pattern, separators=(",", ":"))


WATCHED = (
    Watched(
        name="keys",
        description="A key is disabled, scheduled for deletion, or open to others",
        pattern={
            "source": ["aws.kms"],
            "detail-type": [API_CALL],
            "detail": {"eventSource": ["kms.amazonaws.com"], "eventName": list(KEY_EVENTS)},
        },
    ),
    Watched(
        name="root",
        description="Somebody works as the root user",
        pattern={
            "detail-type": [SIGN_IN, API_CALL],
            "detail": {"userIdentity": {"type": ["Root"]}},
        },
    ),
    Watched(
        name="break-glass",
        description="Somebody takes the emergency role",
        pattern={
            "source": ["aws.sts"],
            "detail-type": [API_CALL],
            "detail": {
                "eventSource": ["sts.amazonaws.com"],
                "eventName": ["AssumeRole"],
                "requestParameters": {"roleArn": [{"suffix": f":role/{BREAK_GLASS_ROLE}"}]},
            },
        },
        # CloudTrail calls AssumeRole a reading call.
        state=RuleState.ALL_CALLS,
    ),
)
"""What every account hears of, in every Region where it can happen."""

MESSAGE_PATHS: Mapping[str, str] = {
    "account": "$.account",
    "event": "$.detail.eventName",
    "from": "$.detail.sourceIPAddress",
    "region": "$.region",
    "time": "$.time",
    "who": "$.detail.userIdentity.arn",
}
"""What a message says, by where it stands in the event."""


def message(watched: Watched) -> str:
    """The text people get, as EventBridge's input template: a JSON text with places in it."""
    return dumps(
        f"{watched.description}: <event> by <who> from <from>, in account <account>, <region>, "
        "at <time>."
    )
