"""The parts of the edge layer's Config; `components.edge.contract` puts them together."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from components.config import Cidr
from components.contracts import LayerConfig
from components.network.flows import APPLICATION_PORTS

Label = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
"""One label of a domain name: a wildcard certificate covers no more (RFC 6125, section 6.4.3)."""

Path = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./~&-]*\*?$", max_length=128)]
"""A path or the start of one, such as ``/api/*``; both CloudFront and an ALB understand it."""

HttpsUrl = Annotated[str, Field(pattern=r"^https://[^\s/?#]+(/[^\s?#]*)?$")]

_TLS_POLICIES = (
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
)


class OriginProtection(StrEnum):
    """How the load balancer is protected from being reached around CloudFront (SEC-03).

    ``vpc-origin``: it is internal, and CloudFront reaches into the VPC. ``prefix-list``: it is
    public, lets only CloudFront's addresses in and only requests with a secret header through.
    ``public-waf``: it is public, without CloudFront in front, with a web ACL of its own.
    """

    VPC_ORIGIN = "vpc-origin"
    PREFIX_LIST = "prefix-list"
    PUBLIC_WAF = "public-waf"


class AdminAuthentication(StrEnum):
    """How the visitor of an admin page is known (playbook SEC-13)."""

    OIDC = "oidc"
    BASIC = "basic"


def _tls_policy(value: str) -> str:
    if value not in _TLS_POLICIES:
        raise ValueError(f"got {value}, wanted one of {', '.join(_TLS_POLICIES)}")
    return value


class SiteConfig(LayerConfig):
    """The single-page application.

    Attributes:
        apex: Whether it also answers for the organisation's domain and its ``www`` (playbook
            DNS-03). At most one account; it needs ``superinc:dns.apex`` for the certificate.
        price_class: Where it is served from: ``100`` is Europe and North America.
        immutable_paths: Files with a hash in their name; they never change (playbook APP-08).
        content_security_policy: What a page may load and who may frame it.
        hsts_seconds: How long a browser insists on HTTPS; two years (hstspreload.org wants one).
        allowed_countries: Who is served, by ISO 3166-1 alpha-2 code; empty for everybody.
    """

    apex: bool = False
    price_class: Literal["100", "200", "all"] = "100"
    immutable_paths: Annotated[tuple[Path, ...], Field(min_length=1)] = ("/assets/*",)
    content_security_policy: str = Field(
        default="default-src 'self'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'",
        min_length=1,
    )
    hsts_seconds: int = Field(default=63_072_000, ge=300)
    allowed_countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()


class TargetConfig(LayerConfig):
    """What the load balancer sends requests to: Traefik's pods (playbook SEC-01).

    Both ports are among those the network lets a load balancer reach.

    Attributes:
        port: Traefik's ``web`` port.
        health_port: The port of its ``ping`` endpoint.
        health_path: The path of it.
        deregistration_seconds: How long a pod that leaves may finish what it has begun.
    """

    port: int = Field(default=8000, ge=APPLICATION_PORTS[0], le=APPLICATION_PORTS[1])
    health_port: int = Field(default=8080, ge=APPLICATION_PORTS[0], le=APPLICATION_PORTS[1])
    health_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]*$")] = "/ping"
    deregistration_seconds: int = Field(default=30, ge=0, le=3600)


class ApiConfig(LayerConfig):
    """The load balancer in front of the cluster, and the API's names.

    Attributes:
        host: The API's own name, a label below the account's domain; without one it is reached
            at the site's paths alone. Behind CloudFront it is a distribution of its own.
        site_paths: Paths of the site that the API answers, so that a page reaches it without
            another origin. Needs CloudFront in front: not in mode ``public-waf``.
        target: What it sends requests to.
        tls_policy: TLS 1.3 with 1.2 (playbook SEC-12); the third is 1.3 alone.
        idle_timeout_seconds: How long a silent connection stays open. Longer than a pod's
            keep-alive, it answers 502 now and then.
        deletion_protection: Whether AWS refuses to delete the load balancer.
    """

    host: Label | None = "api"
    site_paths: Annotated[tuple[Path, ...], Field(max_length=3)] = ("/api/*",)
    target: TargetConfig = TargetConfig()
    tls_policy: Annotated[str, AfterValidator(_tls_policy)] = _TLS_POLICIES[0]
    idle_timeout_seconds: int = Field(default=60, ge=1, le=4000)
    deletion_protection: bool = False


class Sealed(LayerConfig):
    """A secret as it is in the file; the engine opens it, offline it stays shut."""

    secure: str


class OidcConfig(LayerConfig):
    """The identity provider that the load balancer sends visitors of admin pages to.

    Attributes:
        issuer: Who it is; a token of another is refused.
        authorization_endpoint: Where visitors log in.
        token_endpoint: Where the load balancer gets tokens; it must reach it, through NAT.
        user_info_endpoint: Where it asks who they are.
        client_id: Who we are to it.
        client_secret: How we prove it. Set it with ``pulumi config set --secret --path``; the
            file then holds it sealed.
        scope: What we ask for.
        session_hours: How long a login holds; eight at most, as for operators (playbook SEC-06).
    """

    issuer: HttpsUrl
    authorization_endpoint: HttpsUrl
    token_endpoint: HttpsUrl
    user_info_endpoint: HttpsUrl
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | Sealed
    scope: str = Field(default="openid", pattern=r"^openid( [\w:./-]+)*$")
    session_hours: int = Field(default=8, ge=1, le=8)


class AdminConfig(LayerConfig):
    """Pages only administrators may see (playbook SEC-13).

    Attributes:
        hosts: Their names, labels below the account's domain.
        authentication: ``oidc`` at the load balancer, or ``basic``: a generated password that
            the web ACL asks for. Basic authentication knows no persons; prefer ``oidc``.
        oidc: The identity provider; given if and only if ``authentication`` is ``oidc``.
        allowed_cidrs: Where visitors may come from; empty for anywhere.
        password_generation: In mode ``basic``, adding one makes a new password.
    """

    hosts: Annotated[tuple[Label, ...], Field(min_length=1, max_length=10)]
    authentication: AdminAuthentication = AdminAuthentication.OIDC
    oidc: OidcConfig | None = None
    allowed_cidrs: tuple[Cidr, ...] = ()
    password_generation: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(set(self.hosts)) != len(self.hosts):
            raise ValueError(f"hosts: got {', '.join(self.hosts)}, wanted each once")
        if (self.authentication is AdminAuthentication.OIDC) != (self.oidc is not None):
            wanted = "settings" if self.oidc is None else "none"
            got = "none" if self.oidc is None else "settings"
            raise ValueError(
                f"oidc: got {got} with authentication: {self.authentication}, wanted {wanted}"
            )
        if "0.0.0.0/0" in self.allowed_cidrs:
            raise ValueError("allowed_cidrs: got 0.0.0.0/0, wanted no entry for anywhere")
        return self


class WafConfig(LayerConfig):
    """What the web ACLs let through.

    Attributes:
        rate_limit: Requests one address may make in five minutes (WAF allows 10 at least).
        count_only: Managed rule groups that only count: begin so with a group, look at what it
            would have blocked, then take it off the list.
        body_size: Whether a body above the inspected size is blocked. The managed rule does so
            at 8 KB, which is every upload: it counts until said otherwise.
    """

    rate_limit: int = Field(default=2000, ge=10, le=2_000_000_000)
    count_only: tuple[Annotated[str, Field(pattern=r"^AWSManagedRules\w+$")], ...] = (
        "AWSManagedRulesAnonymousIpList",
    )
    body_size: Literal["count", "block"] = "count"


class AccessLogs(LayerConfig):
    """How the logs of distributions, load balancers and web ACLs are kept.

    Attributes:
        retention_days: A year by default, like flow logs.
    """

    retention_days: int = Field(default=365, ge=1, le=3653)
