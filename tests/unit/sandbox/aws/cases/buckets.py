"""Cases of a bucket's settings: each is a resource of its own."""

from collections.abc import Callable
from typing import Any

from tests.unit.sandbox.aws.cases.case import Case, World, case, document

_Seen = Callable[[Any, str], object]


def _setting(
    token: str,
    first: dict[str, Any],
    second: dict[str, Any],
    seen: _Seen,
    found: tuple[object, object],
    *,
    stays: bool = False,
) -> None:
    """A setting, another value of it, and what S3 says of both."""

    def making(world: World) -> Case:
        bucket, client = world.bucket().id, world.see("s3")
        return Case(
            made=world.make(token, bucket=bucket, **first),
            seen=lambda: seen(client, bucket),
            before=found[0],
            change=second,
            after=found[1],
            replaced={"bucket": "other"},
            stays=stays,
        )

    case(token)(making)


def _key_of(client: Any, bucket: str) -> object:  # noqa: ANN401 - botocore's clients
    found = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    default = found["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    return default["SSEAlgorithm"], found["Rules"][0].get("BucketKeyEnabled")


_setting(
    "s3/bucketVersioning:BucketVersioning",
    {"versioningConfiguration": {"status": "Enabled"}},
    {"versioningConfiguration": {"status": "Suspended"}},
    lambda client, bucket: client.get_bucket_versioning(Bucket=bucket)["Status"],
    ("Enabled", "Suspended"),
    stays=True,
)
_setting(
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    {
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": "k",
                },
                "bucketKeyEnabled": True,
            }
        ]
    },
    {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
    _key_of,
    (("aws:kms", True), ("AES256", False)),
)
_setting(
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    {"blockPublicAcls": True, "restrictPublicBuckets": True},
    {"restrictPublicBuckets": False},
    lambda client, bucket: client.get_public_access_block(Bucket=bucket)[
        "PublicAccessBlockConfiguration"
    ]["RestrictPublicBuckets"],
    (True, False),
)
_setting(
    "s3/bucketOwnershipControls:BucketOwnershipControls",
    {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    lambda client, bucket: client.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"][
        "Rules"
    ][0]["ObjectOwnership"],
    ("BucketOwnerEnforced", "BucketOwnerPreferred"),
)
_setting(
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    {"rules": [{"id": "old", "status": "Enabled", "expiration": {"days": 30}}]},
    {
        "rules": [
            {
                "id": "forget",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrentVersionExpiration": {"noncurrentDays": 7},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            }
        ]
    },
    lambda client, bucket: client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0][
        "ID"
    ],
    ("old", "forget"),
)


@case("s3/bucketLogging:BucketLogging")
def logging(world: World) -> Case:
    logged, target = world.bucket().id, world.bucket()
    client = world.see("s3")
    may = {
        "Effect": "Allow",
        "Principal": {"Service": ["logging.s3.amazonaws.com"]},
        "Action": ["s3:PutObject"],
        "Resource": [f"{target['arn']}/a/*", f"{target['arn']}/b/*"],
    }
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": target["arn"]}
    world.make("s3/bucketPolicy:BucketPolicy", bucket=target.id, policy=document(deny, may))
    made = world.make(
        "s3/bucketLogging:BucketLogging",
        bucket=logged,
        targetBucket=target.id,
        targetPrefix="a/",
    )

    def seen() -> object:
        return client.get_bucket_logging(Bucket=logged)["LoggingEnabled"]["TargetPrefix"]

    return Case(made=made, seen=seen, before="a/", change={"targetPrefix": "b/"}, after="b/")


@case("s3/bucketPolicy:BucketPolicy")
def policy(world: World) -> Case:
    bucket = world.bucket()
    deny = {"Effect": "Deny", "Principal": "*", "Resource": bucket["arn"]}
    first, second = (document({**deny, "Action": f"s3:{one}"}) for one in ("Get*", "Put*"))
    client = world.see("s3")
    return Case(
        made=world.make("s3/bucketPolicy:BucketPolicy", bucket=bucket.id, policy=first),
        seen=lambda: client.get_bucket_policy(Bucket=bucket.id)["Policy"],
        before=first,
        change={"policy": second},
        after=second,
        replaced={"bucket": "other"},
    )


@case("s3/bucket:Bucket")
def bucket(world: World) -> Case:
    made = world.bucket(tags={"a": "b"})
    client = world.see("s3")

    def seen() -> object:
        return {one["Key"] for one in client.get_bucket_tagging(Bucket=made.id)["TagSet"]}

    return Case(
        made=made,
        outputs={
            "arn": f"arn:aws:s3:::{made.id}",
            "bucketRegionalDomainName": rf"{made.id}.s3.eu-central-1.amazonaws.com",
            "bucketDomainName": rf"{made.id}.s3.amazonaws.com",
        },
        seen=seen,
        before={"a", "owner"},
        change={"tags": {"c": "d"}},
        after={"c", "owner"},
        replaced={"bucket": "other"},
    )
