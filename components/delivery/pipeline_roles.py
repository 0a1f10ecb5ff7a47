"""Roles of pipelines: GitHub Actions pushes and reads images without a stored key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.delivery.registry_policies import (
    PULL,
    PUSH,
    pipeline_permissions,
    pipeline_trust,
)
from components.naming import IAM_ROLE_LIMIT, physical_name

ISSUER = "token.actions.githubusercontent.com"
"""Who signs the tokens of GitHub Actions (GitHub, "OpenID Connect reference")."""

AUDIENCE = "sts.amazonaws.com"
SESSION_SECONDS = 60 * 60

READ = (*PULL, "ecr:DescribeImages")
"""A promotion looks up the digest behind a tag, and checks its signature."""


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What a repository is built from.

    Attributes:
        source: The GitHub repository.
        branches: The branches it is built from; empty for all.
        repository_arn: The repository in ECR.
    """

    source: str
    branches: Sequence[str]
    repository_arn: pulumi.Input[str]

    def build_subjects(self) -> list[str]:
        """Runs for a branch or for a release's tag; never one of a pull request."""
        branches = self.branches or ("*",)
        heads = [f"repo:{self.source}:ref:refs/heads/{branch}" for branch in branches]
        return [*heads, f"repo:{self.source}:ref:refs/tags/v*"]

    def promote_subjects(self) -> list[str]:
        """Runs in an environment, which has its own approvals (GitHub, "Environments")."""
        return [f"repo:{self.source}:environment:*"]


@dataclass(frozen=True, kw_only=True)
class PipelineRolesArgs:
    """Inputs of :class:`PipelineRoles`.

    Attributes:
        pipelines: What is built, by repository.
    """

    pipelines: Mapping[str, Pipeline]


class PipelineRoles(Component):
    """Two roles a repository: one that pushes to it, one that reads from it.

    Both are reached with the token of a run alone, from the source the repository names. The
    account trusts GitHub's issuer for them; deleting that ends every pipeline's access. Free.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: PipelineRolesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        issuer = aws.iam.OpenIdConnectProvider(
            f"{name}-issuer",
            url=f"https://{ISSUER}",
            client_id_lists=[AUDIENCE],
            opts=self.child(),
        )
        arns: dict[str, pulumi.Output[str]] = {}
        for repository, pipeline in args.pipelines.items():
            for use, subjects, actions in (
                ("build", pipeline.build_subjects(), PUSH),
                ("promote", pipeline.promote_subjects(), READ),
            ):
                key = f"{repository}-{use}"
                trust = issuer.arn.apply(
                    lambda arn, subjects=subjects: pipeline_trust(arn, ISSUER, subjects)
                )
                permissions = pulumi.Output.from_input(pipeline.repository_arn).apply(
                    lambda arn, actions=actions: pipeline_permissions(arn, actions)
                )
                arns[key] = self._role(f"{name}-{key}".replace("/", "-"), key, trust, permissions)
        self.finish(arns=arns)

    def _role(
        self, name: str, key: str, trust: pulumi.Input[str], permissions: pulumi.Input[str]
    ) -> pulumi.Output[str]:
        # The pipelines of other repositories name it.
        physical = physical_name("ci", *key.split("/"), limit=IAM_ROLE_LIMIT)
        role = aws.iam.Role(
            f"{name}-role",
            name=physical,
            description="Pipeline of images",
            assume_role_policy=trust,
            max_session_duration=SESSION_SECONDS,
            opts=self.child(),
        )
        aws.iam.RolePolicy(
            f"{name}-permissions", role=role.name, policy=permissions, opts=self.child()
        )
        return role.arn
