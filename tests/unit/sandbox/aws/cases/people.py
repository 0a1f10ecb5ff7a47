"""Cases of who may do what: organisation, accounts, IAM."""

from collections.abc import Callable

from tests.unit.sandbox.aws.cases.case import (
    LIST,
    READ,
    Case,
    World,
    case,
    document,
)
from tests.unit.sandbox.aws.driving import Made

AWS_POLICY = "arn:aws:iam::aws:policy/job-function/Billing"


def organisation(world: World) -> Made:
    return world.make(
        "organizations/organization:Organization",
        featureSet="ALL",
        enabledPolicyTypes=["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"],
        awsServiceAccessPrincipals=["sso.amazonaws.com", "backup.amazonaws.com"],
    )


@case("organizations/policy:Policy")
def policy(world: World) -> Case:
    organisation(world)
    deny = {"Sid": "Own", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    made = world.make(
        "organizations/policy:Policy", type="RESOURCE_CONTROL_POLICY", content=document(deny)
    )
    changed = document({**deny, "Action": "sts:*"})
    client = world.see("organizations")
    return Case(
        made=made,
        outputs={"arn": r"arn:aws:organizations::\d+:policy/o-\w+/resource_control_policy/p-\w+"},
        seen=lambda: client.describe_policy(PolicyId=made.id)["Policy"]["Content"],
        before=document(deny),
        change={"content": changed},
        after=changed,
        replaced={"type": "SERVICE_CONTROL_POLICY"},
    )


@case("organizations/delegatedAdministrator:DelegatedAdministrator")
def delegation(world: World) -> Case:
    organisation(world)
    name = world.name()
    account = world.make("organizations/account:Account", name=name, email=f"{name}@superinc.com")
    made = world.make(
        "organizations/delegatedAdministrator:DelegatedAdministrator",
        accountId=account.id,
        servicePrincipal="sso.amazonaws.com",
    )
    return Case(
        made=made,
        outputs={"arn": r"arn:aws:organizations::\d+:account/o-\w+/\d{12}", "status": "ACTIVE"},
        replaced={"servicePrincipal": "backup.amazonaws.com"},
    )


@case("account/alternativeContact:AlternativeContact")
def contact(world: World) -> Case:
    made = world.make(
        "account/alternativeContact:AlternativeContact",
        alternateContactType="SECURITY",
        name="Security",
        title="Security",
        emailAddress="security@superinc.com",
        phoneNumber="+49 30 1",
    )
    client = world.see("account")

    def seen() -> object:
        found = client.get_alternate_contact(AlternateContactType="SECURITY")
        return found["AlternateContact"]["EmailAddress"]

    return Case(
        made=made,
        seen=seen,
        before="security@superinc.com",
        change={"emailAddress": "other@superinc.com"},
        after="other@superinc.com",
        replaced={"alternateContactType": "BILLING"},
    )


@case("iam/accountPasswordPolicy:AccountPasswordPolicy")
def password_policy(world: World) -> Case:
    made = world.make(
        "iam/accountPasswordPolicy:AccountPasswordPolicy",
        minimumPasswordLength=14,
        requireSymbols=True,
        passwordReusePrevention=24,
    )
    client = world.see("iam")
    return Case(
        made=made,
        outputs={"expirePasswords": "False"},
        seen=lambda: client.get_account_password_policy()["PasswordPolicy"][
            "MinimumPasswordLength"
        ],
        before=14,
        change={"minimumPasswordLength": 16},
        after=16,
    )


@case("iam/serviceLinkedRole:ServiceLinkedRole")
def linked_role(world: World) -> Case:
    made = world.make(
        "iam/serviceLinkedRole:ServiceLinkedRole", awsServiceName="spot.amazonaws.com"
    )
    client = world.see("iam")
    return Case(
        made=made,
        outputs={
            "arn": r"arn:aws:iam::\d+:role/aws-service-role/spot.amazonaws.com/AWSServiceRole\w+",
            "name": r"AWSServiceRole\w+",
            "path": "/aws-service-role/spot.amazonaws.com/",
        },
        seen=lambda: client.get_role(RoleName=made["name"])["Role"].get("Description"),
        before=None,
        change={"description": "spot"},
        after="spot",
        replaced={"awsServiceName": "eks.amazonaws.com"},
    )


@case("iam/user:User")
def user(world: World) -> Case:
    limit, other = "arn:aws:iam::aws:policy/ReadOnlyAccess", AWS_POLICY
    made = world.make("iam/user:User", forceDestroy=True, permissionsBoundary=limit)
    client = world.see("iam")
    client.create_access_key(UserName=made.id)

    def seen() -> object:
        found = client.get_user(UserName=made.id)["User"]
        return found["Path"], found["PermissionsBoundary"]["PermissionsBoundaryArn"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:iam::\d+:user/{made.id}", "uniqueId": r"\w{16,}"},
        seen=seen,
        before=("/", limit),
        change={"path": "/people/", "permissionsBoundary": other},
        after=("/people/", other),
        replaced={"name": "somebody"},
    )


@case("iam/group:Group")
def group(world: World) -> Case:
    made = world.make("iam/group:Group")
    client = world.see("iam")
    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:iam::\d+:group/{made.id}", "uniqueId": r"\w{16,}"},
        seen=lambda: client.get_group(GroupName=made.id)["Group"]["Path"],
        before="/",
        change={"path": "/people/"},
        after="/people/",
    )


@case("iam/groupMembership:GroupMembership")
def members(world: World) -> Case:
    who = world.make("iam/group:Group").id
    ada, bob = world.make("iam/user:User").id, world.make("iam/user:User").id
    made = world.make("iam/groupMembership:GroupMembership", name="m", group=who, users=[ada])
    client = world.see("iam")
    return Case(
        made=made,
        seen=lambda: [one["UserName"] for one in client.get_group(GroupName=who)["Users"]],
        before=[ada],
        change={"users": [bob]},
        after=[bob],
        replaced={"group": "other"},
    )


@case("iam/userGroupMembership:UserGroupMembership")
def memberships(world: World) -> Case:
    who = world.make("iam/user:User").id
    first, second, other = (world.make("iam/group:Group").id for _ in range(3))
    client = world.see("iam")
    client.add_user_to_group(UserName=who, GroupName=other)
    made = world.make("iam/userGroupMembership:UserGroupMembership", user=who, groups=[first])

    def seen() -> object:
        found = client.list_groups_for_user(UserName=who)["Groups"]
        return {one["GroupName"] for one in found}

    return Case(
        made=made,
        seen=seen,
        before={first, other},
        change={"groups": [second]},
        after={second, other},
        replaced={"user": "other"},
    )


def _inline(kind: str) -> Callable[[World], Case]:
    owner = kind.lower()

    def making(world: World) -> Case:
        inputs = {"assumeRolePolicy": READ} if kind == "Role" else {}
        who = world.make(f"iam/{owner}:{kind}", **inputs).id
        token = f"iam/{owner}Policy:{kind}Policy"
        made = world.make(token, name="may", policy=READ, **{owner: who})
        read = getattr(world.see("iam"), f"get_{owner}_policy")
        action = {READ: "s3:Get*", LIST: "s3:List*"}

        def seen() -> object:
            found = read(**{f"{kind}Name": who}, PolicyName="may")["PolicyDocument"]
            return found["Statement"][0]["Action"]

        return Case(
            made=made,
            seen=seen,
            before=action[READ],
            change={"policy": LIST},
            after=action[LIST],
            replaced={owner: "other", "name": "might"},
        )

    return making


def _attached(kind: str) -> Callable[[World], Case]:
    owner = kind.lower()

    def making(world: World) -> Case:
        inputs = {"assumeRolePolicy": READ} if kind == "Role" else {}
        who = world.make(f"iam/{owner}:{kind}", **inputs).id
        token = f"iam/{owner}PolicyAttachment:{kind}PolicyAttachment"
        made = world.make(token, policyArn=AWS_POLICY, **{owner: who})
        return Case(made=made, replaced={"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})

    return making


for _kind in ("Role", "User", "Group"):
    case(f"iam/{_kind.lower()}Policy:{_kind}Policy")(_inline(_kind))
    case(f"iam/{_kind.lower()}PolicyAttachment:{_kind}PolicyAttachment")(_attached(_kind))


@case("iam/instanceProfile:InstanceProfile")
def profile(world: World) -> Case:
    first, second = world.role().id, world.role().id
    made = world.make("iam/instanceProfile:InstanceProfile", role=first)
    client = world.see("iam")

    def seen() -> object:
        found = client.get_instance_profile(InstanceProfileName=made.id)["InstanceProfile"]
        return [one["RoleName"] for one in found["Roles"]]

    return Case(made=made, seen=seen, before=[first], change={"role": second}, after=[second])
