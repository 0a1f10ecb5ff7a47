"""The organisation, its accounts and what they are told: Organizations, Account Management."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import organizations
from sandbox.aws.table.entry import Call, Entry, Tagging

_ORGANIZATION_TAGS = Tagging(
    add=Call("TagResource", {"ResourceId": "$id", "Tags": "$tags"}),
    remove=Call("UntagResource", {"ResourceId": "$id", "TagKeys": "$tagkeys"}),
)


ORGANIZATIONS: Final[Mapping[str, Entry]] = {
    "organizations/organization:Organization": Entry(
        service="organizations",
        make=organizations.make_organization,
        look=organizations.find_organization,
        change=organizations.change_organization,
        in_place=frozenset({"awsServiceAccessPrincipals", "enabledPolicyTypes", "featureSet"}),
        delete=(Call("DeleteOrganization"),),
        drift=False,
    ),
    "organizations/account:Account": Entry(
        service="organizations",
        make=organizations.make_account,
        read=Call("DescribeAccount", {"AccountId": "$id"}),
        found="Account",
        change=organizations.change_account,
        in_place=frozenset({"parentId", "createGovcloud"}),
        names={"name": "AccountName"},
        replace_on=frozenset({"email", "name", "roleName", "iamUserAccessToBilling"}),
        before_delete=organizations.delete_account,
        tagging=_ORGANIZATION_TAGS,
    ),
    "organizations/organizationalUnit:OrganizationalUnit": Entry(
        service="organizations",
        create=Call("CreateOrganizationalUnit", mapped=True),
        id="OrganizationalUnit.Id",
        made="OrganizationalUnit",
        read=Call("DescribeOrganizationalUnit", {"OrganizationalUnitId": "$id"}),
        found="OrganizationalUnit",
        update=Call("UpdateOrganizationalUnit", {"OrganizationalUnitId": "$id"}, mapped=True),
        delete=(Call("DeleteOrganizationalUnit", {"OrganizationalUnitId": "$id"}),),
        tagging=_ORGANIZATION_TAGS,
    ),
    "organizations/policy:Policy": Entry(
        service="organizations",
        create=Call("CreatePolicy", mapped=True),
        id="Policy.PolicySummary.Id",
        made="Policy.PolicySummary",
        read=Call("DescribePolicy", {"PolicyId": "$id"}),
        found="Policy.PolicySummary",
        update=Call("UpdatePolicy", {"PolicyId": "$id"}, mapped=True),
        delete=(Call("DeletePolicy", {"PolicyId": "$id"}),),
        defaults={"type": "SERVICE_CONTROL_POLICY", "description": ""},
        replace_on=frozenset({"type"}),
        tagging=_ORGANIZATION_TAGS,
    ),
    "organizations/policyAttachment:PolicyAttachment": Entry(
        service="organizations",
        create=Call("AttachPolicy", mapped=True),
        look=organizations.find_attachment,
        delete=(Call("DetachPolicy", {"PolicyId": "$.policyId", "TargetId": "$.targetId"}),),
        delete_first=True,
    ),
    "organizations/awsServiceAccess:AwsServiceAccess": Entry(
        service="organizations",
        create=Call("EnableAWSServiceAccess", mapped=True),
        look=organizations.find_service_access,
        delete=(Call("DisableAWSServiceAccess", {"ServicePrincipal": "$.servicePrincipal"}),),
    ),
    "organizations/delegatedAdministrator:DelegatedAdministrator": Entry(
        service="organizations",
        make=organizations.delegate,
        look=organizations.find_delegated,
        delete=(
            Call(
                "DeregisterDelegatedAdministrator",
                {"AccountId": "$.accountId", "ServicePrincipal": "$.servicePrincipal"},
            ),
        ),
    ),
}

_CONTACT = {"AccountId": "$.accountId", "AlternateContactType": "$.alternateContactType"}

ACCOUNT: Final[Mapping[str, Entry]] = {
    "account/alternativeContact:AlternativeContact": Entry(
        service="account",
        make=organizations.make_contact,
        read=Call("GetAlternateContact", _CONTACT),
        found="AlternateContact",
        update=Call("PutAlternateContact", mapped=True),
        replace_on=frozenset({"accountId", "alternateContactType"}),
        delete=(Call("DeleteAlternateContact", _CONTACT),),
    ),
}
"""Type (without ``aws:``) → row."""
