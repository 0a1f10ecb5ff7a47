"""Organizations: one per account, adopted when it exists; accounts that take a moment."""

import time
from collections.abc import Mapping
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors, shapes
from sandbox.aws.errors import AwsError, EmulatorLimitError, title
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_CREATION_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05
_PUT_CONTACT = Call("PutAlternateContact", mapped=True)
_CREATE_ACCOUNT = Call("CreateAccount", mapped=True)


def make_organization(work: Work) -> tuple[str, object]:
    """Create the organisation; most companies have one, so an existing one is adopted."""
    features = str(work.properties.get("featureSet") or "ALL")
    try:
        work.send("CreateOrganization", {"FeatureSet": features})
    except ClientError as error:
        if errors.code_of(error) != "AlreadyInOrganizationException":
            raise
    found = cast("dict[str, Any]", find_organization(work))
    work.id = str(found["Id"])
    _settle(work, found)
    return work.id, find_organization(work)


def find_organization(work: Work) -> object:
    """The organisation with its accounts and roots, in the words of the provider's outputs."""
    try:
        found = dict(work.send("DescribeOrganization")["Organization"])
    except ClientError as error:
        if errors.code_of(error) == "AWSOrganizationsNotInUseException":
            return None
        raise
    accounts = _pages(work, "ListAccounts", "Accounts")
    roots = _pages(work, "ListRoots", "Roots")
    management = str(found["MasterAccountId"])
    found["Accounts"] = accounts
    found["NonMasterAccounts"] = [one for one in accounts if one["Id"] != management]
    found["Roots"] = roots
    found["MasterAccountName"] = next(
        (one["Name"] for one in accounts if one["Id"] == management), "management"
    )
    return found


def change_organization(work: Work, changed: frozenset[str]) -> None:
    """Enable and disable policy types and service access."""
    if changed & {"enabledPolicyTypes", "awsServiceAccessPrincipals"}:
        _settle(work, cast("dict[str, Any]", find_organization(work)))


def _settle(work: Work, found: Mapping[str, Any]) -> None:
    root = cast("dict[str, Any]", found["Roots"][0])
    enabled = {str(one["Type"]) for one in root.get("PolicyTypes", [])}
    wanted = set(cast("list[str]", work.properties.get("enabledPolicyTypes") or []))
    for kind in sorted(wanted - enabled):
        _tolerantly(work, "EnablePolicyType", {"RootId": root["Id"], "PolicyType": kind})
    for kind in sorted(enabled - wanted):
        _tolerantly(work, "DisablePolicyType", {"RootId": root["Id"], "PolicyType": kind})
    trusted = {
        str(one["ServicePrincipal"])
        for one in _pages(work, "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
    }
    principals = set(cast("list[str]", work.properties.get("awsServiceAccessPrincipals") or []))
    for principal in sorted(principals - trusted):
        _tolerantly(work, "EnableAWSServiceAccess", {"ServicePrincipal": principal})
    if "awsServiceAccessPrincipals" in work.properties:
        for principal in sorted(trusted - principals):
            _tolerantly(work, "DisableAWSServiceAccess", {"ServicePrincipal": principal})


def _tolerantly(work: Work, operation: str, parameters: Mapping[str, Any]) -> None:
    """Do what the emulator knows: it lags behind AWS's lists of policy types and services."""
    try:
        work.send(operation, parameters)
    except ClientError as error:
        if errors.code_of(error) not in {
            "InvalidInputException",
            "PolicyTypeAlreadyEnabledException",
            "PolicyTypeNotEnabledException",
        }:
            raise


def make_account(work: Work) -> tuple[str, object]:
    """Create a member account and wait until it has an id."""
    work.result = work.call(_CREATE_ACCOUNT, tagged=True)
    status = cast("dict[str, Any]", work.result["CreateAccountStatus"])
    deadline = time.monotonic() + _CREATION_SECONDS
    while status["State"] == "IN_PROGRESS" and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        answer = work.send("DescribeCreateAccountStatus", {"CreateAccountRequestId": status["Id"]})
        status = cast("dict[str, Any]", answer["CreateAccountStatus"])
    if status["State"] != "SUCCEEDED":
        reason = status.get("FailureReason", status["State"])
        raise AwsError(f"error creating {title(work.token)}: {reason}")
    work.id = str(status["AccountId"])
    _move(work)
    return work.id, work.send("DescribeAccount", {"AccountId": work.id})["Account"]


def change_account(work: Work, changed: frozenset[str]) -> None:
    """Move an account to another unit."""
    if "parentId" in changed:
        _move(work)


def delete_account(work: Work) -> None:
    """Close the account when the program says so, else only let it leave the organisation."""
    close = bool(work.properties.get("closeOnDeletion"))
    try:
        if close:
            work.send("CloseAccount", {"AccountId": work.id})
        else:
            work.send("RemoveAccountFromOrganization", {"AccountId": work.id})
    except ClientError as error:
        if errors.code_of(error) != "AccountAlreadyClosedException":
            raise


def delegate(work: Work) -> tuple[str, object]:
    """Make an account a service's administrator, for the services the emulator has heard of."""
    account, principal = work.properties["accountId"], work.properties["servicePrincipal"]
    try:
        work.result = work.send(
            "RegisterDelegatedAdministrator",
            {"AccountId": account, "ServicePrincipal": principal},
        )
    except ClientError as error:
        if "unrecognized service principal" in errors.words(error):
            raise EmulatorLimitError(errors.words(error)) from error
        raise
    return f"{account}/{principal}", None


def make_contact(work: Work) -> tuple[str, object]:
    """Set an account's contact, of one's own account or of a member named by its id."""
    work.call(_PUT_CONTACT)
    parts = (work.properties.get("accountId"), work.properties["alternateContactType"])
    return "/".join(str(part) for part in parts if part), None


def _move(work: Work) -> None:
    wanted = work.properties.get("parentId")
    parents = work.send("ListParents", {"ChildId": work.id})["Parents"]
    if wanted and parents and parents[0]["Id"] != wanted:
        work.send(
            "MoveAccount",
            {
                "AccountId": work.id,
                "SourceParentId": parents[0]["Id"],
                "DestinationParentId": wanted,
            },
        )


def find_attachment(work: Work) -> object:
    """Whether the policy is still attached to its target."""
    try:
        targets = _pages(
            work, "ListTargetsForPolicy", "Targets", {"PolicyId": work.properties["policyId"]}
        )
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    target = work.properties["targetId"]
    return next((one for one in targets if one["TargetId"] == target), None)


def find_service_access(work: Work) -> object:
    """Whether the service is still trusted."""
    trusted = _pages(work, "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
    wanted = work.properties["servicePrincipal"]
    return next((one for one in trusted if one["ServicePrincipal"] == wanted), None)


def find_delegated(work: Work) -> object:
    """Whether the account still administers the service."""
    which = {"ServicePrincipal": work.properties["servicePrincipal"]}
    try:
        found = _pages(work, "ListDelegatedAdministrators", "DelegatedAdministrators", which)
    except ClientError as error:
        if errors.code_of(error) == "InvalidInputException":
            return None
        raise
    account = work.properties["accountId"]
    return next((one for one in found if one["Id"] == account), None)


def _pages(
    work: Work, operation: str, member: str, parameters: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Every page of a list."""
    found: list[dict[str, Any]] = []
    token: object = None
    while True:
        answer = work.send(
            operation, {**(parameters or {}), **({"NextToken": token} if token else {})}
        )
        found += cast("list[dict[str, Any]]", shapes.at(answer, member) or [])
        token = answer.get("NextToken")
        if not token:
            return found
