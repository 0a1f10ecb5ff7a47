"""The login of admin pages at the load balancer: OpenID Connect (playbook SEC-13)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge.ingress import ANYWHERE, HTTPS_PORT
from components.edge.settings import OidcConfig

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class IdentityProvider:
    """An OpenID Connect provider and what we are to it.

    Attributes:
        settings: Everything but the secret.
        client_secret: The secret, as a Pulumi secret.
    """

    settings: OidcConfig
    client_secret: pulumi.Output[str]


def login_action(provider: IdentityProvider) -> aws.lb.ListenerRuleActionArgs:
    """What a rule does before it forwards: send whoever is not logged in to the provider.

    The load balancer keeps the session in a cookie that only it can read, and tells the pod who
    it is in ``x-amzn-oidc-data``, signed (ELB User Guide, "Authenticate users").
    """
    settings = provider.settings
    return aws.lb.ListenerRuleActionArgs(
        type="authenticate-oidc",
        order=1,
        authenticate_oidc=aws.lb.ListenerRuleActionAuthenticateOidcArgs(
            issuer=settings.issuer,
            authorization_endpoint=settings.authorization_endpoint,
            token_endpoint=settings.token_endpoint,
            user_info_endpoint=settings.user_info_endpoint,
            client_id=settings.client_id,
            client_secret=provider.client_secret,
            scope=settings.scope,
            session_timeout=settings.session_hours * _SECONDS_PER_HOUR,
            on_unauthenticated_request="authenticate",
        ),
    )


@dataclass(frozen=True, kw_only=True)
class LoginEgressArgs:
    """Inputs of :class:`LoginEgress`.

    Attributes:
        security_group_id: The load balancer's group.
    """

    security_group_id: pulumi.Input[str]


class LoginEgress(Component):
    """The load balancer's own way to the identity provider, which it asks for tokens.

    Without it a login ends in a time-out (ELB User Guide, "Authenticate users"). The provider's
    addresses are its own affair, so the rule is for HTTPS to anywhere. Costs nothing. Deleting it
    leaves administrators outside.
    """

    rule_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: LoginEgressArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        rule = aws.vpc.SecurityGroupEgressRule(
            f"{name}-egress",
            security_group_id=args.security_group_id,
            description="The identity provider of admin pages",
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            cidr_ipv4=ANYWHERE,
            opts=self.child(),
        )
        self.finish(rule_id=rule.id)
