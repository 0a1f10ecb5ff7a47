"""The deploy role's policies as pure data: who may assume it and what it may do."""

from collections.abc import Mapping, Sequence

from components.contracts import AccountKind
from components.naming import DEPLOY_ROLE, role_arn, root_arn
from components.statements import Statement, allow, document

MANAGEMENT_SERVICES = (
    "access-analyzer",
    "account",
    "budgets",
    "ce",
    "cloudtrail",
    "cloudwatch",
    "events",
    "identitystore",
    "logs",
    "organizations",
    "ram",
    "s3",
    "sns",
    "sso",
)
"""What the management account's layers use; it runs no workloads (playbook ACC-02)."""

MEMBER_SERVICES = (
    "access-analyzer",
    "acm",
    "application-autoscaling",
    "autoscaling",
    "backup",
    "backup-storage",
    "budgets",
    "ce",
    "cloudfront",
    "cloudwatch",
    "dms",
    "ec2",
    "ecr",
    "eks",
    "elasticache",
    "elasticloadbalancing",
    "events",
    "firehose",
    "identitystore",
    "kafka",
    "kafkaconnect",
    "logs",
    "oam",
    "observabilityadmin",
    "ram",
    "rds",
    "route53",
    "route53resolver",
    "s3",
    "secretsmanager",
    "servicequotas",
    "sns",
    "sqs",
    "ssm",
    "sso",
    "synthetics",
    "tag",
    "wafv2",
)
"""What the other accounts' layers use."""

KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:CreateKey",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
)
"""Everything a rollout does to keys; not using them (playbook KMS-04)."""

ROLE_ADMINISTRATION = (
    "iam:*InstanceProfile*",
    "iam:*OpenIDConnectProvider*",
    "iam:*Policy",
    "iam:*PolicyVersion*",
    "iam:*Role",
    "iam:*RoleDescription",
    "iam:*RolePolic*",
    "iam:Tag*",
    "iam:Untag*",
)
"""IAM on roles and what hangs on them."""

ROLE_RESOURCES = ("role", "policy", "instance-profile", "oidc-provider")
"""The IAM resources a rollout changes: no users, groups or access keys."""

USER_ADMINISTRATION = (
    "iam:*AccessKey*",
    "iam:*Group*",
    "iam:*LoginProfile",
    "iam:*MFADevice*",
    "iam:*User*",
)
"""IAM on users and groups, where people are IAM users (playbook ACC-03)."""

USER_RESOURCES = ("user", "group", "mfa")
"""The IAM resources people are made of."""

ACCOUNT_WIDE = (
    "ec2:*EbsDefaultKmsKeyId",
    "ec2:*EbsEncryptionByDefault",
    "ec2:*ImageBlockPublicAccess*",
    "ec2:*InstanceMetadataDefaults",
    "ec2:*SnapshotBlockPublicAccess*",
    "iam:*AccountAlias*",
    "iam:*AccountPasswordPolicy",
    "iam:Get*",
    "iam:List*",
    "s3:*AccountPublicAccessBlock",
)
"""Switches of a whole account, and reading its IAM."""


def management_trust(account_id: str, organization_id: str, principals: Sequence[str]) -> str:
    """Who may assume management's deploy role: these principals, or whom its own IAM allows."""
    return _trust(
        "Operators",
        list(principals) or root_arn(account_id),
        {"StringEquals": {"aws:PrincipalOrgID": organization_id}},
    )


def member_trust(management_id: str, organization_id: str) -> str:
    """Who may assume another account's deploy role: management's deploy role alone.

    The principal is management's root with a condition, not the role: a deleted role in a
    trust policy turns into an id that blocks every later update.
    """
    return _trust(
        "ManagementDeployRole",
        root_arn(management_id),
        {
            "StringEquals": {"aws:PrincipalOrgID": organization_id},
            "ArnEquals": {"aws:PrincipalArn": role_arn(management_id, DEPLOY_ROLE)},
        },
    )


def rollout_statements(
    account_id: str, kind: AccountKind, services: Sequence[str]
) -> list[Statement]:
    """What rolling out an account of this kind takes, without AdministratorAccess."""
    default = MANAGEMENT_SERVICES if kind is AccountKind.MANAGEMENT else MEMBER_SERVICES
    return [
        allow("Services", [f"{service}:*" for service in (services or default)], ["*"]),
        allow("Keys", KEY_ADMINISTRATION, ["*"]),
        allow("AccountWide", ACCOUNT_WIDE, ["*"]),
        allow(
            "Roles",
            ROLE_ADMINISTRATION,
            [f"arn:aws:iam::{account_id}:{resource}/*" for resource in ROLE_RESOURCES],
        ),
        allow(
            "PassRolesToServices",
            ["iam:PassRole"],
            [f"arn:aws:iam::{account_id}:role/*"],
            condition={"StringLike": {"iam:PassedToService": "*.amazonaws.com"}},
        ),
        allow(
            "ServiceLinkedRoles",
            ["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"],
            [f"arn:aws:iam::{account_id}:role/aws-service-role/*"],
        ),
    ]


def user_statements(account_id: str) -> list[Statement]:
    """What rolling out people as IAM users takes, in the identity account alone."""
    resources = [f"arn:aws:iam::{account_id}:{resource}/*" for resource in USER_RESOURCES]
    return [allow("Users", USER_ADMINISTRATION, resources)]


def root_feature_statements() -> list[Statement]:
    """Taking the root users of members into management's hands."""
    actions = [
        "iam:DisableOrganizationsRoot*",
        "iam:EnableOrganizationsRoot*",
        "iam:ListOrganizationsFeatures",
    ]
    return [allow("RootUsersOfMembers", actions, ["*"])]


def reach_statements(member_ids: Mapping[str, str], access_role: str) -> list[Statement]:
    """From management's deploy role into the accounts it rolls out."""
    roles = sorted(
        role_arn(account_id, role)
        for account_id in member_ids.values()
        for role in {access_role, DEPLOY_ROLE}
    )
    return [allow("IntoMembers", ["sts:AssumeRole", "sts:TagSession"], roles)] if roles else []


def state_statements(
    account_id: str, region: str, *, bucket: str, key_alias: str
) -> list[Statement]:
    """The state bucket and its key, by alias: the key is older than any stack."""
    return [
        allow(
            "StateBucket",
            ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket"],
            [f"arn:aws:s3:::{bucket}"],
        ),
        allow(
            "StateObjects",
            ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            [f"arn:aws:s3:::{bucket}/*"],
        ),
        allow(
            "StateKey",
            ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            [f"arn:aws:kms:{region}:{account_id}:key/*"],
            condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": [key_alias]}},
        ),
    ]


def _trust(
    sid: str, principals: str | list[str], condition: Mapping[str, Mapping[str, str]]
) -> str:
    actions = ["sts:AssumeRole", "sts:TagSession"]
    return document([allow(sid, actions, principal={"AWS": principals}, condition=condition)])
