"""What Session Manager needs of a machine, and how it treats sessions. Pure documents."""

import json

from components.network.settings import Sessions
from components.statements import Statement, allow, document


def agent_statement() -> Statement:
    """What the agent calls to be reached (Systems Manager User Guide, "minimum permissions").

    Not the managed policy AmazonSSMManagedInstanceCore: it reads every parameter.
    """
    channels = (
        "CreateControlChannel",
        "CreateDataChannel",
        "OpenControlChannel",
        "OpenDataChannel",
    )
    return allow(
        "SessionManager",
        ["ssm:UpdateInstanceInformation", *(f"ssmmessages:{call}" for call in channels)],
        ["*"],
    )


def machine_policy(*, group_arn: str, kms_key_arn: str) -> str:
    """The agent's calls, the record of a session, and the key that its stream is encrypted with.

    A session whose record cannot be written, or whose key cannot be used, does not start.
    """
    return document(
        [
            agent_statement(),
            allow(
                "WriteRecord",
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                [group_arn, f"{group_arn}:*"],
            ),
            # A list call: it cannot be narrowed to one group.
            allow("FindGroup", ["logs:DescribeLogGroups"], ["*"]),
            allow(
                "DecryptStream",
                ["kms:Decrypt"],
                [kms_key_arn],
                # Of sessions only: the same key protects records that a machine never reads.
                condition={"StringLike": {"kms:EncryptionContext:aws:ssm:SessionId": "*"}},
            ),
        ]
    )


def preferences(settings: Sessions, *, group_name: str, kms_key_arn: str) -> str:
    """The preferences document (Systems Manager User Guide, "Session document schema")."""
    inputs = {
        "s3BucketName": "",
        "s3KeyPrefix": "",
        "s3EncryptionEnabled": True,
        "cloudWatchLogGroupName": group_name,
        "cloudWatchEncryptionEnabled": True,
        "cloudWatchStreamingEnabled": True,
        "idleSessionTimeout": str(settings.idle_minutes),
        "maxSessionDuration": str(settings.maximum_hours * 60),
        "kmsKeyId": kms_key_arn,
        "runAsEnabled": False,
        "runAsDefaultUser": "",
        "shellProfile": {"windows": "", "linux": ""},
    }
    return json.dumps(
        {
            "schemaVersion": "1.0",
            "description": "Preferences of every session in this account and Region",
            "sessionType": "Standard_Stream",
            "inputs": inputs,
        }
    )
