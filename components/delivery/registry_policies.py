"""Who may do what with the registry and its repositories: policy documents, as pure data."""

from collections.abc import Sequence

from components.statements import Statement, allow, document

PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
"""What pulling an image takes (ECR User Guide, "Private repository policy examples")."""

PUSH = (
    *PULL,
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
"""What pushing takes besides; tags are immutable, so it replaces nothing."""

_CACHE = ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
"""What the first pull of an image through a cache takes (ECR User Guide, "IAM permissions required
to sync an upstream registry"). The puller's own role must allow it too, from another account."""

_ANYONE = {"AWS": "*"}


def _of_the_organization(
    sid: str, actions: Sequence[str], organization_id: str, resources: Sequence[str] | None = None
) -> Statement:
    return allow(
        sid,
        actions,
        resources,
        principal=_ANYONE,
        condition={"StringEquals": {"aws:PrincipalOrgID": organization_id}},
    )


def pull_policy(organization_id: str) -> str:
    """A repository's policy: whoever is of the organisation may pull."""
    return document([_of_the_organization("Pull", PULL, organization_id)])


def cache_policy(repositories: Sequence[str], organization_id: str) -> str:
    """The registry's policy: whoever is of the organisation may bring an image into a cache.

    Args:
        repositories: ARNs of what the caches make, one a cache, ending in ``/*``.
        organization_id: Whose principals.
    """
    return document([_of_the_organization("Cache", _CACHE, organization_id, repositories)])


def creation_permissions(repositories: Sequence[str], key_arns: Sequence[str]) -> str:
    """What ECR needs to make encrypted repositories itself.

    ECR User Guide, "Create a custom policy for repository creation templates".
    """
    return document(
        [
            allow(
                "Repositories",
                ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
                repositories,
            ),
            allow("Key", ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"], key_arns),
        ]
    )


def creation_trust() -> str:
    """Who may use that: ECR. Without a source condition: AWS documents none that it would send.

    ECR User Guide, "Create an IAM role for repository creation templates".
    """
    return document([allow("Ecr", ["sts:AssumeRole"], principal={"Service": "ecr.amazonaws.com"})])


def pipeline_permissions(repository_arn: str, actions: Sequence[str]) -> str:
    """What a pipeline may do with its repository; a token of the registry has no resource."""
    return document(
        [
            allow("Token", ["ecr:GetAuthorizationToken"], ["*"]),
            allow("Images", actions, [repository_arn]),
        ]
    )


def pipeline_trust(provider_arn: str, issuer: str, subjects: Sequence[str]) -> str:
    """A pipeline of GitHub Actions, by the subjects of its tokens (GitHub, "OpenID Connect")."""
    return document(
        [
            allow(
                "GitHub",
                ["sts:AssumeRoleWithWebIdentity"],
                principal={"Federated": provider_arn},
                condition={
                    "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"},
                    "StringLike": {f"{issuer}:sub": sorted(subjects)},
                },
            )
        ]
    )
