"""Managed NAT: one gateway, or one per zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class NatGatewaysArgs:
    """Inputs of :class:`NatGateways`.

    Attributes:
        subnet_ids: The public subnet of each zone that gets a gateway.
        after: What must exist before it and go after it: the VPC with its internet gateway,
            and the public route.
    """

    subnet_ids: Mapping[str, pulumi.Input[str]]
    after: Sequence[pulumi.Resource]


class NatGateways(Component):
    """A NAT gateway with an Elastic IP in each zone asked for.

    Each bills by the hour and by the gigabyte. One for all zones is cheaper, but its zone's
    failure is everyone's, and traffic from other zones pays for crossing.
    Deleting one releases its public address for good; what allows that address must know.
    """

    gateway_ids: dict[str, pulumi.Output[str]]
    public_ips: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: NatGatewaysArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        addresses = {
            zone: aws.ec2.Eip(
                f"{name}-address-{zone}",
                domain="vpc",
                tags={"Name": f"{name}-{zone}"},
                opts=self.child(depends_on=[*args.after]),
            )
            for zone in args.subnet_ids
        }
        gateways = {
            zone: aws.ec2.NatGateway(
                f"{name}-gateway-{zone}",
                allocation_id=addresses[zone].allocation_id,
                subnet_id=subnet_id,
                tags={"Name": f"{name}-{zone}"},
                opts=self.child(depends_on=[*args.after]),
            )
            for zone, subnet_id in args.subnet_ids.items()
        }
        self.finish(
            gateway_ids={zone: gateway.id for zone, gateway in gateways.items()},
            public_ips=[address.public_ip for address in addresses.values()],
        )
