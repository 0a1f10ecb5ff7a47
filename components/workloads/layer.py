"""Config and earlier Outputs in, the applications of one account out."""

from collections.abc import Mapping

import pulumi

from components.base import LayerContext
from components.delivery.contract import REGISTRY, DeliveryOutputs
from components.dns.contract import DnsOutputs
from components.edge.contract import EdgeOutputs
from components.eks.contract import developers_group
from components.statements import allow, document
from components.workloads.application import Application, ApplicationArgs
from components.workloads.application_settings import ROLLOUT_STRATEGIES, ApplicationConfig
from components.workloads.contract import WorkloadsConfig, WorkloadsOutputs
from components.workloads.environment import secret_variables
from components.workloads.ground import NAME, Ground, ground
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.settings import Permission


def build(context: LayerContext, config: WorkloadsConfig) -> WorkloadsOutputs:
    """Build the namespaces and applications of this account: nothing unless asked for."""
    if not config.namespaces:
        return WorkloadsOutputs()
    base = ground(context)
    namespaces = {
        name: Namespace(
            f"{NAME}-namespace-{name}",
            NamespaceArgs(
                namespace=name,
                config=settings,
                developers=developers_group(name),
                provider=base.provider,
            ),
            context.options(depends_on=base.needs("cluster", "admission")),
        )
        for name, settings in config.namespaces.items()
    }
    hosts = {name: _hosts(context, name, found) for name, found in config.applications.items()}
    applications = {
        name: _application(context, config, base, namespaces, name, hosts[name])
        for name in config.applications
    }
    roles = {
        name: made.role_arn.apply(str)
        for name, made in applications.items()
        if config.applications[name].aws
    }
    return WorkloadsOutputs(
        namespaces=[*config.namespaces],
        hosts={name: found for name, found in hosts.items() if found} or None,
        role_arns=roles or None,
    )


def _application(
    context: LayerContext,
    config: WorkloadsConfig,
    base: Ground,
    namespaces: Mapping[str, Namespace],
    name: str,
    hosts: list[str],
) -> Application:
    settings, namespace = config.applications[name], config.namespace_of(name)
    image = settings.image
    args = ApplicationArgs(
        application=name,
        namespace=namespace,
        config=settings,
        image=context.read(REGISTRY).apply(image.reference),
        hosts=hosts,
        policy=_policy(context, settings.aws) if settings.aws else None,
        security_groups=[_group(base, name, role) for role in settings.security_groups],
        ground=base,
    )
    before = [namespaces[namespace], *_foundations(context, base, name, settings)]
    return Application(f"{NAME}-{name}", args, context.options(depends_on=before))


def _foundations(
    context: LayerContext, base: Ground, name: str, settings: ApplicationConfig
) -> list[pulumi.Resource]:
    """What of the cluster an application uses, so that it is there before and goes after."""
    needed = ["admission"]
    if settings.autoscaling() is not None:
        needed.append("metrics")
    if settings.route is not None:
        needed += ["gateway-api", "traefik"]
    if secret_variables(settings):
        needed.append("secret-stores")
    if settings.metrics is not None:
        needed.append("monitoring-crds")
    found = base.needs(*needed)
    if settings.strategy in ROLLOUT_STRATEGIES:
        rollouts = _rollouts(context)
        if rollouts is None:
            raise pulumi.RunError(
                f"superinc:workloads.applications.{name}.strategy: got {settings.strategy} without"
                " Argo Rollouts, wanted superinc:delivery.rollouts: true, or rolling or recreate"
            )
        found.append(rollouts)
    return found


def _rollouts(context: LayerContext) -> pulumi.Resource | None:
    """Argo Rollouts; None where the delivery layer was not asked for it, or is none."""
    delivery: DeliveryOutputs | None = context.built.get(DeliveryOutputs)
    return None if delivery is None else delivery.foundations.get("argo-rollouts")


def _hosts(context: LayerContext, name: str, settings: ApplicationConfig) -> list[str]:
    """The names an application answers at, in full.

    Raises:
        pulumi.RunError: Nothing in front of the cluster answers at one of them.
    """
    if settings.route is None:
        return []
    domain = context.layer(DnsOutputs).domain
    hosts = [f"{label}.{domain}" for label in settings.route.hosts]
    if settings.route.site:
        hosts.append(domain)
    edge: EdgeOutputs | None = context.built.get(EdgeOutputs)
    if edge is not None:
        known = [
            *filter(None, [edge.api_host]),
            *(edge.admin_hosts or ()),
            *(edge.site_domains or ()),
        ]
        unknown = sorted(set(hosts) - set(known))
        if unknown:
            raise pulumi.RunError(
                f"superinc:workloads.applications.{name}.route: got {', '.join(unknown)}, wanted"
                f" what superinc:edge answers at: {', '.join(known) or 'nothing yet'}"
            )
    return hosts


def _group(base: Ground, name: str, role: str) -> pulumi.Input[str]:
    if role not in base.security_groups:
        got = ", ".join(sorted(base.security_groups)) or "none"
        raise pulumi.RunError(
            f"superinc:workloads.applications.{name}.security_groups: got {role}, wanted one of"
            f" the network's: {got}"
        )
    return base.security_groups[role]


def _policy(context: LayerContext, permissions: tuple[Permission, ...]) -> pulumi.Output[str]:
    region = context.organization.regions.home

    def written(account_id: str) -> str:
        return document(
            allow(
                f"Permission{number}",
                found.actions,
                [_placed(arn, account_id, region) for arn in found.resources],
            )
            for number, found in enumerate(permissions, start=1)
        )

    return context.account_id.apply(written)


def _placed(arn: str, account_id: str, region: str) -> str:
    return arn.replace("{account}", account_id).replace("{region}", region)
