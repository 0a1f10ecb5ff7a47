"""Who may do what in an account: IAM."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import iam, people
from sandbox.aws.table.entry import Call, Entry, Step, Tagging


def _tags(kind: str, key: str, value: str) -> Tagging:
    """IAM's tags: an operation per kind of entity."""
    return Tagging(
        add=Call(f"Tag{kind}", {key: value, "Tags": "$tags"}),
        remove=Call(f"Untag{kind}", {key: value, "TagKeys": "$tagkeys"}),
    )


def _inline(kind: str) -> Entry:
    """A policy written into a role, a user or a group."""
    key = f"{kind}Name"
    put = f"Put{kind}Policy"
    which = {key: "$0", "PolicyName": "$1"}
    return Entry(
        service="iam",
        create=Call(
            put,
            {key: f"$.{kind.lower()}", "PolicyName": "$.name", "PolicyDocument": "$.policy"},
        ),
        separator=":",
        read=Call(f"Get{kind}Policy", which),
        steps=(Step(("policy",), Call(put, {**which, "PolicyDocument": "$.policy"}), later=True),),
        names={"policy": "PolicyDocument", "name": "PolicyName"},
        delete=(Call(f"Delete{kind}Policy", which),),
        delete_first=True,
    )


def _attachment(kind: str) -> Entry:
    """A managed policy on a role, a user or a group."""
    which = {f"{kind}Name": f"$.{kind.lower()}", "PolicyArn": "$.policyArn"}
    return Entry(
        service="iam",
        make=iam.attach(kind),
        look=iam.find_attachment(kind),
        delete=(Call(f"Detach{kind}Policy", which),),
    )


def _boundary(kind: str, key: str, *, later: bool = True) -> Step:
    """The permissions boundary of a role or a user; the create call carries it too.

    The emulator leaves it aside when it creates a user.
    """
    return Step(
        ("permissionsBoundary",),
        Call(
            f"Put{kind}PermissionsBoundary",
            {key: "$id", "PermissionsBoundary": "$.permissionsBoundary"},
        ),
        Call(f"Delete{kind}PermissionsBoundary", {key: "$id"}),
        later=later,
    )


_BOUNDARY: Final = "PermissionsBoundary.PermissionsBoundaryArn"
"""Where IAM says what the boundary is."""

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
        names={
            "assumeRolePolicy": "AssumeRolePolicyDocument",
            "name": "RoleName",
            "permissionsBoundary": _BOUNDARY,
        },
        computed={"uniqueId": "RoleId"},
        steps=(_boundary("Role", "RoleName"),),
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
    "iam/rolePolicy:RolePolicy": _inline("Role"),
    "iam/rolePolicyAttachment:RolePolicyAttachment": _attachment("Role"),
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
    "iam/accountPasswordPolicy:AccountPasswordPolicy": Entry(
        service="iam",
        create=Call("UpdateAccountPasswordPolicy", mapped=True),
        read=Call("GetAccountPasswordPolicy"),
        found="PasswordPolicy",
        update=Call("UpdateAccountPasswordPolicy", mapped=True),
        delete=(Call("DeleteAccountPasswordPolicy"),),
        names={"expirePasswords": "ExpirePasswords"},
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
        change=iam.describe_service_linked_role,
        in_place=frozenset({"description"}),
    ),
}

PEOPLE: Final[Mapping[str, Entry]] = {
    "iam/user:User": Entry(
        service="iam",
        create=Call("CreateUser", {"UserName": "$.name"}, mapped=True),
        id="User.UserName",
        made="User",
        read=Call("GetUser", {"UserName": "$id"}),
        found="User",
        names={"permissionsBoundary": _BOUNDARY},
        computed={"uniqueId": "UserId"},
        steps=(
            _boundary("User", "UserName", later=False),
            Step(
                ("path",), Call("UpdateUser", {"UserName": "$id", "NewPath": "$.path"}), later=True
            ),
        ),
        before_delete=people.empty_user,
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
        steps=(
            Step(
                ("path",),
                Call("UpdateGroup", {"GroupName": "$id", "NewPath": "$.path"}),
                later=True,
            ),
        ),
        delete=(Call("DeleteGroup", {"GroupName": "$id"}),),
    ),
    "iam/groupMembership:GroupMembership": Entry(
        service="iam",
        make=people.fill_group,
        look=people.find_members,
        change=people.change_members,
        in_place=frozenset({"users"}),
        before_delete=people.clear_group,
        drift=False,
    ),
    "iam/userGroupMembership:UserGroupMembership": Entry(
        service="iam",
        make=people.join_groups,
        look=people.find_groups,
        change=people.change_groups,
        in_place=frozenset({"groups"}),
        before_delete=people.leave_groups,
        drift=False,
    ),
    "iam/groupPolicy:GroupPolicy": _inline("Group"),
    "iam/groupPolicyAttachment:GroupPolicyAttachment": _attachment("Group"),
    "iam/userPolicy:UserPolicy": _inline("User"),
    "iam/userPolicyAttachment:UserPolicyAttachment": _attachment("User"),
}
"""Type (without ``aws:``) → row."""
