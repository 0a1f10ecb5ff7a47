"""The Gateway that routes attach to, and its way to the load balancer (playbook K8S-03, K8S-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.namespaces import SYSTEM_NAMESPACES, TRAEFIK, others_than
from components.eks.traefik_values import WEB_PORT

GATEWAY = "public"
"""The Gateway's name. STATE: every route names it."""

GATEWAY_CLASS = "traefik"
CONTROLLER = "traefik.io/gateway-controller"

SERVICE_PORT = 80
"""Where Traefik's Service listens for what comes from inside the cluster."""


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """Inputs of :class:`Gateway`.

    Attributes:
        service: Traefik's Service.
        vpc_id: The VPC of the target groups.
        target_group_arns: Target groups of the load balancer, by what answers there.
        provider: The cluster's provider.
        depends_on: The Gateway API, Traefik, and the controller that removes the finalizer of a
            binding: all outlive what is here.
    """

    service: str
    vpc_id: pulumi.Input[str]
    target_group_arns: Mapping[str, pulumi.Input[str]]
    provider: kubernetes.Provider
    depends_on: Sequence[pulumi.Resource]


class Gateway(Component):
    """GatewayClass, Gateway, and one TargetGroupBinding per target group.

    Routes of every namespace but Kubernetes' own may attach. TLS has ended at the load balancer,
    so there is one listener, of plain HTTP, on Traefik's entry point. A binding cannot change its
    target group: a new one replaces it, after the old one is gone, since a target group takes one.
    Deleting a binding takes the pods out of the target group: nothing answers until another does.
    """

    gateway: str
    bindings: list[str]

    def __init__(
        self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        found = kubernetes.apiextensions.CustomResource(
            f"{name}-class",
            api_version="gateway.networking.k8s.io/v1",
            kind="GatewayClass",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=GATEWAY_CLASS),
            spec={"controllerName": CONTROLLER},
            opts=self.child(provider=args.provider, depends_on=list(args.depends_on)),
        )
        kubernetes.apiextensions.CustomResource(
            f"{name}-gateway",
            api_version="gateway.networking.k8s.io/v1",
            kind="Gateway",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=GATEWAY, namespace=TRAEFIK),
            spec={"gatewayClassName": GATEWAY_CLASS, "listeners": [_listener()]},
            opts=self.child(provider=args.provider, depends_on=[found, *args.depends_on]),
        )
        for target, arn in args.target_group_arns.items():
            self._binding(name, target, arn, args)
        self.finish(gateway=GATEWAY, bindings=list(args.target_group_arns))

    def _binding(self, name: str, target: str, arn: pulumi.Input[str], args: GatewayArgs) -> None:
        kubernetes.apiextensions.CustomResource(
            f"{name}-{target}-binding",
            api_version="elbv2.k8s.aws/v1beta1",
            kind="TargetGroupBinding",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=target, namespace=TRAEFIK),
            # Without `networking` the controller leaves security groups alone: the network layer
            # opens the load balancer's way to pods.
            spec={
                "serviceRef": {"name": args.service, "port": SERVICE_PORT},
                "targetGroupARN": arn,
                "targetType": "ip",
                "vpcID": args.vpc_id,
            },
            opts=self.child(
                provider=args.provider,
                depends_on=list(args.depends_on),
                replace_on_changes=["spec"],
                delete_before_replace=True,
            ),
        )


def _listener() -> dict[str, Any]:
    selector = others_than(SYSTEM_NAMESPACES)
    return {
        "name": "web",
        "port": WEB_PORT,
        "protocol": "HTTP",
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": selector}},
    }
