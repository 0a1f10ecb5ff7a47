"""Who may see admin pages: by login at the load balancer or by password at the web ACL (SEC-13)."""

from dataclasses import dataclass, field

import pulumi

from components.edge.admin_login import AdminLogin, AdminLoginArgs
from components.edge.ground import NAME, Ground, key
from components.edge.identity_provider import IdentityProvider, LoginEgress, LoginEgressArgs
from components.edge.settings import AdminAuthentication, OidcConfig, Sealed
from components.edge.web_acl import AdminHosts

CONFIG_KEY = "superinc:edge"
SECRET_PATH = "admin.oidc.client_secret"  # noqa: S105 - where it is, not what it is


@dataclass(frozen=True, kw_only=True)
class AdminAccess:
    """How admin pages are kept.

    Attributes:
        hosts: Their full names.
        web_acl: What the web ACL in front has to ask for; None if there are no admin pages.
        identity_provider: Where the load balancer sends visitors; None if it asks nothing.
    """

    hosts: list[str] = field(default_factory=list[str])
    web_acl: AdminHosts | None = None
    identity_provider: IdentityProvider | None = None


def admin_access(ground: Ground) -> AdminAccess:
    """Make what admin pages need."""
    admin = ground.config.admin
    if admin is None:
        return AdminAccess()
    hosts = [ground.host(label) for label in admin.hosts]
    authorization, provider = None, None
    if admin.authentication is AdminAuthentication.BASIC:
        authorization = _login(ground, admin.password_generation).authorization
    if admin.oidc is not None:
        provider = IdentityProvider(settings=admin.oidc, client_secret=opened(admin.oidc))
        egress = LoginEgressArgs(security_group_id=ground.load_balancer_group())
        LoginEgress(f"{NAME}-login", egress, ground.context.options())
    web_acl = AdminHosts(
        hosts=hosts, allowed_cidrs=admin.allowed_cidrs, authorization=authorization
    )
    return AdminAccess(hosts=hosts, web_acl=web_acl, identity_provider=provider)


def _login(ground: Ground, generation: int) -> AdminLogin:
    args = AdminLoginArgs(generation=generation, kms_key_arn=key(ground.context, "secrets"))
    return AdminLogin(f"{NAME}-admin", args, ground.context.options())


def opened(settings: OidcConfig) -> pulumi.Output[str]:
    """The client secret, as a Pulumi secret.

    Raises:
        pulumi.RunError: It is written in the file for everybody to read.
    """
    if isinstance(settings.client_secret, Sealed):
        # Offline nobody can open it; what stands for it is as secret.
        return pulumi.Output.secret(settings.client_secret.secure)
    if not pulumi.runtime.is_config_secret(CONFIG_KEY):
        raise pulumi.RunError(
            f"{CONFIG_KEY}.{SECRET_PATH}: got plain text, wanted a secret;"
            f" run: pulumi config set --secret --path {CONFIG_KEY}.{SECRET_PATH}"
        )
    return pulumi.Output.secret(settings.client_secret.get_secret_value())
