"""A namespace: its quota, its defaults, its closed doors and its developers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.workloads.developers import developer_rules
from components.workloads.namespace_settings import NamespaceConfig
from components.workloads.network_policies import (
    Egress,
    Ingress,
    Peer,
    egress_rules,
    every_pod,
    to_dns,
)

_core = kubernetes.core.v1
_meta = kubernetes.meta.v1
_net = kubernetes.networking.v1
_rbac = kubernetes.rbac.v1

POD_SECURITY = "pod-security.kubernetes.io"
STANDARD = "restricted"
"""The strictest of the Pod Security Standards (Kubernetes docs)."""


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """Inputs of :class:`Namespace`.

    Attributes:
        namespace: Its name.
        config: Its settings.
        developers: The Kubernetes group of its developers.
        provider: The provider of the cluster.
    """

    namespace: str
    config: NamespaceConfig
    developers: str
    provider: kubernetes.Provider


class Namespace(Component):
    """A namespace with all that must be there before the first pod (NODE-08, K8S-08, K8S-09).

    Deleting it deletes everything in it, volumes of stateful sets included.
    """

    namespace: pulumi.Output[str]

    def __init__(
        self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self._args = args
        made = kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata=_meta.ObjectMetaArgs(name=args.namespace, labels=_labels()),
            opts=self.child(provider=args.provider),
        )
        self._options = self.child(provider=args.provider, depends_on=[made])
        self._limits(name)
        self._policies(name)
        self._developers(name)
        self.finish(namespace=made.metadata.apply(lambda metadata: str(metadata.name)))

    def _metadata(self, name: str) -> kubernetes.meta.v1.ObjectMetaArgs:
        return _meta.ObjectMetaArgs(name=name, namespace=self._args.namespace)

    def _limits(self, name: str) -> None:
        quota, defaults = self._args.config.quota, self._args.config.defaults
        _core.ResourceQuota(
            f"{name}-quota",
            metadata=self._metadata("quota"),
            spec=_core.ResourceQuotaSpecArgs(
                hard={
                    "requests.cpu": quota.cpu,
                    "requests.memory": quota.memory,
                    "limits.memory": quota.memory,
                    "pods": str(quota.pods),
                    "persistentvolumeclaims": str(quota.volumes),
                    "services.loadbalancers": "0",
                    "services.nodeports": "0",
                }
            ),
            opts=self._options,
        )
        _core.LimitRange(
            f"{name}-limits",
            metadata=self._metadata("limits"),
            spec=_core.LimitRangeSpecArgs(
                limits=[
                    _core.LimitRangeItemArgs(
                        type="Container",
                        # No default.cpu: it would be a CPU limit for every pod without one.
                        default={"memory": defaults.memory},
                        default_request={"cpu": defaults.cpu, "memory": defaults.memory},
                        max={"memory": defaults.largest_memory},
                    )
                ]
            ),
            opts=self._options,
        )

    def _policies(self, name: str) -> None:
        own = [Peer(pod_selector=every_pod())]
        self._policy(f"{name}-default-deny", "default-deny")
        self._policy(f"{name}-dns", "dns", egress=[to_dns()])
        self._policy(
            f"{name}-own-pods", "own-pods", ingress=[Ingress(from_=own)], egress=[Egress(to=own)]
        )
        if rules := egress_rules(self._args.config.egress):
            self._policy(f"{name}-egress", "egress", egress=rules)

    def _policy(
        self,
        name: str,
        kubernetes_name: str,
        *,
        ingress: Sequence[Ingress] = (),
        egress: Sequence[Egress] = (),
    ) -> None:
        directions = {"Ingress": ingress, "Egress": egress}
        opened = [direction for direction, rules in directions.items() if rules]
        _net.NetworkPolicy(
            name,
            metadata=self._metadata(kubernetes_name),
            spec=_net.NetworkPolicySpecArgs(
                pod_selector=every_pod(),
                policy_types=opened or [*directions],
                ingress=list(ingress) or None,
                egress=list(egress) or None,
            ),
            opts=self._options,
        )

    def _developers(self, name: str) -> None:
        role = _rbac.Role(
            f"{name}-developer-role",
            metadata=self._metadata("developers"),
            rules=developer_rules(),
            opts=self._options,
        )
        _rbac.RoleBinding(
            f"{name}-developers",
            metadata=self._metadata("developers"),
            role_ref=_rbac.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="Role", name="developers"
            ),
            subjects=[
                _rbac.SubjectArgs(
                    api_group="rbac.authorization.k8s.io",
                    kind="Group",
                    name=self._args.developers,
                )
            ],
            opts=pulumi.ResourceOptions.merge(
                self._options, pulumi.ResourceOptions(depends_on=[role])
            ),
        )


def _labels() -> dict[str, str]:
    """Pod Security refuses, warns and records by one standard."""
    modes = {f"{POD_SECURITY}/{mode}": STANDARD for mode in ("enforce", "warn", "audit")}
    return {**modes, "app.kubernetes.io/managed-by": "pulumi"}
