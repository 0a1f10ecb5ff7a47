"""Web ACLs' exceptions: one Region for all of CloudFront's, and locks that the last reader got."""

from collections.abc import Callable
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.errors import AwsError, title
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_GLOBAL_SCOPE: Final = "CLOUDFRONT"
_GLOBAL_REGION: Final = "us-east-1"
"""Where web ACLs for CloudFront are made (WAFV2 API, Scope)."""

NAMES: Final = {"statements": "Statements", "arn": "ARN"}
SETTINGS: Final = frozenset(
    {
        "associationConfig",
        "captchaConfig",
        "challengeConfig",
        "customResponseBodies",
        "dataProtectionConfig",
        "defaultAction",
        "description",
        "ruleJson",
        "rules",
        "tokenDomains",
        "visibilityConfig",
    }
)


def make(operation: str) -> Callable[[Work], tuple[str, object]]:
    """How a set or an ACL is made; the emulator takes CloudFront's in any Region, AWS in one."""
    create = Call(operation, mapped=True)

    def create_in_region(work: Work) -> tuple[str, object]:
        if work.properties["scope"] == _GLOBAL_SCOPE and work.region != _GLOBAL_REGION:
            raise AwsError(
                f"error creating {title(work.token)}: WAFInvalidParameterException: The scope is "
                f"not valid., field: SCOPE_VALUE, parameter: {_GLOBAL_SCOPE}"
            )
        work.result = _with_bodies(work, create, tagged=True)
        made = cast("dict[str, Any]", work.result["Summary"])
        return str(made["Id"]), made

    return create_in_region


def find(operation: str, member: str) -> Callable[[Work], object]:
    """How it is found, with the lock that the next change needs."""

    def look(work: Work) -> object:
        try:
            answer = work.send(operation, _which(work))
        except ClientError as error:
            if errors.is_gone(error):
                return None
            raise
        return {**answer[member], "LockToken": answer["LockToken"]}

    return look


def change_ip_set(work: Work, changed: frozenset[str]) -> None:
    """Replace the addresses."""
    if changed & {"addresses", "description"}:
        given = work.properties
        parameters = {**_locked(work, "GetIPSet"), "Addresses": given["addresses"]}
        if given.get("description"):
            parameters["Description"] = given["description"]
        work.send("UpdateIPSet", parameters)


def change_web_acl(work: Work, changed: frozenset[str]) -> None:
    """Replace the rules and all that goes with them."""
    if changed & SETTINGS:
        token = str(_locked(work, "GetWebACL")["LockToken"])
        _with_bodies(work, Call("UpdateWebACL", {"Id": "$id", "LockToken": token}, mapped=True))


def delete(read: str, operation: str) -> Callable[[Work], None]:
    """How it is deleted."""

    def delete_locked(work: Work) -> None:
        try:
            parameters = _locked(work, read)
        except ClientError as error:
            if errors.is_gone(error):
                return
            raise
        work.send(operation, parameters)

    return delete_locked


def _with_bodies(work: Work, call: Call, *, tagged: bool = False) -> dict[str, Any]:
    """Make a call; response bodies are a list here and a map by their keys there."""
    given = work.properties
    bodies = cast("list[dict[str, Any]]", given.get("customResponseBodies") or [])
    if bodies:
        named = {one["key"]: {k: v for k, v in one.items() if k != "key"} for one in bodies}
        work.properties = {**given, "customResponseBodies": named}
    try:
        return work.call(call, tagged=tagged)
    finally:
        work.properties = given


def _which(work: Work) -> dict[str, Any]:
    return {"Name": work.properties["name"], "Scope": work.properties["scope"], "Id": work.id}


def _locked(work: Work, operation: str) -> dict[str, Any]:
    return {**_which(work), "LockToken": work.send(operation, _which(work))["LockToken"]}
