"""IAM's exceptions: versions of policies, roles that must be empty, lists inside roles."""

import contextlib
from collections.abc import Callable
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.errors import EmulatorLimitError
from sandbox.aws.work import Work

_AWS_POLICIES: Final = "arn:aws:iam::aws:policy/"
_VERSIONS: Final = 5
"""How many versions a managed policy may have (IAM quotas)."""


def change_role(work: Work, changed: frozenset[str]) -> None:
    """Change what a role trusts, its inline policies and its attached ones."""
    if "assumeRolePolicy" in changed and not work.result:
        document = work.properties["assumeRolePolicy"]
        work.send("UpdateAssumeRolePolicy", {"RoleName": work.id, "PolicyDocument": document})
    if "inlinePolicies" in changed:
        _change_inline(work)
    if "managedPolicyArns" in changed:
        _change_attached(work)


def _change_inline(work: Work) -> None:
    role = {"RoleName": work.id}
    wanted = cast("list[dict[str, str]]", work.properties.get("inlinePolicies") or [])
    kept = {str(one.get("name")) for one in wanted}
    for name in work.send("ListRolePolicies", role)["PolicyNames"]:
        if name not in kept:
            work.send("DeleteRolePolicy", {**role, "PolicyName": name})
    for one in wanted:
        if one.get("name"):
            parameters = {"PolicyName": one["name"], "PolicyDocument": one.get("policy", "{}")}
            work.send("PutRolePolicy", {**role, **parameters})


def _change_attached(work: Work) -> None:
    wanted = cast("list[str]", work.properties.get("managedPolicyArns") or [])
    attached = _attached(work, work.id)
    for arn in attached:
        if arn not in wanted:
            work.send("DetachRolePolicy", {"RoleName": work.id, "PolicyArn": arn})
    for arn in wanted:
        if arn not in attached:
            with contextlib.suppress(EmulatorLimitError):
                _attach(work, work.id, arn)


def empty_role(work: Work) -> None:
    """Detach and delete what the provider is told to force, and the role's own inline lists."""
    role = {"RoleName": work.id}
    forced = bool(work.properties.get("forceDetachPolicies"))
    if forced or work.properties.get("managedPolicyArns"):
        for arn in _attached(work, work.id):
            work.send("DetachRolePolicy", {**role, "PolicyArn": arn})
    if forced or work.properties.get("inlinePolicies"):
        for name in work.send("ListRolePolicies", role)["PolicyNames"]:
            work.send("DeleteRolePolicy", {**role, "PolicyName": name})


def _attached(work: Work, owner: str, kind: str = "Role") -> list[str]:
    answer = work.send(f"ListAttached{kind}Policies", {f"{kind}Name": owner})
    return [str(one["PolicyArn"]) for one in answer["AttachedPolicies"]]


def attach(kind: str) -> Callable[[Work], tuple[str, object]]:
    """How a policy is attached to a role, a user or a group."""

    def make(work: Work) -> tuple[str, object]:
        owner, arn = str(work.properties[kind.lower()]), str(work.properties["policyArn"])
        _attach(work, owner, arn, kind)
        return f"{owner}/{arn}", {}

    return make


def _attach(work: Work, owner: str, arn: str, kind: str = "Role") -> None:
    try:
        work.send(f"Attach{kind}Policy", {f"{kind}Name": owner, "PolicyArn": arn})
    except ClientError as error:
        # The emulator starts without AWS's own policies: reading them in takes it seconds.
        if arn.startswith(_AWS_POLICIES) and errors.is_gone(error) and arn in errors.words(error):
            raise EmulatorLimitError(errors.words(error)) from error
        raise


def find_attachment(kind: str) -> Callable[[Work], object]:
    """How to see whether a policy is still attached."""

    def find(work: Work) -> object:
        try:
            attached = _attached(work, str(work.properties[kind.lower()]), kind)
        except ClientError as error:
            if errors.is_gone(error):
                return None
            raise
        arn = work.properties["policyArn"]
        return {"PolicyArn": arn} if arn in attached else None

    return find


def change_policy(work: Work, changed: frozenset[str]) -> None:
    """Make the new document the default version; the oldest one gives way when there are five."""
    if "policy" not in changed:
        return
    versions = _old_versions(work)
    if len(versions) >= _VERSIONS - 1:
        oldest = min(versions, key=lambda one: int(str(one["VersionId"]).removeprefix("v")))
        parameters = {"PolicyArn": work.id, "VersionId": oldest["VersionId"]}
        work.send("DeletePolicyVersion", parameters)
    document = work.properties["policy"]
    work.send(
        "CreatePolicyVersion",
        {"PolicyArn": work.id, "PolicyDocument": document, "SetAsDefault": True},
    )


def delete_old_versions(work: Work) -> None:
    """Delete all versions but the default one, as AWS demands before it deletes a policy."""
    for one in _old_versions(work):
        parameters = {"PolicyArn": work.id, "VersionId": one["VersionId"]}
        work.send("DeletePolicyVersion", parameters)


def _old_versions(work: Work) -> list[dict[str, Any]]:
    versions = cast(
        "list[dict[str, Any]]",
        work.send("ListPolicyVersions", {"PolicyArn": work.id})["Versions"],
    )
    return [one for one in versions if not one.get("IsDefaultVersion")]


def find_account_alias(work: Work) -> object:
    """Whether the account still has the alias."""
    found = work.send("ListAccountAliases")["AccountAliases"]
    return {"AccountAlias": work.id} if work.id in found else None


def find_role_by_arn(work: Work) -> object:
    """A service-linked role by the ARN that is its id."""
    try:
        return work.send("GetRole", {"RoleName": work.id.rsplit("/", 1)[-1]})["Role"]
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise


def delete_service_linked_role(work: Work) -> None:
    """Hand the role's deletion to the service it is linked to."""
    work.send("DeleteServiceLinkedRole", {"RoleName": work.id.rsplit("/", 1)[-1]})


def describe_service_linked_role(work: Work, changed: frozenset[str]) -> None:
    """Describe it anew; nothing else of it may change."""
    if "description" in changed:
        description = work.properties.get("description") or ""
        name = work.id.rsplit("/", 1)[-1]
        work.send("UpdateRole", {"RoleName": name, "Description": description})
