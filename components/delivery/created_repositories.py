"""What ECR makes itself: repositories of a cache and copies in the replica Region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.delivery.registry_policies import (
    creation_permissions,
    creation_trust,
    pull_policy,
)

Reason = Literal["PULL_THROUGH_CACHE", "REPLICATION"]


@dataclass(frozen=True, kw_only=True)
class CreationTemplate:
    """How a repository that ECR makes looks.

    Attributes:
        role: What it is for; part of its logical name.
        prefix: The first part of the repositories' names; ``ROOT`` for all without another.
        reason: Why ECR makes them.
        description: What they hold.
        lifecycle: Their lifecycle policy.
        kms_key_arn: The key of that Region.
        region: Where, if not in the provider's Region.
    """

    role: str
    prefix: str
    reason: Reason
    description: str
    lifecycle: str
    kms_key_arn: pulumi.Input[str]
    region: str | None = None


@dataclass(frozen=True, kw_only=True)
class CreatedRepositoriesArgs:
    """Inputs of :class:`CreatedRepositories`.

    Attributes:
        repository_arns: Patterns of what ECR may make.
        organization_id: Whose principals may pull.
        templates: How the repositories look.
    """

    repository_arns: Sequence[pulumi.Input[str]]
    organization_id: pulumi.Input[str]
    templates: Sequence[CreationTemplate]


class CreatedRepositories(Component):
    """Templates, and the role ECR takes to follow them.

    Without one a cached image lies under ECR's own key, with tags that move and for ever; and no
    other account could pull it. They hold for repositories made later, not for those that are
    there. Deleting them leaves both alone. Free.
    """

    templates: list[pulumi.Resource]

    def __init__(
        self, name: str, args: CreatedRepositoriesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-role",
            description="Makes repositories for cached and for copied images",
            assume_role_policy=creation_trust(),
            opts=self.child(),
        )
        keys = [template.kms_key_arn for template in args.templates]
        permissions = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=pulumi.Output.all(
                pulumi.Output.all(*args.repository_arns), pulumi.Output.all(*keys)
            ).apply(lambda known: creation_permissions(known[0], sorted(set(known[1])))),
            opts=self.child(),
        )
        made: list[pulumi.Resource] = [
            self._template(name, args, template, role, permissions) for template in args.templates
        ]
        self.finish(templates=made)

    def _template(
        self,
        name: str,
        args: CreatedRepositoriesArgs,
        template: CreationTemplate,
        role: aws.iam.Role,
        permissions: aws.iam.RolePolicy,
    ) -> aws.ecr.RepositoryCreationTemplate:
        return aws.ecr.RepositoryCreationTemplate(
            f"{name}-{template.role}-template",
            prefix=template.prefix,
            applied_fors=[template.reason],
            description=template.description,
            image_tag_mutability="IMMUTABLE",
            encryption_configurations=[
                aws.ecr.RepositoryCreationTemplateEncryptionConfigurationArgs(
                    encryption_type="KMS", kms_key=template.kms_key_arn
                )
            ],
            custom_role_arn=role.arn,
            lifecycle_policy=template.lifecycle,
            repository_policy=pulumi.Output.from_input(args.organization_id).apply(pull_policy),
            region=template.region,
            opts=self.child(depends_on=[permissions]),
        )
