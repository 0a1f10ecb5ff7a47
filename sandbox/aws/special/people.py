"""IAM's people: who is in which group, and what hangs on a user that must go first."""

from typing import Any, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.work import Work


def fill_group(work: Work) -> tuple[str, object]:
    """Put users into a group; its other members stay."""
    for user in _users(work):
        _move(work, "AddUserToGroup", user, str(work.properties["group"]))
    return str(work.properties["name"]), {}


def find_members(work: Work) -> object:
    """Whether any of the users is still in the group."""
    members = _members(work)
    return {} if members is not None and set(members) & set(_users(work)) else None


def change_members(work: Work, changed: frozenset[str]) -> None:
    """Let in who is new, let go who is no longer named."""
    if "users" in changed:
        group, before = _group(work), cast("list[str]", work.old.get("users") or [])
        _settle(work, {(one, group) for one in before}, {(one, group) for one in _users(work)})


def clear_group(work: Work) -> None:
    """Take the users out of the group."""
    for user in set(_members(work) or []) & set(_users(work)):
        _move(work, "RemoveUserFromGroup", user, _group(work))


def join_groups(work: Work) -> tuple[str, object]:
    """Put a user into groups; its other groups stay."""
    for group in _groups(work):
        _move(work, "AddUserToGroup", _user(work), group)
    return f"terraform-{work.caller_reference[:26]}", {}


def find_groups(work: Work) -> object:
    """Whether the user is still in any of the groups."""
    return {} if set(_joined(work)) & set(_groups(work)) else None


def change_groups(work: Work, changed: frozenset[str]) -> None:
    """Join what is new, leave what is no longer named; the user's other groups stay."""
    if "groups" in changed:
        user, before = _user(work), cast("list[str]", work.old.get("groups") or [])
        _settle(work, {(user, one) for one in before}, {(user, one) for one in _groups(work)})


def leave_groups(work: Work) -> None:
    """Take the user out of the groups."""
    for group in set(_joined(work)) & set(_groups(work)):
        _move(work, "RemoveUserFromGroup", _user(work), group)


def empty_user(work: Work) -> None:
    """Take a user out of its groups, and delete its keys and devices where that is forced."""
    which = {"UserName": work.id}
    try:
        for group in _listed(work, "ListGroupsForUser", "Groups"):
            work.send("RemoveUserFromGroup", {**which, "GroupName": group["GroupName"]})
        if not work.properties.get("forceDestroy"):
            return
        for key in _listed(work, "ListAccessKeys", "AccessKeyMetadata"):
            work.send("DeleteAccessKey", {**which, "AccessKeyId": key["AccessKeyId"]})
        for device in _listed(work, "ListMFADevices", "MFADevices"):
            work.send("DeactivateMFADevice", {**which, "SerialNumber": device["SerialNumber"]})
        work.send("DeleteLoginProfile", which)
    except ClientError as error:
        if not errors.is_gone(error):
            raise


def _listed(work: Work, operation: str, member: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", work.send(operation, {"UserName": work.id})[member])


def _settle(work: Work, there: set[tuple[str, str]], wanted: set[tuple[str, str]]) -> None:
    for user, group in sorted(wanted - there):
        _move(work, "AddUserToGroup", user, group)
    for user, group in sorted(there - wanted):
        _move(work, "RemoveUserFromGroup", user, group)


def _move(work: Work, operation: str, user: str, group: str) -> None:
    work.send(operation, {"UserName": user, "GroupName": group})


def _members(work: Work) -> list[str] | None:
    """Who is in the group; nothing when there is no such group."""
    try:
        answer = work.send("GetGroup", {"GroupName": _group(work)})
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    return [str(one["UserName"]) for one in answer["Users"]]


def _joined(work: Work) -> list[str]:
    try:
        answer = work.send("ListGroupsForUser", {"UserName": _user(work)})
    except ClientError as error:
        if errors.is_gone(error):
            return []
        raise
    return [str(one["GroupName"]) for one in answer["Groups"]]


def _group(work: Work) -> str:
    return str(work.properties["group"])


def _user(work: Work) -> str:
    return str(work.properties["user"])


def _users(work: Work) -> list[str]:
    return cast("list[str]", work.properties.get("users") or [])


def _groups(work: Work) -> list[str]:
    return cast("list[str]", work.properties.get("groups") or [])
