"""What the state's key and bucket must be like, as the documents AWS takes (ACC-10, KMS-05…11)."""

from typing import Any, cast

Json = dict[str, Any]

DELETION_DAYS = 30
"""The longest waiting period AWS offers for deleting a key (KMS-08)."""

OLD_VERSION_DAYS = 365
"""Each update writes the checkpoint anew; what it replaced is of use for a year."""

ABORT_DAYS = 7
OLDEST_TLS = "1.2"

OWNERSHIP = "BucketOwnerEnforced"

PUBLIC_ACCESS = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}

LIFECYCLE: Json = {
    "Rules": [
        {
            "ID": "old-versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSION_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_DAYS},
        }
    ]
}


def encryption(key_arn: str) -> Json:
    """Everything is encrypted with the key; one data key serves many objects."""
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    return {
        "Rules": [{"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": True}],
    }


def key_policy(account_id: str) -> Json:
    """Root keeps the key, IAM decides who uses it, and nobody deletes it in a hurry."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                # Without it a key can become unmanageable:
                # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
                "Sid": "AccountDecides",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "NoHastyDeletion",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "kms:ScheduleKeyDeletion",
                "Resource": "*",
                "Condition": {
                    "NumericLessThan": {
                        "kms:ScheduleKeyDeletionPendingWindowInDays": str(DELETION_DAYS)
                    }
                },
            },
        ],
    }


def bucket_policy(bucket: str) -> Json:
    """Only encrypted connections, and none of the versions of TLS that are no longer safe."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]

    def deny(sid: str, condition: Json) -> Json:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": resources,
            "Condition": condition,
        }

    return {
        "Version": "2012-10-17",
        "Statement": [
            deny("OnlyTls", {"Bool": {"aws:SecureTransport": "false"}}),
            deny("OnlySafeTls", {"NumericLessThan": {"s3:TlsVersion": OLDEST_TLS}}),
        ],
    }


def includes(got: object, wanted: object) -> bool:
    """Whether what AWS returned holds all that is wanted; AWS adds defaults of its own."""
    if isinstance(wanted, dict):
        fields = cast("Json", got) if isinstance(got, dict) else {}
        return all(
            name in fields and includes(fields[name], value)
            for name, value in cast("Json", wanted).items()
        )
    if isinstance(wanted, list):
        ours, theirs = cast("list[object]", wanted), cast("list[object]", got)
        return (
            isinstance(got, list) and len(theirs) == len(ours) and all(map(includes, theirs, ours))
        )
    return got == wanted
