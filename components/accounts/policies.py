"""The service control policies as pure data: what no member account may do.

They bind every principal of a member account, its root user and administrators included, and
never the management account (AWS Organizations user guide), which therefore holds nothing.
"""

from collections.abc import Sequence

from components.accounts.guardrail import Guardrail, Scope, content
from components.statements import Condition, Statement, deny, deny_all_but

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


SHARING_ACTIONS = (
    "ssm:ModifyDocumentPermission",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
)
"""Giving something to other accounts where AWS has no key for "to everybody": all of it."""

BACKUP_SNAPSHOTS = (
    "arn:aws:rds:*:*:cluster-snapshot:awsbackup:*",
    "arn:aws:rds:*:*:snapshot:awsbackup:*",
)
"""Snapshots of AWS Backup, which shares them with the backup account to copy them there."""

BASELINE_ACTIONS = (
    "access-analyzer:DeleteAnalyzer",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableImageBlockPublicAccess",
    "ec2:DisableSnapshotBlockPublicAccess",
    "ec2:EnableSnapshotBlockPublicAccess",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ModifyInstanceMetadataDefaults",
    "ec2:ResetEbsDefaultKmsKeyId",
    "iam:DeleteAccountPasswordPolicy",
    "iam:UpdateAccountPasswordPolicy",
    "s3:PutAccountPublicAccessBlock",
)
"""The switches of an account's baseline (governance layer): rollouts set them, nobody else."""


def guardrails(
    *, regions: frozenset[str], break_glass_role: str, rollout_roles: Sequence[str] = ()
) -> tuple[Guardrail, ...]:
    """The guardrails of an organisation that lives in these Regions.

    Args:
        regions: Where members may work.
        break_glass_role: The role most of them let through, by name.
        rollout_roles: The roles rollouts run as in members, by name.

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
            "exposure",
            "Nothing is public, and the account-wide switches stay",
            Scope.ROOT,
            _exposure(unless_broken_glass, [break_glass_role, *rollout_roles]),
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
    return Guardrail(
        name=name, description=description, scope=scope, content=content(name, statements)
    )


def _membership() -> list[Statement]:
    return [
        deny("KeepAccounts", ["organizations:LeaveOrganization", "account:CloseAccount"]),
        deny(
            "RestRootUsers",
            ["*"],
            # Sessions that management opens for one task (STS AssumeRoot) say so.
            condition={
                "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"},
                "Null": {"aws:AssumedRoot": "true"},
            },
        ),
    ]


def _evidence(unless_broken_glass: Condition) -> list[Statement]:
    return [
        deny(
            "KeepEvidence",
            [
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


def _exposure(unless_broken_glass: Condition, may_switch: Sequence[str]) -> list[Statement]:
    sharing = dict(deny("KeepSnapshots", sorted(SHARING_ACTIONS), condition=unless_broken_glass))
    del sharing["Resource"]
    switchers = [f"arn:aws:iam::*:role/{role}" for role in sorted(may_switch)]
    return [
        deny(
            "NoPublicSnapshots",
            ["ec2:ModifySnapshotAttribute"],
            condition={"StringEquals": {"ec2:Add/group": "all"}},
        ),
        deny(
            "NoPublicDatabases",
            [
                "rds:CreateDBInstance",
                "rds:CreateDBInstanceReadReplica",
                "rds:RestoreDBInstanceFromDBSnapshot",
                "rds:RestoreDBInstanceFromS3",
                "rds:RestoreDBInstanceToPointInTime",
            ],
            condition={"Bool": {"rds:PubliclyAccessible": "true"}},
        ),
        {**sharing, "NotResource": list(BACKUP_SNAPSHOTS)},
        # A public image is kept back by the account's switch: no key of AWS tells one apart.
        deny(
            "KeepSwitches",
            BASELINE_ACTIONS,
            condition={"ArnNotLike": {"aws:PrincipalArn": switchers}},
        ),
    ]


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
