"""The values of Argo CD's chart, as plain data."""

from typing import Any

import pulumi
import yaml

from components.delivery.images import ImageSource
from components.delivery.settings import ArgoCdConfig, SsoConfig, Upstream
from components.eks.chart_release import resources

FULL_NAME = "argocd"
"""What names of its objects begin with; left out, the chart makes one of the release's name."""

SERVER_PORT = 8080
"""``server.containerPorts.server`` of the chart."""

SSO_KEY = "oidc.clientSecret"
WEBHOOK_KEY = "webhook.github.secret"
"""Keys of the Secret ``argocd-secret`` (Argo CD, "User management", "Webhook configuration")."""

_SPREAD = [
    {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
    }
]
"""Without a selector: the chart adds that of the part (its own values say so)."""


_RESOURCES = {
    "controller": resources("250m", "1Gi"),
    "repoServer": resources("100m", "512Mi"),
    "server": resources("50m", "256Mi"),
    "redis": resources("50m", "128Mi"),
}
"""Enough for some dozens of Applications; measured use grows with the objects they hold."""


def argo_cd_values(config: ArgoCdConfig, images: ImageSource, host: str | None) -> dict[str, Any]:
    """The chart's values.

    Args:
        config: What the account asks for.
        images: Where images come from.
        host: The full name of its pages, if it has some.
    """
    return {
        "fullnameOverride": FULL_NAME,
        "crds": {"install": True, "keep": True},
        "global": {
            "image": {"repository": images.image(Upstream.QUAY, "argoproj/argocd").name},
            "topologySpreadConstraints": _SPREAD,
            **({"domain": host} if host is not None else {}),
            # Ours are narrower: the chart's let everybody reach the server.
            "networkPolicy": {"create": False},
        },
        "configs": {
            "cm": _settings(config.sso, host),
            "params": {"server.insecure": True},
            "rbac": {"policy.default": "", "policy.csv": _access(config.sso)},
            # Made by the chart, filled by Argo CD itself and by External Secrets.
            "secret": {"createSecret": True},
        },
        "controller": {**_part("controller", 1), "metrics": {"enabled": True}},
        "repoServer": {**_part("repoServer", _pods(config)), "metrics": {"enabled": True}},
        "server": {**_part("server", _pods(config)), "metrics": {"enabled": True}},
        # Nothing here uses them: each is an attack surface, the second has a webhook without a
        # signature (argoproj/argo-cd#21444).
        "dex": {"enabled": False},
        "applicationSet": {"replicas": 0},
        "notifications": {"enabled": False},
        **_redis(config, images),
    }


def _pods(config: ArgoCdConfig) -> int:
    return 2 if config.high_availability else 1


def _part(name: str, replicas: int) -> dict[str, Any]:
    """A part; a budget for one pod would block every drain (playbook NODE-05)."""
    part: dict[str, Any] = {"replicas": replicas, "resources": _RESOURCES[name]}
    if replicas > 1:
        part["pdb"] = {"enabled": True, "maxUnavailable": 1}
    return part


def _settings(sso: SsoConfig | None, host: str | None) -> dict[str, Any]:
    # Nobody signs in as "admin": it is no person, and its password never expires.
    settings: dict[str, Any] = {"admin.enabled": False, "exec.enabled": False}
    if host is not None:
        settings["url"] = f"https://{host}"
    if sso is not None:
        settings["oidc.config"] = yaml.safe_dump(
            {
                "name": "SSO",
                "issuer": sso.issuer,
                "clientID": sso.client_id,
                "clientSecret": f"${SSO_KEY}",
                "requestedScopes": ["openid", "profile", "email", "groups"],
            },
            sort_keys=False,
        )
    return settings


def _access(sso: SsoConfig | None) -> str:
    """Groups of the identity provider to roles of Argo CD; nobody else sees anything."""
    if sso is None:
        return ""
    lines = [f'g, "{group}", role:admin' for group in sso.administrators]
    return "\n".join([*lines, *(f'g, "{group}", role:readonly' for group in sso.readers)])


def _redis(config: ArgoCdConfig, images: ImageSource) -> dict[str, Any]:
    def library(path: str) -> pulumi.Output[str]:
        return images.image(Upstream.ECR_PUBLIC, f"docker/library/{path}").name

    small = _RESOURCES["redis"]
    if not config.high_availability:
        return {
            "redis": {"image": {"repository": library("redis")}, "resources": small},
            "redis-ha": {"enabled": False},
        }
    return {
        "redis-ha": {
            "enabled": True,
            "image": {"repository": library("redis")},
            "redis": {"resources": small},
            "sentinel": {"resources": small},
            "haproxy": {"image": {"repository": library("haproxy")}, "resources": small},
            # Each on a node of its own: two of three answer when one node goes.
            "hardAntiAffinity": True,
            "topologySpreadConstraints": {"enabled": True},
        }
    }
