"""Session Manager's preferences in this account: encrypted, limited, recorded."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.session_policy import machine_policy, preferences
from components.network.settings import Sessions

PREFERENCES = "SSM-SessionManagerRunShell"
"""The document that Session Manager looks for by this name (its User Guide, "Update session
preferences"): one for the account and Region. STATE."""


@dataclass(frozen=True, kw_only=True)
class SessionRecordsArgs:
    """Inputs of :class:`SessionRecords`.

    Attributes:
        kms_key_arn: The account's key for logs; the stream of a session is encrypted with it too.
        settings: Limits and retention.
    """

    kms_key_arn: pulumi.Input[str]
    settings: Sessions


class SessionRecords(Component):
    """How sessions run in this account and Region, and the log group that keeps what was typed.

    The preferences hold for every machine here: one whose role lacks ``machine_policy`` cannot
    be reached any more. Forwarded ports are encrypted but not recorded, since nobody but their
    two ends can read them. Deleting it deletes the records, and sessions go unrecorded.
    """

    machine_policy: pulumi.Output[str]
    log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: SessionRecordsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            kms_key_id=args.kms_key_arn,
            retention_in_days=args.settings.retention_days,
            opts=self.child(),
        )
        content = pulumi.Output.all(group.name, args.kms_key_arn).apply(
            lambda known: preferences(args.settings, group_name=known[0], kms_key_arn=known[1])
        )
        aws.ssm.Document(
            f"{name}-preferences",
            name=PREFERENCES,
            document_type="Session",
            document_format="JSON",
            content=content,
            # Its name is AWS's, so a second cannot stand beside it while it is replaced.
            opts=self.child(delete_before_replace=True),
        )
        policy = pulumi.Output.all(group.arn, args.kms_key_arn).apply(
            lambda known: machine_policy(group_arn=known[0], kms_key_arn=known[1])
        )
        self.finish(machine_policy=policy, log_group_name=group.name)
