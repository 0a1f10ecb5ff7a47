"""Buckets and their settings, each of which is a resource of its own."""

from collections.abc import Mapping
from typing import Any, Final, cast

from sandbox.aws.special import s3
from sandbox.aws.table.entry import Call, Entry, Step, Tagging


def _setting(
    put: str,
    params: Mapping[str, Any],
    *,
    read: str,
    delete: Call | str = "",
    in_place: tuple[str, ...] = (),
    **more: Any,  # noqa: ANN401 - the row's own fields
) -> Entry:
    """A setting of a bucket: put, put again, and deleted or undone by another call."""
    call = Call(put, {"Bucket": "$.bucket", **params}, adjust=more.pop("adjust", None))
    properties = tuple(_named(params))
    undo = Call(delete, {"Bucket": "$.bucket"}) if isinstance(delete, str) else delete
    return Entry(
        service="s3",
        create=call,
        read=Call(read, {"Bucket": "$.bucket"}),
        steps=(Step(properties, call, later=True),),
        delete=(undo,) if delete else (),
        in_place=frozenset(in_place),
        names=s3.NAMES,
        drift=False,
        **more,
    )


def _named(template: object) -> list[str]:
    """The properties a template speaks of."""
    if isinstance(template, str):
        return [template[2:].split(".", maxsplit=1)[0]] if template.startswith("$.") else []
    if isinstance(template, Mapping):
        values = cast("Mapping[str, object]", template).values()
        return [name for one in values for name in _named(one)]
    items = cast("list[object]", template) if isinstance(template, list) else []
    return [name for one in items for name in _named(one)]


_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_BLOCK: Mapping[str, Any] = {name[0].upper() + name[1:]: f"$.{name}" for name in _BLOCKS}

_INLINE = {
    "accelerationStatus",
    "acl",
    "corsRules",
    "grants",
    "lifecycleRules",
    "objectLockConfiguration",
    "policy",
    "requestPayer",
}
_INLINE_ONCE = {
    "logging",
    "replicationConfiguration",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
}


def _bucket(inline: set[str]) -> Entry:
    """A bucket; what programs of earlier versions write inside it has other names in each."""
    return Entry(
        service="s3",
        make=s3.make_bucket,
        read=Call("HeadBucket", {"Bucket": "$id"}),
        in_place=frozenset(inline),
        replace_on=frozenset({"bucket", "objectLockEnabled"}),
        change=s3.change_bucket,
        before_delete=s3.empty_bucket,
        delete=(Call("DeleteBucket", {"Bucket": "$id"}),),
        tagging=Tagging(
            add=Call("PutBucketTagging", {"Bucket": "$id", "Tagging": {"TagSet": "$tags"}}),
            at_creation=False,
        ),
        computed={"bucketRegion": "$region"},
    )


S3: Final[Mapping[str, Entry]] = {
    "s3/bucket:Bucket": _bucket(_INLINE | _INLINE_ONCE),
    "s3/bucketV2:BucketV2": _bucket(_INLINE | {f"{name}s" for name in _INLINE_ONCE}),
    "s3/bucketVersioning:BucketVersioning": _setting(
        "PutBucketVersioning",
        {"VersioningConfiguration": {"Status": "$.versioningConfiguration.status"}},
        read="GetBucketVersioning",
        delete=Call(
            "PutBucketVersioning",
            {"Bucket": "$.bucket", "VersioningConfiguration": {"Status": "Suspended"}},
        ),
        in_place=("expectedBucketOwner", "mfa"),
    ),
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting(
        "PutBucketEncryption",
        {"ServerSideEncryptionConfiguration": {"Rules": "$.rules"}},
        read="GetBucketEncryption",
        delete="DeleteBucketEncryption",
        in_place=("expectedBucketOwner",),
    ),
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        "PutPublicAccessBlock",
        {"PublicAccessBlockConfiguration": _BLOCK},
        read="GetPublicAccessBlock",
        delete="DeletePublicAccessBlock",
        in_place=("skipDestroy",),
    ),
    "s3/bucketPolicy:BucketPolicy": _setting(
        "PutBucketPolicy",
        {"Policy": "$.policy"},
        read="GetBucketPolicy",
        delete="DeleteBucketPolicy",
    ),
    "s3/bucketOwnershipControls:BucketOwnershipControls": _setting(
        "PutBucketOwnershipControls",
        {"OwnershipControls": {"Rules": ["$.rule"]}},
        read="GetBucketOwnershipControls",
        delete="DeleteBucketOwnershipControls",
    ),
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        "PutBucketLifecycleConfiguration",
        {"LifecycleConfiguration": {"Rules": "$.rules"}},
        read="GetBucketLifecycleConfiguration",
        delete="DeleteBucketLifecycle",
        in_place=("expectedBucketOwner", "transitionDefaultMinimumObjectSize"),
        adjust=s3.filter_everything,
    ),
    "s3/bucketLogging:BucketLogging": _setting(
        "PutBucketLogging",
        {
            "BucketLoggingStatus": {
                "LoggingEnabled": {
                    "TargetBucket": "$.targetBucket",
                    "TargetPrefix": "$.targetPrefix",
                }
            }
        },
        read="GetBucketLogging",
        found="LoggingEnabled",
        delete=Call("PutBucketLogging", {"Bucket": "$.bucket", "BucketLoggingStatus": {}}),
        in_place=("expectedBucketOwner", "targetGrants", "targetObjectKeyFormat"),
    ),
    "s3/bucketAcl:BucketAcl": _setting(
        "PutBucketAcl", {"ACL": "$.acl"}, read="GetBucketAcl", in_place=("accessControlPolicy",)
    ),
    "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _setting(
        "PutObjectLockConfiguration",
        {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": "$.rule"}},
        read="GetObjectLockConfiguration",
        in_place=("expectedBucketOwner", "token"),
    ),
    "s3/accountPublicAccessBlock:AccountPublicAccessBlock": Entry(
        service="s3control",
        create=Call(
            "PutPublicAccessBlock",
            {"AccountId": "$account", "PublicAccessBlockConfiguration": _BLOCK},
        ),
        read=Call("GetPublicAccessBlock", {"AccountId": "$account"}),
        found="PublicAccessBlockConfiguration",
        steps=(
            Step(
                _BLOCKS,
                Call(
                    "PutPublicAccessBlock",
                    {"AccountId": "$account", "PublicAccessBlockConfiguration": _BLOCK},
                ),
                later=True,
            ),
        ),
        delete=(Call("DeletePublicAccessBlock", {"AccountId": "$account"}),),
    ),
    "s3/bucketObjectv2:BucketObjectv2": s3.OBJECT,
    "s3/bucketObject:BucketObject": s3.OBJECT,
}
"""Type (without ``aws:``) → row."""
