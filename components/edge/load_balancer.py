"""The load balancer in front of the cluster (playbook NET-08, SEC-01)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge.ingress import HTTP_PORT, HTTPS_PORT
from components.edge.settings import ApiConfig, TargetConfig

HEALTH_INTERVAL_SECONDS = 15
HEALTH_TIMEOUT_SECONDS = 5
HEALTHY_AFTER, UNHEALTHY_AFTER = 2, 3
"""A pod that stops answering is left alone after 45 s (ELB User Guide, "Health checks")."""

HSTS = "max-age=63072000; includeSubDomains"
"""Two years, as for the site; browsers that came once do not come back in plaintext."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """Inputs of :class:`LoadBalancer`.

    Attributes:
        vpc_id: The VPC of the targets.
        subnet_ids: Where it stands: public subnets, or private ones if it is internal.
        security_group_id: Its group.
        internal: Whether it has no address on the internet.
        redirects_http: Whether it answers on port 80, to send visitors to HTTPS.
        certificate_arn: The issued certificate of its names.
        refusal_status: What a request gets that no rule lets through.
        log_bucket: The bucket of its access logs.
        settings: What is configured of it.
    """

    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[list[str]]
    security_group_id: pulumi.Input[str]
    internal: bool
    redirects_http: bool
    certificate_arn: pulumi.Input[str]
    refusal_status: int
    log_bucket: pulumi.Input[str]
    settings: ApiConfig


class LoadBalancer(Component):
    """An application load balancer that refuses everything until a rule lets it through.

    TLS ends here. It fails closed: no answer of the web ACL is a refusal. Bills by the hour and by
    load. AWS cannot turn an internal one into a public one: that replaces it, and the target group
    with it, because a target group serves one load balancer at a time. With deletion protection it
    can neither be deleted nor replaced before the protection is lifted.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        balancer = aws.lb.LoadBalancer(
            f"{name}-balancer",
            load_balancer_type="application",
            internal=args.internal,
            subnets=args.subnet_ids,
            security_groups=[args.security_group_id],
            idle_timeout=args.settings.idle_timeout_seconds,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            xff_header_processing_mode="append",
            enable_waf_fail_open=False,
            enable_deletion_protection=args.settings.deletion_protection,
            access_logs={"bucket": args.log_bucket, "enabled": True},
            opts=self.child(),
        )
        listener = self._listener(name, args, balancer)
        if args.redirects_http:
            self._redirect(name, balancer)
        scheme = "internal" if args.internal else "public"
        group = self._target_group(f"{name}-pods-{scheme}", args.vpc_id, args.settings.target)
        self.finish(
            arn=balancer.arn,
            name=balancer.name,
            dns_name=balancer.dns_name,
            zone_id=balancer.zone_id,
            listener_arn=listener.arn,
            target_group_arn=group.arn,
        )

    def _listener(
        self, name: str, args: LoadBalancerArgs, balancer: aws.lb.LoadBalancer
    ) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            port=HTTPS_PORT,
            protocol="HTTPS",
            ssl_policy=args.settings.tls_policy,
            certificate_arn=args.certificate_arn,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {
                        "content_type": "text/plain",
                        "status_code": str(args.refusal_status),
                    },
                }
            ],
            routing_http_response_server_enabled=False,
            routing_http_response_strict_transport_security_header_value=HSTS,
            opts=self.child(),
        )

    def _redirect(self, name: str, balancer: aws.lb.LoadBalancer) -> None:
        aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=balancer.arn,
            port=HTTP_PORT,
            protocol="HTTP",
            default_actions=[
                {
                    "type": "redirect",
                    "redirect": {
                        "protocol": "HTTPS",
                        "port": str(HTTPS_PORT),
                        "status_code": "HTTP_301",
                    },
                }
            ],
            opts=self.child(),
        )

    def _target_group(
        self, name: str, vpc_id: pulumi.Input[str], settings: TargetConfig
    ) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            name,
            vpc_id=vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=settings.port,
            deregistration_delay=settings.deregistration_seconds,
            health_check={
                "path": settings.health_path,
                "port": str(settings.health_port),
                "protocol": "HTTP",
                "matcher": "200",
                "interval": HEALTH_INTERVAL_SECONDS,
                "timeout": HEALTH_TIMEOUT_SECONDS,
                "healthy_threshold": HEALTHY_AFTER,
                "unhealthy_threshold": UNHEALTHY_AFTER,
            },
            opts=self.child(),
        )
