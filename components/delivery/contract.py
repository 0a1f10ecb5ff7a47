"""What the delivery layer takes, reads and publishes; importable without a provider SDK."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from components.contracts import AccountKind, LayerConfig, LayerContract, Read, inside
from components.delivery.settings import ArgoCdConfig, Deployment, RegistryConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pulumi

REGISTRY_KIND = AccountKind.SHARED
"""The account whose registry every other pulls from (playbook IMG-03: one artefact for all)."""

REGISTRY = Read(kind=REGISTRY_KIND, layer="delivery", output="registry")
CACHE_PREFIXES = Read(kind=REGISTRY_KIND, layer="delivery", output="cache_prefixes")


class DeliveryConfig(LayerConfig):
    """From a commit to a pod. Nothing is made unless it is asked for.

    Attributes:
        registry: The organisation's registry; in the shared account alone.
        deployment: Who changes what runs in the cluster (playbook DEP-02): ``direct``, a pipeline
            that rolls this stack out, or ``argo-cd``, which follows a repository.
        argo_cd: How Argo CD is set up; given if and only if ``deployment`` is ``argo-cd``.
        rollouts: Whether Argo Rollouts is there for canary and blue-green (playbook DEP-01).
    """

    registry: RegistryConfig | None = None
    deployment: Deployment = Deployment.DIRECT
    argo_cd: ArgoCdConfig | None = None
    rollouts: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.deployment is Deployment.ARGO_CD) != (self.argo_cd is not None):
            got, wanted = ("none", "settings") if self.argo_cd is None else ("settings", "none")
            raise ValueError(
                f"argo_cd: got {got} with deployment: {self.deployment}, wanted {wanted}"
            )
        return self

    def in_a_cluster(self) -> bool:
        """Whether something of it runs in a cluster."""
        return self.rollouts or self.deployment is Deployment.ARGO_CD


@dataclass(frozen=True, kw_only=True)
class DeliveryOutputs:
    """What the delivery layer publishes; what this account has not asked for is absent.

    Attributes:
        registry: The host of the organisation's registry.
        repository_arns: Its repositories by name.
        repository_urls: Where to push to and pull from, by repository.
        cache_prefixes: First part of a cached image's path, by upstream registry: an image of
            quay.io is at ``<registry>/<cache_prefixes["quay"]>/<its path>``.
        ci_role_arns: Roles of pipelines: ``<repository>-build`` and ``<repository>-promote``.
        deployment: Who changes what runs in this account's cluster.
        rollouts: Whether this account's cluster knows Rollouts.
        argo_cd_namespace: Where Argo CD and its Applications are.
        webhook_url: Where a source repository announces a push.
        webhook_secret_arn: The secret that announcement is signed with.
        foundations: What later layers depend on: ``argo-cd``, ``argo-rollouts``.
    """

    registry: "pulumi.Output[str] | None" = None
    repository_arns: "dict[str, pulumi.Output[str]] | None" = None
    repository_urls: "dict[str, pulumi.Output[str]] | None" = None
    cache_prefixes: dict[str, str] | None = None
    ci_role_arns: "dict[str, pulumi.Output[str]] | None" = None
    deployment: str | None = None
    rollouts: bool | None = None
    argo_cd_namespace: str | None = None
    webhook_url: str | None = None
    webhook_secret_arn: "pulumi.Output[str] | None" = None
    foundations: "Mapping[str, pulumi.Resource]" = inside(factory=dict)  # noqa: RUF009 - a field


def reads(config: DeliveryConfig, kind: AccountKind) -> tuple[Read, ...]:
    """What the layer reads: the registry, for the images of what runs in a cluster."""
    if kind is REGISTRY_KIND or not config.in_a_cluster():
        return ()
    return (REGISTRY, CACHE_PREFIXES)


CONTRACT = LayerContract(
    name="delivery", config=DeliveryConfig, outputs=DeliveryOutputs, reads=reads
)
