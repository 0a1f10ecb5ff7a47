"""The service control policies as pure data: what no member account may do.

They bind every principal of a member account, its root user and administrators included, and
never the management account (AWS Organizations user guide), which therefore holds nothing.
At most five policies attach to one target, the default FullAWSAccess among them.
"""

from dataclasses import dataclass
from enum import StrEnum

from components.statements import Condition, Statement, deny, deny_all_but, document

SIZE_LIMIT = 5120
"""Characters of one service control policy (AWS Organizations quotas)."""

GLOBAL_REGION = "us-east-1"
"""Where the control planes of global services answer."""

GLOBAL_ACTIONS = (
    "account:*",
    "aws-portal:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "cur:*",
    "ec2:DescribeRegions",
    "health:*",
    "iam:*",
    "organizations:*",
    "pricing:*",
    "route53:*",
    "route53domains:*",
    "s3:GetAccountPublic*",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublic*",
    "shield:*",
    "sts:*",
    "support:*",
    "tag:*",
    "trustedadvisor:*",
)
"""Services with one endpoint for the world (AWS's example policy for denying Regions)."""

EDGE_ACTIONS = (
    "acm:*",
    "cloudtrail:LookupEvents",
    "cloudwatch:*",
    "events:*",
    "kms:*",
    "logs:*",
    "sns:*",
    "wafv2:*",
)
"""What CloudFront, Route 53 and sign-in events need in us-east-1."""


class Scope(StrEnum):
    """Where a guardrail is attached; not an account kind."""

    ROOT = "root"
    MEMBERS_WITHOUT_USERS = "members-without-users"
    BACKUP = "backup"


@dataclass(frozen=True, kw_only=True)
class Guardrail:
    """One service control policy.

    Attributes:
        name: Its name, a noun for what it keeps.
        description: What it denies, for people in the console.
        scope: Where it is attached.
        content: The policy document.
    """

    name: str
    description: str
    scope: Scope
    content: str


def guardrails(*, regions: frozenset[str], break_glass_role: str) -> tuple[Guardrail, ...]:
    """The guardrails of an organisation that lives in these Regions.

    Raises:
        ValueError: One of them is larger than AWS accepts.
    """
    unless_broken_glass: Condition = {
        "ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{break_glass_role}"}
    }
    return (
        _guardrail(
            "membership",
            "Accounts stay, root users rest",
            Scope.ROOT,
            _membership(),
        ),
        _guardrail(
            "evidence",
            "Audit trails, detectors and keys stay",
            Scope.ROOT,
            _evidence(unless_broken_glass),
        ),
        _guardrail(
            "regions",
            "Only the organisation's Regions, and global services",
            Scope.ROOT,
            _regions(regions, unless_broken_glass),
        ),
        _guardrail(
            "users",
            "IAM users and access keys only in the identity account",
            Scope.MEMBERS_WITHOUT_USERS,
            _users(),
        ),
        _guardrail(
            "backups",
            "Recovery points stay until they expire",
            Scope.BACKUP,
            _backups(unless_broken_glass),
        ),
    )


def _guardrail(name: str, description: str, scope: Scope, statements: list[Statement]) -> Guardrail:
    content = document(statements)
    if len(content) > SIZE_LIMIT:
        raise ValueError(f"guardrail {name}: got {len(content)} characters, wanted {SIZE_LIMIT}")
    return Guardrail(name=name, description=description, scope=scope, content=content)


def _membership() -> list[Statement]:
    return [
        deny("KeepAccounts", ["organizations:LeaveOrganization", "account:CloseAccount"]),
        deny(
            "RestRootUsers",
            ["*"],
            condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}},
        ),
    ]


def _evidence(unless_broken_glass: Condition) -> list[Statement]:
    return [
        deny(
            "KeepEvidence",
            [
                "access-analyzer:DeleteAnalyzer",
                "cloudtrail:DeleteTrail",
                "cloudtrail:PutEventSelectors",
                "cloudtrail:StopLogging",
                "config:DeleteConfigurationRecorder",
                "config:DeleteDeliveryChannel",
                "config:StopConfigurationRecorder",
                "guardduty:DeleteDetector",
                "guardduty:DisassociateFromAdministratorAccount",
                "guardduty:DisassociateMembers",
                "guardduty:StopMonitoringMembers",
            ],
            condition=unless_broken_glass,
        ),
        deny(
            "KeepKeys",
            ["kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"],
            condition=unless_broken_glass,
        ),
    ]


def _regions(regions: frozenset[str], unless_broken_glass: Condition) -> list[Statement]:
    open_regions = sorted(regions | {GLOBAL_REGION})
    statements = [
        deny_all_but(
            "OnlyOurRegions",
            GLOBAL_ACTIONS,
            condition={
                "StringNotEquals": {"aws:RequestedRegion": open_regions},
                **unless_broken_glass,
            },
        )
    ]
    if GLOBAL_REGION not in regions:
        statements.append(
            deny_all_but(
                "OnlyTheEdgeInTheGlobalRegion",
                sorted({*GLOBAL_ACTIONS, *EDGE_ACTIONS}),
                condition={
                    "StringEquals": {"aws:RequestedRegion": GLOBAL_REGION},
                    **unless_broken_glass,
                },
            )
        )
    return statements


def _users() -> list[Statement]:
    return [
        deny(
            "NoUsersHere",
            [
                "iam:CreateAccessKey",
                "iam:CreateLoginProfile",
                "iam:CreateServiceSpecificCredential",
                "iam:CreateUser",
                "iam:UploadSSHPublicKey",
                "iam:UploadSigningCertificate",
            ],
        )
    ]


def _backups(unless_broken_glass: Condition) -> list[Statement]:
    return [
        deny(
            "KeepRecoveryPoints",
            [
                "backup:DeleteBackupVault",
                "backup:DeleteBackupVaultAccessPolicy",
                "backup:DeleteBackupVaultLockConfiguration",
                "backup:DeleteRecoveryPoint",
                "backup:UpdateRecoveryPointLifecycle",
            ],
            condition=unless_broken_glass,
        )
    ]
