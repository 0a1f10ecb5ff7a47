"""Identity Center's exceptions: ids of several parts, lists instead of look-ups, provisioning."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_CREATE_SET: Final = Call("CreatePermissionSet", mapped=True)

USER_SETTINGS: Final = {
    name: name
    for name in (
        "addresses",
        "displayName",
        "emails",
        "locale",
        "name",
        "phoneNumbers",
        "preferredLanguage",
        "profileUrl",
        "timezone",
        "title",
        "userType",
    )
} | {"nickname": "nickName"}
"""A user's properties, and what UpdateUser calls them (identity store API, AttributeOperation)."""

_SINGLE_BLOCKS: Final = frozenset({"addresses", "emails", "phoneNumbers"})
"""Blocks that the provider has one of and the API a list."""


def make_permission_set(work: Work) -> tuple[str, object]:
    """Create a permission set; its id also names the instance."""
    work.result = work.call(_CREATE_SET, tagged=True)
    made = cast("dict[str, Any]", work.result["PermissionSet"])
    return f"{made['PermissionSetArn']},{work.properties['instanceArn']}", made


def provision(work: Work, changed: frozenset[str]) -> None:
    """Bring a changed permission set into every account that has it."""
    if changed - {"tags", "tagsAll"}:
        arn, instance = work.id.split(",")
        work.send(
            "ProvisionPermissionSet",
            {
                "InstanceArn": instance,
                "PermissionSetArn": arn,
                "TargetType": "ALL_PROVISIONED_ACCOUNTS",
            },
        )


def find_attached(work: Work) -> object:
    """An attached AWS policy is listed with its permission set."""
    wanted = work.properties["managedPolicyArn"]
    found = _listed(work, "ListManagedPoliciesInPermissionSet", "AttachedManagedPolicies")
    return next((one for one in found if one["Arn"] == wanted), None)


def attach_reference(work: Work) -> tuple[str, object]:
    """Attach a policy by its name and path: it must exist in every account that gets the set."""
    reference = _reference(work)
    work.send(
        "AttachCustomerManagedPolicyReferenceToPermissionSet",
        {**_which(work), "CustomerManagedPolicyReference": reference},
    )
    given = work.properties
    parts = (reference["Name"], reference["Path"], given["permissionSetArn"], given["instanceArn"])
    return ",".join(map(str, parts)), {}


def find_reference(work: Work) -> object:
    """A policy's name is listed with the permission set."""
    operation = "ListCustomerManagedPolicyReferencesInPermissionSet"
    found = _listed(work, operation, "CustomerManagedPolicyReferences")
    return next((one for one in found if one == _reference(work)), None)


def _reference(work: Work) -> dict[str, str]:
    given = cast("dict[str, str]", work.properties["customerManagedPolicyReference"])
    return {"Name": given["name"], "Path": given.get("path") or "/"}


def find_assignment(work: Work) -> object:
    """An assignment is listed with its permission set and its account."""
    given = work.properties
    found = _listed(
        work, "ListAccountAssignments", "AccountAssignments", {"AccountId": given["targetId"]}
    )
    wanted = (given["principalType"], given["principalId"])
    return next((x for x in found if (x["PrincipalType"], x["PrincipalId"]) == wanted), None)


def _which(work: Work) -> dict[str, Any]:
    given = work.properties
    return {"InstanceArn": given["instanceArn"], "PermissionSetArn": given["permissionSetArn"]}


def _listed(
    work: Work, operation: str, member: str, more: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Every page of what hangs on a permission set; nothing when that is gone."""
    found: list[dict[str, Any]] = []
    parameters = {**_which(work), **(more or {})}
    try:
        while True:
            answer = work.send(operation, parameters)
            found += cast("list[dict[str, Any]]", answer[member])
            if not answer.get("NextToken"):
                return found
            parameters["NextToken"] = answer["NextToken"]
    except ClientError as error:
        if errors.is_gone(error):
            return []
        raise


def make_stored(operation: str, key: str) -> Callable[[Work], tuple[str, object]]:
    """How a group or a user is put into the identity store."""
    create = Call(operation, mapped=True)

    def make(work: Work) -> tuple[str, object]:
        work.result = work.call(create)
        return f"{work.properties['identityStoreId']}/{work.result[key]}", work.result

    return make


def change_stored(
    operation: str, key: str, settings: Mapping[str, str]
) -> Callable[[Work, frozenset[str]], None]:
    """How a group or a user is changed: attribute by attribute."""

    def change(work: Work, changed: frozenset[str]) -> None:
        operations = [
            one
            for name in sorted(changed & settings.keys())
            for one in _operations(settings[name], work.properties.get(name))
        ]
        store, own = work.id.split("/")
        which = {"IdentityStoreId": store, key: own}
        if operations:
            work.send(operation, {**which, "Operations": operations})

    return change


def _operations(path: str, value: object) -> list[dict[str, Any]]:
    """A property's new value, a name's part by part; without a value it is removed."""
    if path == "name" and isinstance(value, Mapping):
        parts = cast("Mapping[str, object]", value).items()
        return [{"AttributePath": f"{path}.{name}", "AttributeValue": one} for name, one in parts]
    if value is None:
        return [{"AttributePath": path}]
    given: object = value
    if path in _SINGLE_BLOCKS and not isinstance(value, list):
        given = [given]
    return [{"AttributePath": path, "AttributeValue": given}]


def join(work: Work) -> tuple[str, object]:
    """Put a user into a group of the identity store."""
    given = work.properties
    work.result = work.send(
        "CreateGroupMembership",
        {
            "IdentityStoreId": given["identityStoreId"],
            "GroupId": given["groupId"],
            "MemberId": {"UserId": given["memberId"]},
        },
    )
    return f"{given['identityStoreId']}/{work.result['MembershipId']}", work.result
