"""What runs on the cluster besides applications, in the order in which it can (design D6).

Pulumi deletes in the opposite order, and that order matters more: bindings before the controller
that removes their finalizers, node pools before the controller that ends their machines, stores
before the operator, and all of them before the nodes they run on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pulumi

from components.contracts import AccountKind
from components.delivery.registry_host import registry_host
from components.eks.admission import Admission, AdmissionArgs
from components.eks.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.eks.gateway import GATEWAY, Gateway, GatewayArgs
from components.eks.gateway_api import GatewayApi, GatewayApiArgs
from components.eks.ground import NAME, Ground
from components.eks.karpenter import Karpenter, KarpenterArgs
from components.eks.load_balancer_controller import (
    LoadBalancerController,
    LoadBalancerControllerArgs,
)
from components.eks.metrics import Metrics, MetricsArgs
from components.eks.monitoring_crds import MonitoringCrds, MonitoringCrdsArgs
from components.eks.namespaces import TRAEFIK
from components.eks.node_class import NodeClass, NodeClassArgs
from components.eks.node_pools import NodePools, NodePoolsArgs
from components.eks.platform_settings import GatewayConfig, PlatformConfig
from components.eks.priority_classes import PLATFORM, PriorityClasses, PriorityClassesArgs
from components.eks.secret_stores import SecretStores, SecretStoresArgs
from components.eks.traefik import Traefik, TraefikArgs
from components.network.cidr import Tier
from components.tags import required_tags

if TYPE_CHECKING:
    from components.base import Component


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What runs on the cluster, as later layers need it.

    Attributes:
        foundations: What their objects depend on, by name.
        gateway: Namespace and name of the Gateway; None without one.
        secret_stores: Names of the ClusterSecretStores by what they read from.
    """

    foundations: Mapping[str, pulumi.Resource]
    gateway: dict[str, str] | None
    secret_stores: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class _Site:
    """The ground with what was built on it so far."""

    base: Ground
    config: PlatformConfig
    built: Mapping[str, "Component"]

    def with_(self, **built: "Component") -> "_Site":
        """The same with more built on it; names with underscores stand for hyphens."""
        more = {name.replace("_", "-"): found for name, found in built.items()}
        return replace(self, built={**self.built, **more})

    def after(self, *names: str) -> list[pulumi.Resource]:
        """What a chart depends on: nodes, and what is named of that which is there."""
        known = [self.built[name] for name in names if name in self.built]
        return [*self.base.ready, *known]

    def options(self) -> pulumi.ResourceOptions:
        """Options of a component: the account's provider, after the nodes."""
        return self.base.context.options()

    @property
    def cluster(self) -> str:
        """The cluster's name, known before the rollout: the account's."""
        return self.base.context.account_name


def build_platform(base: Ground) -> Platform:
    """Build all of it, from the rules for objects to the way in."""
    site = _Site(base=base, config=base.config.platform, built={})
    site = _rules(site)
    site = _nodes(site)
    stores, site = _secrets(site)
    site = site.with_(
        metrics=Metrics(
            f"{NAME}-metrics",
            MetricsArgs(
                config=site.config.metrics,
                provider=base.provider,
                ready=site.after("monitoring-crds", "load-balancer-controller"),
            ),
            site.options(),
        )
    )
    gateway = site.config.gateway
    if gateway is not None:
        site = _way_in(site, gateway)
    return Platform(
        foundations=dict(site.built),
        gateway={"namespace": TRAEFIK, "name": GATEWAY} if gateway is not None else None,
        secret_stores=stores.stores,
    )


def _rules(site: _Site) -> _Site:
    """What needs an API server and no nodes."""
    base = site.base
    shared = base.context.organization.account_of_kind(AccountKind.SHARED)
    own = base.context.account_id_of(shared).apply(lambda known: registry_host(known, base.region))
    return site.with_(
        admission=Admission(
            f"{NAME}-admission",
            AdmissionArgs(
                enforcement=site.config.admission.enforcement,
                registries=[own, *site.config.admission.registries],
                provider=base.provider,
            ),
            site.options(),
        ),
        priority_classes=PriorityClasses(
            f"{NAME}-priorities", PriorityClassesArgs(provider=base.provider), site.options()
        ),
        gateway_api=GatewayApi(
            f"{NAME}-gateway-api", GatewayApiArgs(provider=base.provider), site.options()
        ),
        monitoring_crds=MonitoringCrds(
            f"{NAME}-monitoring-crds",
            MonitoringCrdsArgs(provider=base.provider, ready=base.ready),
            site.options(),
        ),
    )


def _nodes(site: _Site) -> _Site:
    """What other charts need: nodes to run on, and the controller of the load balancer's targets.

    The controller comes before every chart with a Service: while its webhooks have no pods, they
    hold up others.
    """
    site = _controller(site)
    base, config = site.base, site.config.node_pools
    subnets = base.network.subnet_ids[Tier.PRIVATE]
    karpenter = Karpenter(
        f"{NAME}-karpenter",
        KarpenterArgs(
            cluster=site.cluster,
            identity=base.identity,
            mode=base.config.workload_identity,
            endpoint=base.cluster.endpoint,
            region=base.region,
            node_role_arn=base.node_role_arn,
            subnet_ids=subnets,
            group_ids=base.node_group_ids,
            messages_key_arn=base.key("alerts"),
            provider=base.provider,
            ready=site.after("load-balancer-controller", "monitoring-crds"),
        ),
        site.options(),
    )
    node_class = NodeClass(
        f"{NAME}-node-class",
        NodeClassArgs(
            role_name=base.node_role_name,
            subnet_ids=subnets,
            group_ids=base.node_group_ids,
            kms_key_arn=base.key("ebs"),
            volume_gibibytes=config.volume_gibibytes,
            pods_per_node=config.pods_per_node,
            tags=_tags(site),
            provider=base.provider,
        ),
        base.context.options(depends_on=[karpenter]),
    )
    pools = NodePools(
        f"{NAME}-pools",
        NodePoolsArgs(
            node_class=node_class.node_class,
            config=config,
            provider=base.provider,
            depends_on=[karpenter, node_class],
        ),
        site.options(),
    )
    return site.with_(karpenter=karpenter, node_pools=pools)


def _controller(site: _Site) -> _Site:
    base = site.base
    targets = _target_groups(base)
    if not targets:
        return site
    controller = LoadBalancerController(
        f"{NAME}-targets",
        LoadBalancerControllerArgs(
            cluster=site.cluster,
            identity=base.identity,
            mode=base.config.workload_identity,
            region=base.region,
            vpc_id=base.network.vpc_id,
            target_group_arns=targets,
            provider=base.provider,
            ready=site.after("monitoring-crds"),
        ),
        site.options(),
    )
    return site.with_(load_balancer_controller=controller)


def _secrets(site: _Site) -> tuple[SecretStores, _Site]:
    base = site.base
    operator = ExternalSecrets(
        f"{NAME}-secrets",
        ExternalSecretsArgs(
            identity=base.identity,
            mode=base.config.workload_identity,
            region=base.region,
            prefix=base.context.account_name,
            kms_key_arn=base.key("secrets"),
            priority_class=PLATFORM,
            provider=base.provider,
            ready=site.after(
                "load-balancer-controller", "monitoring-crds", "node-pools", "priority-classes"
            ),
        ),
        site.options(),
    )
    stores = SecretStores(
        f"{NAME}-secret-stores",
        SecretStoresArgs(region=base.region, provider=base.provider, depends_on=[operator]),
        site.options(),
    )
    return stores, site.with_(external_secrets=operator, secret_stores=stores)


def _way_in(site: _Site, config: GatewayConfig) -> _Site:
    base = site.base
    needs = ("gateway-api", "load-balancer-controller", "monitoring-crds", "node-pools")
    traefik = Traefik(
        f"{NAME}-traefik",
        TraefikArgs(
            config=config,
            # A load balancer is internal or public; both kinds of subnet are of this network.
            trusted_ranges=[
                cidr
                for tier in (Tier.PRIVATE, Tier.PUBLIC)
                for cidr in base.network.subnet_cidrs[tier]
            ],
            priority_class=PLATFORM,
            provider=base.provider,
            ready=site.after(*needs, "metrics", "priority-classes"),
        ),
        site.options(),
    )
    gateway = Gateway(
        f"{NAME}-gateway",
        GatewayArgs(
            service=traefik.service,
            vpc_id=base.network.vpc_id,
            target_group_arns=_target_groups(base),
            provider=base.provider,
            depends_on=[traefik, *site.after("gateway-api", "load-balancer-controller")],
        ),
        site.options(),
    )
    return site.with_(traefik=gateway)


def _target_groups(base: Ground) -> Mapping[str, pulumi.Output[str]]:
    found = base.edge.target_group_arns if base.edge is not None else None
    return found or {}


def _tags(site: _Site) -> dict[str, str]:
    context = site.base.context
    name = context.account_name
    return required_tags(context.organization, stack=name, account=name)
