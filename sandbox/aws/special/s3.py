"""S3's exceptions: a bucket's Region, its old inline settings, what must go before it can."""

from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.table.entry import Call, Entry
from sandbox.aws.work import Work

NAMES: Final = {
    "applyServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "id": "ID",
}
_DEFAULT_REGION: Final = "us-east-1"
"""The one Region that a location constraint must not name (S3 API, CreateBucket)."""

_PUT_OBJECT = Call(
    "PutObject",
    {
        "Bucket": "$.bucket",
        "Key": "$.key",
        "Body": "$.body",
        "ContentType": "$.contentType",
        "CacheControl": "$.cacheControl",
    },
)


def make_bucket(work: Work) -> tuple[str, object]:
    """Create a bucket where it belongs, with the settings that v6 programs still write inline."""
    name = str(work.properties["bucket"])
    parameters: dict[str, Any] = {"Bucket": name}
    if work.region != _DEFAULT_REGION:
        parameters["CreateBucketConfiguration"] = {"LocationConstraint": work.region}
    if work.properties.get("objectLockEnabled"):
        parameters["ObjectLockEnabledForBucket"] = True
    work.result = work.send("CreateBucket", parameters)
    work.id = name
    change_bucket(work, frozenset(work.properties))
    return name, {}


def filter_everything(parameters: dict[str, Any]) -> None:
    """A lifecycle rule without a filter is for every object; AWS wants that said."""
    for rule in parameters["LifecycleConfiguration"]["Rules"]:
        if "Filter" not in rule and "Prefix" not in rule:
            rule["Filter"] = {"Prefix": ""}


def change_bucket(work: Work, changed: frozenset[str]) -> None:
    """Set what is written inline."""
    bucket, given = {"Bucket": work.id}, work.properties
    if "policy" in changed and given.get("policy"):
        work.send("PutBucketPolicy", {**bucket, "Policy": given["policy"]})
    versioning = cast("dict[str, Any]", given.get("versioning") or {})
    if "versioning" in changed:
        status = "Enabled" if versioning.get("enabled") else "Suspended"
        work.send("PutBucketVersioning", {**bucket, "VersioningConfiguration": {"Status": status}})


def empty_bucket(work: Work) -> None:
    """Delete everything in a bucket when the program says so; AWS keeps a bucket that has any."""
    if not work.properties.get("forceDestroy"):
        return
    try:
        answer = work.send("ListObjectVersions", {"Bucket": work.id})
    except ClientError as error:
        if errors.is_gone(error):
            return
        raise
    for member in ("Versions", "DeleteMarkers"):
        for one in cast("list[dict[str, Any]]", answer.get(member) or []):
            parameters = {"Bucket": work.id, "Key": one["Key"], "VersionId": one["VersionId"]}
            work.send("DeleteObject", parameters)


def put_object(work: Work) -> tuple[str, object]:
    """Write an object; its content is text, a file's path or base64."""
    given = work.properties
    work.properties = {**given, "body": _content(given)}
    try:
        work.result = work.call(_PUT_OBJECT)
    finally:
        work.properties = given
    return str(given["key"]), work.result


def change_object(work: Work, changed: frozenset[str]) -> None:
    """Write it again."""
    if changed - {"tags", "tagsAll"}:
        put_object(work)


def _content(given: dict[str, Any]) -> str:
    source = given.get("source")
    if isinstance(source, dict):
        asset = cast("dict[str, str]", source)
        return asset.get("text") or asset.get("path") or ""
    return str(given.get("content") or given.get("contentBase64") or source or "")


OBJECT: Final = Entry(
    service="s3",
    make=put_object,
    read=Call("HeadObject", {"Bucket": "$.bucket", "Key": "$id"}),
    change=change_object,
    in_place=frozenset(
        {"content", "contentBase64", "source", "contentType", "cacheControl", "acl"}
    ),
    computed={"etag": "ETag", "versionId": "VersionId"},
    delete=(Call("DeleteObject", {"Bucket": "$.bucket", "Key": "$id"}),),
    drift=False,
)
"""An object in a bucket, in both of the SDK's versions of it."""
