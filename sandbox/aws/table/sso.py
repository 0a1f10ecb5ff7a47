"""IAM Identity Center: permission sets, who gets them where, and the people it knows."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.special import sso
from sandbox.aws.table.entry import Call, Entry, Step, Tagging

_SET = {"InstanceArn": "$.instanceArn", "PermissionSetArn": "$.permissionSetArn"}
_REFERENCE = {**_SET, "CustomerManagedPolicyReference": "$.customerManagedPolicyReference"}
_INLINE = {**_SET, "InlinePolicy": "$.inlinePolicy"}
_KNOWN_SET = {"InstanceArn": "$1", "PermissionSetArn": "$0"}
_MEMBER = {"IdentityStoreId": "$0", "MembershipId": "$1"}


def _stored(kind: str, settings: Mapping[str, str], **more: Any) -> Entry:  # noqa: ANN401 - the row's own fields
    """Somebody in the identity store: its id is that of the store and its own."""
    key = f"{kind}Id"
    which = {"IdentityStoreId": "$0", key: "$1"}
    return Entry(
        service="identitystore",
        make=sso.make_stored(f"Create{kind}", key),
        read=Call(f"Describe{kind}", which),
        computed={f"{kind.lower()}Id": key},
        change=sso.change_stored(f"Update{kind}", key, settings),
        in_place=frozenset(settings),
        delete=(Call(f"Delete{kind}", which),),
        **more,
    )


SSO: Final[Mapping[str, Entry]] = {
    "ssoadmin/permissionSet:PermissionSet": Entry(
        service="sso-admin",
        make=sso.make_permission_set,
        separator=",",
        read=Call("DescribePermissionSet", _KNOWN_SET),
        found="PermissionSet",
        computed={"arn": "PermissionSetArn"},
        update=Call("UpdatePermissionSet", _KNOWN_SET, mapped=True),
        change=sso.provision,
        replace_on=frozenset({"instanceArn", "name"}),
        delete=(Call("DeletePermissionSet", _KNOWN_SET),),
        tagging=Tagging(
            add=Call("TagResource", {"InstanceArn": "$1", "ResourceArn": "$0", "Tags": "$tags"}),
            remove=Call(
                "UntagResource", {"InstanceArn": "$1", "ResourceArn": "$0", "TagKeys": "$tagkeys"}
            ),
        ),
    ),
    "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": Entry(
        service="sso-admin",
        create=Call("AttachManagedPolicyToPermissionSet", mapped=True),
        look=sso.find_attached,
        computed={"managedPolicyName": "Name"},
        delete=(
            Call(
                "DetachManagedPolicyFromPermissionSet",
                {**_SET, "ManagedPolicyArn": "$.managedPolicyArn"},
            ),
        ),
    ),
    "ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": Entry(
        service="sso-admin",
        make=sso.attach_reference,
        look=sso.find_reference,
        delete=(Call("DetachCustomerManagedPolicyReferenceFromPermissionSet", _REFERENCE),),
    ),
    "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": Entry(
        service="sso-admin",
        create=Call("PutInlinePolicyToPermissionSet", _INLINE),
        read=Call("GetInlinePolicyForPermissionSet", _SET),
        found="InlinePolicy",
        steps=(
            Step(("inlinePolicy",), Call("PutInlinePolicyToPermissionSet", _INLINE), later=True),
        ),
        delete=(Call("DeleteInlinePolicyFromPermissionSet", _SET),),
        drift=False,
    ),
    "ssoadmin/accountAssignment:AccountAssignment": Entry(
        service="sso-admin",
        create=Call("CreateAccountAssignment", mapped=True),
        look=sso.find_assignment,
        delete=(
            Call(
                "DeleteAccountAssignment",
                {
                    **_SET,
                    "TargetId": "$.targetId",
                    "TargetType": "$.targetType",
                    "PrincipalType": "$.principalType",
                    "PrincipalId": "$.principalId",
                },
            ),
        ),
    ),
}

DIRECTORY: Final[Mapping[str, Entry]] = {
    "identitystore/group:Group": _stored(
        "Group", {"displayName": "displayName", "description": "description"}
    ),
    "identitystore/user:User": _stored("User", sso.USER_SETTINGS, drift=False),
    "identitystore/groupMembership:GroupMembership": Entry(
        service="identitystore",
        make=sso.join,
        read=Call("DescribeGroupMembership", _MEMBER),
        computed={"membershipId": "MembershipId"},
        delete=(Call("DeleteGroupMembership", _MEMBER),),
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
