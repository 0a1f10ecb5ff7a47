"""The organisation's registry: what the shared account gets from its Config."""

from collections.abc import Iterator

import pulumi

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.delivery.contract import DeliveryOutputs
from components.delivery.created_repositories import (
    CreatedRepositories,
    CreatedRepositoriesArgs,
    CreationTemplate,
)
from components.delivery.ground import NAME, key, replica_key
from components.delivery.pipeline_roles import Pipeline, PipelineRoles, PipelineRolesArgs
from components.delivery.pull_through_caches import PullThroughCaches, PullThroughCachesArgs
from components.delivery.registry_host import registry_host
from components.delivery.replication import Replication, ReplicationArgs
from components.delivery.repository import Repository, RepositoryArgs
from components.delivery.retention import cache_lifecycle, repository_lifecycle
from components.delivery.scanning import RegistryScanning, RegistryScanningArgs
from components.delivery.settings import RegistryConfig

_KEY, _SECRET_KEY = "data", "secrets"
_REPLICA_RELEASES, _REPLICA_COMMIT_DAYS = 100, 90
"""Of copies: one template holds for all of them, whatever their originals keep."""


def build_registry(context: LayerContext, config: RegistryConfig) -> DeliveryOutputs:
    """Build the registry, its repositories, its caches and the roles of pipelines."""
    repositories = {name: _repository(context, config, name) for name in config.repositories}
    templates = _created(context, config)
    _scanning(context, config)
    if config.replicate:
        _replication(context, config, templates)
    _caches(context, config, templates)
    region = context.organization.regions.home
    return DeliveryOutputs(
        registry=context.account_id.apply(lambda known: registry_host(known, region)),
        repository_arns={name: made.arn for name, made in repositories.items()},
        repository_urls={name: made.url for name, made in repositories.items()},
        cache_prefixes={upstream.value: upstream.value for upstream in config.caches},
        ci_role_arns=_pipelines(context, config, repositories),
    )


def _organization_id(context: LayerContext) -> pulumi.Output[str]:
    return context.layer(AccountsOutputs).organization_id


def _repository(context: LayerContext, config: RegistryConfig, name: str) -> Repository:
    settings = config.repositories[name]
    args = RepositoryArgs(
        repository_name=name,
        kms_key_arn=key(context, _KEY),
        organization_id=_organization_id(context),
        mutable_tags=settings.mutable_tags,
        untagged_days=config.untagged_days,
        keep_releases=settings.keep_releases,
        keep_commits_days=settings.keep_commits_days,
    )
    return Repository(f"{NAME}-{name}".replace("/", "-"), args, context.options())


def _arns(context: LayerContext, region: str, *paths: str) -> list[pulumi.Output[str]]:
    return [
        pulumi.Output.concat("arn:aws:ecr:", region, ":", context.account_id, ":repository/", path)
        for path in paths
    ]


def _created(context: LayerContext, config: RegistryConfig) -> CreatedRepositories | None:
    templates = list(_templates(context, config))
    if not templates:
        return None
    home, replica = context.organization.regions.home, context.organization.regions.replica
    caches = [f"{upstream}/*" for upstream in config.caches]
    copies = config.repositories if config.replicate else ()
    args = CreatedRepositoriesArgs(
        repository_arns=[*_arns(context, home, *caches), *_arns(context, replica, *copies)],
        organization_id=_organization_id(context),
        templates=templates,
    )
    return CreatedRepositories(f"{NAME}-created", args, context.options())


def _templates(context: LayerContext, config: RegistryConfig) -> Iterator[CreationTemplate]:
    for upstream in config.caches:
        yield CreationTemplate(
            role=upstream.value,
            prefix=upstream.value,
            reason="PULL_THROUGH_CACHE",
            description=f"Images of {upstream}, cached",
            lifecycle=cache_lifecycle(
                untagged_days=config.untagged_days, cached_days=config.cached_days
            ),
            kms_key_arn=key(context, _KEY),
        )
    if config.replicate:
        yield CreationTemplate(
            role="copies",
            prefix="ROOT",
            reason="REPLICATION",
            description="Copies of the repositories of the home Region",
            lifecycle=repository_lifecycle(
                untagged_days=config.untagged_days,
                keep_releases=_REPLICA_RELEASES,
                keep_commits_days=_REPLICA_COMMIT_DAYS,
            ),
            kms_key_arn=replica_key(context, _KEY),
            region=context.organization.regions.replica,
        )


def _scanning(context: LayerContext, config: RegistryConfig) -> None:
    regions = context.organization.regions
    args = RegistryScanningArgs(account_id=context.account_id, mode=config.scanning)
    RegistryScanning(f"{NAME}-scanning", args, context.options())
    if config.replicate:
        args = RegistryScanningArgs(
            account_id=context.account_id, mode=config.scanning, region=regions.replica
        )
        RegistryScanning(f"{NAME}-replica-scanning", args, context.options())


def _replication(
    context: LayerContext, config: RegistryConfig, templates: CreatedRepositories | None
) -> None:
    args = ReplicationArgs(
        account_id=context.account_id,
        region=context.organization.regions.replica,
        repositories=list(config.repositories),
    )
    before = templates.templates if templates else []
    Replication(f"{NAME}-replication", args, context.options(depends_on=before))


def _caches(
    context: LayerContext, config: RegistryConfig, templates: CreatedRepositories | None
) -> None:
    if not (config.caches or config.credentials):
        return
    paths = [f"{upstream}/*" for upstream in config.caches]
    args = PullThroughCachesArgs(
        upstreams=config.caches,
        credentials=config.credentials,
        secret_kms_key_arn=key(context, _SECRET_KEY) if config.credentials else None,
        repository_arns=_arns(context, context.organization.regions.home, *paths),
        organization_id=_organization_id(context),
    )
    # A template holds for what is made after it: before the first pull, so before the rule.
    before = templates.templates if templates else []
    PullThroughCaches(f"{NAME}-caches", args, context.options(depends_on=before))


def _pipelines(
    context: LayerContext, config: RegistryConfig, made: dict[str, Repository]
) -> dict[str, pulumi.Output[str]] | None:
    pipelines = {
        name: Pipeline(
            source=settings.source, branches=settings.branches, repository_arn=made[name].arn
        )
        for name, settings in config.repositories.items()
        if settings.source is not None
    }
    if not pipelines:
        return None
    args = PipelineRolesArgs(pipelines=pipelines)
    return PipelineRoles(f"{NAME}-pipelines", args, context.options()).arns
