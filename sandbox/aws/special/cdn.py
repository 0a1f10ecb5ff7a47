"""CloudFront's exceptions: one configuration for everything, changed under the last ETag."""

from collections.abc import Mapping
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

NAMES: Final = {
    "locations": "Items",
    "loggingConfig": "Logging",
    "orderedCacheBehaviors": "CacheBehaviors",
    "originId": "Id",
}
"""What the API calls otherwise (CloudFront API, DistributionConfig)."""

SETTINGS: Final = frozenset(
    {
        "aliases",
        "anycastIpListId",
        "cacheTagConfig",
        "comment",
        "connectionFunctionAssociation",
        "continuousDeploymentPolicyId",
        "customErrorResponses",
        "defaultCacheBehavior",
        "defaultRootObject",
        "enabled",
        "httpVersion",
        "isIpv6Enabled",
        "loggingConfig",
        "orderedCacheBehaviors",
        "originGroups",
        "origins",
        "priceClass",
        "restrictions",
        "retainOnDelete",
        "viewerCertificate",
        "viewerMtlsConfig",
        "waitForDeployment",
        "webAclId",
    }
)
_CREATE = Call(
    "CreateDistributionWithTags",
    {"DistributionConfigWithTags": {"DistributionConfig": "*", "Tags": {"Items": "$tags"}}},
)
_UPDATE = Call("UpdateDistribution", {"Id": "$id", "IfMatch": "$.etag", "DistributionConfig": "*"})
_UPDATE_CONTROL = Call(
    "UpdateOriginAccessControl",
    {"Id": "$id", "IfMatch": "$.etag", "OriginAccessControlConfig": "*"},
)


def make_distribution(work: Work) -> tuple[str, object]:
    """Create a distribution; its caller reference stays with it."""
    extra = {"callerReference": f"terraform-{work.caller_reference}"}
    work.result = _configured(work, _CREATE, extra)
    work.id = str(work.result["Distribution"]["Id"])
    return work.id, find_distribution(work)


def find_distribution(work: Work) -> object:
    """A distribution as the provider speaks of it: its status, its names, its ETag."""
    answer = _got(work, "GetDistribution")
    if answer is None:
        return None
    found = cast("dict[str, Any]", answer["Distribution"])
    reference = found["DistributionConfig"]["CallerReference"]
    return {
        "ARN": found["ARN"],
        "CallerReference": reference,
        "DomainName": found["DomainName"],
        "ETag": answer["ETag"],
        "InProgressValidationBatches": found.get("InProgressInvalidationBatches", 0),
        "LastModifiedTime": found["LastModifiedTime"],
        "Status": found["Status"],
    }


def change_distribution(work: Work, changed: frozenset[str]) -> None:
    """Say the whole configuration again."""
    if changed & (SETTINGS - {"retainOnDelete", "waitForDeployment"}):
        _write(work, {})


def delete_distribution(work: Work) -> None:
    """Disable a distribution, as CloudFront demands, and delete it unless it is to be retained."""
    if _got(work, "GetDistribution") is None:
        return
    _write(work, {"enabled": False})
    if not work.properties.get("retainOnDelete"):
        tag = cast("dict[str, Any]", _got(work, "GetDistribution"))["ETag"]
        work.send("DeleteDistribution", {"Id": work.id, "IfMatch": tag})


def _write(work: Work, extra: Mapping[str, object]) -> None:
    there = cast("dict[str, Any]", find_distribution(work))
    known = {"callerReference": there["CallerReference"], "etag": there["ETag"]}
    _configured(work, _UPDATE, {**known, **extra})


def _configured(work: Work, call: Call, extra: Mapping[str, object]) -> dict[str, Any]:
    """Make a call with the configuration in the API's form."""
    given = work.properties
    behaviours = cast("list[dict[str, Any]]", given.get("orderedCacheBehaviors") or [])
    work.properties = {
        "comment": "",
        **given,
        **extra,
        "defaultCacheBehavior": _behaviour(given["defaultCacheBehavior"]),
        "origins": [_origin(one) for one in given["origins"]],
        **(
            {"orderedCacheBehaviors": [_behaviour(one) for one in behaviours]} if behaviours else {}
        ),
    }
    try:
        return work.call(call)
    finally:
        work.properties = given


def _behaviour(given: Mapping[str, Any]) -> dict[str, Any]:
    """The cached methods are inside the allowed ones; trust says whether there is any."""
    found = dict(given)
    if given.get("allowedMethods"):
        cached = given.get("cachedMethods") or ["GET", "HEAD"]
        found["allowedMethods"] = {"items": given["allowedMethods"], "cachedMethods": cached}
    for name in ("trustedKeyGroups", "trustedSigners"):
        if given.get(name):
            found[name] = {"items": given[name], "enabled": True}
    return found


def _origin(given: Mapping[str, Any]) -> dict[str, Any]:
    """An origin without a kind is a bucket that an origin access control signs for."""
    found = {"originPath": "", **given}
    headers = cast("list[dict[str, str]]", given.get("customHeaders") or [])
    if headers:
        named = [{"headerName": one["name"], "headerValue": one["value"]} for one in headers]
        found["customHeaders"] = named
    if not {"customOriginConfig", "s3OriginConfig", "vpcOriginConfig"} & given.keys():
        found["s3OriginConfig"] = {"originAccessIdentity": ""}
    return found


def find_access_control(work: Work) -> object:
    """An origin access control's settings and its ETag."""
    answer = _got(work, "GetOriginAccessControl")
    if answer is None:
        return None
    found = cast("dict[str, Any]", answer["OriginAccessControl"])
    return {**found["OriginAccessControlConfig"], "Id": found["Id"], "ETag": answer.get("ETag")}


def change_access_control(work: Work, changed: frozenset[str]) -> None:
    """Say all its settings again."""
    if changed:
        given = work.properties
        answer = cast("dict[str, Any]", _got(work, "GetOriginAccessControl"))
        work.properties = {**given, "etag": answer.get("ETag")}
        try:
            work.call(_UPDATE_CONTROL)
        finally:
            work.properties = given


def delete_access_control(work: Work) -> None:
    """Delete an origin access control under its ETag."""
    answer = _got(work, "GetOriginAccessControl")
    if answer is not None:
        tag = {"IfMatch": answer["ETag"]} if answer.get("ETag") else {}
        work.send("DeleteOriginAccessControl", {"Id": work.id, **tag})


def _got(work: Work, operation: str) -> dict[str, Any] | None:
    try:
        return work.send(operation, {"Id": work.id})
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
