"""Cases of Identity Center: permission sets, assignments, groups and people."""

from tests.unit.sandbox.aws.cases.case import LIST, READ, Case, World, case
from tests.unit.sandbox.aws.cases.people import AWS_POLICY
from tests.unit.sandbox.aws.driving import Made

INSTANCE = "arn:aws:sso:::instance/ssoins-6684000000000000"


STORE = "d-9967000000"


@case("ssoadmin/permissionSet:PermissionSet")
def permission_set(world: World) -> Case:
    made = world.make("ssoadmin/permissionSet:PermissionSet", **_set())
    client = world.see("sso-admin")
    which = {"InstanceArn": INSTANCE, "PermissionSetArn": made["arn"]}

    def seen() -> object:
        tags = client.list_tags_for_resource(InstanceArn=INSTANCE, ResourceArn=made["arn"])["Tags"]
        found = client.describe_permission_set(**which)["PermissionSet"]
        return found["SessionDuration"], {one["Key"] for one in tags}

    return Case(
        made=made,
        outputs={"arn": r"arn:aws:sso:::permissionSet/ssoins-6684000000000000/ps-\w{16}"},
        seen=seen,
        before=("PT8H", {"owner"}),
        change={"sessionDuration": "PT4H", "tags": {"team": "platform"}},
        after=("PT4H", {"owner", "team"}),
        replaced={"name": "Other"},
    )


def _set() -> dict[str, object]:
    return {"instanceArn": INSTANCE, "sessionDuration": "PT8H", "description": "for cases"}


def of_permission_set(world: World) -> dict[str, object]:
    made = world.make("ssoadmin/permissionSet:PermissionSet", **_set())
    return {"instanceArn": INSTANCE, "permissionSetArn": made["arn"]}


@case("ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment")
def managed(world: World) -> Case:
    made = world.make(
        "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        **of_permission_set(world),
        managedPolicyArn=AWS_POLICY,
    )
    return Case(
        made=made,
        outputs={"managedPolicyName": "Billing"},
        replaced={"managedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    )


@case("ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment")
def customer_managed(world: World) -> Case:
    made = world.make(
        "ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
        **of_permission_set(world),
        customerManagedPolicyReference={"name": "developer", "path": "/"},
    )
    return Case(made=made, replaced={"customerManagedPolicyReference": {"name": "other"}})


@case("ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy")
def inline(world: World) -> Case:
    which = of_permission_set(world)
    made = world.make(
        "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", **which, inlinePolicy=READ
    )
    client = world.see("sso-admin")

    def seen() -> object:
        return client.get_inline_policy_for_permission_set(
            InstanceArn=INSTANCE, PermissionSetArn=which["permissionSetArn"]
        )["InlinePolicy"]

    return Case(made=made, seen=seen, before=READ, change={"inlinePolicy": LIST}, after=LIST)


@case("ssoadmin/accountAssignment:AccountAssignment")
def assignment(world: World) -> Case:
    made = world.make(
        "ssoadmin/accountAssignment:AccountAssignment",
        **of_permission_set(world),
        principalId="906755",
        principalType="GROUP",
        targetId="444455556666",
        targetType="AWS_ACCOUNT",
    )
    return Case(made=made, replaced={"targetId": "111122223333"})


@case("identitystore/group:Group")
def stored_group(world: World) -> Case:
    made = world.make("identitystore/group:Group", identityStoreId=STORE, displayName=world.name())
    client = world.see("identitystore")
    which = {"IdentityStoreId": STORE, "GroupId": made["groupId"]}
    return Case(
        made=made,
        outputs={"groupId": r"[0-9a-f-]{36}"},
        seen=lambda: client.describe_group(**which).get("Description"),
        before=None,
        change={"description": "People"},
        after="People",
        replaced={"identityStoreId": "d-1"},
    )


def _person(world: World) -> Made:
    return world.make(
        "identitystore/user:User",
        identityStoreId=STORE,
        userName=world.name(),
        displayName="Ada",
        name={"givenName": "Ada", "familyName": "L"},
        emails={"value": "ada@superinc.com", "primary": True},
    )


@case("identitystore/user:User")
def stored_user(world: World) -> Case:
    made = _person(world)
    client = world.see("identitystore")
    which = {"IdentityStoreId": STORE, "UserId": made["userId"]}

    def seen() -> object:
        found = client.describe_user(**which)
        return found["DisplayName"], found["Emails"][0]["Value"]

    return Case(
        made=made,
        outputs={"userId": r"[0-9a-f-]{36}"},
        seen=seen,
        before=("Ada", "ada@superinc.com"),
        change={"displayName": "Ada L", "emails": {"value": "al@superinc.com"}},
        after=("Ada L", "al@superinc.com"),
        replaced={"userName": "other"},
    )


@case("identitystore/groupMembership:GroupMembership")
def membership(world: World) -> Case:
    who = world.make("identitystore/group:Group", identityStoreId=STORE, displayName=world.name())
    made = world.make(
        "identitystore/groupMembership:GroupMembership",
        identityStoreId=STORE,
        groupId=who["groupId"],
        memberId=_person(world)["userId"],
    )
    return Case(made=made, outputs={"membershipId": r"[0-9a-f-]{36}"}, replaced={"groupId": "x"})
