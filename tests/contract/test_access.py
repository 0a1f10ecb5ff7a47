"""Who may do what: AWS's own evaluation over the policies the whole organisation registers."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from components.naming import BREAK_GLASS_ROLE, DEPLOY_ROLE
from tests.access import Document, Request, decide, documents, lint
from tests.organization import organization, recorded

HOME = organization().regions.home
ALLOWED, UNSAID, DENIED = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
"""AdministratorAccess: what is left to it is what the other policies leave."""


@cache
def found() -> tuple[Document, ...]:
    """Every policy document of the organisation."""
    return tuple(documents())


@cache
def ids() -> dict[str, str]:
    """Account ids by name."""
    exports: dict[str, Any] = recorded("management").exports["accounts"]
    return exports["ids"]


@cache
def organization_id() -> str:
    """The organisation's id."""
    exports: dict[str, Any] = recorded("management").exports["accounts"]
    return exports["organization_id"]


def policy(stack: str, name: str) -> dict[str, Any]:
    """The one document of a resource."""
    (document,) = [one for one in found() if (one.stack, one.resource.name) == (stack, name)]
    return document.policy


def organization_policies(kind: str, account: str) -> list[dict[str, Any]]:
    """The organisation's policies of a kind that bind an account; none bind management."""
    if account == "management":
        return []
    management = recorded("management")
    root = management.exports["accounts"]["root_id"]
    targets = {root, ids()[account]}
    attached = {
        item.inputs["policyId"]
        for item in management.of("organizations/policyAttachment:PolicyAttachment")
        if item.inputs["targetId"] in targets
    }
    return [one.policy for one in found() if one.kind == kind and one.resource.id in attached]


def session(account: str, role: str) -> str:
    """A session of a role."""
    return f"arn:aws:sts::{ids()[account]}:assumed-role/{role}/somebody"


def role_context(account: str, role: str) -> dict[str, str]:
    """What AWS says of such a session in every request."""
    return {
        "aws:PrincipalArn": f"arn:aws:iam::{ids()[account]}:role/{role}",
        "aws:PrincipalAccount": ids()[account],
        "aws:PrincipalOrgID": organization_id(),
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": "eu-central-1",
    }


def member(account: str, action: str, resource: str, *, region: str = HOME) -> Request:
    """An administrator of a member account wants something of that account."""
    role = "administrator"
    return Request(
        principal=session(account, role),
        action=action,
        resource=resource.replace("ACCOUNT", ids()[account]),
        account=ids()[account],
        context={**role_context(account, role), "aws:RequestedRegion": region},
        identity=[EVERYTHING],
        service_control=organization_policies("service-control", account),
    )


def test_every_policy_document_is_one_aws_accepts() -> None:
    errors = lint(found())
    assert not errors, "\n".join(errors)


def test_a_wrong_document_is_noticed() -> None:
    document = found()[0]
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObjekt"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgId_": "o-1"}},
    }
    wrong = {"Version": "2012-10-17", "Statement": [statement]}
    errors = lint(
        [
            Document(
                stack=document.stack,
                resource=document.resource,
                property="policy",
                kind="resource",
                policy=wrong,
            )
        ]
    )
    assert any("GetObjekt" in error for error in errors)
    assert any("PrincipalOrgId_" in error for error in errors)


@dataclass(frozen=True)
class Case:
    """A request and what AWS should say."""

    what: str
    request: Request
    wanted: str


def check(cases: Iterable[Case]) -> None:
    """Ask for all at once and show every difference."""
    asked = list(cases)
    outcomes = decide([case.request for case in asked])
    wrong = [
        f"{case.what}: got {outcome}, wanted {case.wanted}"
        for case, outcome in zip(asked, outcomes, strict=True)
        if outcome != case.wanted
    ]
    assert not wrong, "\n".join(wrong)


def key_arn(account: str) -> str:
    """A key of an account in the home Region."""
    return f"arn:aws:kms:{HOME}:{ids()[account]}:key/0d990263-272b-41d7-b1ca-0b9b8b9b9b9b"


def key_request(action: str, *, role: str = "administrator", at: str = "staging") -> Request:
    """A role of an account that may do everything wants something of staging's data key."""
    return Request(
        principal=session(at, role),
        action=action,
        resource=key_arn("staging"),
        account=ids()["staging"],
        context={**role_context(at, role), "kms:CallerAccount": ids()[at]},
        identity=[EVERYTHING],
        resource_policy=policy("staging", "data-key"),
        service_control=organization_policies("service-control", at),
        resource_control=organization_policies("resource-control", "staging"),
    )


def service(name: str, action: str, resource: str, of: tuple[str, str], **context: str) -> Request:
    """A service of AWS wants something of a resource; `of` is its policy's stack and name."""
    stack, document = of
    said = {"aws:PrincipalIsAWSService": "true", "aws:SecureTransport": "true"}
    return Request(
        principal=name,
        action=action,
        resource=resource,
        account=ids()[stack],
        context={**said, **{key.replace("__", ":"): value for key, value in context.items()}},
        resource_policy=policy(stack, document),
    )


def test_the_guardrails_hold_for_administrators_and_for_nobody_else() -> None:
    user = "arn:aws:iam::ACCOUNT:user/somebody"
    vpc = "arn:aws:ec2:{}:ACCOUNT:vpc/vpc-0123456789abcdef0"
    trail = f"arn:aws:cloudtrail:{HOME}:ACCOUNT:trail/superinc"
    share = f"arn:aws:rds:{HOME}:ACCOUNT:snapshot:first"
    elsewhere = member("staging", "ec2:CreateVpc", vpc.format("us-west-2"), region="us-west-2")
    check(
        [
            Case("work", member("staging", "ec2:CreateVpc", vpc.format(HOME)), ALLOWED),
            Case("work in another Region", elsewhere, DENIED),
            Case("leave", member("staging", "organizations:LeaveOrganization", "*"), DENIED),
            Case("stop a trail", member("staging", "cloudtrail:StopLogging", trail), DENIED),
            Case("make a user", member("staging", "iam:CreateUser", user), DENIED),
            Case("make a user in identity", member("identity", "iam:CreateUser", user), ALLOWED),
            Case("read a snapshot", member("staging", "rds:DeleteDBSnapshot", share), ALLOWED),
        ]
    )


def test_a_key_is_deleted_by_nobody_but_who_broke_the_glass() -> None:
    check(
        [
            Case("as administrator", key_request("kms:ScheduleKeyDeletion"), DENIED),
            Case(
                "as deploy role", key_request("kms:ScheduleKeyDeletion", role=DEPLOY_ROLE), DENIED
            ),
            Case(
                "in an emergency",
                key_request("kms:ScheduleKeyDeletion", role=BREAK_GLASS_ROLE),
                ALLOWED,
            ),
        ]
    )


def test_who_administers_a_key_does_not_use_it_and_no_other_account_does() -> None:
    check(
        [
            Case("administer", key_request("kms:PutKeyPolicy", role=DEPLOY_ROLE), ALLOWED),
            Case(
                "decrypt as its administrator", key_request("kms:Decrypt", role=DEPLOY_ROLE), DENIED
            ),
            Case("decrypt as the owner allows", key_request("kms:Decrypt"), ALLOWED),
            Case("decrypt from production", key_request("kms:Decrypt", at="production"), UNSAID),
            Case(
                "administer from production",
                key_request("kms:PutKeyPolicy", role=DEPLOY_ROLE, at="production"),
                UNSAID,
            ),
        ]
    )


def test_a_service_uses_a_key_for_its_own_account_only() -> None:
    logs, action = f"logs.{HOME}.amazonaws.com", "kms:GenerateDataKey"
    key, name = key_arn("staging"), "kms__EncryptionContext__aws__logs__arn"
    own, foreign = (
        f"arn:aws:logs:{HOME}:{ids()[one]}:log-group:x" for one in ("staging", "shared")
    )
    of = ("staging", "logs-key")
    check(
        [
            Case("own log group", service(logs, action, key, of, **{name: own}), ALLOWED),
            Case("a stranger's", service(logs, action, key, of, **{name: foreign}), UNSAID),
            Case("another service", service("sns.amazonaws.com", action, key, of), UNSAID),
        ]
    )


def test_only_the_organisations_trail_writes_to_its_bucket() -> None:
    of = ("management", "trail-files-policy")
    bucket = recorded("management").one("s3/bucket:Bucket", "trail-files-bucket").id
    file = f"arn:aws:s3:::{bucket}/AWSLogs/{organization_id()}/1/CloudTrail/file.json.gz"
    trail = recorded("management").one("cloudtrail/trail:Trail").outputs["arn"]
    acl = {"s3__x-amz-acl": "bucket-owner-full-control"}

    def put(source: str, **context: str) -> Request:
        said = {"aws__SourceArn": source, **acl, **context}
        return service("cloudtrail.amazonaws.com", "s3:PutObject", file, of, **said)

    stranger = f"arn:aws:cloudtrail:{HOME}:999999999999:trail/other"
    remove = Request(
        principal=session("management", "administrator"),
        action="s3:DeleteObject",
        resource=file,
        account=ids()["management"],
        context=role_context("management", "administrator"),
        identity=[EVERYTHING],
        resource_policy=policy(*of),
    )
    check(
        [
            Case("its own trail", put(trail), ALLOWED),
            Case("another trail", put(stranger), UNSAID),
            Case("in the clear", put(trail, aws__SecureTransport="false"), DENIED),
            Case("an administrator removes evidence", remove, DENIED),
        ]
    )


def test_the_perimeter_keeps_strangers_out_whatever_a_bucket_says() -> None:
    open_to_all = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
        ],
    }

    def read(organization: str, account: str) -> Request:
        return Request(
            principal=f"arn:aws:sts::{account}:assumed-role/reader/somebody",
            action="s3:GetObject",
            resource="arn:aws:s3:::some-bucket/file",
            account=ids()["staging"],
            context={
                "aws:PrincipalOrgID": organization,
                "aws:PrincipalIsAWSService": "false",
                "aws:SecureTransport": "true",
            },
            identity=[EVERYTHING],
            resource_policy=open_to_all,
            resource_control=organization_policies("resource-control", "staging"),
        )

    check(
        [
            Case("one of us", read(organization_id(), ids()["shared"]), ALLOWED),
            Case("a stranger", read("o-stranger000", "999999999999"), DENIED),
        ]
    )


def test_an_endpoint_carries_our_requests_and_no_strangers() -> None:
    def read(bucket: str, organization: str) -> Request:
        return Request(
            principal=session("staging", "application"),
            action="s3:GetObject",
            resource=f"arn:aws:s3:::{bucket}/file",
            account=ids()["staging"],
            context={**role_context("staging", "application"), "aws:PrincipalOrgID": organization},
            identity=[EVERYTHING],
            endpoint=[policy("staging", "network-endpoint-s3")],
        )

    images = f"prod-{HOME}-starport-layer-bucket"
    check(
        [
            Case("ours", read("data", organization_id()), ALLOWED),
            Case("with a stranger's credentials", read("data", "o-stranger000"), UNSAID),
            Case("image layers of AWS", read(images, "o-stranger000"), ALLOWED),
        ]
    )


def assume(account: str, role: str, at: str, *, to: str, name: str, **context: str) -> Request:
    """A role of one account wants to become a role of another."""
    said = {**role_context(account, role), **{k.replace("_", ":"): v for k, v in context.items()}}
    return Request(
        principal=session(account, role),
        action="sts:AssumeRole",
        resource=f"arn:aws:iam::{ids()[at]}:role/{to}",
        account=ids()[at],
        context=said,
        identity=[EVERYTHING],
        resource_policy=policy(at, name),
        service_control=organization_policies("service-control", account),
        resource_control=organization_policies("resource-control", at),
    )


def test_a_rollout_enters_an_account_from_management_only() -> None:
    target = {"to": DEPLOY_ROLE, "name": "deploy-role"}
    check(
        [
            Case("management", assume("management", DEPLOY_ROLE, "staging", **target), ALLOWED),
            Case("another role", assume("management", "billing", "staging", **target), UNSAID),
            Case("production", assume("production", DEPLOY_ROLE, "staging", **target), UNSAID),
        ]
    )
