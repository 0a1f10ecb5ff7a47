"""Who may do what: Organizations and IAM."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import iam, organizations
from sandbox.aws.table.entry import Call, Entry, Step, Tagging

_ORGANIZATION_TAGS = Tagging(
    add=Call("TagResource", {"ResourceId": "$id", "Tags": "$tags"}),
    remove=Call("UntagResource", {"ResourceId": "$id", "TagKeys": "$tagkeys"}),
)


def _tags(kind: str, key: str, value: str) -> Tagging:
    """IAM's tags: an operation per kind of entity."""
    return Tagging(
        add=Call(f"Tag{kind}", {key: value, "Tags": "$tags"}),
        remove=Call(f"Untag{kind}", {key: value, "TagKeys": "$tagkeys"}),
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

IAM: Final[Mapping[str, Entry]] = {
    "iam/role:Role": Entry(
        service="iam",
        create=Call("CreateRole", {"RoleName": "$.name"}, mapped=True),
        id="Role.RoleName",
        made="Role",
        read=Call("GetRole", {"RoleName": "$id"}),
        found="Role",
        update=Call(
            "UpdateRole",
            {
                "RoleName": "$id",
                "Description": "$.description",
                "MaxSessionDuration": "$.maxSessionDuration",
            },
            mapped=True,
        ),
        names={"assumeRolePolicy": "AssumeRolePolicyDocument", "name": "RoleName"},
        computed={"uniqueId": "RoleId"},
        steps=(
            Step(
                ("permissionsBoundary",),
                Call(
                    "PutRolePermissionsBoundary",
                    {"RoleName": "$id", "PermissionsBoundary": "$.permissionsBoundary"},
                ),
                Call("DeleteRolePermissionsBoundary", {"RoleName": "$id"}),
            ),
        ),
        change=iam.change_role,
        change_at_creation=True,
        in_place=frozenset({"assumeRolePolicy", "inlinePolicies", "managedPolicyArns"}),
        replace_on=frozenset({"name", "path"}),
        before_delete=iam.empty_role,
        delete=(Call("DeleteRole", {"RoleName": "$id"}),),
        tagging=_tags("Role", "RoleName", "$id"),
    ),
    "iam/policy:Policy": Entry(
        service="iam",
        create=Call("CreatePolicy", {"PolicyName": "$.name"}, mapped=True),
        id="Policy.Arn",
        made="Policy",
        read=Call("GetPolicy", {"PolicyArn": "$id"}),
        found="Policy",
        names={"policy": "PolicyDocument", "name": "PolicyName"},
        change=iam.change_policy,
        in_place=frozenset({"policy"}),
        before_delete=iam.delete_old_versions,
        delete=(Call("DeletePolicy", {"PolicyArn": "$id"}),),
        tagging=_tags("Policy", "PolicyArn", "$id"),
    ),
    "iam/rolePolicy:RolePolicy": Entry(
        service="iam",
        create=Call(
            "PutRolePolicy",
            {"RoleName": "$.role", "PolicyName": "$.name", "PolicyDocument": "$.policy"},
        ),
        separator=":",
        read=Call("GetRolePolicy", {"RoleName": "$0", "PolicyName": "$1"}),
        steps=(
            Step(
                ("policy",),
                Call(
                    "PutRolePolicy",
                    {"RoleName": "$0", "PolicyName": "$1", "PolicyDocument": "$.policy"},
                ),
                later=True,
            ),
        ),
        names={"policy": "PolicyDocument", "name": "PolicyName"},
        delete=(Call("DeleteRolePolicy", {"RoleName": "$0", "PolicyName": "$1"}),),
        delete_first=True,
    ),
    "iam/rolePolicyAttachment:RolePolicyAttachment": Entry(
        service="iam",
        make=iam.attach,
        look=iam.find_attachment,
        delete=(Call("DetachRolePolicy", {"RoleName": "$.role", "PolicyArn": "$.policyArn"}),),
    ),
    "iam/instanceProfile:InstanceProfile": Entry(
        service="iam",
        create=Call("CreateInstanceProfile", {"InstanceProfileName": "$.name"}, mapped=True),
        id="InstanceProfile.InstanceProfileName",
        made="InstanceProfile",
        read=Call("GetInstanceProfile", {"InstanceProfileName": "$id"}),
        found="InstanceProfile",
        computed={"uniqueId": "InstanceProfileId"},
        steps=(
            Step(
                ("role",),
                Call(
                    "AddRoleToInstanceProfile", {"InstanceProfileName": "$id", "RoleName": "$.role"}
                ),
                Call(
                    "RemoveRoleFromInstanceProfile",
                    {"InstanceProfileName": "$id", "RoleName": "$.role"},
                ),
                exclusive=True,
            ),
        ),
        delete=(
            Call(
                "RemoveRoleFromInstanceProfile",
                {"InstanceProfileName": "$id", "RoleName": "$.role"},
                only_with="role",
            ),
            Call("DeleteInstanceProfile", {"InstanceProfileName": "$id"}),
        ),
        tagging=_tags("InstanceProfile", "InstanceProfileName", "$id"),
    ),
    "iam/user:User": Entry(
        service="iam",
        create=Call("CreateUser", {"UserName": "$.name"}, mapped=True),
        id="User.UserName",
        made="User",
        read=Call("GetUser", {"UserName": "$id"}),
        found="User",
        computed={"uniqueId": "UserId"},
        delete=(Call("DeleteUser", {"UserName": "$id"}),),
        tagging=_tags("User", "UserName", "$id"),
    ),
    "iam/group:Group": Entry(
        service="iam",
        create=Call("CreateGroup", {"GroupName": "$.name"}, mapped=True),
        id="Group.GroupName",
        made="Group",
        read=Call("GetGroup", {"GroupName": "$id"}),
        found="Group",
        computed={"uniqueId": "GroupId"},
        delete=(Call("DeleteGroup", {"GroupName": "$id"}),),
    ),
    "iam/accountPasswordPolicy:AccountPasswordPolicy": Entry(
        service="iam",
        create=Call("UpdateAccountPasswordPolicy", mapped=True),
        read=Call("GetAccountPasswordPolicy"),
        found="PasswordPolicy",
        update=Call("UpdateAccountPasswordPolicy", mapped=True),
        delete=(Call("DeleteAccountPasswordPolicy"),),
        names={
            "minimumPasswordLength": "MinimumPasswordLength",
            "requireLowercaseCharacters": "RequireLowercaseCharacters",
        },
    ),
    "iam/accountAlias:AccountAlias": Entry(
        service="iam",
        create=Call("CreateAccountAlias", mapped=True),
        look=iam.find_account_alias,
        delete=(Call("DeleteAccountAlias", {"AccountAlias": "$id"}),),
    ),
    "iam/openIdConnectProvider:OpenIdConnectProvider": Entry(
        service="iam",
        create=Call("CreateOpenIDConnectProvider", mapped=True),
        id="OpenIDConnectProviderArn",
        read=Call("GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": "$id"}),
        names={"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"},
        steps=(
            Step(
                ("thumbprintLists",),
                Call(
                    "UpdateOpenIDConnectProviderThumbprint",
                    {
                        "OpenIDConnectProviderArn": "$id",
                        "ThumbprintList": "$.thumbprintLists",
                    },
                ),
                later=True,
            ),
        ),
        in_place=frozenset({"clientIdLists"}),
        delete=(Call("DeleteOpenIDConnectProvider", {"OpenIDConnectProviderArn": "$id"}),),
        tagging=_tags("OpenIDConnectProvider", "OpenIDConnectProviderArn", "$id"),
        drift=False,
    ),
    "iam/serviceLinkedRole:ServiceLinkedRole": Entry(
        service="iam",
        create=Call("CreateServiceLinkedRole", mapped=True),
        id="Role.Arn",
        made="Role",
        look=iam.find_role_by_arn,
        computed={"uniqueId": "RoleId", "name": "RoleName", "path": "Path"},
        names={"awsServiceName": "AWSServiceName"},
        before_delete=iam.delete_service_linked_role,
        in_place=frozenset({"description"}),
    ),
}
"""Type (without ``aws:``) → row."""
