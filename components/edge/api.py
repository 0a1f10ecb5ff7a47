"""The API's side of the edge: a load balancer, and the way to it that its protection leaves."""

from dataclasses import dataclass

import pulumi

from components.edge.access_logs import LogBucket, LogBucketArgs, LogWriter
from components.edge.admin_access import AdminAccess, admin_access
from components.edge.alias_records import DUAL_STACK, IPV4, AliasRecords, AliasRecordsArgs
from components.edge.contract import ORIGIN_LABEL
from components.edge.distribution import ApiOrigin
from components.edge.gateway import Gateway, GatewayArgs
from components.edge.ground import NAME, Ground, key
from components.edge.ingress import Ingress, IngressArgs
from components.edge.load_balancer import LoadBalancer, LoadBalancerArgs
from components.edge.origin_secret import HEADER, OriginSecret, OriginSecretArgs
from components.edge.prefix_lists import ORIGIN_FACING
from components.edge.protection import Protection, ProtectionArgs
from components.edge.routes import RequiredHeader, Routes, RoutesArgs
from components.edge.settings import ApiConfig, OriginProtection
from components.edge.vpc_origin import VpcOrigin, VpcOriginArgs
from components.network.cidr import Tier

FORBIDDEN, NOT_FOUND = 403, 404
"""What a load balancer answers to what no rule lets through: with the secret header missing, the
visitor is in the wrong place; otherwise the name is."""


@dataclass(frozen=True, kw_only=True)
class Api:
    """The API as the rest of the layer sees it.

    Attributes:
        balancer: The load balancer.
        host: The API's own name.
        admin_hosts: The names of the admin pages.
        origin: How CloudFront reaches it; None if it does not.
        gateway: The distribution of the API's own name and of admin pages.
        before_cloudfront: What a distribution with this origin waits for.
        logs: The bucket of the load balancer's logs.
    """

    balancer: LoadBalancer
    host: str | None
    admin_hosts: list[str]
    origin: ApiOrigin | None
    gateway: Gateway | None
    before_cloudfront: list[pulumi.Resource]
    logs: LogBucket


def build_api(ground: Ground, settings: ApiConfig) -> Api:
    """Make the load balancer and what leads to it."""
    mode = ground.config.origin_protection
    admin = admin_access(ground)
    host = ground.host(settings.host) if settings.host is not None else None
    logs = _logs(ground)
    balancer = _balancer(ground, settings, logs)
    secret = _secret(ground) if mode is OriginProtection.PREFIX_LIST else None
    routes = _routes(ground, balancer, admin, host, secret)
    _protect(ground, balancer, admin)
    names = _names(settings, host, ground)
    way = _way_in(ground, balancer) if mode is OriginProtection.VPC_ORIGIN else None
    _ingress(ground, way)
    origin = gateway = None
    if mode is not OriginProtection.PUBLIC_WAF:
        origin = _origin(ground, balancer, secret, way)
        gateway = _gateway(ground, list(names.values()), origin, admin, _before(secret, routes))
    if names:
        _point(ground, "api", names, gateway or balancer)
    return Api(
        balancer=balancer,
        host=host,
        admin_hosts=admin.hosts,
        origin=origin,
        gateway=gateway,
        before_cloudfront=_before(secret, routes),
        logs=logs,
    )


def _before(secret: OriginSecret | None, routes: Routes) -> list[pulumi.Resource]:
    """What comes before CloudFront: the load balancer takes a new secret before it is sent."""
    return [] if secret is None else [routes]


def _names(settings: ApiConfig, host: str | None, ground: Ground) -> dict[str, str]:
    """The names of the API and its admin pages, by label."""
    admin = ground.config.admin
    labels = [] if admin is None else list(admin.hosts)
    own = {} if host is None or settings.host is None else {settings.host: host}
    return own | {label: ground.host(label) for label in labels}


def _logs(ground: Ground) -> LogBucket:
    args = LogBucketArgs(
        writer=LogWriter.LOAD_BALANCER,
        account_id=ground.context.account_id,
        region=ground.region,
        retention_days=ground.config.access_logs.retention_days,
    )
    return LogBucket(f"{NAME}-balancer-logs", args, ground.context.options())


def _balancer(ground: Ground, settings: ApiConfig, logs: LogBucket) -> LoadBalancer:
    mode, network = ground.config.origin_protection, ground.network
    internal = mode is OriginProtection.VPC_ORIGIN
    subnets = network.subnet_ids[Tier.PRIVATE if internal else Tier.PUBLIC]
    args = LoadBalancerArgs(
        vpc_id=network.vpc_id,
        # The way to the internet comes first: AWS refuses both a public load balancer and a VPC
        # origin in a VPC that has none.
        subnet_ids=pulumi.Output.all(
            pulumi.Output.all(*subnets), *network.routing_ids[Tier.PUBLIC]
        ).apply(lambda known: list(known[0])),
        security_group_id=ground.load_balancer_group(),
        internal=internal,
        redirects_http=mode is OriginProtection.PUBLIC_WAF,
        certificate_arn=ground.certificate(),
        refusal_status=FORBIDDEN if mode is OriginProtection.PREFIX_LIST else NOT_FOUND,
        log_bucket=logs.bucket,
        settings=settings,
    )
    return LoadBalancer(f"{NAME}-api", args, ground.context.options())


def _way_in(ground: Ground, balancer: LoadBalancer) -> VpcOrigin:
    args = VpcOriginArgs(load_balancer_arn=balancer.arn, load_balancer_name=balancer.name)
    return VpcOrigin(f"{NAME}-origin", args, ground.context.options())


def _ingress(ground: Ground, way: VpcOrigin | None) -> None:
    config, group = ground.config, ground.load_balancer_group()
    before: list[pulumi.Resource] = []
    if config.origin_protection is OriginProtection.PUBLIC_WAF:
        args = IngressArgs(security_group_id=group, internet=True)
    elif config.origin_security_group is not None:
        args = IngressArgs(security_group_id=group, source_group_id=config.origin_security_group)
        # CloudFront's group goes with the last VPC origin, and cannot while a rule names it.
        before = [way] if way is not None else []
    else:
        args = IngressArgs(security_group_id=group, prefix_list_id=_prefix_list(ground))
    Ingress(f"{NAME}-ingress", args, ground.context.options(depends_on=before))


def _prefix_list(ground: Ground) -> str:
    found = ground.config.origin_prefix_list or ORIGIN_FACING.get(ground.region)
    if found is None:
        raise pulumi.RunError(
            f"superinc:edge.origin_prefix_list: got none for {ground.region}, wanted the id of"
            " com.amazonaws.global.cloudfront.origin-facing there"
        )
    return found


def _secret(ground: Ground) -> OriginSecret:
    args = OriginSecretArgs(
        generation=ground.config.origin_secret_generation,
        kms_key_arn=key(ground.context, "secrets"),
    )
    return OriginSecret(f"{NAME}-origin", args, ground.context.options())


def _routes(
    ground: Ground,
    balancer: LoadBalancer,
    admin: AdminAccess,
    host: str | None,
    secret: OriginSecret | None,
) -> Routes:
    header = None if secret is None else RequiredHeader(name=HEADER, values=secret.accepted)
    args = RoutesArgs(
        listener_arn=balancer.listener_arn,
        target_group_arn=balancer.target_group_arn,
        api_host=host,
        site_paths=ground.config.site_paths() if ground.config.site is not None else (),
        admin_hosts=admin.hosts,
        identity_provider=admin.identity_provider,
        required_header=header,
    )
    return Routes(f"{NAME}-routes", args, ground.context.options())


def _protect(ground: Ground, balancer: LoadBalancer, admin: AdminAccess) -> None:
    """Put a web ACL on a load balancer with an address on the internet (playbook SEC-12)."""
    mode = ground.config.origin_protection
    if mode is OriginProtection.VPC_ORIGIN:
        return
    public = mode is OriginProtection.PUBLIC_WAF
    args = ProtectionArgs(
        load_balancer_arn=balancer.arn,
        region=ground.region,
        log_bucket_arn=ground.logs.arn,
        settings=ground.waf(),
        behind_cloudfront=not public,
        # Behind CloudFront its web ACL has asked already.
        admin=admin.web_acl if public else None,
    )
    Protection(f"{NAME}-protection", args, ground.context.options())


def _origin(
    ground: Ground, balancer: LoadBalancer, secret: OriginSecret | None, way: VpcOrigin | None
) -> ApiOrigin:
    own = ground.host(ORIGIN_LABEL)
    _point(ground, "origin", {ORIGIN_LABEL: own}, balancer)
    return ApiOrigin(
        domain_name=own,
        vpc_origin_id=way and way.vpc_origin_id,
        verify_header=secret and (HEADER, secret.sent),
    )


def _gateway(
    ground: Ground,
    domains: list[str],
    origin: ApiOrigin,
    admin: AdminAccess,
    before: list[pulumi.Resource],
) -> Gateway | None:
    if not domains:
        return None
    args = GatewayArgs(
        domains=domains,
        certificate_arn=ground.cdn_certificate(),
        log_bucket_arn=ground.logs.arn,
        origin=origin,
        web_acl=ground.waf(),
        admin=admin.web_acl,
    )
    return Gateway(f"{NAME}-gateway", args, ground.context.options(depends_on=before))


def _point(
    ground: Ground, role: str, names: dict[str, str], target: LoadBalancer | Gateway
) -> None:
    """Names keep their place when their target changes: made anew they would meet themselves."""
    balancer = isinstance(target, LoadBalancer)
    args = AliasRecordsArgs(
        zone_id=ground.dns.zone_id,
        names=names,
        target_name=target.dns_name if balancer else target.domain_name,
        target_zone_id=target.zone_id if balancer else target.hosted_zone_id,
        families=IPV4 if balancer else DUAL_STACK,
    )
    AliasRecords(f"{NAME}-{role}-names", args, ground.context.options())
