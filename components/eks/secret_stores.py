"""Where ExternalSecrets read from: Secrets Manager and Parameter Store (playbook K8S-06)."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.namespaces import SYSTEM_NAMESPACES, others_than

SERVICES = {"parameter-store": "ParameterStore", "secrets-manager": "SecretsManager"}
"""Store → what the operator calls its service. STATE: ExternalSecrets name the stores."""


@dataclass(frozen=True, kw_only=True)
class SecretStoresArgs:
    """Inputs of :class:`SecretStores`.

    Attributes:
        region: Where the secrets are.
        provider: The cluster's provider.
        depends_on: The operator: its webhook must answer, and it outlives the stores.
    """

    region: str
    provider: kubernetes.Provider
    depends_on: Sequence[pulumi.Resource]


class SecretStores(Component):
    """One ClusterSecretStore per AWS service, for every namespace but Kubernetes' own.

    Without ``auth`` the operator uses its own role. Deleting one stops the refresh of what was
    read through it; Secrets that are there stay.
    """

    stores: dict[str, str]

    def __init__(
        self, name: str, args: SecretStoresArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        for store, service in SERVICES.items():
            kubernetes.apiextensions.CustomResource(
                f"{name}-{store}",
                api_version="external-secrets.io/v1",
                kind="ClusterSecretStore",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=store),
                spec={
                    "provider": {"aws": {"service": service, "region": args.region}},
                    "conditions": [{"namespaceSelector": others_than(SYSTEM_NAMESPACES)}],
                },
                opts=self.child(provider=args.provider, depends_on=list(args.depends_on)),
            )
        self.finish(stores={store: store for store in SERVICES})
