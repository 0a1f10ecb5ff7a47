"""The ways to Argo CD from outside: its webhook, and its pages where there are some."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.delivery.argo_cd import NAMESPACE, SERVER, SERVICE_PORT

WEBHOOK_PATH = "/argo-cd/api/webhook"
"""Its path at the API's name: a path of its own, so that no application's is taken."""

_OWN_WEBHOOK_PATH = "/api/webhook"
"""What Argo CD calls it (Argo CD, "Git webhook configuration")."""


@dataclass(frozen=True, kw_only=True)
class ArgoCdRoutesArgs:
    """Inputs of :class:`ArgoCdRoutes`.

    Attributes:
        provider: The cluster.
        gateway: Namespace and name of the Gateway.
        webhook_host: The name the webhook is reached at; None for no webhook.
        pages_host: The name of its pages, behind the login of admin pages; None for none.
    """

    provider: kubernetes.Provider
    gateway: Mapping[str, str]
    webhook_host: str | None
    pages_host: str | None


class ArgoCdRoutes(Component):
    """HTTPRoutes to Argo CD's server.

    The webhook is the one path the internet reaches without a login: by POST, to exactly one
    path, signed. Its pages are reached by their own name alone, which the edge lets no visitor
    through to who has not logged in. Deleting a route closes it.
    """

    hosts: list[str]

    def __init__(
        self, name: str, args: ArgoCdRoutesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        if args.webhook_host is not None:
            self._route(name, "webhook", args, args.webhook_host, _webhook())
        if args.pages_host is not None:
            self._route(name, "pages", args, args.pages_host, _pages())
        self.finish(hosts=[host for host in (args.webhook_host, args.pages_host) if host])

    def _route(
        self,
        name: str,
        role: str,
        args: ArgoCdRoutesArgs,
        host: str,
        rule: Mapping[str, object],
    ) -> None:
        kubernetes.apiextensions.CustomResource(
            f"{name}-{role}-route",
            api_version="gateway.networking.k8s.io/v1",
            kind="HTTPRoute",
            metadata={"name": f"argocd-{role}", "namespace": NAMESPACE},
            spec={
                "parentRefs": [
                    {"namespace": args.gateway["namespace"], "name": args.gateway["name"]}
                ],
                "hostnames": [host],
                "rules": [{**rule, "backendRefs": [{"name": SERVER, "port": SERVICE_PORT}]}],
            },
            opts=self.child(provider=args.provider),
        )


def _webhook() -> Mapping[str, object]:
    path = {"type": "ReplaceFullPath", "replaceFullPath": _OWN_WEBHOOK_PATH}
    return {
        "matches": [{"path": {"type": "Exact", "value": WEBHOOK_PATH}, "method": "POST"}],
        "filters": [{"type": "URLRewrite", "urlRewrite": {"path": path}}],
    }


def _pages() -> Mapping[str, object]:
    return {"matches": [{"path": {"type": "PathPrefix", "value": "/"}}]}
