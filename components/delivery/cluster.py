"""What a cluster gets: Argo CD, Argo Rollouts, and what later layers depend on."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import LayerContext
from components.delivery.argo_cd import NAMESPACE, ArgoCd, ArgoCdArgs
from components.delivery.argo_cd_routes import WEBHOOK_PATH, ArgoCdRoutes, ArgoCdRoutesArgs
from components.delivery.argo_cd_secrets import ArgoCdSecrets, ArgoCdSecretsArgs
from components.delivery.argo_cd_values import argo_cd_values
from components.delivery.argo_rollouts import ArgoRollouts, ArgoRolloutsArgs
from components.delivery.contract import DeliveryConfig, DeliveryOutputs
from components.delivery.gitops_applications import GitOpsApplications, GitOpsApplicationsArgs
from components.delivery.ground import NAME, PATH, key
from components.delivery.images import ImageSource, image_source
from components.delivery.settings import ArgoCdConfig
from components.dns.contract import DnsOutputs
from components.edge.contract import EdgeOutputs
from components.eks.contract import EksOutputs
from components.tags import environment_of


@dataclass(frozen=True, kw_only=True)
class ClusterGround:
    """The cluster, and what of it this layer needs.

    Attributes:
        context: What the layer may know.
        config: Its Config.
        provider: The cluster.
        eks: All of its Outputs.
        images: Where images come from.
    """

    context: LayerContext
    config: DeliveryConfig
    provider: kubernetes.Provider
    eks: EksOutputs
    images: ImageSource

    def after(self, *names: str) -> list[pulumi.Resource]:
        """Foundations of the cluster; all of them if none is named."""
        known = self.eks.foundations
        return [known[name] for name in (names or sorted(known)) if name in known]

    def options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a component of this layer."""
        return self.context.options(depends_on=list(depends_on))


def build_cluster(context: LayerContext, config: DeliveryConfig) -> DeliveryOutputs:
    """Build what the Config asks for in this account's cluster.

    Raises:
        pulumi.RunError: There is no cluster.
    """
    eks = context.layer(EksOutputs)
    if eks.provider is None:
        raise pulumi.RunError(
            f"{PATH}: got argo_cd or rollouts without a cluster, wanted superinc:eks.cluster"
        )
    base = ClusterGround(
        context=context,
        config=config,
        provider=eks.provider,
        eks=eks,
        images=image_source(context),
    )
    foundations: dict[str, pulumi.Resource] = {}
    if config.rollouts:
        foundations["argo-rollouts"] = _rollouts(base).ready
    outputs = DeliveryOutputs(
        deployment=config.deployment.value, rollouts=config.rollouts, foundations=foundations
    )
    if config.argo_cd is None:
        return outputs
    return _argo_cd(base, config.argo_cd, foundations)


def _rollouts(base: ClusterGround) -> ArgoRollouts:
    args = ArgoRolloutsArgs(provider=base.provider, images=base.images)
    return ArgoRollouts(f"{NAME}-rollouts", args, base.options(*base.after()))


def _argo_cd(
    base: ClusterGround, config: ArgoCdConfig, foundations: dict[str, pulumi.Resource]
) -> DeliveryOutputs:
    gateway = _gateway(base)
    webhook_host, pages_host = _webhook_host(base, config), _pages_host(base, config)
    args = ArgoCdArgs(
        provider=base.provider,
        gateway_namespace=gateway["namespace"],
        values=argo_cd_values(config, base.images, pages_host),
    )
    argo_cd = ArgoCd(f"{NAME}-argo-cd", args, base.options(*base.after()))
    secrets = _secrets(base, config, argo_cd)
    routes = ArgoCdRoutesArgs(
        provider=base.provider, gateway=gateway, webhook_host=webhook_host, pages_host=pages_host
    )
    ArgoCdRoutes(f"{NAME}-argo-cd-routes", routes, base.options(argo_cd, *base.after()))
    applications = GitOpsApplicationsArgs(
        provider=base.provider,
        environment=environment_of(base.context.account),
        config=config,
        rollouts=base.config.rollouts,
    )
    # They go before all they rest on: Argo CD, and the controllers of what they deploy.
    before = [argo_cd, *foundations.values(), *base.after()]
    GitOpsApplications(f"{NAME}-applications", applications, base.options(*before))
    return DeliveryOutputs(
        deployment=base.config.deployment.value,
        rollouts=base.config.rollouts,
        argo_cd_namespace=NAMESPACE,
        webhook_url=f"https://{webhook_host}{WEBHOOK_PATH}" if webhook_host else None,
        webhook_secret_arn=secrets.webhook_secret_arn.apply(str) if secrets else None,
        foundations={**foundations, "argo-cd": argo_cd.ready},
    )


def _secrets(base: ClusterGround, config: ArgoCdConfig, argo_cd: ArgoCd) -> ArgoCdSecrets | None:
    if not (config.webhook or config.sso):
        return None
    stores = base.eks.secret_stores or {}
    if "secrets-manager" not in stores:
        got = ", ".join(sorted(stores)) or "none"
        raise pulumi.RunError(f"superinc:eks: got secret stores {got}, wanted secrets-manager")
    args = ArgoCdSecretsArgs(
        provider=base.provider,
        kms_key_arn=key(base.context, "secrets"),
        prefix=base.context.account_name,
        store=stores["secrets-manager"],
        webhook=config.webhook,
        sso=config.sso is not None,
        ready=[argo_cd.ready, *base.after("external-secrets", "secret-stores")],
    )
    return ArgoCdSecrets(f"{NAME}-argo-cd-secrets", args, base.options())


def _gateway(base: ClusterGround) -> dict[str, str]:
    if base.eks.gateway is None:
        raise pulumi.RunError(f"{PATH}.argo_cd: got a cluster without a gateway, wanted one")
    return base.eks.gateway


def _webhook_host(base: ClusterGround, config: ArgoCdConfig) -> str | None:
    """The API's name: the name of admin pages asks for a login that no webhook has."""
    if not config.webhook:
        return None
    host = base.context.layer(EdgeOutputs).api_host
    if host is None:
        raise pulumi.RunError(
            f"{PATH}.argo_cd.webhook: got true without superinc:edge.api.host, wanted the name it"
            " is reached at"
        )
    return host


def _pages_host(base: ClusterGround, config: ArgoCdConfig) -> str | None:
    if config.host is None:
        return None
    host = f"{config.host}.{base.context.layer(DnsOutputs).domain}"
    known = base.context.layer(EdgeOutputs).admin_hosts or []
    if host not in known:
        got = ", ".join(known) or "none"
        raise pulumi.RunError(
            f"{PATH}.argo_cd.host: got {host}, wanted one of superinc:edge.admin.hosts: {got}"
        )
    return host
