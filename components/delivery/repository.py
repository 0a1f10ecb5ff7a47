"""A repository of images in the organisation's registry."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.delivery.registry_policies import pull_policy
from components.delivery.retention import repository_lifecycle


@dataclass(frozen=True, kw_only=True)
class RepositoryArgs:
    """Inputs of :class:`Repository`.

    Attributes:
        repository_name: Its name; manifests name it.
        kms_key_arn: The key its layers are encrypted with.
        organization_id: Whose principals may pull.
        mutable_tags: Tags that may move.
        untagged_days: How long an image without a tag stays.
        keep_releases: How many releases stay.
        keep_commits_days: How long other images stay.
    """

    repository_name: str
    kms_key_arn: pulumi.Input[str]
    organization_id: pulumi.Input[str]
    mutable_tags: Sequence[str] = ()
    untagged_days: int
    keep_releases: int
    keep_commits_days: int


class Repository(Component):
    """Images under tags that never move, encrypted, pulled by the whole organisation.

    In the account of its provider. Protected, and ECR refuses to delete it while it holds images:
    what runs could not start again. Bills by the gigabyte.
    """

    arn: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self, name: str, args: RepositoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        repository = aws.ecr.Repository(
            f"{name}-repository",
            name=args.repository_name,
            force_delete=False,
            image_tag_mutability=mutability(args.mutable_tags),
            image_tag_mutability_exclusion_filters=exclusions(args.mutable_tags),
            # STATE: immutable in AWS, like the name.
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(
                    encryption_type="KMS", kms_key=args.kms_key_arn
                )
            ],
            # The registry's scanning configuration decides; this is what it falls back to.
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
                scan_on_push=True
            ),
            opts=self.child(protect=True),
        )
        aws.ecr.RepositoryPolicy(
            f"{name}-policy",
            repository=repository.name,
            policy=pulumi.Output.from_input(args.organization_id).apply(pull_policy),
            opts=self.child(),
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=repository_lifecycle(
                untagged_days=args.untagged_days,
                keep_releases=args.keep_releases,
                keep_commits_days=args.keep_commits_days,
            ),
            opts=self.child(),
        )
        self.finish(arn=repository.arn, url=repository.repository_url)


def mutability(mutable_tags: Sequence[str]) -> str:
    """Whether any tag may move (API CreateRepository, ``imageTagMutability``)."""
    return "IMMUTABLE_WITH_EXCLUSION" if mutable_tags else "IMMUTABLE"


def exclusions(
    mutable_tags: Sequence[str],
) -> list[aws.ecr.RepositoryImageTagMutabilityExclusionFilterArgs] | None:
    """The tags that may."""
    return [
        aws.ecr.RepositoryImageTagMutabilityExclusionFilterArgs(filter=tag, filter_type="WILDCARD")
        for tag in mutable_tags
    ] or None
