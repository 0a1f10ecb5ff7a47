"""Interface endpoints: AWS APIs at private addresses in the VPC."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.endpoint_services import InterfaceService, interface_policy


@dataclass(frozen=True, kw_only=True)
class InterfaceEndpointsArgs:
    """Inputs of :class:`InterfaceEndpoints`.

    Attributes:
        vpc_id: The VPC.
        region: The Region of the services.
        services: Which of them.
        subnet_ids: One subnet in each zone; AWS refuses two in one zone.
        security_group_id: The group of role ``endpoint``.
        organization_id: Whose principals are let through.
    """

    vpc_id: pulumi.Input[str]
    region: str
    services: Sequence[InterfaceService]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    organization_id: pulumi.Input[str]


class InterfaceEndpoints(Component):
    """An interface endpoint per service, with private names (playbook NET-09, SEC-11).

    Programs find them without knowing: the service's usual name resolves to them in the VPC.
    Their policies let the organisation's own principals through and nobody else.
    Deleting one sends its service's traffic to NAT, or nowhere where there is none.
    """

    endpoint_ids: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: InterfaceEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = {service: self._endpoint(name, service, args) for service in args.services}
        self.finish(endpoint_ids={service.value: one.id for service, one in made.items()})

    def _endpoint(
        self, name: str, service: InterfaceService, args: InterfaceEndpointsArgs
    ) -> aws.ec2.VpcEndpoint:
        called = f"{name}-{service.replace('.', '-')}"
        organization_id = pulumi.Output.from_input(args.organization_id)
        return aws.ec2.VpcEndpoint(
            called,
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{args.region}.{service}",
            private_dns_enabled=True,
            subnet_ids=[*args.subnet_ids],
            security_group_ids=[args.security_group_id],
            policy=organization_id.apply(lambda known: interface_policy(service, known)),
            tags={"Name": called},
            opts=self.child(),
        )
