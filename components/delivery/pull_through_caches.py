"""Caches of public registries in ours (playbook SEC-08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.delivery.registry_policies import cache_policy
from components.delivery.settings import Upstream
from components.versions import UPSTREAM_REGISTRIES

SECRET_PREFIX = "ecr-pullthroughcache/"  # noqa: S105 - how its name begins, not what it is
"""ECR reads no secret of another name (ECR User Guide, "Storing your upstream repository
credentials in an AWS Secrets Manager secret")."""

RECOVERY_DAYS = 30
"""The longest Secrets Manager allows: people put the value there, nothing can make it again."""


@dataclass(frozen=True, kw_only=True)
class PullThroughCachesArgs:
    """Inputs of :class:`PullThroughCaches`.

    Attributes:
        upstreams: What is cached.
        credentials: Upstreams that get a secret.
        secret_kms_key_arn: The key of the secrets; not needed without them.
        repository_arns: Patterns of what the caches make, one an upstream.
        organization_id: Whose principals may bring an image in.
    """

    upstreams: Sequence[Upstream]
    credentials: Sequence[Upstream]
    secret_kms_key_arn: pulumi.Input[str] | None
    repository_arns: Sequence[pulumi.Input[str]]
    organization_id: pulumi.Input[str]


class PullThroughCaches(Component):
    """A rule an upstream, its secret where it wants an account, and who may fill the cache.

    A secret is made without a value: people put it there, in the form
    ``{"username": …, "accessToken": …}``. Without a cache the organisation's nodes pull from
    upstream and share its rate limits by their NAT's address. Deleting a rule leaves what it has
    cached. Bills by the gigabyte kept.
    """

    secret_arns: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: PullThroughCachesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        secrets = self._secrets(name, args)
        for upstream in args.upstreams:
            secret = secrets.get(upstream)
            aws.ecr.PullThroughCacheRule(
                f"{name}-{upstream}-rule",
                ecr_repository_prefix=upstream.value,
                upstream_registry_url=UPSTREAM_REGISTRIES[upstream],
                credential_arn=None if secret is None else secret.arn,
                opts=self.child(),
            )
        if args.upstreams:
            aws.ecr.RegistryPolicy(
                f"{name}-policy",
                policy=pulumi.Output.all(
                    pulumi.Output.all(*args.repository_arns), args.organization_id
                ).apply(lambda known: cache_policy(known[0], known[1])),
                opts=self.child(),
            )
        self.finish(secret_arns={one.value: secret.arn for one, secret in secrets.items()})

    def _secrets(
        self, name: str, args: PullThroughCachesArgs
    ) -> Mapping[Upstream, aws.secretsmanager.Secret]:
        return {
            upstream: aws.secretsmanager.Secret(
                f"{name}-{upstream}-secret",
                name=f"{SECRET_PREFIX}{upstream}",
                description=f"Account at {UPSTREAM_REGISTRIES[upstream]}, to cache its images",
                kms_key_id=args.secret_kms_key_arn,
                recovery_window_in_days=RECOVERY_DAYS,
                opts=self.child(protect=True),
            )
            for upstream in args.credentials
        }
